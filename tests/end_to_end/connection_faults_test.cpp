// Providers whose process or network fails: killed and back, frozen, swallowed by a firewall, failing every other call,
// or asked more at once than they have connections for.
#include "tests/end_to_end/deployment.hpp"
#include "tests/support/silent_listener.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace rollcall::testing;
using clock = std::chrono::steady_clock;

constexpr std::string_view quick = "    cache: {ttl: 0s}\n    timeout: 800ms\n";
constexpr std::string_view never_open = "    breaker: {consecutive_failures: 10000, minimum_calls: 100000}\n";

/// A provider's entry, to stand behind others in a configuration.
std::string entry_of_heppu(const std::string& url) {
    return "  - name: heppu\n    profile: heppu\n    base_url: " + url +
           "\n    credential: {value: test-key-heppu}\n    quota: {calls: 1000000, per: 1s}\n" + std::string{quick} +
           std::string{never_open};
}

/// Counts the agents of a walk, page by page, over whatever happens between them.
struct slow_walk {
    /// The next page; null where the answer was a failure, after which the same page may be asked for again.
    boost::json::object next(const gateway& gateway, const std::string& query) {
        const auto answer = gateway.get("/agents?" + query + cursor);
        if (answer.status != 200) return {};
        auto page = boost::json::parse(answer.body).as_object();
        for (const auto& agent : page.at("data").as_array())
            ++times[std::string{agent.at("id").as_string()}];
        more = page.at("page").at("has_more").as_bool();
        if (more) cursor = "&cursor=" + std::string{page.at("page").at("next_cursor").as_string()};
        return page;
    }

    [[nodiscard]] bool each_once() const {
        return std::ranges::all_of(times, [](const auto& entry) { return entry.second == 1; });
    }

    bool more = true;
    std::string cursor;
    std::map<std::string, int> times;
};

double metric(const gateway& gateway, const std::string& series) {
    std::istringstream text(gateway.admin("/metrics").body);
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with(series + ' ')) return std::stod(line.substr(series.size() + 1));
    }
    return -1;
}

}  // namespace

TEST_CASE("a provider that is killed in the middle of a walk and comes back has each of its agents given once") {
    simulators others{{"converra:agents=64"}};
    auto heppu = std::make_unique<simulators>(std::vector<std::string>{"heppu:agents=113"});
    const std::string same_port = "heppu:agents=113,port=" + std::to_string(heppu->port("heppu"));
    const gateway gateway{configuration(others, {{"converra", {}, std::string{quick}}}) +
                          entry_of_heppu(heppu->url("heppu"))};
    slow_walk walk;
    REQUIRE_FALSE(walk.next(gateway, "limit=20").at("partial").as_bool());
    heppu.reset();  // SIGKILL: the kept connections are reset, new ones refused
    const auto began = clock::now();
    const auto without = walk.next(gateway, "limit=20");
    CHECK(clock::now() - began < std::chrono::milliseconds{2500});
    REQUIRE_FALSE(without.empty());
    CHECK(without.at("partial").as_bool());
    CHECK(report_of(without, "heppu").at("status").as_string() == "unreachable");
    CHECK(report_of(without, "heppu").at("has_more").as_bool());
    CHECK(report_of(without, "converra").at("status").as_string() == "ok");

    heppu = std::make_unique<simulators>(std::vector<std::string>{same_port});
    for (int pages = 0; walk.more; ++pages) {
        REQUIRE(pages < 50);
        CHECK_FALSE(walk.next(gateway, "limit=20").at("partial").as_bool());
    }
    CHECK(walk.times.size() == 113 + 64);
    CHECK(walk.each_once());
}

TEST_CASE("a provider whose process is frozen is a timeout, and asked on once it runs again") {
    simulators others{{"converra:agents=3"}};
    process heppu{ROLLCALL_SIMULATOR, {"--provider", "heppu:agents=3"}};
    const auto listening = heppu.wait_for_line("listening heppu ");
    REQUIRE(listening.has_value());
    REQUIRE(heppu.wait_for_line("ready"));
    const gateway gateway{configuration(others, {{"converra", {}, std::string{quick}}}) +
                          entry_of_heppu(listening->substr(std::string_view{"listening heppu "}.size()))};
    CHECK_FALSE(page_of(gateway, "/agents").at("partial").as_bool());
    // Its system still takes connections in, and nobody answers on them, nor on those that were kept.
    heppu.signal(SIGSTOP);
    for (int i = 0; i < 3; ++i) {
        const auto began = clock::now();
        const auto page = page_of(gateway, "/agents");
        CHECK(clock::now() - began < std::chrono::milliseconds{2500});
        CHECK(report_of(page, "heppu").at("status").as_string() == "timeout");
        CHECK(report_of(page, "converra").at("count").to_number<int>() == 3);
    }
    heppu.signal(SIGCONT);
    CHECK_FALSE(page_of(gateway, "/agents").at("partial").as_bool());
}

