// Browsers whose pages come from another origin (CORS): which of them may call, and which may read the answer. What a
// request may do is decided elsewhere, and is the same for them.
#pragma once

#include "config/settings.hpp"
#include "gateway/http/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rollcall::gateway {

/// Immutable. Origins are compared byte for byte, as browsers write them; there are no wildcards. Browsers are not told
/// to send cookies or certificates: a page sends its key itself. Source:
/// https://fetch.spec.whatwg.org/#http-cors-protocol
class cross_origin {
  public:
    explicit cross_origin(const config::cors& settings);

    /// Answers a preflight, which comes without a credential; false: the request is none, or of an origin that is not
    /// configured, and goes on as any other. It says the same for every path, known or not.
    [[nodiscard]] bool answer_preflight(const request& request, response& response) const;

    /// Lets a page of a configured origin read the answer, whatever its status.
    void mark(const request& request, response& response) const;

  private:
    [[nodiscard]] bool may_call(std::string_view origin) const;

    std::vector<std::string> origins_;
    std::string max_age_;
};

}  // namespace rollcall::gateway
