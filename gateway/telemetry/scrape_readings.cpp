// Asking, and what is told of the answers.
#include "gateway/telemetry/scrape_readings.hpp"

#include <utility>

namespace rollcall::gateway {
namespace {

prometheus::MetricFamily family_of(const char* name, const char* help, prometheus::MetricType type) {
    prometheus::MetricFamily family;
    family.name = name;
    family.help = help;
    family.type = type;
    return family;
}

prometheus::MetricFamily gauges(const char* name, const char* help) {
    return family_of(name, help, prometheus::MetricType::Gauge);
}

void add_gauge(prometheus::MetricFamily& family, const char* label, const std::string& name, double value) {
    prometheus::ClientMetric& metric = family.metric.emplace_back();
    metric.label.push_back({label, name});
    metric.gauge.value = value;
}

}  // namespace

void scrape_readings::watch(std::vector<upstream_reading> readings) {
    const std::lock_guard lock{mutex_};
    upstreams_ = std::move(readings);
}

void scrape_readings::watch_log(std::function<std::uint64_t()> lines_lost) {
    const std::lock_guard lock{mutex_};
    log_lines_lost_ = std::move(lines_lost);
}

void scrape_readings::watch_addresses(std::function<std::optional<std::uint64_t>()> count) {
    const std::lock_guard lock{mutex_};
    addresses_ = std::move(count);
}

void scrape_readings::watch_key_sets(std::vector<key_set_reading> readings) {
    const std::lock_guard lock{mutex_};
    key_sets_ = std::move(readings);
}

void scrape_readings::certificate_expires(std::optional<system_clock::time_point> at) {
    const std::lock_guard lock{mutex_};
    certificate_expires_ = at;
}

std::vector<prometheus::MetricFamily> scrape_readings::read() const {
    std::vector<prometheus::MetricFamily> families;
    const std::lock_guard lock{mutex_};
    read_upstreams(families);
    read_certificate(families);
    read_log(families);
    read_addresses(families);
    read_key_sets(families);
    return families;
}

/// Calls come back to a quota with time, and nothing happens then that could be counted; and of a provider that was
/// reconfigured, the former breaker may still change while its last calls end.
void scrape_readings::read_upstreams(std::vector<prometheus::MetricFamily>& families) const {
    auto remaining = gauges("rollcall_upstream_quota_remaining",
                            "Calls that a provider may still be sent now; not there where nothing limits them.");
    auto limit = gauges("rollcall_upstream_quota_limit", "Calls that a provider takes in the time of its quota.");
    auto breakers =
        gauges("rollcall_upstream_breaker_state", "A provider's circuit breaker: 0 closed, 1 half-open, 2 open.");
    auto budgets = gauges("rollcall_upstream_retry_budget_remaining", "Second attempts that may be made now.");
    for (const upstream_reading& reading : upstreams_) {
        if (const auto left = reading.quota_left()) {
            add_gauge(remaining, "provider", reading.provider, static_cast<double>(*left));
        }
        if (reading.quota_limit) {
            add_gauge(limit, "provider", reading.provider, static_cast<double>(*reading.quota_limit));
        }
        if (const auto left = reading.second_attempts_left()) {
            add_gauge(budgets, "provider", reading.provider, *left);
        }
        if (const auto state = reading.breaker()) {
            add_gauge(breakers, "provider", reading.provider, static_cast<double>(*state));
        }
    }
    families.push_back(std::move(remaining));
    families.push_back(std::move(limit));
    families.push_back(std::move(breakers));
    families.push_back(std::move(budgets));
}

void scrape_readings::read_certificate(std::vector<prometheus::MetricFamily>& families) const {
    if (!certificate_expires_) return;
    auto expiry = gauges("rollcall_tls_certificate_expires_seconds",
                         "When the public listener's certificate, or one that is sent with it, expires; Unix time.");
    expiry.metric.emplace_back().gauge.value =
        std::chrono::duration<double>(certificate_expires_->time_since_epoch()).count();
    families.push_back(std::move(expiry));
}

void scrape_readings::read_log(std::vector<prometheus::MetricFamily>& families) const {
    if (!log_lines_lost_) return;
    auto lost = family_of("rollcall_log_lines_lost_total",
                          "Lines of the log that were not written, because it is not read as fast.",
                          prometheus::MetricType::Counter);
    lost.metric.emplace_back().counter.value = static_cast<double>(log_lines_lost_());
    families.push_back(std::move(lost));
}

void scrape_readings::read_addresses(std::vector<prometheus::MetricFamily>& families) const {
    const auto count = addresses_ ? addresses_() : std::nullopt;
    if (!count) return;
    auto addresses = gauges("rollcall_access_addresses",
                            "Addresses that are counted, because requests of nobody known have come from them lately.");
    addresses.metric.emplace_back().gauge.value = static_cast<double>(*count);
    families.push_back(std::move(addresses));
}

void scrape_readings::read_key_sets(std::vector<prometheus::MetricFamily>& families) const {
    auto ages = gauges("rollcall_access_key_set_age_seconds",
                       "Since an issuer's keys were last given by its URL, or read from its file.");
    for (const key_set_reading& reading : key_sets_) {
        if (const auto age = reading.age()) {
            add_gauge(ages, "issuer", reading.issuer, static_cast<double>(age->count()));
        }
    }
    families.push_back(std::move(ages));
}

}  // namespace rollcall::gateway
