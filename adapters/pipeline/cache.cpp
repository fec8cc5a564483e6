// Answers from the page cache: when they count, and when they stand in.
#include "adapters/pipeline/cache.hpp"

namespace rollcall::adapters {

freshness judge_age(steady_clock::duration age, const config::provider_cache& settings) {
    if (age < settings.ttl) return freshness::fresh;
    if (age < settings.ttl + settings.stale_if_error) return freshness::stand_in;
    return freshness::spent;
}

bool may_stand_in_for(fault kind) {
    switch (kind) {
        case fault::timeout:
        case fault::unreachable:
        case fault::rate_limited:
        case fault::circuit_open:
        case fault::invalid_response:
        case fault::error:
        case fault::overloaded:
            return true;
        case fault::auth_failed:
        case fault::not_found:
        case fault::rejected:
        case fault::cancelled:
            return false;
    }
    return false;
}

answer cache_layer::at_hand(const request& request) {
    return find_fresh(key_of(request), request);
}

answer cache_layer::find_fresh(const std::string& key, const request& request) {
    if (request.fresh || settings_.ttl.count() == 0) return {};
    auto kept = cache_.find(key);
    if (!kept || judge_age(steady_clock::now() - kept->received_at, settings_) != freshness::fresh) return {};
    observer_.cached(cache_event::hit);
    return {std::move(kept)};
}

awaitable<result<answer>> cache_layer::call(const request& request, deadline until) {
    const std::string key = key_of(request);
    if (answer kept = find_fresh(key, request); kept.content) co_return kept;
    observer_.cached(cache_event::miss);
    result<answer> outcome = co_await next_.call(request, until);
    if (outcome.has_value()) {
        if (settings_.ttl.count() > 0) {
            for (std::size_t dropped = cache_.keep(key, outcome->content); dropped > 0; --dropped) {
                observer_.cached(cache_event::evicted);
            }
        }
        co_return outcome;
    }
    co_return stand_in(key, std::move(outcome).error());
}

result<answer> cache_layer::stand_in(const request& request, failure failure) {
    return stand_in(key_of(request), std::move(failure));
}

result<answer> cache_layer::stand_in(const std::string& key, failure failure) {
    const bool allowed = settings_.ttl.count() > 0 && settings_.stale_if_error.count() > 0;
    if (!allowed || !may_stand_in_for(failure.kind)) return failure;
    auto kept = cache_.find(key);
    if (!kept || judge_age(steady_clock::now() - kept->received_at, settings_) == freshness::spent) return failure;
    observer_.cached(cache_event::stale);
    return answer{std::move(kept), std::move(failure)};
}

}  // namespace rollcall::adapters
