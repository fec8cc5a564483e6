// Reading a page of each dialect into the one shape, and the peers doing the same.
#include "bench/micro/peer.hpp"
#include "bench/micro/samples.hpp"
#include "normalizers/read.hpp"

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

namespace {

using namespace rollcall;
using bench::page_named;

/// The page's agents as a JSON array, for a comparison with the peers.
std::string array_of(const normalizers::page& page) {
    std::string array = "[";
    for (const normalizers::item& item : page.items) {
        if (array.size() > 1) array += ',';
        array += '{';
        array += page.members(item, 0, normalizers::agent_record.fields.size());
        array += '}';
    }
    return array + ']';
}

/// The peers have no provider's name but the dialect's.
normalizers::list_plan plan_of(std::string_view name) {
    auto dialect = bench::dialect_of(name);
    dialect.provider = name.substr(0, name.find('-'));
    return dialect.plan_of_list();
}

std::string_view provider_of(std::string_view name) {
    return name.substr(0, name.find('-'));
}

/// Ends the program unless all three make the same of the page.
std::size_t agents_that_all_agree_on(std::string_view name) {
    const std::string body = page_named(name);
    normalizers::reader reader;
    const auto page = reader.read_list(plan_of(name), body);
    const auto ours = nlohmann::json::parse(array_of(*page));
    const auto with_rapidjson = nlohmann::json::parse(bench::normalize_with_rapidjson(provider_of(name), body));
    const auto with_nlohmann = nlohmann::json::parse(bench::normalize_with_nlohmann(provider_of(name), body));
    if (ours != with_rapidjson || ours != with_nlohmann) {
        std::cerr << name << ": the normalizer and its peers do not agree\n";
        std::exit(1);
    }
    return ours.size();
}

void count(benchmark::State& state, std::string_view name, std::size_t agents) {
    using benchmark::Counter;
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(page_named(name).size()));
    state.counters["per_agent"] =
        Counter(static_cast<double>(agents), Counter::kIsIterationInvariantRate | Counter::kInvert);
}

void rollcall_reads(benchmark::State& state, std::string_view name) {
    const std::size_t agents = agents_that_all_agree_on(name);
    const auto plan = plan_of(name);
    std::string body = page_named(name);
    normalizers::reader reader;
    for (auto _ : state) {
        auto page = reader.read_list(plan, std::move(body));
        benchmark::DoNotOptimize(page);
        body = std::move(page->body);
    }
    count(state, name, agents);
}

void rapidjson_reads(benchmark::State& state, std::string_view name) {
    const std::size_t agents = agents_that_all_agree_on(name);
    const std::string body = page_named(name);
    for (auto _ : state)
        benchmark::DoNotOptimize(bench::normalize_with_rapidjson(provider_of(name), body));
    count(state, name, agents);
}

void nlohmann_reads(benchmark::State& state, std::string_view name) {
    const std::size_t agents = agents_that_all_agree_on(name);
    const std::string body = page_named(name);
    for (auto _ : state)
        benchmark::DoNotOptimize(bench::normalize_with_nlohmann(provider_of(name), body));
    count(state, name, agents);
}

[[maybe_unused]] const bool registered = [] {
    for (const std::string_view name : bench::page_names) {
        const auto add = [&](std::string_view by, auto* function) {
            const std::string label = "normalize/" + std::string{name} + "/" + std::string{by};
            benchmark::RegisterBenchmark(label.c_str(), function, name);
        };
        add("rollcall", rollcall_reads);
        add("rapidjson", rapidjson_reads);
        add("nlohmann", nlohmann_reads);
    }
    return true;
}();

}  // namespace

BENCHMARK_MAIN();
