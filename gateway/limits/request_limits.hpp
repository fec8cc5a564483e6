// Holding requests to limits: those of the client that makes them, or those of the address that they come from. What
// is told of a limit is decided here; counting is client_limiter and address_table.
#pragma once

#include "gateway/http/message.hpp"
#include "gateway/limits/address_table.hpp"

#include <functional>
#include <memory>

namespace rollcall::gateway {

/// Counts a request of a known client, `request.client`, and says in `response` how its limits stand. False: it goes no
/// further, and `response` is the whole answer.
[[nodiscard]] bool admit_within_limits(request& request, response& response);

/// Would `admit_within_limits` say yes to a request of that client, at that time? Nothing is counted.
[[nodiscard]] bool is_within_limits(const client& client, steady_clock::time_point now);

/// What addresses may do. Thread-safe.
class address_limits {
  public:
    using excess_counter = std::function<void()>;

    /// Without `table` nothing is limited. `on_excess` is called for each request that is one too many.
    address_limits(std::shared_ptr<address_table> table, excess_counter on_excess);

    /// Counts a request that is nobody's. False: `response` is the whole answer.
    [[nodiscard]] bool admit_unknown(const request& request, response& response) const;

    /// Counts a request where nobody is asked who they are, and says in `response` how its address's limit stands.
    /// False: `response` is the whole answer.
    [[nodiscard]] bool admit_anybody(const request& request, response& response) const;
    /// Would `admit_anybody` say yes?
    [[nodiscard]] bool has_room(const request& request) const;

  private:
    [[nodiscard]] bool refuse(const bucket_step& step, std::string_view detail, const request& request,
                              response& response) const;

    std::shared_ptr<address_table> table_;
    std::string policy_;  ///< the value of RateLimit-Policy
    excess_counter on_excess_;
};

}  // namespace rollcall::gateway
