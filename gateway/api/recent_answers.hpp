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

/// Few, because what pays is what is asked for all the time. Not thread-safe.
class recent_answers {
  public:
    static constexpr std::size_t most = 16;
    static constexpr std::size_t largest = 256 * 1024;  ///< bytes of a text
    /// An answer is not given longer than so, so that the cache sees now and then which pages are in use.
    static constexpr std::chrono::seconds life{1};

    struct answer {
        std::string text;                      ///< its body, up to what it says of the providers
        std::vector<provider_report> reports;  ///< without errors: what has failed is no page of the cache
        page_sources sources;
        steady_clock::time_point made_at{};
    };

    /// The answer to the same question of the same client, which counts as given; null: there is none that is still
    /// right. `writes` is what roster::writes says.
    [[nodiscard]] const answer* find(const request& request, std::uint64_t writes, steady_clock::time_point now);

    /// For a question that find() knew no answer to: is the one of so many bytes that is made now worth keeping? Not
    /// the first time that it is asked, nor in place of one that is still given.
    [[nodiscard]] bool wants(const request& request, std::size_t bytes);

    /// Where wants() said so.
    void keep(const request& request, answer answer);

  private:
    /// A question that was asked, and its answer if it was asked again.
    struct slot {
        std::string query;
        const client* asking = nullptr;
        bool asked = false;
        std::optional<recent_answers::answer> answer;

        [[nodiscard]] bool is(const request& request) const {
            return asked && asking == request.client && query == request.query;
        }
        [[nodiscard]] bool answers_at(steady_clock::time_point now) const {
            return answer && now - answer->made_at < life;
        }
    };
    void let_go_of_old(steady_clock::time_point now);
    [[nodiscard]] slot* slot_of(const request& request);
    [[nodiscard]] slot* slot_without_answer();

    std::array<slot, most> slots_;
    std::size_t taken_last_ = 0;
};

}  // namespace rollcall::gateway
