// When a provider that keeps failing is left alone: counting, opening, trying, closing.
#include "adapters/pipeline/breaker.hpp"

#include <algorithm>

namespace rollcall::adapters {
namespace {

/// The time that it stays open is up to this part longer or shorter, so that replicas do not all try at once.
constexpr double jitter = 0.2;

/// Doubling stops here even where the longest time allows more, which keeps the shift within bounds.
constexpr unsigned doublings_maximum = 16;

constexpr unsigned first_server_error = 500;

}  // namespace

verdict judge(const failure& failure) {
    switch (failure.kind) {
        case fault::timeout:
        case fault::unreachable:
        case fault::invalid_response:
            return verdict::failed;
        case fault::error:
            return failure.upstream.status >= first_server_error ? verdict::failed : verdict::well;
        case fault::not_found:
        case fault::rejected:
        case fault::auth_failed:
            return verdict::well;
        case fault::rate_limited:
        case fault::circuit_open:
        case fault::overloaded:
        case fault::cancelled:
            return verdict::nothing;
    }
    return verdict::nothing;
}

breaker::breaker(const config::breaker& settings)
    : settings_(settings), calls_(settings.window / window_slots), failures_(settings.window / window_slots) {}

breaker::permission breaker::ask(steady_clock::time_point now) {
    if (state_ == breaker_state::open) {
        if (now < open_until_) return {.granted = false, .era = era_, .wait = open_until_ - now};
        change(breaker_state::half_open);
        probing_ = false;
        successes_ = 0;
    }
    if (state_ == breaker_state::half_open) {
        if (probing_) return {.granted = false, .era = era_};
        probing_ = true;
    }
    return {.granted = true, .era = era_};
}

void breaker::tell(const permission& permission, verdict verdict, steady_clock::time_point now, double random) {
    if (permission.era != era_) return;
    if (state_ == breaker_state::closed) return count(verdict, now, random);
    // Half-open: while it is open nothing is granted.
    probing_ = false;
    if (verdict == verdict::failed) return open(now, random);
    if (verdict == verdict::well && ++successes_ >= settings_.successes_to_close) {
        change(breaker_state::closed);
        calls_.clear();
        failures_.clear();
        run_ = 0;
        openings_ = 0;
    }
}

void breaker::count(verdict verdict, steady_clock::time_point now, double random) {
    if (verdict == verdict::nothing) return;
    calls_.add(now);
    if (verdict == verdict::well) {
        run_ = 0;
        return;
    }
    failures_.add(now);
    if (run_ == 0) run_began_ = now;
    ++run_;
    if (has_failed_too_often(now)) open(now, random);
}

bool breaker::has_failed_too_often(steady_clock::time_point now) const {
    if (run_ >= settings_.consecutive_failures && now - run_began_ >= settings_.failing_for) return true;
    const std::uint64_t calls = calls_.total(now);
    return calls >= settings_.minimum_calls && failures_.total(now) * 100 >= calls * settings_.failure_percent;
}

void breaker::open(steady_clock::time_point now, double random) {
    change(breaker_state::open);
    const auto doubled = settings_.open_for * (std::int64_t{1} << std::min(openings_, doublings_maximum));
    const std::chrono::duration<double> time = std::min(doubled, settings_.open_at_most);
    open_until_ = now + std::chrono::duration_cast<steady_clock::duration>(time * (1 - jitter + 2 * jitter * random));
    ++openings_;
}

void breaker::change(breaker_state to) {
    state_ = to;
    ++era_;
}

}  // namespace rollcall::adapters
