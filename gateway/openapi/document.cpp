// The API's own description, and serving it.
#include "gateway/openapi/document.hpp"

#include "base/embedded.hpp"
#include "gateway/api/parameters.hpp"

namespace rollcall::gateway {

std::string_view openapi_json() {
    return embedded::openapi_document.front().text;
}

awaitable<void> openapi_resource::get(const request& request, response& response) const {
    parameters parameters{request.query};
    if (const auto faults = parameters.faults()) {
        write_problem(response, *faults, request.id);
        co_return;
    }
    response.body = json_;
    // It changes only with the program, but a client must see at once when that was replaced.
    response.cache_control = "no-cache";
}

}  // namespace rollcall::gateway
