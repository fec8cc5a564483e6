// The API's own description: reading it once, and serving it.
#include "gateway/openapi/document.hpp"

#include "base/embedded.hpp"
#include "config/yaml_json.hpp"
#include "gateway/api/parameters.hpp"

#include <stdexcept>

namespace rollcall::gateway {

std::string openapi_json() {
    const embedded::file& file = embedded::openapi_document.front();
    const config::yaml::document::environment variables = [](const std::string& name) -> std::optional<std::string> {
        if (name == "VERSION") return ROLLCALL_VERSION;
        return std::nullopt;
    };
    std::vector<config::fault> faults;
    const config::yaml::document document(file.text, "openapi.yaml", faults, &variables);
    std::string json = config::yaml::to_json(document.root());
    if (!faults.empty()) throw std::logic_error(to_string(faults.front()));
    return json;
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
