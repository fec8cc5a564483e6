// Generations: which provider keeps its state, and what a new one begins with.
#include "gateway/generation.hpp"

#include "config/text_file.hpp"
#include "gateway/limits/client_limiter.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <random>
#include <stdexcept>
#include <sys/resource.h>

namespace rollcall::gateway {
namespace {

/// Descriptors for everything but clients and providers: probes, event loops, the log, name lookups.
constexpr std::size_t other_descriptors = 100;

/// The count of a state's writes leaves the upper half to the state's own number.
constexpr unsigned write_bits = 32;

constexpr std::size_t largest_ca_file = 16 * 1024 * 1024;

secret made_up_key() {
    std::string key(32, '\0');
    RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size()));
    return secret{std::move(key)};
}

const std::shared_ptr<provider_state>* find(const generation& generation, const std::string& name) {
    const auto found =
        std::ranges::find(generation.providers, name, [](const auto& state) { return state->provider.name(); });
    return found == generation.providers.end() ? nullptr : &*found;
}

/// Without what only tells where it stood in the file.
config::provider without_places(config::provider settings) {
    settings.where = {};
    settings.path.clear();
    settings.places.clear();
    return settings;
}

bool is_as_configured(const provider_state& state, const config::provider& settings, const adapters::profile& profile,
                      const std::string& trusted) {
    return state.trusted == trusted && state.provider.profile() == profile &&
           without_places(state.provider.settings()) == without_places(settings);
}

/// A client goes on with what it has left, unless its limits have changed.
std::shared_ptr<client_limiter> limiter_of(const config::client& settings, const generation* running) {
    if (!settings.limits) return nullptr;
    if (running != nullptr && running->clients) {
        const auto& clients = running->clients->clients();
        const auto known = std::ranges::find(clients, settings.name, &client::name);
        if (known != clients.end() && known->limiter && known->limiter->limits() == *settings.limits) {
            return known->limiter;
        }
    }
    return std::make_shared<client_limiter>(*settings.limits);
}

std::shared_ptr<address_table> addresses_of(const config::access& settings, const generation* running) {
    if (!settings.unauthenticated) return nullptr;
    if (running != nullptr && running->addresses && running->addresses->limits() == *settings.unauthenticated) {
        return running->addresses;
    }
    std::random_device random;
    return std::make_shared<address_table>(*settings.unauthenticated, std::uint64_t{random()} << 32 | random());
}

}  // namespace

provider_state::provider_state(const executor& housekeeping, const config::provider& settings,
                               const adapters::profile& profile, std::string trusted_text, std::uint64_t first_write,
                               adapters::upstream_observer& observer)
    : provider(settings, profile),
      trusted(std::move(trusted_text)),
      addresses(housekeeping, provider.origin().host, provider.origin().port),
      quota(adapters::quota_of(provider.settings(), provider.profile())),
      breaker(provider.settings().breaker, observer),
      retry_budget(provider.settings().retry_budget),
      writes(first_write),
      replicas(std::make_shared<adapters::replica_state>(provider, quota.configured())),
      health(observer) {
    if (provider.origin().tls) tls.emplace(provider.origin().host, provider.origin().ca_file);
}

std::chrono::milliseconds generation::longest_call() const {
    std::chrono::milliseconds longest{0};
    for (const auto& state : providers)
        longest = std::max(longest, state->provider.settings().timeout);
    return longest;
}

generation_changes changes_between(const generation& before, const generation& after) {
    generation_changes changes;
    for (const auto& state : after.providers) {
        const auto* const known = find(before, state->provider.name());
        ++(known == nullptr ? changes.added : *known == state ? changes.kept : changes.changed);
    }
    changes.removed = before.providers.size() - changes.kept - changes.changed;
    return changes;
}

std::vector<upstream_reading> readings_of(const generation& generation) {
    std::vector<upstream_reading> readings;
    for (const auto& state : generation.providers) {
        const std::weak_ptr<const provider_state> watched = state;
        upstream_reading& reading = readings.emplace_back();
        reading.provider = state->provider.name();
        if (const auto& quota = state->quota.configured()) reading.quota_limit = quota->calls;
        reading.quota_left = [watched]() -> std::optional<std::uint64_t> {
            const auto state = watched.lock();
            return state ? state->quota.left(steady_clock::now()) : std::nullopt;
        };
        reading.breaker = [watched]() -> std::optional<adapters::breaker_state> {
            const auto state = watched.lock();
            return state ? std::optional{state->breaker.state()} : std::nullopt;
        };
        reading.second_attempts_left = [watched]() -> std::optional<unsigned> {
            const auto state = watched.lock();
            return state ? std::optional{state->retry_budget.left(steady_clock::now())} : std::nullopt;
        };
    }
    return readings;
}

std::function<std::optional<std::uint64_t>()> address_reading_of(const generation& generation) {
    const std::weak_ptr<const address_table> watched = generation.addresses;
    return [watched]() -> std::optional<std::uint64_t> {
        const auto addresses = watched.lock();
        return addresses ? std::optional{addresses->size(steady_clock::now())} : std::nullopt;
    };
}

