// The metrics of the calls to one provider: made once, then only counted up.
#include "gateway/telemetry/upstream_metrics.hpp"

#include <algorithm>

namespace rollcall::gateway {
namespace {

/// Success, then the faults in their order.
constexpr std::array<const char*, fault_count + 1> outcome_names = {
    "ok",    "timeout",   "unreachable", "rate_limited", "auth_failed", "circuit_open", "invalid_response",
    "error", "not_found", "rejected",    "overloaded",   "cancelled"};

prometheus::Family<prometheus::Counter>& counters(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

}  // namespace

const prometheus::Histogram::BucketBoundaries& duration_buckets() {
    static const prometheus::Histogram::BucketBoundaries buckets{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                                 0.25,  0.5,    1,     2.5,  5,     10};
    return buckets;
}

double seconds_of(steady_clock::duration duration) {
    return std::chrono::duration<double>(duration).count();
}

upstream_families::upstream_families(prometheus::Registry& registry)
    : requests(counters(registry, "rollcall_upstream_requests_total", "Exchanges with a provider, by how they ended.")),
      durations(prometheus::BuildHistogram()
                    .Name("rollcall_upstream_request_duration_seconds")
                    .Help("How long an exchange with a provider took.")
                    .Register(registry)),
      retries(
          counters(registry, "rollcall_upstream_retries_total", "Exchanges with a provider that were tried again.")),
      hedges(counters(registry, "rollcall_upstream_hedges_total",
                      "Late calls to a provider that were made once more beside themselves, by which answer counted.")),
      cache_events(
          counters(registry, "rollcall_cache_events_total", "What the page cache did for a provider's calls.")),
      schema_faults(counters(registry, "rollcall_upstream_schema_faults_total",
                             "Values of a provider that were not of the type its profile says.")),
      breaker_transitions(counters(registry, "rollcall_upstream_breaker_transitions_total",
                                   "Changes of a provider's circuit breaker, by what it became.")),
      sheds(counters(registry, "rollcall_upstream_shed_total",
                     "Calls, and second attempts, that were kept from a provider, by what kept them.")),
      connections(prometheus::BuildGauge()
                      .Name("rollcall_upstream_connections")
                      .Help("Connections to a provider that are open, busy or kept, or being opened.")
                      .Register(registry)) {}

upstream_metrics::upstream_metrics(upstream_families& families, const std::string& provider,
                                   const std::vector<std::string>& fields) {
    for (std::size_t index = 0; index < operations_.size(); ++index) {
        const prometheus::Labels labels{{"provider", provider},
                                        {"operation", std::string(adapters::operation_names[index])}};
        operation_metrics& operation = operations_[index];
        for (std::size_t outcome = 0; outcome < outcome_names.size(); ++outcome) {
            prometheus::Labels with_outcome = labels;
            with_outcome.emplace("outcome", outcome_names[outcome]);
            operation.outcomes[outcome] = &families.requests.Add(with_outcome);
        }
        operation.duration = &families.durations.Add(labels, duration_buckets());
        operation.retries = &families.retries.Add(labels);
    }
    hedges_won_ = &families.hedges.Add({{"provider", provider}, {"outcome", "won"}});
    hedges_lost_ = &families.hedges.Add({{"provider", provider}, {"outcome", "lost"}});
    for (std::size_t index = 0; index < cache_events_.size(); ++index) {
        const std::string event(adapters::cache_event_names[index]);
        cache_events_[index] = &families.cache_events.Add({{"provider", provider}, {"event", event}});
    }
    for (std::size_t index = 0; index < breaker_transitions_.size(); ++index) {
        const std::string state(adapters::breaker_state_names[index]);
        breaker_transitions_[index] = &families.breaker_transitions.Add({{"provider", provider}, {"to", state}});
    }
    for (std::size_t index = 0; index < sheds_.size(); ++index) {
        const std::string reason(adapters::shed_reason_names[index]);
        sheds_[index] = &families.sheds.Add({{"provider", provider}, {"reason", reason}});
    }
    connections_ = &families.connections.Add({{"provider", provider}});
    for (const std::string& field : fields) {
        schema_faults_.emplace_back(field, &families.schema_faults.Add({{"provider", provider}, {"field", field}}));
    }
    other_schema_faults_ = &families.schema_faults.Add({{"provider", provider}, {"field", "other"}});
}

void upstream_metrics::exchanged(adapters::operation_kind operation, std::optional<fault> outcome,
                                 steady_clock::duration took) {
    operation_metrics& counted = operations_[static_cast<std::size_t>(operation)];
    counted.outcomes[outcome ? static_cast<std::size_t>(*outcome) + 1 : 0]->Increment();
    counted.duration->Observe(seconds_of(took));
}

void upstream_metrics::retried(adapters::operation_kind operation) {
    operations_[static_cast<std::size_t>(operation)].retries->Increment();
}

void upstream_metrics::hedged(bool won) {
    (won ? hedges_won_ : hedges_lost_)->Increment();
}

void upstream_metrics::cached(adapters::cache_event event) {
    cache_events_[static_cast<std::size_t>(event)]->Increment();
}

void upstream_metrics::breaker_changed(adapters::breaker_state now) {
    breaker_transitions_[static_cast<std::size_t>(now)]->Increment();
}

void upstream_metrics::shed(adapters::shed_reason reason) {
    sheds_[static_cast<std::size_t>(reason)]->Increment();
}

void upstream_metrics::connections_changed(int by) {
    connections_->Increment(by);
}

void upstream_metrics::schema_faults(std::string_view field, std::uint32_t count) {
    const auto found = std::find_if(schema_faults_.begin(), schema_faults_.end(),
                                    [&](const auto& entry) { return entry.first == field; });
    (found == schema_faults_.end() ? other_schema_faults_ : found->second)->Increment(count);
}

}  // namespace rollcall::gateway
