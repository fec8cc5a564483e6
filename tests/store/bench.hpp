// A client of the store on an event loop that is driven by hand.
#pragma once

#include "store/client.hpp"
#include "tests/store/event_loop.hpp"

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

class client_bench : public event_loop {
  public:
    explicit client_bench(const std::string& port, client::listeners listeners = {}, const std::string& channel = "",
                          adapters::tls_context* tls = nullptr)
        : redis_(io.get_executor(), port),
          client(std::make_unique<store::client>(io.get_executor(), sweeper,
                                                 server{redis_.settings, redis_.addresses, tls, channel}, observer,
                                                 std::move(listeners))) {}
    client_bench(const std::string& port, adapters::tls_context& tls) : client_bench(port, {}, "", &tls) {}
    ~client_bench() {
        client->close();
        run_until([] { return false; }, 20ms);
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

  private:
    local_redis redis_;

  public:
    counting_observer observer;
    std::unique_ptr<store::client> client;
};

}  // namespace rollcall::store::tests
