// Reloads one after the other while clients ask without pause: no request is lost, and nothing piles up.
#include "tests/end_to_end/reloading.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <mutex>
#include <thread>

namespace {

using namespace rollcall::testing;

#ifdef __SANITIZE_ADDRESS__
constexpr bool quarantined = true;
#else
constexpr bool quarantined = false;
#endif

/// Clients that ask again and again, each over its own connection, until they are stopped.
class crowd {
  public:
    crowd(const gateway& gateway, int clients) {
        for (int index = 0; index < clients; ++index)
            threads_.emplace_back([this, port = gateway.public_port(), index] { ask(port, index); });
    }
    ~crowd() { stop(); }

    void stop() {
        stopping_ = true;
        for (std::thread& thread : threads_)
            thread.join();
        threads_.clear();
    }

    int answers() const { return answers_; }
    std::string lost() const {
        const std::lock_guard lock{mutex_};
        return lost_;
    }

  private:
    void ask(int port, int index) {
        const std::string targets[] = {"/agents?limit=5", "/agents?limit=50", "/providers", "/agents?provider=kept"};
        connection connection{port};
        for (int turn = index; !stopping_; ++turn) {
            try {
                const response answer = connection.get(targets[turn % 4]);
                const bool good = answer.status == 200 && answer.body.find(R"("partial":true)") == std::string::npos;
                if (!good) lose(answer.body);
                ++answers_;
            } catch (const exchange_failure& failure) {
                lose(failure.what());
            }
        }
    }

    void lose(const std::string& why) {
        const std::lock_guard lock{mutex_};
        if (lost_.empty()) lost_ = why;
    }

    std::atomic<bool> stopping_{false};
    std::atomic<int> answers_{0};
    mutable std::mutex mutex_;
    std::string lost_;
    std::vector<std::thread> threads_;
};

/// Configurations of which each differs from the one before by a provider that is added, removed or changed.
struct changing {
    simulators providers{{"heppu@kept:agents=40", "heppu@fickle:agents=9"}, {}};

    std::string configuration(int turn) const {
        const std::string quick = "    cache: {ttl: 0s}\n    timeout: 900ms\n";
        std::vector<heppu_entry> entries{{"kept", providers.url("kept"), quick}};
        if (turn % 3 > 0) {
            entries.push_back(
                {"fickle", providers.url("fickle"), quick + "    page_size: " + std::to_string(10 + turn % 3) + '\n'});
        }
        return heppu_configuration(entries, "cursor: {secret: a-secret-for-tests-only}\n");
    }
};

}  // namespace

TEST_CASE("fifty reloads under load lose no request") {
    const changing configurations;
    gateway gateway{configurations.configuration(0)};
    crowd crowd{gateway, 6};
    for (int turn = 1; turn <= 50; ++turn) {
        const int before = crowd.answers();
        REQUIRE(reload(gateway, configurations.configuration(turn)));
        for (const auto until = std::chrono::steady_clock::now() + default_timeout;
             crowd.answers() < before + 6 && std::chrono::steady_clock::now() < until;) {
            std::this_thread::yield();
        }
    }
    crowd.stop();
    CHECK_MESSAGE(crowd.lost().empty(), crowd.lost());
    CHECK(crowd.answers() > 300);
    CHECK(metric(gateway, reloads_ok) == 50);
    CHECK(metric(gateway, "rollcall_http_requests_in_flight") == 0);
    CHECK(gateway.stop() == 0);
    CHECK(gateway.log().find("unexpected failure") == std::string::npos);
}

TEST_CASE("reloads that come faster than they are done end with the last file") {
    const changing configurations;
    gateway gateway{configurations.configuration(0)};
    crowd crowd{gateway, 2};
    for (int turn = 1; turn <= 30; ++turn) {
        rewrite(gateway, configurations.configuration(turn));
        gateway.child().signal(SIGHUP);
    }
    rewrite(gateway, configurations.configuration(32));
    CHECK(sighup(gateway));
    const auto fickle = [&] {
        const auto listed = boost::json::parse(gateway.get("/providers").body);
        return listed.at("data").as_array().size() == 2;
    };
    CHECK(fickle());
    crowd.stop();
    CHECK_MESSAGE(crowd.lost().empty(), crowd.lost());
    CHECK(gateway.stop() == 0);
}

TEST_CASE("what former configurations held is let go") {
    const changing configurations;
    gateway gateway{configurations.configuration(0)};
    const auto descriptors = [&] { return metric(gateway, "process_open_fds"); };
    const auto use_and_reload = [&](int from, int to) {
        for (int turn = from; turn <= to; ++turn) {
            for (int times = 0; times < 4; ++times)
                page_of(gateway, "/agents");
            REQUIRE(reload(gateway, configurations.configuration(turn)));
        }
    };
    page_of(gateway, "/agents");
    const double descriptors_before = descriptors();
    use_and_reload(1, 25);
    const double memory_before = metric(gateway, "process_resident_memory_bytes");
    use_and_reload(26, 75);
    for (const auto until = std::chrono::steady_clock::now() + default_timeout;
         descriptors() > descriptors_before + 8 && std::chrono::steady_clock::now() < until;) {
        std::this_thread::yield();
    }
    CHECK(descriptors() <= descriptors_before + 8);
    if (!quarantined) {
        CHECK(metric(gateway, "process_resident_memory_bytes") < memory_before + 8.0 * 1024 * 1024);
    }
}
