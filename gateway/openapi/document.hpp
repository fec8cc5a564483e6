// The API's own description: openapi.yaml, which is built in as the JSON that clients get.
#pragma once

#include "gateway/http/message.hpp"

#include <string_view>

namespace rollcall::gateway {

/// openapi.yaml as JSON, with the program's version as `info.version`.
[[nodiscard]] std::string_view openapi_json();

/// GET /openapi.json.
class openapi_resource {
  public:
    /// `json` must outlive it.
    explicit openapi_resource(std::string_view json) : json_(json) {}

    [[nodiscard]] awaitable<void> get(const request& request, response& response) const;

  private:
    std::string_view json_;
};

}  // namespace rollcall::gateway
