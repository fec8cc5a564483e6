// The life of a client's keys, from `rollcall key new` to their end, and what the log and the metrics say of clients.
#include "tests/end_to_end/access.hpp"
#include "tests/end_to_end/converra_deployment.hpp"
#include "tests/end_to_end/log_lines.hpp"
#include "tests/end_to_end/reloading.hpp"

namespace rollcall::testing {
namespace {

struct one_provider {
    std::string text(std::string_view access) const {
        return configuration(providers, {{"converra", {}, std::string{kept_long}}}, access);
    }

    simulators providers{{"converra:agents=12"}};
};

unsigned status_with(const gateway& gateway, const client_key& key) {
    return gateway.get("/agents", key.header()).status;
}

}  // namespace

TEST_CASE("`rollcall key new` makes another key each time, and prints what lets it in") {
    const one_provider setup;
    const command_result made = run({"key", "new", "--name", "crm"});
    CHECK(made.exit_code == 0);
    CHECK(made.errors.empty());
    const auto end = made.output.find('\n');
    const std::string key = made.output.substr(0, end);
    CHECK(key.size() == 54);
    CHECK(run({"key", "new"}).output.find(key) == std::string::npos);

    // What stands behind the key is pasted as it is.
    const gateway gateway{setup.text(made.output.substr(end + 1))};
    const response answer = gateway.get("/agents", {{"Authorization", "Bearer " + key}});
    CHECK(answer.status == 200);
    CHECK(soon(gateway, R"(rollcall_client_requests_total{client="crm",status="2xx"})", 1));

    CHECK(run({"key", "new", "--name", "No Name"}).exit_code == 2);
    CHECK(run({"key"}).exit_code == 2);
}

TEST_CASE("a gateway that others can reach does not start unless it is said who may use it") {
    const one_provider setup;
    std::string text = setup.text("");
    const auto listen = text.find("listen: 127.0.0.1:0");
    text.replace(listen, 19, "listen: 0.0.0.0:0");
    const temporary_directory directory;
    for (const std::string command : {"check", "serve"}) {
        const auto file = directory.write("closed.yaml", text);
        const command_result result = run({command, "--config", file});
        CHECK(result.exit_code == 2);
        CHECK(contains(result.errors, "closed.yaml:1:18: server.listen: is reachable from other machines"));
        CHECK(contains(result.errors, "access: open"));
    }
    CHECK(run({"check", "--config", directory.write("open.yaml", text + "access: open\n")}).exit_code == 0);
    const auto guarded = text + access_of({{"crm", {new_key()}}});
    CHECK(run({"check", "--config", directory.write("guarded.yaml", guarded)}).exit_code == 0);
}

TEST_CASE("a reload that moves to loopback and drops the clients opens nothing while the old address is served") {
    const one_provider setup;
    const client_key key = new_key();
    const auto on = [&](std::string_view address, const std::string& access) {
        std::string text = setup.text(access);
        return text.replace(text.find("127.0.0.1:0"), 11, address);
    };
    gateway gateway{on("0.0.0.0:0", access_of({{"crm", {key}}}))};
    CHECK_FALSE(reload(gateway, on("127.0.0.1:0", "")));
    CHECK(contains(log_line(gateway, "faulty configuration"), "rollcall.yaml:1:1: access: is missing"));
    CHECK(gateway.get("/agents").status == 401);
    CHECK(status_with(gateway, key) == 200);
    CHECK(reload(gateway, on("127.0.0.1:0", "access: open\n")));
    CHECK(gateway.get("/agents").status == 200);
}

TEST_CASE("a reload that loses the clients is refused on loopback too, until it says that access is open") {
    const one_provider setup;
    const client_key key = new_key();
    gateway gateway{setup.text(access_of({{"crm", {key}}}))};
    CHECK_FALSE(reload(gateway, setup.text("")));
    CHECK(contains(log_line(gateway, "faulty configuration"),
                   "rollcall.yaml:1:1: access: is missing, and there are clients until now"));
    CHECK(gateway.get("/agents").status == 401);
    CHECK(status_with(gateway, key) == 200);
    CHECK(reload(gateway, setup.text("access: open\n")));
    CHECK(gateway.get("/agents").status == 200);
    // Nobody is let in by what is lost now.
    CHECK(reload(gateway, setup.text("")));
    CHECK(reload(gateway, setup.text(access_of({{"crm", {key}}, {"reports", {new_key()}}}))));
    CHECK(gateway.get("/agents").status == 401);
    const auto lines = log_lines(gateway, "reloaded", 3);
    CHECK(shown(lines[0], {"access", "clients"}) == "open -");
    CHECK(shown(lines[1], {"access", "clients"}) == "open -");
    CHECK(shown(lines[2], {"access", "clients"}) == "- 2");
}

TEST_CASE("keys are rotated by reloads, and nobody with either of two good keys is refused") {
    const one_provider setup;
    const client_key former = new_key();
    const client_key next = new_key();
    const auto with = [&](const std::vector<client_key>& keys) { return setup.text(access_of({{"crm", keys}})); };
    gateway gateway{with({former})};
    CHECK(status_with(gateway, former) == 200);
    CHECK(status_with(gateway, next) == 401);
    const auto page = page_of(gateway, "/agents?limit=5", former.header());
    const std::string cursor = "/agents?limit=5&cursor=" + text_of(page.at("page").as_object(), "next_cursor");

    REQUIRE(reload(gateway, with({former, next})));
    CHECK(status_with(gateway, former) == 200);
    CHECK(status_with(gateway, next) == 200);
    CHECK(gateway.get(cursor, next.header()).status == 200);

    REQUIRE(reload(gateway, with({next})));
    CHECK(status_with(gateway, former) == 401);
    CHECK(gateway.get(cursor, next.header()).status == 200);
    CHECK(gateway.get(cursor, former.header()).status == 401);

    // A faulty reload locks nobody out and lets nobody in.
    CHECK_FALSE(reload(gateway, setup.text("access: {clients: []}\n")));
    CHECK(status_with(gateway, next) == 200);
    CHECK(status_with(gateway, former) == 401);

    // A walk goes on after a restart.
    REQUIRE(gateway.stop() == 0);
    const testing::gateway restarted{with({next})};
    CHECK(restarted.get(cursor, next.header()).status == 200);
}

TEST_CASE("what a client may do and see changes with a reload, on connections that are open as well") {
    const simulators providers{{"heppu:agents=3", "converra:agents=4"}};
    const client_key key = new_key();
    const auto with = [&](const std::string& more) {
        return configuration(providers, {{"heppu"}, {"converra"}}, access_of({{"crm", {key}, more}}));
    };
    gateway gateway{with(", providers: [heppu]")};
    connection open{gateway.public_port()};
    const auto count = [&] {
        const auto page = json::parse(open.get("/agents", key.header()).body);
        return page.at("page").at("count").to_number<int>();
    };
    CHECK(count() == 3);
    CHECK(problem_of(open.request("DELETE", "/agents/converra:1", key.header())) == "403 forbidden");
    REQUIRE(reload(gateway, with(", allow: [read, write]")));
    CHECK(count() == 7);
    CHECK(problem_of(open.request("DELETE", "/agents/converra:1", key.header())) == "404 not_found");
    REQUIRE(reload(gateway, with(", providers: [converra], allow: [read]")));
    CHECK(count() == 4);
    REQUIRE(reload(gateway, with(", allow: [write]")));
    CHECK(problem_of(open.get("/agents", key.header())) == "403 forbidden");
}

TEST_CASE("a key whose time is over says no more than one that never was, and the operator hears of it") {
    const one_provider setup;
    const client_key key = new_key();
    const client_key old = new_key();
    const auto entry = [](const client_key& key, const std::string& expires) {
        return "{hash: \"" + key.hash + "\", expires: " + expires + "}";
    };
    gateway gateway{setup.text("access: {clients: [{name: crm, keys: [" + entry(key, "2100-01-01T00:00:00Z") + ", " +
                               entry(old, "2020-01-01T00:00:00Z") + "]}]}\n")};
    CHECK(status_with(gateway, key) == 200);
    const header_list same{{"X-Request-Id", "r"}};
    const response ended = gateway.get("/agents", joined(old.header(), same));
    CHECK(ended.status == 401);
    CHECK(ended.body == gateway.get("/agents", joined(new_key().header(), same)).body);
    const auto warned = log_lines(gateway, "a client's key has expired", 1);
    CHECK(shown(warned[0], {"level", "client", "key"}) == "warning crm " + old.prefix());
    const auto refused = [&](const std::string& reason) {
        return metric(gateway, "rollcall_http_unauthenticated_total{reason=\"" + reason + "\"}");
    };
    CHECK(refused("expired") == 1);
    CHECK(refused("unknown") == 1);
    CHECK(refused("wrong") == 0);
}

TEST_CASE("a request's line says whose it was and by which key, and a key in the query is not written down") {
    const one_provider setup;
    const client_key key = new_key();
    gateway gateway{setup.text(access_of({{"crm", {key}}}))};
    gateway.get("/agents?limit=" + key.key, key.header());
    const auto known = log_lines(gateway, "request", 1).front();
    CHECK(shown(known, {"client", "key", "route", "status"}) == "crm " + key.prefix() + " /agents 400");
    CHECK(text_of(known, "query") == "limit=" + key.prefix() + "_***");
    gateway.get("/agents", new_key().header());
    CHECK(shown(log_lines(gateway, "request", 2).back(), {"client", "key", "status"}) == "- - 401");
    CHECK_FALSE(contains(gateway.log(), key.key));
}

}  // namespace rollcall::testing
