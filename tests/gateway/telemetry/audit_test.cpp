// Which requests that came to nothing are written down as writes.
#include "gateway/telemetry/audit.hpp"

#include "gateway/access/client.hpp"

#include <doctest/doctest.h>

#include <string>

namespace rollcall::gateway {
namespace {

request asking(method method, std::string_view path) {
    request asked;
    asked.method = method;
    asked.path = path;
    asked.id = "request-1";
    return asked;
}

}  // namespace

TEST_CASE("what asks for a change of agents is a write, and nothing else is") {
    const struct {
        gateway::method method;
        std::string_view path;
        std::string_view operation;
    } cases[] = {
        {method::post, "/agents", "create"},
        {method::patch, "/agents/heppu:1", "update"},
        {method::delete_, "/agents/heppu%3A1", "delete"},
        {method::delete_, "/agents", "delete"},
        {method::post, "/agents/heppu:1/sales", "create"},
        {method::post, "/agents/", "create"},
        {method::post, "/agentsx", ""},
        {method::post, "/providers", ""},
        {method::post, "/wp-login.php", ""},
        {method::post, "", ""},
        {method::get, "/agents", ""},
        {method::options, "/agents", ""},
        {method::put, "/agents/heppu:1", ""},
        {method::other, "/agents", ""},
    };
    for (const auto& [method, path, operation] : cases) {
        CAPTURE(path);
        const request asked = asking(method, path);
        const auto line = unmade_write(asked, 400, "invalid_parameter");
        CHECK(line.has_value() == !operation.empty());
        if (line) CHECK(line->operation == operation);
    }
}

TEST_CASE("the line of a refused write says who asked for what, and why it was not made") {
    client crm;
    crm.name = "crm";
    request asked = asking(method::patch, "/agents/heppu%3A1");
    asked.client = &crm;
    asked.key = "rc_k2v7mwq3xa";
    asked.record = "heppu:1";
    const auto line = unmade_write(asked, 503, "overloaded");
    REQUIRE(line);
    CHECK(line->client == "crm");
    CHECK(line->key == "rc_k2v7mwq3xa");
    CHECK(line->provider.empty());
    CHECK(line->record == "heppu:1");
    CHECK(line->path == "/agents/heppu%3A1");
    CHECK(line->request_id == "request-1");
    CHECK(line->status == 503);
    CHECK(line->code == "overloaded");
    CHECK_FALSE(line->replayed);
}

TEST_CASE("a write that was one too many is not written down") {
    CHECK_FALSE(unmade_write(asking(method::post, "/agents"), 429, "rate_limited"));
}

}  // namespace rollcall::gateway
