// The API's own description: openapi.yaml, which is built in, as the JSON that clients get.
#pragma once

#include "gateway/http/message.hpp"

#include <string>

namespace rollcall::gateway {

/// openapi.yaml as JSON, with the program's version as `info.version`. Reading it takes milliseconds: once, at start.
/// Throws std::logic_error where the document that was built in is none.
[[nodiscard]] std::string openapi_json();

/// GET /openapi.json.
class openapi_resource {
  public:
    explicit openapi_resource(std::string json) : json_(std::move(json)) {}

    [[nodiscard]] awaitable<void> get(const request& request, response& response) const;

  private:
    std::string json_;
};

}  // namespace rollcall::gateway
