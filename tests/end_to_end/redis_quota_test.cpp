// Replicas that share a provider's quota: what the provider gets from all of them together, with Redis and without.
#include "tests/end_to_end/replicas.hpp"

#include <boost/json/parse.hpp>

#include <atomic>

namespace {

using namespace rollcall::testing;
using clock = std::chrono::steady_clock;

/// Asks each gateway from two clients of its own, `calls_each` times, for agents that nobody has asked for before.
/// Returns how many answers were no answer at all.
int ask_everywhere(replicas& deployment, int calls_each, const std::string& mark) {
    std::vector<std::thread> clients;
    std::atomic<int> broken{0};
    for (std::size_t client = 0; client < 2 * deployment.gateways.size(); ++client) {
        clients.emplace_back([&, client] {
            connection connection{deployment.gateways[client / 2]->public_port()};
            for (int i = 0; i < calls_each; ++i) {
                const std::string id = mark + "-" + std::to_string(client) + "-" + std::to_string(i);
                const response answer = connection.get("/agents/heppu:" + id);
                broken += answer.status != 404 && answer.status != 503;
            }
        });
    }
    for (auto& client : clients)
        client.join();
    return broken;
}

}  // namespace

TEST_CASE("three replicas together send a provider no more calls than its quota") {
    replicas deployment{"    cache: {ttl: 0s}\n    quota: {calls: 20, per: 10m}\n"};
    CHECK(ask_everywhere(deployment, 20, "a") == 0);
    CHECK(deployment.providers.request_count("heppu") == 20);
    const auto refused = deployment.gateways[0]->get("/agents/heppu:another");
    CHECK(problem_of(refused) == "503 upstream_rate_limited");
    CHECK(refused.has("retry-after"));
}

TEST_CASE("a quota that three replicas share comes back with time, and is never exceeded in any span of its length") {
    replicas deployment{"    cache: {ttl: 0s}\n    quota: {calls: 10, per: 1s}\n"};
    const auto began = clock::now();
    int broken = 0;
    std::size_t before = 0;
    for (int round = 0; clock::now() - began < std::chrono::seconds{5}; ++round)
        broken += ask_everywhere(deployment, 10, std::to_string(round));
    const double seconds = std::chrono::duration<double>(clock::now() - began).count();
    before = deployment.providers.request_count("heppu");
    CHECK(broken == 0);
    CHECK(static_cast<double>(before) <= 10 * (seconds + 1));
    CHECK(before >= 30);
}

TEST_CASE("a provider that tells one replica to wait is left alone by all of them") {
    replicas deployment{"    cache: {ttl: 0s}\n"};
    deployment.providers.set_fault("heppu", R"({"mode": "rate_limited", "retry_after": 600, "times": 1})");
    CHECK(problem_of(deployment.gateways[0]->get("/agents/heppu:x")) == "503 upstream_rate_limited");
    const std::string account = deployment.redis.ask({"KEYS", "rollcall:*:quota"});
    CHECK(becomes_true([&] { return deployment.redis.ask({"HEXISTS", account, "held"}) == "1"; }));
    const auto elsewhere = deployment.gateways[1]->get("/agents/heppu:x");
    CHECK(problem_of(elsewhere) == "503 upstream_rate_limited");
    const int wait = std::stoi(std::string{elsewhere.header("retry-after")});
    CHECK(wait > 500);
    CHECK(wait <= 600);
    CHECK(problem_of(deployment.gateways[2]->get("/agents/heppu:x")) == "503 upstream_rate_limited");
    CHECK(deployment.providers.request_count("heppu") == 1);
}

TEST_CASE("a call that could not be sent costs the replicas nothing") {
    replicas deployment{
        "    cache: {ttl: 0s}\n    quota: {calls: 3, per: 10m}\n    retry_budget: {percent: 0, per_second: 0}\n"
        "    breaker: {consecutive_failures: 10000, minimum_calls: 100000}\n",
        "heppu:agents=5", 2};
    deployment.providers.close_listener("heppu");
    for (int i = 0; i < 10; ++i)
        CHECK(problem_of(deployment.gateways[0]->get("/agents/heppu:x")) == "502 upstream_unreachable");
    deployment.providers.open_listener("heppu");
    deployment.providers.forget_requests("heppu");
    for (int i = 0; i < 3; ++i)
        CHECK(deployment.gateways[1]->get("/agents/heppu:" + std::to_string(i)).status == 404);
    CHECK(problem_of(deployment.gateways[1]->get("/agents/heppu:3")) == "503 upstream_rate_limited");
    CHECK(deployment.providers.request_count("heppu") == 3);
}

