// Making the clients of a configuration.
#include "gateway/access/client_registry.hpp"

#include <algorithm>

namespace rollcall::gateway {
namespace {

client client_of(const config::client& settings, const std::vector<config::provider>& providers,
                 client_metrics* requests, std::shared_ptr<client_limiter> limiter) {
    client made;
    made.name = settings.name;
    made.may_read = settings.may_read;
    made.may_write = settings.may_write;
    made.requests = requests;
    made.limiter = std::move(limiter);
    for (const config::provider& provider : providers) {
        const bool visible =
            !settings.providers || std::ranges::find(*settings.providers, provider.name) != settings.providers->end();
        made.visible.push_back(visible);
        if (visible) made.providers.push_back(provider.name);
    }
    return made;
}

std::vector<client> clients_of(const config::settings& settings, const client_registry::counter_of& counter,
                               const client_registry::limiter_of& limiter) {
    std::vector<client> clients;
    for (const config::client& client : settings.access.clients)
        clients.push_back(client_of(client, settings.providers, counter(client.name), limiter(client)));
    return clients;
}

std::vector<held_key> keys_of(const config::access& settings, const std::vector<client>& clients) {
    std::vector<held_key> keys;
    for (std::size_t i = 0; i < clients.size(); ++i) {
        for (const config::client_key& key : settings.clients[i].keys)
            keys.push_back({key.prefix, key.sha256, key.expires, &clients[i]});
    }
    return keys;
}

certificate_owners certificates_of(const config::access& settings, const std::vector<client>& clients) {
    certificate_owners owners;
    for (std::size_t i = 0; i < clients.size(); ++i) {
        for (const std::string& name : settings.clients[i].certificates)
            owners.emplace(name, &clients[i]);
    }
    return owners;
}

std::vector<token_issuer> issuers_of(const config::access& settings, const std::vector<client>& clients,
                                     const client_registry::key_sets& key_sets) {
    std::vector<token_issuer> issuers;
    for (std::size_t i = 0; i < settings.issuers.size(); ++i)
        issuers.push_back({settings.issuers[i], key_sets.at(i)});
    for (std::size_t i = 0; i < clients.size(); ++i) {
        for (const config::client_token& token : settings.clients[i].tokens) {
            const auto issuer = std::ranges::find(issuers, token.issuer,
                                                  [](const token_issuer& issuer) { return issuer.settings.name; });
            issuer->owners.emplace(token.subject, token_owner{token.issuer + ':' + token.subject, &clients[i]});
        }
    }
    return issuers;
}

}  // namespace

client_registry::client_registry(const config::settings& settings, const counter_of& counter, const limiter_of& limiter,
                                 const key_sets& key_sets)
    : clients_(clients_of(settings, counter, limiter)),
      keys_(keys_of(settings.access, clients_)),
      certificates_(certificates_of(settings.access, clients_)),
      issuers_(issuers_of(settings.access, clients_, key_sets)) {}

}  // namespace rollcall::gateway