std::vector<key_set_reading> key_set_readings_of(const generation& generation) {
    std::vector<key_set_reading> readings;
    for (const auto& issuer : generation.issuers) {
        const std::weak_ptr<const held_key_set> watched = issuer->keys;
        readings.push_back({issuer->name, [watched]() -> std::optional<std::chrono::seconds> {
                                const auto keys = watched.lock();
                                if (!keys || keys->version() == 0) return std::nullopt;
                                return std::chrono::floor<std::chrono::seconds>(system_clock::now() -
                                                                                keys->now().confirmed_at);
                            }});
    }
    return readings;
}

std::shared_ptr<const generation> generation_maker::make(const configuration& configuration, const generation* running,
                                                         std::vector<config::fault>& faults) {
    const config::settings& settings = configuration.settings;
    std::vector<std::shared_ptr<provider_state>> states;
    for (std::size_t index = 0; index < settings.providers.size(); ++index) {
        const config::provider& provider = settings.providers[index];
        try {
            states.push_back(state_of(provider, configuration.profiles[index], running));
        } catch (const std::exception& error) {
            faults.push_back({provider.where, provider.path, error.what()});
        }
    }
    issuer_states issuers = issuers_of(settings.access, running, faults);
    if (!faults.empty()) return nullptr;
    generation made{settings,
                    std::move(states),
                    clients_of(settings, running, issuers),
                    addresses_of(settings.access, running),
                    cursor_codec{key_of(settings.cursor), settings.cursor.expiry},
                    std::move(issuers)};
    made.settings.server.limits = affordable_limits(settings);
    return std::make_shared<const generation>(std::move(made));
}

std::shared_ptr<provider_state> generation_maker::state_of(const config::provider& settings,
                                                           const adapters::profile& profile,
                                                           const generation* running) {
    std::string trusted;
    if (!settings.ca_file.empty()) {
        config::text_file read = config::read_text_file(settings.ca_file, largest_ca_file);
        if (!read.problem.empty()) throw std::runtime_error(settings.ca_file + ' ' + read.problem);
        trusted = std::move(read.text);
    }
    const auto* const known = running == nullptr ? nullptr : find(*running, settings.name);
    if (known != nullptr && is_as_configured(**known, settings, profile, trusted)) return *known;
    auto made = std::make_shared<provider_state>(housekeeping_, settings, profile, std::move(trusted),
                                                 states_++ << write_bits, metrics_.upstream(settings.name));
    // What the other replicas have not been told yet is still to be told.
    if (known != nullptr && (*known)->replicas->account.name == made->replicas->account.name)
        made->replicas = (*known)->replicas;
    return made;
}

issuer_states generation_maker::issuers_of(const config::access& settings, const generation* running,
                                           std::vector<config::fault>& faults) {
    const key_set_workplace workplace{housekeeping_, sweeper_, metrics_, log_};
    issuer_states states;
    for (const config::token_issuer& issuer : settings.issuers) {
        try {
            states.push_back(
                make_issuer_state(issuer, running == nullptr ? issuer_states{} : running->issuers, workplace));
        } catch (const std::exception& error) {
            const auto place = issuer.keys.places.find("file");
            faults.push_back({place->second, issuer.path + ".keys", error.what()});
        }
    }
    return states;
}

std::shared_ptr<const client_registry> generation_maker::clients_of(const config::settings& settings,
                                                                    const generation* running,
                                                                    const issuer_states& issuers) {
    if (settings.access.clients.empty()) return nullptr;
    for (const config::client& client : settings.access.clients) {
        for (const config::client_key& key : client.keys) {
            if (key.expires && *key.expires <= system_clock::now()) {
                log_.log(config::log_level::warning, "a client's key has expired",
                         {{"client", client.name}, {"key", key.prefix}});
            }
        }
    }
    client_registry::key_sets key_sets;
    for (const auto& issuer : issuers)
        key_sets.push_back(issuer->keys);
    return std::make_shared<const client_registry>(
        settings, [this](const std::string& name) { return &metrics_.client(name); },
        [running](const config::client& client) { return limiter_of(client, running); }, key_sets);
}

const secret& generation_maker::key_of(const config::cursor& settings) {
    if (!settings.key.empty()) return settings.key;
    log_.log(config::log_level::warning,
             "cursor.secret is not set: cursors end with this process and no other replica takes them");
    if (made_up_key_.empty()) made_up_key_ = made_up_key();
    return made_up_key_;
}

/// The configured limits, with no more clients than leave descriptors for the providers, the probes and the log.
config::limits generation_maker::affordable_limits(const config::settings& settings) {
    config::limits limits = settings.server.limits;
    rlimit descriptors{};
    if (::getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return limits;
    std::size_t reserved = other_descriptors;
    for (const config::provider& provider : settings.providers)
        reserved += std::size_t{provider.connections} * threads_;
    const std::size_t left = descriptors.rlim_cur > reserved ? descriptors.rlim_cur - reserved : 1;
    if (limits.connections <= left) return limits;
    log_.log(config::log_level::warning,
             "fewer clients than server.limits.connections: the process has too few descriptors",
             {{"descriptors", static_cast<std::int64_t>(descriptors.rlim_cur)},
              {"connections", static_cast<std::int64_t>(left)}});
    limits.connections = left;
    return limits;
}

}  // namespace rollcall::gateway
