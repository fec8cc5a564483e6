// A thread's event loop with a client of the store, driven by hand.
#pragma once

#include "store/client.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rollcall::store::tests {

using namespace std::chrono_literals;

class counting_observer final : public observer {
  public:
    void ready() override { ++readies; }
    void failed(bool was_ready, std::string_view why) override {
        ++failures;
        lost += was_ready;
        last_reason = why;
    }
    void commanded(command_outcome outcome, steady_clock::duration) override {
        ++outcomes[static_cast<std::size_t>(outcome)];
    }
    [[nodiscard]] int count(command_outcome outcome) const { return outcomes[static_cast<std::size_t>(outcome)]; }

    int readies = 0;
    int failures = 0;
    int lost = 0;  ///< failures of what had been ready
    std::string last_reason;
    std::array<int, std::size(command_outcome_names)> outcomes{};
};

/// One command on its way.
using answer = std::shared_ptr<std::optional<result<reply>>>;

class client_bench {
  public:
    explicit client_bench(const std::string& port, client::listeners listeners = {}, const std::string& channel = "") {
        settings.host = "127.0.0.1";
        settings.port = port;
        begin(std::move(listeners), channel);
    }
    client_bench(const std::string& port, adapters::tls_context& tls) {
        settings.host = "127.0.0.1";
        settings.port = port;
        begin({}, "", &tls);
    }
    ~client_bench() {
        client->close();
        run_until([] { return false; }, 20ms);
    }

    template<class Condition>
    bool run_until(const Condition& condition, std::chrono::milliseconds within = 20s) {
        const auto until = steady_clock::now() + within;
        while (!condition()) {
            if (steady_clock::now() >= until) return false;
            io.restart();
            io.run_one_for(10ms);
        }
        return true;
    }
    bool becomes_ready() {
        return run_until([this] { return client->ready(); });
    }
    answer begin(std::initializer_list<std::string_view> words, std::chrono::milliseconds within = 5s) {
        auto answer = std::make_shared<std::optional<result<reply>>>();
        client->send(command_of(words), steady_clock::now() + within,
                     [answer](result<reply> got) { *answer = std::move(got); });
        return answer;
    }
    result<reply> finish(const answer& answer) {
        REQUIRE(run_until([&] { return answer->has_value(); }));
        return **answer;
    }
    result<reply> ask(std::initializer_list<std::string_view> words, std::chrono::milliseconds within = 5s) {
        return finish(begin(words, within));
    }

    asio::io_context io{1};
    rollcall::sweeper sweeper{io.get_executor()};
    config::redis settings;
    std::unique_ptr<adapters::addresses> addresses;
    counting_observer observer;
    std::unique_ptr<store::client> client;

  private:
    void begin(client::listeners listeners, const std::string& channel, adapters::tls_context* tls = nullptr) {
        addresses = std::make_unique<adapters::addresses>(io.get_executor(), settings.host, settings.port);
        const server server{settings, *addresses, tls, channel};
        client = std::make_unique<store::client>(io.get_executor(), sweeper, server, observer, std::move(listeners));
    }
};

}  // namespace rollcall::store::tests
