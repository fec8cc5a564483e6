// The one type of every layer of an upstream call: call(request, deadline) -> awaitable<result<answer>>.
#pragma once

#include "adapters/observer.hpp"
#include "base/clock.hpp"
#include "base/executor.hpp"
#include "base/failure.hpp"
#include "normalizers/page.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::adapters {

/// One call to one provider, ready to be sent.
struct request {
    operation_kind operation = operation_kind::list;
    std::string method = "GET";
    std::string target;       ///< path and query, percent-encoded
    std::string body;         ///< JSON; empty: none
    std::string subject;      ///< the native id of the agent that it is about; empty: none
    std::string traceparent;  ///< sent on; no part of what makes two requests equal
    std::uint32_t asked = 0;  ///< items asked for; where that cannot be chosen, the most that a page holds
    bool fresh = false;       ///< the cache is not asked, though the answer is kept
    bool refresh = false;     ///< of the cache's own: nobody waits for the answer, which takes the place of an old one

    /// Equal requests of one provider have equal keys. Those of two operations are not equal even where they are sent
    /// alike, because their answers are read in different ways; nor are those about two agents. `scope` is put first.
    [[nodiscard]] std::string key(std::string_view scope = {}) const {
        std::string key{scope};
        append_key(key);
        return key;
    }
    /// The same behind a scope that stands in `out`.
    void append_key(std::string& out) const {
        const std::array<std::string_view, 9> parts{
            name_of(operation), " ", method, " ", target, "\n", body, "\n", subject};
        std::size_t size = out.size();
        for (const std::string_view part : parts)
            size += part.size();
        out.reserve(size);
        for (const std::string_view part : parts)
            out += part;
    }
};

/// A provider's answer, read. Immutable but for one mark, shared between requests and threads.
struct content {
    normalizers::page page;  ///< of an operation that answers one record: one item; of delete: none
    std::string link;        ///< its Link header
    steady_clock::time_point received_at{};
    mutable std::atomic<bool> let_go{false};  ///< the page cache had it and has it no longer, maybe for a newer one
};

struct answer {
    std::shared_ptr<const adapters::content> content;
    std::optional<failure> stale_after{};  ///< it is an old answer that stands in, because of this failure
};

/// A layer of the pipeline; each but the innermost holds the next by reference, which must outlive it.
class layer {
  public:
    virtual ~layer() = default;

    /// Answers `request` before `until` or fails. `request` must live until the awaitable has ended.
    /// Cancelling the awaitable gives up waiting; the failure is then `cancelled`.
    [[nodiscard]] virtual awaitable<result<answer>> call(const request& request, deadline until) = 0;
};

}  // namespace rollcall::adapters
