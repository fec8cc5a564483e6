// Everything of work.hpp but reading, which is measured beside its peers.
#include "bench/micro/work.hpp"

#include <benchmark/benchmark.h>

namespace {

[[maybe_unused]] const bool registered = [] {
    for (auto& work : rollcall::bench::all_work()) {
        if (work.name.starts_with("normalize/")) continue;
        benchmark::RegisterBenchmark(work.name.c_str(), [run = std::move(work.run)](benchmark::State& state) {
            for (auto _ : state)
                run();
        });
    }
    return true;
}();

}  // namespace
