// What each layer of an upstream call adds to it, over a provider that answers at once. `none` is the call alone, whose
// time is in every other.
#include "adapters/pipeline/breaker_layer.hpp"
#include "adapters/pipeline/cache.hpp"
#include "adapters/pipeline/coalesce.hpp"
#include "adapters/pipeline/hedge_layer.hpp"
#include "adapters/pipeline/quota_layer.hpp"
#include "adapters/pipeline/retry_layer.hpp"
#include "gateway/telemetry/metrics.hpp"

#include <boost/asio/co_spawn.hpp>

#include <benchmark/benchmark.h>
#include <exception>
#include <optional>

namespace {

using namespace rollcall;
using namespace rollcall::adapters;
using namespace std::chrono_literals;

/// A read of which half take a second, so that one that is answered at once is hedged and never late.
class call_of_one_that_may_be_slow final : public layer {
  public:
    call_of_one_that_may_be_slow(layer& next, shared_retry_budget& budget) : next_(next), budget_(budget) {}

    awaitable<result<answer>> call(const request& request, deadline until) override {
        budget_.first_took(1s);
        return next_.call(request, until);
    }

  private:
    layer& next_;
    shared_retry_budget& budget_;
};

class provider_that_answers final : public layer {
  public:
    awaitable<result<answer>> call(const request&, deadline) override { co_return answer{content_}; }

  private:
    static std::shared_ptr<const content> just_received() {
        auto made = std::make_shared<content>();
        made->received_at = steady_clock::now();
        return made;
    }

    std::shared_ptr<const content> content_ = just_received();
};

/// One provider's layers with the defaults, each before the provider itself.
struct layers {
    static config::provider with_a_long_cache() {
        config::provider settings;
        settings.cache.ttl = 1h;
        return settings;
    }

    config::provider settings = with_a_long_cache();
    std::string name = "heppu";
    gateway::metrics metrics{{.routes = {}, .schema_fields = {}, .version = "0"}};
    upstream_observer& observer = metrics.upstream("heppu");
    asio::io_context io{1};
    rollcall::sweeper sweeper{io.get_executor()};
    std::minstd_rand random;
    std::atomic<std::uint64_t> writes{0};

    shared_breaker breaker_state{settings.breaker, observer};
    shared_quota quota_state{quota{1'000'000'000, 1s}};
    shared_retry_budget budget{settings.retry_budget};
    page_cache pages{std::size_t{64} << 20};
    flight_board board;

    provider_that_answers none;
    breaker_layer breaker{none, breaker_state, observer, random};
    quota_layer quota_of_it{none, quota_state, observer};
    hedge_layer hedge{none, budget, breaker_state, observer};
    retry_layer retry{none, budget, observer, random};
    retry_layer retry_and_hedge{none, budget, observer, random, &hedge};
    call_of_one_that_may_be_slow hedged{retry_and_hedge, budget};
    cache_layer cache{none, pages, writes, name, settings.cache, observer};
    coalesce_layer coalesce{none, board, writes, io.get_executor(), sweeper, settings.timeout, observer};
};

request page_request() {
    request request;
    request.target = "/v1/agents?limit=100&offset=200";
    request.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    return request;
}

void one_call(benchmark::State& state, layers& all, layer& layer, const request& request) {
    for (auto _ : state) {
        std::optional<result<answer>> outcome;
        const deadline until = steady_clock::now() + 1min;
        asio::co_spawn(all.io, layer.call(request, until),
                       [&](const std::exception_ptr&, result<answer> returned) { outcome = std::move(returned); });
        all.io.restart();
        while (!outcome)
            all.io.poll();
        if (outcome->has_error()) return state.SkipWithError("the call has failed");
    }
}

void measure(const char* name, layer& (*layer_of)(layers&), bool fresh) {
    benchmark::RegisterBenchmark(name, [layer_of, fresh](benchmark::State& state) {
        layers all;
        request request = page_request();
        request.fresh = fresh;
        one_call(state, all, layer_of(all), request);
    });
}

[[maybe_unused]] const bool registered = [] {
    measure(
        "layer/none", [](layers& all) -> layer& { return all.none; }, false);
    measure(
        "layer/quota", [](layers& all) -> layer& { return all.quota_of_it; }, false);
    measure(
        "layer/breaker", [](layers& all) -> layer& { return all.breaker; }, false);
    measure(
        "layer/retry", [](layers& all) -> layer& { return all.retry; }, false);
    measure(
        "layer/retry, hedged", [](layers& all) -> layer& { return all.hedged; }, false);
    measure(
        "layer/cache, a hit", [](layers& all) -> layer& { return all.cache; }, false);
    measure(
        "layer/cache, not asked but filled", [](layers& all) -> layer& { return all.cache; }, true);
    measure(
        "layer/coalesce", [](layers& all) -> layer& { return all.coalesce; }, false);
    return true;
}();

}  // namespace
