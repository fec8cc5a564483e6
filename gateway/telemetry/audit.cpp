// Which requests that came to nothing were writes, and what is written down of them.
#include "gateway/telemetry/audit.hpp"

#include "gateway/access/client.hpp"
#include "gateway/http/problem.hpp"

namespace rollcall::gateway {
namespace {

constexpr std::string_view agents_path = "/agents";

/// Empty: it is none that changes an agent.
std::string_view write_of(method method) {
    if (method == method::post) return "create";
    if (method == method::patch) return "update";
    if (method == method::delete_) return "delete";
    return {};
}

/// Paths of another resource are nobody's write, whatever their method: scanners try all of them.
bool is_of_agents(std::string_view path) {
    if (!path.starts_with(agents_path)) return false;
    path.remove_prefix(agents_path.size());
    return path.empty() || path.front() == '/';
}

}  // namespace

std::optional<audited_write> unmade_write(const request& request, unsigned status, std::string_view code) {
    const std::string_view operation = write_of(request.method);
    if (operation.empty() || !is_of_agents(request.path)) return std::nullopt;
    if (status == kind_of(problem_code::rate_limited).status) return std::nullopt;
    audited_write line;
    line.client = name_of(request.client);
    line.key = request.key;
    line.operation = operation;
    line.record = request.record;
    line.path = request.path;
    line.request_id = request.id;
    line.status = status;
    line.code = code;
    return line;
}

}  // namespace rollcall::gateway
