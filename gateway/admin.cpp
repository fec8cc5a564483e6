// The admin listener's routes.
#include "gateway/admin.hpp"

namespace rollcall::gateway {
namespace {

constexpr std::string_view plain_text = "text/plain; charset=utf-8";

awaitable<void> answer(response& response, unsigned status, std::string_view content_type, std::string body) {
    response.status = status;
    response.content_type = content_type;
    response.body = std::move(body);
    co_return;
}

}  // namespace

std::vector<route> admin_routes(const metrics& metrics, const std::atomic<bool>& ready) {
    std::vector<route> routes;
    routes.push_back({"/metrics", {{method::get, [&metrics](const request&, response& response) {
                                        return answer(response, 200, metrics::content_type, metrics.scrape());
                                    }}}});
    // Liveness never looks at the providers: restarting the gateway would not heal them.
    routes.push_back({"/livez", {{method::get, [](const request&, response& response) {
                                      return answer(response, 200, plain_text, "alive\n");
                                  }}}});
    routes.push_back({"/readyz", {{method::get, [&ready](const request&, response& response) {
                                       return ready ? answer(response, 200, plain_text, "ready\n")
                                                    : answer(response, 503, plain_text, "not ready\n");
                                   }}}});
    return routes;
}

}  // namespace rollcall::gateway
