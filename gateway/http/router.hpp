// The routing table: path templates and methods to handlers. It knows nothing of what the handlers do.
#pragma once

#include "gateway/http/message.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::gateway {

/// One row: a path template of literal segments and at most one `{id}`, such as `/agents/{id}/status`.
struct route {
    std::string path;  ///< also the metrics' label
    std::vector<std::pair<gateway::method, gateway::handler>> handlers;
};

/// What a request's path and method come to.
struct match {
    const route* found = nullptr;               ///< empty: 404
    const gateway::handler* handler = nullptr;  ///< empty: 405 with `allow`
    std::string record;                         ///< `{id}`, percent-decoded
    bool malformed = false;                     ///< the path's percent-encoding is broken: 400
};

class router {
  public:
    explicit router(std::vector<route> routes);
    router(const router&) = delete;
    router& operator=(const router&) = delete;

    /// Finds the route of a path. HEAD is served by GET's handler; the session leaves the body out.
    [[nodiscard]] match find(gateway::method method, std::string_view path) const;

    /// The value of Allow for `route`, such as `GET, HEAD`.
    [[nodiscard]] static std::string allow(const route& route);

    [[nodiscard]] const std::vector<route>& routes() const { return routes_; }

  private:
    /// A template taken apart at `{id}`.
    struct pattern {
        std::string_view before;
        std::string_view after;
        bool has_record = false;
    };

    std::vector<route> routes_;
    std::vector<pattern> patterns_;  ///< of the route of the same index; views into routes_
};

}  // namespace rollcall::gateway
