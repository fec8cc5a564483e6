// How many calls a provider may still be sent: taking, giving back, and believing the provider.
#include "adapters/pipeline/quota.hpp"

#include <algorithm>
#include <charconv>

namespace rollcall::adapters {
namespace {

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

std::optional<quota> quota_of(const config::provider& settings, const profile& profile) {
    if (settings.quota) return quota{settings.quota->calls, settings.quota->per};
    return profile.quota;
}

std::optional<announced_quota> announced_quota_of(std::string_view remaining, std::string_view reset,
                                                  system_clock::time_point now) {
    const auto calls = number_of(remaining);
    const auto at = number_of(reset);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    if (!calls || !at || *at <= static_cast<std::uint64_t>(seconds)) return std::nullopt;
    const std::uint64_t ahead = *at - static_cast<std::uint64_t>(seconds);
    const auto longest = static_cast<std::uint64_t>(quota_account::longest_hold.count());
    constexpr std::uint64_t plenty = 1'000'000'000;  // some say "unlimited" by the largest number that there is
    return announced_quota{std::min(*calls, plenty), std::chrono::seconds{std::min(ahead, longest)}};
}

quota_account::quota_account(const std::optional<quota>& quota)
    : quota_(quota), taken_(steady_clock::duration{quota ? quota->per : std::chrono::seconds{1}} / parts) {}

quota_account::ticket quota_account::take(steady_clock::time_point now) {
    auto free_at = std::max(now, held_until_);
    if (has_announcement(now) && announced_ == 0) free_at = std::max(free_at, announced_until_);
    if (quota_ && taken_.total(now) >= quota_->calls)
        free_at = std::max(free_at, taken_.next_leaves(now).value_or(now));
    if (free_at > now) return {.granted = false, .wait = free_at - now};

    ticket ticket{.granted = true, .taken_at = now};
    if (quota_) taken_.add(now);
    if (has_announcement(now)) {
        --announced_;
        ticket.announced_until = announced_until_;
    }
    ++in_flight_;
    return ticket;
}

void quota_account::end(const ticket& ticket, outcome outcome) {
    --in_flight_;
    if (outcome == outcome::sent) return;
    if (quota_) taken_.remove(ticket.taken_at);
    if (ticket.announced_until == announced_until_) ++announced_;
}

announced_quota quota_account::announce(const announced_quota& announced, steady_clock::time_point now) {
    // The others under way may not have been counted yet by the provider.
    const std::uint64_t others = in_flight_ > 0 ? in_flight_ - 1 : 0;
    announced_ = announced.remaining - std::min(announced.remaining, others);
    const auto reset_in = std::min(announced.reset_in, longest_hold);
    announced_until_ = now + reset_in;
    return {announced_, reset_in};
}

void quota_account::refused(std::optional<std::chrono::seconds> retry_after, steady_clock::time_point now) {
    held_until_ = std::max(held_until_, now + std::min(retry_after.value_or(shortest_hold), longest_hold));
}

std::optional<std::uint64_t> quota_account::left(steady_clock::time_point now) const {
    std::optional<std::uint64_t> left;
    if (quota_) left = quota_->calls - std::min<std::uint64_t>(quota_->calls, taken_.total(now));
    if (has_announcement(now)) left = std::min(left.value_or(announced_), announced_);
    if (now < held_until_) left = 0;
    return left;
}

}  // namespace rollcall::adapters
