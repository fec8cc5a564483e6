// SIGHUP: what a reload changes, what it leaves alone, and that nobody's request notices.
#include "tests/end_to_end/converra_deployment.hpp"
#include "tests/end_to_end/reloading.hpp"
#include "tests/support/certificates.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <thread>

namespace {

using namespace rollcall::testing;

std::string status_of(const boost::json::object& page, std::string_view provider) {
    return std::string{report_of(page, provider).at("status").as_string()};
}

int count_of(const boost::json::object& page) {
    return page.at("page").at("count").to_number<int>();
}

void wait_for_request(simulators& providers, const std::string& name) {
    for (const auto until = std::chrono::steady_clock::now() + default_timeout; providers.request_count(name) == 0;) {
        REQUIRE(std::chrono::steady_clock::now() < until);
        std::this_thread::yield();
    }
}

std::string next_cursor(const boost::json::object& page) {
    return std::string{page.at("page").at("next_cursor").as_string()};
}

/// Counts the agents of a page by id.
void take(const boost::json::object& page, std::map<std::string, int>& times) {
    for (const auto& agent : page.at("data").as_array())
        ++times[std::string{agent.at("id").as_string()}];
}

bool all_once(const std::map<std::string, int>& times) {
    return std::all_of(times.begin(), times.end(), [](const auto& entry) { return entry.second == 1; });
}

}  // namespace

TEST_CASE("providers come and go with a reload, and those that stay are kept") {
    simulators providers{{"heppu@one:agents=3", "heppu@two:agents=5"}, {}};
    const heppu_entry one{"one", providers.url("one")};
    const heppu_entry two{"two", providers.url("two")};
    gateway gateway{heppu_configuration({one})};
    CHECK(metric(gateway, reloads_ok) == 0);
    CHECK(metric(gateway, reloads_failed) == 0);
    const double started = metric(gateway, "rollcall_config_last_reload_success_timestamp_seconds");
    CHECK(started > 1.6e9);

    CHECK(count_of(page_of(gateway, "/agents")) == 3);
    CHECK(reload(gateway, heppu_configuration({one, two})));
    CHECK(count_of(page_of(gateway, "/agents")) == 8);
    CHECK(metric(gateway, R"(rollcall_upstream_requests_total{operation="list",outcome="ok",provider="two"})") == 1);
    CHECK(metric(gateway, "rollcall_config_last_reload_success_timestamp_seconds") >= started);
    const std::string line = log_line(gateway, "reloaded");
    CHECK(line.find(R"("providers":2,"kept":1,"changed":0,"added":1,"removed":0)") != std::string::npos);

    CHECK(reload(gateway, heppu_configuration({two})));
    CHECK(count_of(page_of(gateway, "/agents")) == 5);
    CHECK(problem_of(gateway.get("/agents/one:x")) == "404 unknown_provider");
    const auto listed = boost::json::parse(gateway.get("/providers").body);
    CHECK(listed.at("data").as_array().size() == 1);
    // What was counted of it stays; what it could be asked now is over.
    CHECK(metric(gateway, R"(rollcall_upstream_requests_total{operation="list",outcome="ok",provider="one"})") == 2);
    CHECK(metric(gateway, R"(rollcall_upstream_quota_remaining{provider="one"})") == -1);
    CHECK(metric(gateway, R"(rollcall_upstream_breaker_state{provider="one"})") == -1);
    CHECK(metric(gateway, R"(rollcall_upstream_breaker_state{provider="two"})") == 0);
    CHECK(gateway.stop() == 0);
}

TEST_CASE("pages of a former base URL are never given for the new one, nor when it comes back") {
    simulators providers{{"heppu@old:agents=3", "heppu@new:agents=5"}, {}};
    const std::string cached = "    cache: {ttl: 1h, stale_if_error: 1h}\n    timeout: 5s\n";
    const auto at = [&](const std::string& name) {
        return heppu_configuration({{"reps", providers.url(name), cached}}, "cursor: {secret: a-secret-for-tests}\n");
    };
    gateway gateway{at("old")};
    CHECK(count_of(page_of(gateway, "/agents")) == 3);

    // One that is asked for before the reload and answered after it is not kept for those that come later.
    providers.set_fault("old", R"({"mode": "delay", "ms": 600})");
    providers.forget_requests("old");
    response late;
    std::thread client{[&] { late = gateway.get("/agents?status=active", {{"Cache-Control", "no-cache"}}); }};
    wait_for_request(providers, "old");
    CHECK(reload(gateway, at("new")));
    CHECK(count_of(page_of(gateway, "/agents")) == 5);
    client.join();
    CHECK(late.status == 200);
    providers.clear_fault("old");
    providers.forget_requests("new");
    page_of(gateway, "/agents?status=active");
    CHECK(providers.request_count("new") == 1);

    providers.close_listener("new");
    CHECK(count_of(page_of(gateway, "/agents")) == 5);
    providers.forget_requests("old");
    CHECK(reload(gateway, at("old")));
    CHECK(count_of(page_of(gateway, "/agents")) == 3);
    CHECK(providers.request_count("old") == 1);
}

