// What is written down of writes: of each that was asked for by somebody who is known, whatever came of it.
#include "tests/end_to_end/access.hpp"
#include "tests/end_to_end/converra_deployment.hpp"
#include "tests/end_to_end/log_lines.hpp"
#include "tests/end_to_end/reloading.hpp"

#include <thread>

namespace rollcall::testing {
namespace {

struct one_provider {
    /// One thread, so that lines stand in the order of the requests: a line may come a moment after its answer.
    std::string text(std::string_view access, std::string_view server = {}) const {
        std::string settings = configuration(providers, {{"converra", {}, std::string{kept_long}}}, access);
        return settings.replace(
            0, settings.find('\n'),
            "server: {listen: 127.0.0.1:0, admin: 127.0.0.1:0, threads: 1" + std::string{server} + '}');
    }

    simulators providers{{"converra:agents=12"}};
};

std::string end_of(const json::object& line) {
    return shown(line, {"client", "operation", "provider", "record", "path", "status", "result"});
}

}  // namespace

TEST_CASE("each write leaves a line that says who, what, where and what came of it, and no secret") {
    one_provider setup;
    const client_key editor = new_key();
    const client_key reader = new_key();
    gateway gateway{setup.text(access_of({{"editor", {editor}, ", allow: [read, write]"}, {"reader", {reader}}}))};
    const std::string id = "converra:" + std::string{setup.providers.agents("converra").at(0).at("id").as_string()};
    const std::string agent = R"({"provider":"converra","name":"a","instructions":"hunter2","model":"c"})";
    const auto write = [&](const std::string& method, const std::string& target, const header_list& headers,
                           const std::string& body = {}) {
        return gateway.request(method, target, body.empty() ? headers : joined(headers, json_type), body);
    };
    const response created = write("POST", "/agents", joined(editor.header(), {{"Idempotency-Key", "k"}}), agent);
    REQUIRE(created.status == 201);
    const std::string made = text_of(object_in(created), "id");
    write("POST", "/agents", joined(editor.header(), {{"Idempotency-Key", "k"}}), agent);
    write("POST", "/agents", joined(editor.header(), {{"Idempotency-Key", "k"}}), agent + ' ');
    write("PATCH", "/agents/" + id, joined(editor.header(), {{"X-Request-Id", "mine"}}), R"({"name":"b"})");
    write("DELETE", "/agents/" + id, editor.header());
    write("DELETE", "/agents/" + id, editor.header());
    write("DELETE", "/agents/nobody%3A%22%0A1", editor.header());
    write("PATCH", "/agents/" + id, editor.header(), R"({"colour":"red"})");
    write("POST", "/agents", editor.header(), R"({"provider":"nobody"})");
    write("DELETE", "/agents/" + id, reader.header());
    write("DELETE", "/agents/" + editor.key, reader.header());
    // Of nobody knows whom there is the request's line alone.
    CHECK(write("DELETE", "/agents/" + id, {}).status == 401);
    setup.providers.close_listener("converra");
    write("DELETE", "/agents/converra:2", editor.header());

    const auto lines = log_lines(gateway, "audit", 12);
    const auto line = [&](std::size_t at) {
        CHECK(lines[at].at("request_id").as_string() != "");
        return shown(lines[at], {"client", "key", "operation", "provider", "record", "status", "result", "replayed"});
    };
    const std::string by_editor = "editor " + editor.prefix() + ' ';
    CHECK(line(0) == by_editor + "create converra " + made + " 201 done -");
    CHECK(line(1) == by_editor + "create converra " + made + " 201 done true");
    CHECK(line(2) == by_editor + "create converra - 422 idempotency_key_reused -");
    CHECK(line(3) == by_editor + "update converra " + id + " 200 done -");
    CHECK(text_of(lines[3], "request_id") == "mine");
    CHECK(line(4) == by_editor + "delete converra " + id + " 204 done -");
    CHECK(line(5) == by_editor + "delete converra " + id + " 404 not_found -");
    CHECK(line(6) == by_editor + "delete - nobody:\"\n1 404 unknown_provider -");
    CHECK(line(7) == by_editor + "update converra " + id + " 400 invalid_body -");
    CHECK(line(8) == by_editor + "create - - 404 unknown_provider -");
    CHECK(line(9) == "reader " + reader.prefix() + " delete - - 403 forbidden -");
    CHECK(line(10) == "reader " + reader.prefix() + " delete - - 403 forbidden -");
    CHECK(text_of(lines[10], "path") == "/agents/" + editor.prefix() + "_***");
    CHECK(line(11) == by_editor + "delete converra converra:2 502 upstream_unreachable -");
    for (const std::string& secret : {editor.key, reader.key, editor.key.substr(20), std::string{"hunter2"}})
        CHECK_FALSE(contains(gateway.log(), secret));
}

TEST_CASE("a write that is refused before its resource has seen it leaves its line too") {
    one_provider setup;
    const client_key editor = new_key();
    gateway gateway{setup.text(access_of({{"editor", {editor}, ", allow: [read, write]"}}),
                               ", request_timeout: 20s, limits: {in_flight: 1, in_flight_wait: 20ms}")};
    const auto write = [&](const std::string& method, const std::string& target, const header_list& more) {
        return gateway.request(method, target, joined(editor.header(), more)).status;
    };
    CHECK(write("DELETE", "/agents/converra:1", {{"X-Request-Timeout-Ms", "soon"}}) == 400);
    CHECK(write("POST", "/agents", {{"Accept", "text/html"}}) == 406);
    CHECK(write("DELETE", "/agents", {}) == 405);
    CHECK(write("POST", "/agents/converra:1/status/now", {}) == 404);
    CHECK(write("PATCH", "/agents/converra%3", {}) == 400);

    setup.providers.set_fault("converra", R"({"mode": "delay", "ms": 1500})");
    std::thread reader{[&] { gateway.get("/agents", editor.header()); }};
    while (setup.providers.request_count("converra") == 0)
        std::this_thread::yield();
    CHECK(write("DELETE", "/agents/converra:1", {}) == 503);
    reader.join();

    // None of these is a write of somebody known: a read, a path of nothing, a method of nothing, and nobody.
    CHECK(gateway.get("/agents", joined(editor.header(), {{"Accept", "text/html"}})).status == 406);
    CHECK(write("POST", "/providers", {}) == 405);
    CHECK(write("PUT", "/agents/converra:1", {}) == 405);
    CHECK(gateway.request("DELETE", "/agents/converra:1", {{"X-Request-Timeout-Ms", "soon"}}).status == 401);
    CHECK(write("DELETE", "/agents/nobody:1", {}) == 404);

    const auto lines = log_lines(gateway, "audit", 7);
    CHECK(end_of(lines[0]) == "editor delete - converra:1 /agents/converra:1 400 invalid_parameter");
    CHECK(end_of(lines[1]) == "editor create - - /agents 406 not_acceptable");
    CHECK(end_of(lines[2]) == "editor delete - - /agents 405 method_not_allowed");
    CHECK(end_of(lines[3]) == "editor create - - /agents/converra:1/status/now 404 not_found");
    CHECK(end_of(lines[4]) == "editor update - - /agents/converra%3 400 malformed_request");
    CHECK(end_of(lines[5]) == "editor delete - converra:1 /agents/converra:1 503 overloaded");
    CHECK(end_of(lines[6]) == "editor delete - nobody:1 /agents/nobody:1 404 unknown_provider");
}

TEST_CASE("where access is open a refused write has its line, without a name") {
    const one_provider setup;
    gateway gateway{setup.text({})};
    CHECK(gateway.request("DELETE", "/agents/converra:1", {{"X-Request-Timeout-Ms", "0"}}).status == 400);
    CHECK(end_of(log_lines(gateway, "audit", 1)[0]) ==
          "- delete - converra:1 /agents/converra:1 400 invalid_parameter");
}

TEST_CASE("what a limit holds back writes no audit line, however often it comes") {
    const one_provider setup;
    const client_key editor = new_key();
    gateway gateway{setup.text(
        access_of({{"editor", {editor}, ", allow: [read, write], limits: {requests: 1, per: 1h, burst: 1}"}}))};
    CHECK(gateway.request("DELETE", "/agents/nobody:1", editor.header()).status == 404);
    for (int i = 0; i < 3; ++i)
        CHECK(gateway.request("DELETE", "/agents/nobody:1", editor.header()).status == 429);
    CHECK(log_lines(gateway, "request", 4).size() == 4);
    CHECK(log_lines(gateway, "audit", 1).size() == 1);
}

TEST_CASE("a client that leaves while another makes its write leaves a line of its own") {
    one_provider setup;
    gateway gateway{setup.text({})};
    setup.providers.set_fault("converra", R"({"mode": "delay", "ms": 1500})");
    const auto remove = [&](const std::string& id, std::chrono::milliseconds patience) {
        return request("DELETE", gateway.public_port(), "/agents/converra:1",
                       {{"Idempotency-Key", "k"}, {"X-Request-Id", id}}, {}, patience);
    };
    std::thread first{[&] { CHECK(remove("first", default_timeout).status == 404); }};
    while (setup.providers.request_count("converra") == 0)
        std::this_thread::yield();
    CHECK_THROWS_AS(remove("second", std::chrono::milliseconds{200}), exchange_failure);
    first.join();
    const auto lines = log_lines(gateway, "audit", 2);
    CHECK(shown(lines[0], {"request_id", "status", "result"}) == "second 499 client_closed_request");
    CHECK(shown(lines[1], {"request_id", "status", "result"}) == "first 404 not_found");
}

}  // namespace rollcall::testing
