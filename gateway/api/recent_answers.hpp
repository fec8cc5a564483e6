// The answers of GET /agents that one thread has made of nothing but fresh pages of the cache, finished, for whoever
// asks the same while the cache would give the same.
#pragma once

#include "gateway/api/provider_report.hpp"
#include "gateway/http/message.hpp"
#include "gateway/roster/page_sources.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rollcall::gateway {

/// Few, because what pays is what many ask for all the time. Not thread-safe.
class recent_answers {
  public:
    static constexpr std::size_t most = 8;
    static constexpr std::size_t largest = 1024 * 1024;  ///< bytes, with the pages it was made of
    /// An answer is not given longer than so, so that the cache sees now and then which pages are in use.
    static constexpr std::chrono::seconds life{1};

    struct answer {
        std::string text;  ///< its body, up to what it says of the providers
        std::vector<provider_report> reports;
        page_sources sources;
    };

    /// The answer to the same question of the same client, which counts as given; null: there is none that is still
    /// right. `writes` is what roster::writes says.
    [[nodiscard]] const answer* find(const request& request, std::uint64_t writes, steady_clock::time_point now);

    /// For a question that find() knew no answer to: is it worth keeping the one that is made now? Not the first time
    /// that it is asked, nor in place of what is still right.
    [[nodiscard]] bool wants(const request& request, std::uint64_t writes, steady_clock::time_point now);

    void keep(const request& request, answer answer, steady_clock::time_point now);

  private:
    /// One question, asked lately.
    struct slot {
        std::string query;
        const client* asking = nullptr;
        steady_clock::time_point since{};  ///< it was asked for the first time, or answered
        std::optional<recent_answers::answer> answer;

        [[nodiscard]] bool asks(const request& request, steady_clock::time_point now) const {
            return now - since < life && asking == request.client && query == request.query;
        }
    };
    [[nodiscard]] slot& slot_of(const request& request);

    std::array<slot, most> slots_;
};

}  // namespace rollcall::gateway