TEST_CASE("an unchanged provider keeps its pages") {
    simulators providers{{"heppu@one:agents=3", "heppu@two:agents=5"}, {}};
    const heppu_entry one{"one", providers.url("one"), "    cache: {ttl: 1h}\n"};
    gateway gateway{heppu_configuration({one})};
    CHECK(count_of(page_of(gateway, "/agents")) == 3);
    providers.forget_requests("one");
    // It stands elsewhere in the file now.
    CHECK(reload(gateway, heppu_configuration({{"two", providers.url("two")}, one})));
    CHECK(count_of(page_of(gateway, "/agents")) == 8);
    CHECK(providers.request_count("one") == 0);
}

TEST_CASE("a credential file that was rotated is read again") {
    simulators providers{{"heppu:agents=3,key=the-new-key"}};
    const temporary_directory folder;
    const auto key = folder.write("key", "the-old-key\n");
    gateway gateway{heppu_configuration(
        {{"heppu", providers.url("heppu"), "    cache: {ttl: 0s}\n", "{file: " + key.string() + "}"}})};
    CHECK(problem_of(gateway.get("/agents")) == "502 upstream_auth_failed");
    folder.write("key", "the-new-key\n");
    CHECK(problem_of(gateway.get("/agents")) == "502 upstream_auth_failed");
    CHECK(sighup(gateway));
    CHECK(count_of(page_of(gateway, "/agents")) == 3);
    CHECK(gateway.stop() == 0);
    CHECK(gateway.log().find("the-new-key") == std::string::npos);
}

TEST_CASE("a cursor secret's file that was rotated is read again, and ends the cursors of the former one") {
    simulators providers{{"heppu:agents=9"}};
    const temporary_directory folder;
    const auto secret = folder.write("cursor", "the-former-cursor-secret\n");
    gateway gateway{heppu_configuration({{"heppu", providers.url("heppu")}},
                                        "cursor: {secret: {file: " + secret.string() + "}}\n")};
    const std::string next = "/agents?limit=2&cursor=" + next_cursor(page_of(gateway, "/agents?limit=2"));
    CHECK(sighup(gateway));
    CHECK(count_of(page_of(gateway, next)) == 2);
    folder.write("cursor", "the-later-cursor-secret\n");
    CHECK(count_of(page_of(gateway, next)) == 2);
    CHECK(sighup(gateway));
    CHECK(problem_of(gateway.get(next)) == "400 invalid_cursor");
    CHECK(count_of(page_of(gateway, "/agents?limit=2&cursor=" + next_cursor(page_of(gateway, "/agents?limit=2")))) ==
          2);
    CHECK(gateway.stop() == 0);
    CHECK(gateway.log().find("cursor-secret") == std::string::npos);
}

TEST_CASE("certificates that were replaced under the same name are read again, and unfit ones change nothing") {
    certificate_authority first;
    certificate_authority second;
    const auto certificate = second.issue("127.0.0.1");
    simulators providers{{"heppu:agents=3,cert=" + certificate.chain.string() + ",tlskey=" + certificate.key.string()}};
    const temporary_directory folder;
    const auto trusted = folder.path() / "trusted.pem";
    const auto copy = [&](const std::filesystem::path& from) {
        std::filesystem::copy_file(from, trusted, std::filesystem::copy_options::overwrite_existing);
    };
    copy(first.ca_file());
    gateway gateway{heppu_configuration(
        {{"heppu", providers.url("heppu"), "    cache: {ttl: 0s}\n    tls: {ca_file: " + trusted.string() + "}\n"}})};
    CHECK(problem_of(gateway.get("/agents")) == "502 upstream_unreachable");
    copy(second.ca_file());
    CHECK(sighup(gateway));
    CHECK(count_of(page_of(gateway, "/agents")) == 3);

    folder.write("trusted.pem", "-----BEGIN CERTIFICATE-----\nspoilt\n-----END CERTIFICATE-----\n");
    CHECK_FALSE(sighup(gateway));
    CHECK(count_of(page_of(gateway, "/agents")) == 3);
    const std::string fault = log_line(gateway, "faulty configuration");
    CHECK_MESSAGE(fault.find("rollcall.yaml:3:5: providers[0]: cannot read trusted certificates") != std::string::npos,
                  fault);
}

