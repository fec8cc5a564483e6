// The metrics of the store, and the line of the log when replicas come together or part.
#include "gateway/telemetry/store_metrics.hpp"

#include "gateway/telemetry/upstream_metrics.hpp"

#include <string>

namespace rollcall::gateway {
namespace {

/// From a tenth of a millisecond, which is usual within a network, to the second after which a connection is given up.
const prometheus::Histogram::BucketBoundaries& round_trip_buckets() {
    static const prometheus::Histogram::BucketBoundaries buckets{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                                                 0.01,   0.025,   0.05,   0.1,   0.25,   1};
    return buckets;
}

}  // namespace

store_metrics::store_metrics(prometheus::Registry& registry, access_log& log, std::size_t connections)
    : log_(log), connections_(connections) {
    connected_ = &prometheus::BuildGauge()
                      .Name("rollcall_store_connected")
                      .Help("1 while this replica shares with the others; 0 while it goes on by itself.")
                      .Register(registry)
                      .Add({});
    auto& commands = prometheus::BuildCounter()
                         .Name("rollcall_store_commands_total")
                         .Help("Commands for the store that replicas share, by how they ended.")
                         .Register(registry);
    for (std::size_t i = 0; i < commands_.size(); ++i)
        commands_[i] = &commands.Add({{"outcome", std::string{store::command_outcome_names[i]}}});
    durations_ = &prometheus::BuildHistogram()
                      .Name("rollcall_store_command_duration_seconds")
                      .Help("From a command for the store to its reply.")
                      .Register(registry)
                      .Add({}, round_trip_buckets());
}

void store_metrics::ready() {
    const std::lock_guard lock{mutex_};
    if (++ready_ < connections_) return;
    connected_->Set(1);
    if (told_ != state::connected) log_.log(config::log_level::info, "the store is connected: replicas share");
    told_ = state::connected;
}

void store_metrics::failed(bool was_ready, std::string_view why) {
    const std::lock_guard lock{mutex_};
    if (was_ready) --ready_;
    connected_->Set(0);
    if (told_ != state::alone) {
        log_.log(config::log_level::warning, "the store is away: this replica goes on by itself",
                 {{"reason", std::string{why}}});
    }
    told_ = state::alone;
}

void store_metrics::commanded(store::command_outcome outcome, steady_clock::duration took) {
    commands_[static_cast<std::size_t>(outcome)]->Increment();
    if (outcome == store::command_outcome::ok || outcome == store::command_outcome::error)
        durations_->Observe(seconds_of(took));
}

}  // namespace rollcall::gateway