TEST_CASE("Redis dies under load: no request is lost, each replica keeps to the quota by itself and says so") {
    replicas deployment{"    cache: {ttl: 0s}\n    quota: {calls: 50, per: 10m}\n"};
    int broken = 0;
    std::thread load{[&] { broken = ask_everywhere(deployment, 200, "b"); }};
    CHECK(becomes_true([&] { return deployment.providers.request_count("heppu") >= 10; }));
    deployment.redis.kill();
    load.join();
    CHECK(broken == 0);
    for (const auto& gateway : deployment.gateways) {
        CHECK(becomes_connected(*gateway, false));
        CHECK(gateway->log().find("the store is away") != std::string::npos);
        int more = 0;
        while (more <= 50 && gateway->get("/agents/heppu:more").status == 404)
            ++more;
        CHECK(more <= 50);
        CHECK(problem_of(gateway->get("/agents/heppu:more")) == "503 upstream_rate_limited");
    }
    CHECK(deployment.providers.request_count("heppu") <= 3 * 50);
    deployment.redis.start();
    for (const auto& gateway : deployment.gateways)
        CHECK(becomes_connected(*gateway));
}

TEST_CASE("Redis hangs: the calls under way lose its timeout once, and the others lose nothing") {
    replicas deployment{"    cache: {ttl: 0s}\n", "heppu:agents=5", 1, ", timeout: 200ms"};
    const auto& gateway = *deployment.gateways[0];
    CHECK(gateway.get("/agents/heppu:a").status == 404);
    deployment.redis.freeze();
    CHECK(gateway.get("/agents/heppu:b").status == 404);
    CHECK(gateway.get("/agents/heppu:c").status == 404);  // by now both threads may have learnt it
    connection client{gateway.public_port()};
    (void)client.get("/agents/heppu:d");
    const auto began = clock::now();
    for (int i = 0; i < 20; ++i)
        CHECK(client.get("/agents/heppu:" + std::to_string(i)).status == 404);
    CHECK(clock::now() - began < std::chrono::milliseconds{20 * 200 / 2});
    CHECK(becomes_connected(gateway, false));
    deployment.redis.thaw();
    CHECK(becomes_connected(gateway));
}

TEST_CASE("a gateway starts without its Redis, and shares from when it is there") {
    redis_server redis;
    redis.kill();
    simulators providers{{"heppu:agents=5"}};
    const gateway gateway{
        configuration(providers, {{"heppu", {}, "    cache: {ttl: 0s}\n"}}, "redis: {url: \"" + redis.url() + "\"}\n")};
    CHECK(gateway.get("/agents/heppu:a").status == 404);
    CHECK(metric_of(gateway, "rollcall_store_connected") == "0");
    redis.start();
    CHECK(becomes_connected(gateway));
    CHECK(gateway.get("/agents/heppu:b").status == 404);
    CHECK(redis.ask({"KEYS", "rollcall:*:quota"}).find("heppu-") != std::string::npos);
}

TEST_CASE("a Redis that asks for a name and a password is given them, and one that refuses them is said to") {
    redis_server redis{{"--user", "gateway", "on", ">open-sesame", "~rollcall:*", "&rollcall:*", "+@all", "-@dangerous",
                        "--user", "default", "off"}};
    simulators providers{{"heppu:agents=5"}};
    const auto started_with = [&](const std::string& password) {
        return std::make_unique<gateway>(
            configuration(providers, {{"heppu", {}, "    cache: {ttl: 0s}\n"}},
                          "redis: {url: \"" + redis.url() + "/3\", username: gateway, password: " + password + "}\n"));
    };
    CHECK(becomes_connected(*started_with("open-sesame")));
    const auto refused = started_with("not-this-one");
    CHECK(becomes_true([&] { return refused->log().find("WRONGPASS") != std::string::npos; }));
    CHECK(metric_of(*refused, "rollcall_store_connected") == "0");
    CHECK(refused->log().find("not-this-one") == std::string::npos);
    CHECK(refused->get("/agents/heppu:a").status == 404);
}
