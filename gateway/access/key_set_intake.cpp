// Taking key sets in.
#include "gateway/access/key_set_intake.hpp"

#include <fmt/format.h>

#include <utility>

namespace rollcall::gateway {

using config::log_level;

key_set_intake::key_set_intake(std::string issuer, std::shared_ptr<held_key_set> held, clock clock, metrics& metrics,
                               access_log& log)
    : issuer_(std::move(issuer)), held_(std::move(held)), clock_(std::move(clock)), metrics_(metrics), log_(log) {}

bool key_set_intake::take(const key_set::reading& read) {
    if (!read.keys) {
        failed(read.problem);
        return false;
    }
    const bool changed = held_->put(read.keys, clock_());
    metrics_.key_set_refreshed(issuer_, true);
    if (!changed) return true;
    log_.log(log_level::info, "an issuer's keys are new",
             {{"issuer", issuer_}, {"keys", static_cast<std::int64_t>(read.keys->size())}});
    for (const key_set::unused_key& unused : read.unused) {
        const std::string key = fmt::format("keys[{}]", unused.place);
        log_.log(log_level::warning, "a key of an issuer's is not used",
                 {{"issuer", issuer_}, {"key", key}, {"why", unused.why}});
    }
    return true;
}

void key_set_intake::failed(std::string_view why) {
    metrics_.key_set_refreshed(issuer_, false);
    const bool accepted = held_->counts_at(clock_());
    log_.log(accepted ? log_level::warning : log_level::error, "an issuer's keys were not to be had",
             {{"issuer", issuer_}, {"why", why}, {"tokens", accepted ? "accepted" : "refused"}});
}

}  // namespace rollcall::gateway
