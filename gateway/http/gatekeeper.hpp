// Who may make a request at all: what a session asks before it does anything else for one. Deciding it is
// gateway/access.
#pragma once

#include "gateway/http/message.hpp"

namespace rollcall::gateway {

/// Immutable; it outlives every request that it admitted, until its end has been told to the observer.
class gatekeeper {
  public:
    virtual ~gatekeeper() = default;

    /// Says in `request` whose it is. False: it goes no further, and `response` is the whole answer.
    [[nodiscard]] virtual bool admit(request& request, response& response) const = 0;

    /// Will `admit` say yes? Of method and headers alone, for a request whose body is still to come; nobody is told.
    [[nodiscard]] virtual bool would_admit(const request& request) const = 0;
};

}  // namespace rollcall::gateway
