// Answers from the page cache: when they count, and when they stand in.
#include "adapters/pipeline/cache.hpp"

#include <fmt/format.h>

namespace rollcall::adapters {

freshness judge_age(steady_clock::duration age, const config::provider_cache& settings) {
    if (age < settings.ttl) return freshness::fresh;
    if (age < settings.ttl + settings.stale_while_revalidate) return freshness::old;
    return freshness::spent;
}

bool may_stand_in_at(steady_clock::duration age, const config::provider_cache& settings) {
    return settings.stale_if_error.count() > 0 && age < settings.ttl + settings.stale_if_error;
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

bool cache_layer::may_answer(const request& request) const {
    return !request.fresh && !request.refresh && settings_.ttl.count() > 0;
}

void cache_layer::write_key(std::string& out, const request& request) const {
    out.assign(provider_).append(1, '\n').append(fmt::format_int(writes_.load()).c_str()).append(1, '\n');
    request.append_key(out);
}

cache_layer::kept cache_layer::at_hand(const request& request, steady_clock::time_point now) {
    if (!may_answer(request)) return {};
    write_key(key_at_hand_, request);
    auto content = cache_.find(key_at_hand_);
    if (!content) return {};
    kept kept;
    switch (judge_age(now - content->received_at, settings_)) {
        case freshness::fresh:
            observer_.cached(cache_event::hit);
            break;
        case freshness::old:
            observer_.cached(cache_event::refreshed);
            kept.refresh_due = cache_.claim_refresh(key_at_hand_, *content, now, now + refresh_pause);
            break;
        case freshness::spent:
            return {};
    }
    kept.answer.content = std::move(content);
    return kept;
}

answer cache_layer::find_fresh(const std::string& key, const request& request) {
    if (!may_answer(request)) return {};
    auto kept = cache_.find(key);
    if (!kept || judge_age(steady_clock::now() - kept->received_at, settings_) != freshness::fresh) return {};
    observer_.cached(cache_event::hit);
    return {std::move(kept)};
}

awaitable<result<answer>> cache_layer::call(const request& request, deadline until) {
    const std::string key = key_of(request);
    if (answer kept = find_fresh(key, request); kept.content) co_return kept;
    // A refresh is none, because its client has been answered.
    if (!request.refresh) observer_.cached(cache_event::miss);
    result<answer> outcome = co_await next_.call(request, until);
    if (outcome.has_value()) {
        keep(key, *outcome);
        co_return outcome;
    }
    if (request.refresh) {
        refresh_failed(key, outcome.error().kind);
        co_return outcome;
    }
    co_return stand_in(key, std::move(outcome).error());
}

void cache_layer::keep(const std::string& key, const answer& answer) {
    if (settings_.ttl.count() == 0) return;
    for (std::size_t dropped = cache_.keep(key, answer.content); dropped > 0; --dropped)
        observer_.cached(cache_event::evicted);
}

void cache_layer::refresh_failed(const std::string& key, fault kind) {
    if (may_stand_in_for(kind) || kind == fault::cancelled) {
        cache_.put_off_refresh(key, steady_clock::now() + refresh_pause);
    } else {
        cache_.drop(key);
    }
}

result<answer> cache_layer::stand_in(const request& request, failure failure) {
    return stand_in(key_of(request), std::move(failure));
}

result<answer> cache_layer::stand_in(const std::string& key, failure failure) {
    if (settings_.ttl.count() == 0 || settings_.stale_if_error.count() == 0 || !may_stand_in_for(failure.kind)) {
        return failure;
    }
    auto kept = cache_.find(key);
    if (!kept || !may_stand_in_at(steady_clock::now() - kept->received_at, settings_)) return failure;
    observer_.cached(cache_event::stale);
    return answer{std::move(kept), std::move(failure)};
}

}  // namespace rollcall::adapters
