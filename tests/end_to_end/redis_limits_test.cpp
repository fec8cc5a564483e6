// Clients whose limits replicas share.
#include "tests/end_to_end/access.hpp"
#include "tests/end_to_end/replicas.hpp"

namespace {

using namespace rollcall::testing;

}  // namespace

TEST_CASE("a client that asks two replicas has one limit") {
    const redis_server redis;
    const simulators providers{{"heppu:agents=5"}};
    const client_key key = new_key();
    const std::string top = "redis: {url: \"" + redis.url() + "\"}\n" +
                            access_of({{"crm", {key}, ", limits: {requests: 20, per: 1h, burst: 20}"}});
    const std::string text = configuration(providers, {{"heppu", {}, "    cache: {ttl: 10m}\n"}}, top);
    const gateway one{text};
    const gateway other{text};
    REQUIRE(becomes_connected(one));
    REQUIRE(becomes_connected(other));
    // Nothing but telling is said to Redis until then, so two more commands are a round of it.
    const auto let_pass = [](const gateway& gateway) {
        const auto told = [&] {
            return std::stod(metric_of(gateway, R"(rollcall_store_commands_total{outcome="ok"})"));
        };
        const double before = told();
        CHECK(becomes_true([&] { return told() >= before + 2; }));
    };
    CHECK(becomes_true([&] { return redis.ask({"HEXISTS", "rollcall:spent", "crm"}) == "1"; }));
    let_pass(one);
    let_pass(other);
    for (int i = 0; i < 15; ++i)
        CHECK(one.get("/agents", key.header()).status == 200);
    CHECK(becomes_true([&] { return redis.ask({"HGET", "rollcall:spent", "crm"}) == "15"; }));
    let_pass(other);
    int granted = 0;
    while (granted <= 20 && other.get("/providers", key.header()).status == 200)
        ++granted;
    CHECK(granted <= 5);
    CHECK(becomes_true([&] { return one.get("/providers", key.header()).status == 429; }));
}
