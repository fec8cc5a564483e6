// GET /agents: one page of the agents of every configured provider.
#pragma once

#include "gateway/api/recent_answers.hpp"
#include "gateway/http/message.hpp"
#include "gateway/roster/cursor.hpp"
#include "gateway/roster/roster.hpp"

#include <functional>

namespace rollcall::gateway {

/// Counts answers that some provider is missing from.
using partial_answer_counter = std::function<void()>;

class agents_resource {
  public:
    /// Everything must outlive it.
    agents_resource(roster& roster, cursor_codec& cursors, std::vector<std::string> provider_names,
                    partial_answer_counter on_partial)
        : roster_(roster),
          cursors_(cursors),
          provider_names_(std::move(provider_names)),
          on_partial_(std::move(on_partial)) {}

    [[nodiscard]] awaitable<void> list(const request& request, response& response);

  private:
    [[nodiscard]] awaitable<void> answer(const request& request, response& response);

    /// Answers what has just been answered, where that is still right.
    [[nodiscard]] bool give_again(const request& request, response& response);
    /// Keeps `text`, what has been made of `page` up to the reports of its providers, where it is worth that.
    void keep(const request& request, const roster_query& query, const roster_page& page, std::string_view text,
              std::uint64_t writes);

    roster& roster_;
    cursor_codec& cursors_;
    std::vector<std::string> provider_names_;
    partial_answer_counter on_partial_;
    recent_answers recent_;
};

}  // namespace rollcall::gateway