TEST_CASE("a faulty file changes nothing, and each of its faults is logged with its place") {
    const std::string secret = "hush-hush-9d1c";
    simulators providers{{"heppu:agents=3,key=" + secret}};
    const heppu_entry heppu{"heppu", providers.url("heppu"), "    cache: {ttl: 0s}\n", "{value: " + secret + "}"};
    gateway gateway{heppu_configuration({heppu})};
    CHECK_FALSE(reload(gateway, heppu_configuration({heppu}, "cursr: {secret: " + secret + "}\n")));
    CHECK(metric(gateway, reloads_failed) == 1);
    CHECK(log_line(gateway, "faulty configuration").find("rollcall.yaml:2:1: cursr: unknown key") != std::string::npos);
    const std::string line = log_line(gateway, "reload failed");
    CHECK(line.find(R"("level":"error")") != std::string::npos);
    CHECK(line.find(R"("faults":1)") != std::string::npos);
    CHECK(count_of(page_of(gateway, "/agents")) == 3);

    std::filesystem::remove(gateway.config_file());
    CHECK_FALSE(sighup(gateway));
    CHECK(count_of(page_of(gateway, "/agents")) == 3);
    CHECK(reload(gateway, heppu_configuration({heppu})));
    CHECK(count_of(page_of(gateway, "/agents")) == 3);
    CHECK(gateway.stop() == 0);
    CHECK(gateway.log().find(secret) == std::string::npos);
}

TEST_CASE("a walk goes on over reloads that add and remove providers, also where the cursors' key was made up") {
    simulators providers{{"heppu@one:agents=23", "heppu@two:agents=31", "heppu@three:agents=17"}, {}};
    const heppu_entry one{"one", providers.url("one")};
    const heppu_entry two{"two", providers.url("two")};
    const heppu_entry three{"three", providers.url("three")};
    gateway gateway{heppu_configuration({one, two})};
    std::map<std::string, int> times;
    auto page = page_of(gateway, "/agents?limit=10");
    take(page, times);
    CHECK(reload(gateway, heppu_configuration({one, two, three})));
    page = page_of(gateway, "/agents?limit=10&cursor=" + next_cursor(page));
    take(page, times);
    page = page_of(gateway, "/agents?limit=10&cursor=" + next_cursor(page));
    take(page, times);
    CHECK(reload(gateway, heppu_configuration({three, two})));
    while (page.at("page").at("has_more").as_bool()) {
        page = page_of(gateway, "/agents?limit=10&cursor=" + next_cursor(page));
        take(page, times);
    }
    CHECK(all_once(times));
    const auto of = [&](const std::string& prefix) {
        return std::count_if(times.begin(), times.end(),
                             [&](const auto& entry) { return entry.first.starts_with(prefix); });
    };
    CHECK(of("two:") == 31);
    CHECK(of("three:") == 17);
    CHECK(of("one:") < 23);
}

TEST_CASE("requests in flight finish on what they began with") {
    simulators providers{{"heppu:agents=5", "converra:agents=3"}};
    const std::string patient = "    cache: {ttl: 0s}\n    timeout: 5s\n";
    const provider_setup kept{"heppu", {}, patient};
    const provider_setup gone{"converra", {}, patient};
    gateway gateway{configuration(providers, {gone, kept})};
    providers.set_fault("converra", R"({"mode": "delay", "ms": 700})");
    providers.set_fault("heppu", R"({"mode": "delay", "ms": 700})");
    response list;
    response write;
    std::thread reader{[&] { list = gateway.get("/agents"); }};
    wait_for_request(providers, "converra");
    wait_for_request(providers, "heppu");
    providers.forget_requests("converra");
    std::thread writer{[&] { write = gateway.request("POST", "/agents", json_type, support_agent); }};
    wait_for_request(providers, "converra");
    CHECK(reload(gateway, configuration(providers, {kept})));
    CHECK(problem_of(gateway.get("/agents/converra:x")) == "404 unknown_provider");
    // A call that began before the reload is shared by those who ask for the same after it.
    CHECK(count_of(page_of(gateway, "/agents")) == 5);
    reader.join();
    writer.join();
    CHECK(list.status == 200);
    CHECK(count_of(boost::json::parse(list.body).as_object()) == 8);
    CHECK_MESSAGE(write.status == 201, write.body);
}

