// A thread's event loop, driven by hand, and a Redis of this machine as the settings name it.
#pragma once

#include "adapters/transport/addresses.hpp"
#include "base/sweeper.hpp"
#include "config/settings.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <string>

namespace rollcall::store::tests {

struct event_loop {
    /// Whether the condition has come to hold.
    template<class Condition>
    bool run_until(const Condition& condition, std::chrono::milliseconds within = std::chrono::seconds{20}) {
        const auto until = steady_clock::now() + within;
        while (!condition()) {
            if (steady_clock::now() >= until) return false;
            io.restart();
            io.run_one_for(std::chrono::milliseconds{10});
        }
        return true;
    }
    void run_what_is_ready() {
        io.restart();
        io.poll();
    }

    asio::io_context io{1};
    rollcall::sweeper sweeper{io.get_executor()};
};

[[nodiscard]] inline config::redis redis_at(const std::string& port) {
    config::redis settings;
    settings.host = "127.0.0.1";
    settings.port = port;
    return settings;
}

struct local_redis {
    local_redis(const executor& housekeeping, const std::string& port)
        : settings(redis_at(port)), addresses(housekeeping, settings.host, settings.port) {}

    config::redis settings;
    adapters::addresses addresses;
};

}  // namespace rollcall::store::tests
