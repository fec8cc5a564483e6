// One provider's whole pipeline before a scripted server: what its threads share, and as many threads as a test wants.
#pragma once

#include "adapters/upstream.hpp"
#include "tests/adapters/pipeline/fakes.hpp"
#include "tests/adapters/providers.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <optional>
#include <string>

namespace rollcall::adapters::tests {

/// What the threads share of a provider that offers everything and answers on a port of this machine.
class shared_bench {
  public:
    explicit shared_bench(unsigned short port)
        : provider(made_with(everything(), settings_at(port))),
          addresses_(housekeeping_.get_executor(), "127.0.0.1", std::to_string(port)) {}

    [[nodiscard]] shared_upstream parts() {
        return {provider, addresses_, nullptr, flights_, quota_, breaker_, retry_budget_, cache_, writes, observer};
    }

    adapters::provider provider;
    std::atomic<std::uint64_t> writes{0};
    counting_observer observer;

  private:
    static config::provider settings_at(unsigned short port) {
        config::provider settings = settings_of("mine");
        settings.base_url = "http://127.0.0.1:" + std::to_string(port);
        settings.credential = secret{"key-of-the-tests"};
        settings.cache.ttl = std::chrono::hours{1};
        settings.cache.stale_if_error = std::chrono::hours{1};
        return settings;
    }

    asio::io_context housekeeping_{1};
    adapters::addresses addresses_;
    flight_board flights_;
    shared_quota quota_{std::nullopt};
    shared_breaker breaker_{provider.settings().breaker, observer};
    shared_retry_budget retry_budget_{provider.settings().retry_budget};
    page_cache cache_{16 << 20};
};

/// One call under way.
struct pending_call {
    std::optional<result<answer>> outcome;
    bool ended = false;
    asio::cancellation_signal gone;
};

/// One thread's event loop with its pipeline, driven by hand or by a real thread.
class thread_bench {
  public:
    explicit thread_bench(shared_bench& shared)
        : upstream(shared.parts(), {io.get_executor(), sweeper_, reader_, random_}) {}

    void begin(pending_call& pending, awaitable<result<answer>> call) {
        asio::co_spawn(io, std::move(call),
                       asio::bind_cancellation_slot(
                           pending.gone.slot(), [&pending](const std::exception_ptr& thrown, result<answer> returned) {
                               if (!thrown) pending.outcome = std::move(returned);
                               pending.ended = true;
                           }));
    }

    result<answer> finish(pending_call& pending) {
        io.restart();
        while (!pending.ended)
            io.run_one();
        return *std::move(pending.outcome);
    }

    result<answer> read(const request& request) {
        pending_call one;
        begin(one, upstream.call(request, steady_clock::now() + std::chrono::seconds{30}));
        return finish(one);
    }

    result<answer> write(const request& request) {
        pending_call one;
        begin(one, upstream.write(request, steady_clock::now() + std::chrono::seconds{30}));
        return finish(one);
    }

    asio::io_context io{1};

  private:
    rollcall::sweeper sweeper_{io.get_executor()};
    normalizers::reader reader_;
    std::minstd_rand random_{1};

  public:
    adapters::upstream upstream;
};

}  // namespace rollcall::adapters::tests
