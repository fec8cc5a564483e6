// Reloading, step by step.
#include "gateway/reload.hpp"

#include "config/syntax.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace rollcall::gateway {
namespace {

using config::log_level;

/// How long a new host's name may take before the generation serves without its address.
constexpr std::chrono::milliseconds resolution_wait{1000};
constexpr std::chrono::milliseconds resolution_check{10};

/// Of an issuer that is new the keys are waited for, too; one that is kept has waited at its own time.
bool has_keys(const generation& next, const generation& running) {
    return std::ranges::all_of(next.issuers, [&](const auto& state) {
        return std::ranges::find(running.issuers, state) != running.issuers.end() || state->keys->version() != 0;
    });
}

bool is_resolved(const generation& next, const generation& running) {
    return std::ranges::all_of(next.providers, [&](const auto& state) {
        // One that is kept has waited at its own time.
        return std::ranges::find(running.providers, state) != running.providers.end() || state->addresses.snapshot();
    });
}

std::int64_t count_of(std::size_t size) {
    return static_cast<std::int64_t>(size);
}

log_field access_of(const config::access& access) {
    if (access.clients.empty()) return {"access", "open"};
    return {"clients", count_of(access.clients.size())};
}

}  // namespace

void warn_of_unresolved(const generation& generation, access_log& log) {
    for (const auto& state : generation.providers) {
        if (state->addresses.snapshot()) continue;
        log.log(log_level::warning, "the provider's host is not resolved yet",
                {{"provider", state->provider.name()}, {"host", state->provider.origin().host}});
    }
}

reloader::reloader(const executor& housekeeping, std::shared_ptr<const generation> first, configuration_reader read,
                   generation_maker& maker, handover hand_over, metrics& metrics, access_log& log)
    : timer_(housekeeping),
      read_(std::move(read)),
      maker_(maker),
      hand_over_(std::move(hand_over)),
      metrics_(metrics),
      log_(log),
      server_(first->settings.server),
      logged_(first->settings.log),
      cache_(first->settings.cache),
      redis_(first->settings.redis),
      running_(std::move(first)) {}

void reloader::reload() {
    if (stopped_) return;
    configuration read = read_();
    refuse_unguarded(read);
    std::shared_ptr<const generation> made;
    if (read.faults.empty()) made = maker_.make(read, running_.get(), read.faults);
    if (!made) return refuse(read.faults);
    warn_of_settings_for_restart(made->settings);
    next_ = std::move(made);
    next_waits_until_ = steady_clock::now() + resolution_wait;
    hand_over_when_resolved();
}

/// A section that got lost must not let everybody in where there were clients. And the address takes a restart, access
/// does not: what would be enough for the new one must be enough for that which is served.
void reloader::refuse_unguarded(configuration& read) const {
    if (!read.faults.empty() || read.settings.access.stated) return;
    const generation& latest = next_ ? *next_ : *running_;
    const bool guarded = latest.clients != nullptr;
    if (!guarded && config::is_loopback(server_.listen)) return;
    const config::location file{read.settings.providers.front().where.file, 1, 1};
    read.faults.push_back(
        {file, "access",
         guarded ? "is missing, and there are clients until now; to let everybody in write `access: open`"
                 : "is missing, and until a restart the gateway listens on an address that is reachable from other "
                   "machines"});
}

void reloader::stop() {
    stopped_ = true;
    next_.reset();
    timer_.cancel();
}

void reloader::refuse(const std::vector<config::fault>& faults) {
    for (const config::fault& fault : faults)
        log_.log(log_level::error, "faulty configuration", {{"fault", config::to_string(fault)}});
    log_.log(log_level::error, "reload failed", {{"faults", count_of(faults.size())}});
    metrics_.reload_failed();
}

void reloader::warn_of_settings_for_restart(const config::settings& settings) {
    const std::pair<std::string_view, bool> changes[] = {
        {"server.listen", settings.server.listen != server_.listen},
        {"server.admin", settings.server.admin != server_.admin},
        {"server.threads", settings.server.threads != server_.threads},
        {"log", settings.log != logged_},
        {"cache.bytes", settings.cache != cache_},
        {"redis", settings.redis != redis_},
    };
    for (const auto& [key, changed] : changes) {
        if (changed) log_.log(log_level::warning, "this setting has changed, which takes a restart", {{"key", key}});
    }
}

void reloader::hand_over_when_resolved() {
    if ((is_resolved(*next_, *running_) && has_keys(*next_, *running_)) || steady_clock::now() >= next_waits_until_)
        return hand_over();
    timer_.expires_after(resolution_check);
    timer_.async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled && next_) hand_over_when_resolved();
    });
}

void reloader::hand_over() {
    warn_of_unresolved(*next_, log_);
    const generation_changes changes = changes_between(*running_, *next_);
    running_ = std::exchange(next_, nullptr);
    metrics_.watch(readings_of(*running_), running_->settings.server.limits);
    metrics_.watch_addresses(address_reading_of(*running_));
    metrics_.watch_key_sets(key_set_readings_of(*running_));
    hand_over_(running_,
               [this, changes, providers = running_->providers.size(), access = access_of(running_->settings.access)] {
                   metrics_.reloaded(system_clock::now());
                   log_.log(log_level::info, "reloaded",
                            {{"providers", count_of(providers)},
                             {"kept", count_of(changes.kept)},
                             {"changed", count_of(changes.changed)},
                             {"added", count_of(changes.added)},
                             {"removed", count_of(changes.removed)},
                             access});
               });
}

}  // namespace rollcall::gateway
