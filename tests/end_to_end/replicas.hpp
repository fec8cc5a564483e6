// Several gateways before one provider, with one Redis: what the tests of replicas start from.
#pragma once

#include "tests/end_to_end/deployment.hpp"
#include "tests/support/redis_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace rollcall::testing {

/// The value of one series of a gateway's metrics; empty where it is not there.
inline std::string metric_of(const gateway& gateway, const std::string& series) {
    std::istringstream text(gateway.admin("/metrics").body);
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with(series + ' ')) return line.substr(series.size() + 1);
    }
    return {};
}

/// Asks until it is so, at most twenty seconds.
template<class Condition>
bool becomes_true(const Condition& condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (std::chrono::steady_clock::now() < until) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return false;
}

inline bool becomes_connected(const gateway& gateway, bool connected = true) {
    return becomes_true([&] { return metric_of(gateway, "rollcall_store_connected") == (connected ? "1" : "0"); });
}

/// `count` gateways, all connected, before `provider`, which is configured with `more`. On a busy machine a reply may
/// take longer than the usual timeout, which is not what most tests are about.
struct replicas {
    explicit replicas(const std::string& more, std::string_view provider = "heppu:agents=113", int count = 3,
                      const std::string& redis_more = ", timeout: 1s")
        : providers({std::string{provider}}) {
        const std::string name{provider.substr(0, provider.find(':'))};
        const std::string top = "redis: {url: \"" + redis.url() + "\"" + redis_more + "}\n";
        for (int i = 0; i < count; ++i)
            gateways.push_back(std::make_unique<gateway>(configuration(providers, {{name, {}, more}}, top)));
        for (const auto& gateway : gateways)
            REQUIRE_MESSAGE(becomes_connected(*gateway), gateway->log());
    }

    redis_server redis;
    simulators providers;
    std::vector<std::unique_ptr<gateway>> gateways;
};

}  // namespace rollcall::testing