TEST_CASE("a provider behind a firewall that drops everything costs its own time and nobody else's agents") {
    const silent_listener blackhole;
    simulators others{{"converra:agents=3"}};
    const std::string url = "http://127.0.0.1:" + std::to_string(blackhole.endpoint().port());
    const gateway gateway{configuration(others, {{"converra", {}, std::string{quick}}}) + entry_of_heppu(url)};
    const auto began = clock::now();
    const auto page = page_of(gateway, "/agents");
    CHECK(clock::now() - began < std::chrono::milliseconds{2500});
    CHECK(report_of(page, "heppu").at("status").as_string() == "timeout");
    CHECK(report_of(page, "heppu").at("has_more").as_bool());
    CHECK(report_of(page, "converra").at("count").to_number<int>() == 3);
}

TEST_CASE("a provider that fails every other call loses nothing and repeats nothing") {
    struct row {
        std::string_view fault;
        bool healed;  ///< by the second attempt, so that the client sees nothing of it
    };
    const row rows[] = {
        {R"({"mode": "status", "status": 500, "every": 2})", false},
        {R"({"mode": "truncate", "every": 2})", false},
        {R"({"mode": "raw", "body": "", "end": "half_close", "every": 2})", true},
        {R"({"mode": "reset", "every": 2})", true},
        {R"({"mode": "status", "status": 503, "every": 2})", true},
    };
    for (const row& row : rows) {
        CAPTURE(row.fault);
        simulators providers{{"heppu:agents=113", "converra:agents=64"}};
        const std::string more = std::string{quick} + std::string{never_open} + "    page_size: 20\n";
        const gateway gateway{configuration(providers, {{"heppu", {}, more}, {"converra", {}, std::string{quick}}})};
        providers.set_fault("heppu", row.fault);
        slow_walk walk;
        int failures = 0;
        for (int pages = 0; walk.more; ++pages) {
            REQUIRE(pages < 100);
            const auto page = walk.next(gateway, "limit=20");
            failures += page.empty() || page.at("partial").as_bool();
        }
        CHECK((failures == 0) == row.healed);
        CHECK(walk.times.size() == 113 + 64);
        CHECK(walk.each_once());
    }
}

TEST_CASE("calls beyond a provider's connections wait a little, and are turned away where nobody may wait") {
    struct row {
        std::string_view queue;
        bool all_served;
    };
    for (const row& row : {row{"{length: 64, wait: 10s}", true}, row{"{length: 0, wait: 10s}", false}}) {
        CAPTURE(row.queue);
        simulators providers{{"heppu:agents=8"}};
        const gateway gateway{configuration(providers,
                                            {{"heppu",
                                              {},
                                              "    timeout: 20s\n    connections: 1\n    connection_queue: " +
                                                  std::string{row.queue} + "\n    cache: {ttl: 0s}\n"}},
                                            {})};
        std::vector<std::string> ids;
        for (const auto& agent : providers.agents("heppu"))
            ids.emplace_back(agent.at("id").as_string());
        providers.forget_requests("heppu");
        providers.set_fault("heppu", R"({"mode": "delay", "ms": 100})");
        std::vector<response> answers(ids.size());
        std::vector<std::thread> clients;
        for (std::size_t i = 0; i < ids.size(); ++i)
            clients.emplace_back([&, i] { answers[i] = gateway.get("/agents/heppu:" + ids[i]); });
        for (auto& client : clients)
            client.join();
        std::ptrdiff_t served = 0;
        std::ptrdiff_t refused = 0;
        for (const response& answer : answers) {
            served += answer.status == 200;
            refused += answer.status != 200 && problem_of(answer) == "503 overloaded";
        }
        CHECK(served + refused == static_cast<std::ptrdiff_t>(ids.size()));
        CHECK((refused == 0) == row.all_served);
        CHECK(metric(gateway, R"(rollcall_upstream_shed_total{provider="heppu",reason="connections"})") ==
              static_cast<double>(refused));
        // One for each of the gateway's two threads, at most.
        const auto connections = providers.requests("heppu").at("connections").to_number<int>();
        CHECK(connections <= 2);
        CHECK(metric(gateway, R"(rollcall_upstream_connections{provider="heppu"})") == connections);
    }
}
