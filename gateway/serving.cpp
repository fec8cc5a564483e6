// Assembling what one thread answers clients by.
#include "gateway/serving.hpp"

#include "gateway/access/open_gate.hpp"

namespace rollcall::gateway {
namespace {

std::vector<std::unique_ptr<adapters::upstream>> make_upstreams(const generation& generation,
                                                                const shared_state& shared,
                                                                const adapters::thread_resources& thread) {
    std::vector<std::unique_ptr<adapters::upstream>> upstreams;
    for (const auto& state : generation.providers) {
        adapters::tls_context* const tls = state->tls ? &*state->tls : nullptr;
        const adapters::shared_upstream upstream{
            state->provider,     state->addresses, tls,           state->flights, state->quota,   state->breaker,
            state->retry_budget, shared.cache,     state->writes, state->health,  state->replicas};
        upstreams.push_back(std::make_unique<adapters::upstream>(upstream, thread));
    }
    return upstreams;
}

std::vector<std::string> names_of(const generation& generation) {
    std::vector<std::string> names;
    for (const auto& state : generation.providers)
        names.push_back(state->provider.name());
    return names;
}

std::vector<provider_entry> entries_of(const generation& generation) {
    std::vector<provider_entry> entries;
    for (const auto& state : generation.providers)
        entries.push_back({&state->provider, &state->health, &state->breaker, &state->quota, &state->retry_budget});
    return entries;
}

/// One for each thread: whoever holds it counts it, and threads should not count the same thing. Null: access is open.
std::shared_ptr<const gatekeeper> gatekeeper_of(const generation& generation, const shared_state& shared) {
    if (!generation.clients && !generation.addresses) return nullptr;
    address_limits limits{generation.addresses, shared.on_address_limited};
    if (!generation.clients) return std::make_shared<const open_gate>(std::move(limits));
    return std::make_shared<const gate>(generation.clients, system_clock::now, shared.on_unauthenticated,
                                        std::move(limits));
}

std::optional<cross_origin> cross_origin_of(const config::server& settings) {
    if (!settings.cors) return std::nullopt;
    return cross_origin{*settings.cors};
}

}  // namespace

serving::serving(const generation& generation, const shared_state& shared, const adapters::thread_resources& thread)
    : longest_call_(generation.longest_call()),
      upstreams_(make_upstreams(generation, shared, thread)),
      roster_(upstreams_, thread.sweeper),
      cursors_(generation.cursors),
      agents_(roster_, cursors_, names_of(generation), shared.on_partial),
      agent_(upstreams_),
      writes_(upstreams_, shared.idempotency, shared.audit, thread.reader, thread.executor),
      records_(upstreams_),
      lists_(upstreams_, cursors_),
      providers_(entries_of(generation)),
      policy_(std::make_shared<const listener_policy>(
          generation.settings.server.limits, generation.settings.server.request_timeout,
          public_routes({&agents_, &agent_, &writes_, &records_, &lists_, &providers_, &shared.openapi}),
          gatekeeper_of(generation, shared), cross_origin_of(generation.settings.server),
          generation.settings.server.trusted_proxies)) {}

}  // namespace rollcall::gateway
