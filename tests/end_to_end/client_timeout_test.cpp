// X-Request-Timeout-Ms through the whole gateway: a client that waits less gets what there is by then.
#include "tests/end_to_end/deployment.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace rollcall::testing {

TEST_CASE("a client that waits less gets the providers that answered in its time") {
    four_provider_deployment deployment{"    cache: {ttl: 0s}\n    timeout: 5s\n"};
    deployment.providers.set_fault("heppu", R"({"mode": "hang"})");
    const auto began = std::chrono::steady_clock::now();
    const auto page = page_of(deployment.gateway, "/agents?limit=8", {{"X-Request-Timeout-Ms", "900"}});
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{2});
    CHECK(report_of(page, "heppu").at("status").as_string() == "timeout");
    CHECK(report_of(page, "converra").at("status").as_string() == "ok");
    CHECK(problem_of(deployment.gateway.get("/agents?provider=heppu", {{"X-Request-Timeout-Ms", "300"}})) ==
          "504 upstream_timeout");
    for (const std::string target : {"/agents", "/providers", "/openapi.json", "/agents/heppu:x/status"}) {
        CAPTURE(target);
        CHECK(problem_of(deployment.gateway.get(target, {{"X-Request-Timeout-Ms", "0"}})) == "400 invalid_parameter");
    }
}

}  // namespace rollcall::testing