TEST_CASE("an unchanged provider keeps its open circuit and its spent quota, a changed one begins anew") {
    simulators providers{{"heppu@broken:agents=3", "heppu@spent:agents=5", "heppu@other:agents=2"}, {}};
    const std::string breaks =
        "    cache: {ttl: 0s}\n    breaker: {consecutive_failures: 2, failing_for: 0s, open_for: 10m, open_at_most: "
        "10m}\n    retry_budget: {percent: 0, per_second: 0}\n";
    heppu_entry broken{"broken", providers.url("broken"), breaks};
    const heppu_entry spent{"spent", providers.url("spent"), "    cache: {ttl: 0s}\n    quota: {calls: 2, per: 10m}\n"};
    const heppu_entry other{"other", providers.url("other")};
    gateway gateway{heppu_configuration({broken, spent})};
    providers.set_fault("broken", R"({"mode": "status", "status": 500})");
    page_of(gateway, "/agents");
    page_of(gateway, "/agents");
    providers.clear_fault("broken");

    CHECK(reload(gateway, heppu_configuration({other, broken, spent})));
    auto page = page_of(gateway, "/agents");
    CHECK(status_of(page, "broken") == "circuit_open");
    CHECK(status_of(page, "spent") == "rate_limited");
    CHECK(status_of(page, "other") == "ok");
    CHECK(metric(gateway, R"(rollcall_upstream_breaker_state{provider="broken"})") == 2);
    CHECK(metric(gateway, R"(rollcall_upstream_quota_remaining{provider="spent"})") == 0);

    broken.more += "    page_size: 10\n";
    CHECK(reload(gateway, heppu_configuration({other, broken, spent})));
    page = page_of(gateway, "/agents");
    CHECK(status_of(page, "broken") == "ok");
    CHECK(status_of(page, "spent") == "rate_limited");
    CHECK(metric(gateway, R"(rollcall_upstream_breaker_state{provider="broken"})") == 0);
}

TEST_CASE("limits and the time of a request change for connections that are open; what takes a restart is said") {
    simulators providers{{"heppu:agents=3"}};
    const heppu_entry heppu{"heppu", providers.url("heppu"), "    cache: {ttl: 0s}\n    timeout: 5s\n"};
    gateway gateway{heppu_configuration({heppu})};
    connection client{gateway.public_port()};
    const std::string long_target = "/agents?fields=" + std::string(400, 'x');
    CHECK(client.get(long_target).status == 400);
    const std::string text =
        "server: {listen: 127.0.0.1:1, admin: 127.0.0.1:0, threads: 3, request_timeout: 300ms, limits: {uri_bytes: "
        "256B}}\nlog: {level: error}\ncache: {bytes: 1MiB}\n" +
        heppu_configuration({heppu}).substr(heppu_configuration({}).find("providers:"));
    CHECK(reload(gateway, text));
    CHECK(client.get(long_target).status == 414);
    providers.set_fault("heppu", R"({"mode": "hang"})");
    const auto began = std::chrono::steady_clock::now();
    CHECK(problem_of(gateway.get("/agents")) == "504 upstream_timeout");
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{2});
    CHECK(gateway.stop() == 0);
    const std::string log = gateway.log();
    for (const std::string key : {"server.listen", "server.threads", "log", "cache.bytes"}) {
        CAPTURE(key);
        CHECK(log.find("takes a restart\",\"key\":\"" + key + '"') != std::string::npos);
    }
    CHECK(log.find(R"("key":"server.admin")") == std::string::npos);
}

TEST_CASE("a new host's name is resolved before it is asked, and one that cannot be does not hold up the rest") {
    simulators providers{{"heppu:agents=3"}};
    const heppu_entry by_address{"address", providers.url("heppu")};
    const heppu_entry by_name{"name", "http://localhost:" + std::to_string(providers.port("heppu"))};
    gateway gateway{heppu_configuration({by_address})};
    CHECK(reload(gateway, heppu_configuration({by_address, by_name})));
    CHECK(status_of(page_of(gateway, "/agents"), "name") == "ok");
    const heppu_entry nowhere{"nowhere", "http://nowhere.invalid"};
    CHECK(reload(gateway, heppu_configuration({by_address, nowhere})));
    const auto page = page_of(gateway, "/agents");
    CHECK(status_of(page, "address") == "ok");
    CHECK(status_of(page, "nowhere") == "unreachable");
    CHECK(log_line(gateway, "the provider's host is not resolved yet").find("nowhere.invalid") != std::string::npos);
}

TEST_CASE("SIGHUP during a drain does nothing") {
    simulators providers{{"heppu:agents=3"}};
    const heppu_entry heppu{"heppu", providers.url("heppu"), "    cache: {ttl: 0s}\n    timeout: 5s\n"};
    gateway gateway{heppu_configuration({heppu})};
    providers.set_fault("heppu", R"({"mode": "delay", "ms": 700})");
    response answer;
    std::thread client{[&] { answer = gateway.get("/agents"); }};
    wait_for_request(providers, "heppu");
    gateway.child().signal(SIGTERM);
    log_line(gateway, "draining");
    rewrite(gateway, "nothing that could be read: [");
    gateway.child().signal(SIGHUP);
    client.join();
    CHECK(answer.status == 200);
    CHECK(gateway.child().exit_code() == 0);
    CHECK(gateway.log().find("reload") == std::string::npos);
}
