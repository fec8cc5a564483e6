// What it takes to count one request, one exchange with a provider, and to tell all of it to a scrape.
#include "gateway/telemetry/metrics.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace rollcall;
using namespace std::chrono_literals;

gateway::metrics_labels labels() {
    return {.routes = {"/agents", "/agents/{id}", "/providers"}, .schema_fields = {"id", "name"}, .version = "0"};
}

void request_finished(benchmark::State& state) {
    gateway::metrics metrics{labels()};
    gateway::request request;
    for (auto _ : state)
        metrics.request_finished(request, "/agents", 200, 40'000, 5ms);
}

void exchanged(benchmark::State& state) {
    gateway::metrics metrics{labels()};
    adapters::upstream_observer& provider = metrics.upstream("heppu");
    for (auto _ : state)
        provider.exchanged(adapters::operation_kind::list, std::nullopt, 5ms);
}

void scrape(benchmark::State& state) {
    gateway::metrics metrics{labels()};
    for (const char* const provider : {"agenthuman", "converra", "heppu", "hyperrep"})
        (void)metrics.upstream(provider);
    for (auto _ : state)
        benchmark::DoNotOptimize(metrics.scrape());
}

BENCHMARK(request_finished)->Name("metrics/a request");
BENCHMARK(exchanged)->Name("metrics/an exchange with a provider");
BENCHMARK(scrape)->Name("metrics/a scrape, four providers");

}  // namespace
