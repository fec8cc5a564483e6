// Idempotency-Key: the store's bookkeeping.
#include "gateway/api/idempotency.hpp"

#include "base/sha256.hpp"
#include "gateway/http/text.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::gateway {
namespace {

constexpr std::size_t longest_key = 255;

/// Two clients' keys differ, whatever they sent: names hold no line break.
std::string key_of(std::string_view client, std::string_view key) {
    std::string text{client};
    text += '\n';
    text += key;
    return text;
}

}  // namespace

/// One key. Guarded by the store.
struct idempotency_store::entry {
    std::string key;
    request_fingerprint fingerprint{};
    steady_clock::time_point expires_at{};
    std::list<std::shared_ptr<entry>>::iterator age{};
    holdings::iterator owner{};
    bool in_store = true;
    shared_write_answer answer{};  ///< null: under way
    std::vector<std::shared_ptr<answer_waiter>> waiters{};

    /// With about what the two containers and the allocator hold for it.
    [[nodiscard]] std::size_t memory() const {
        constexpr std::size_t bookkeeping = 160;
        return sizeof *this + key.capacity() + bookkeeping + (answer ? answer->memory() : 0);
    }
};

request_fingerprint fingerprint_of(const request& request) {
    // Neither a method nor a path holds a space, so that no two requests make the same text.
    std::string text;
    text.reserve(16 + request.path.size() + request.body.size());
    text += name_of(request.method);
    text += ' ';
    text += request.path;
    text += ' ';
    text += request.body;
    return sha256(text);
}

bool is_idempotency_key(std::string_view text) {
    return !text.empty() && text.size() <= longest_key && all(text_class::visible, text);
}

idempotency_store::beginning idempotency_store::begin(std::string_view client, std::string_view key,
                                                      const request_fingerprint& fingerprint,
                                                      const std::shared_ptr<answer_waiter>& waiter,
                                                      steady_clock::time_point now) {
    using step = beginning::step;
    std::string own_key = key_of(client, key);
    const std::lock_guard lock{mutex_};
    drop_expired(now);
    if (const auto found = by_key_.find(own_key); found != by_key_.end()) {
        const auto& place = found->second;
        if (place->fingerprint != fingerprint) return {step::other};
        if (place->answer) return {step::finished, {}, place->answer};
        place->waiters.push_back(waiter);
        return {step::under_way, place};
    }
    if (is_full_for(client)) return {step::full};
    const auto place = std::make_shared<entry>();
    place->key = std::move(own_key);
    place->fingerprint = fingerprint;
    place->expires_at = now + limits_.kept;
    place->age = by_age_.insert(by_age_.end(), place);
    by_key_.emplace(place->key, place);
    place->owner = by_client_.try_emplace(std::string{client}).first;
    ++place->owner->second.entries;
    count(*place);
    return {step::first, place};
}

void idempotency_store::settle(const std::shared_ptr<entry>& place, const shared_write_answer& answer, bool keep) {
    const std::lock_guard lock{mutex_};
    // Told and let go of within the lock: whoever leaves after it may take its thread's event loop with it.
    const std::vector<std::shared_ptr<answer_waiter>> waiters = std::exchange(place->waiters, {});
    if (!keep) {
        remove(place);
    } else if (place->in_store) {
        count_back(*place);
        place->answer = answer;
        count(*place);
    }
    for (const auto& waiter : waiters)
        waiter->deliver(answer);
}

void idempotency_store::leave(entry& place, const std::shared_ptr<answer_waiter>& waiter) {
    const std::lock_guard lock{mutex_};
    std::erase(place.waiters, waiter);
}

std::size_t idempotency_store::entries() const {
    const std::lock_guard lock{mutex_};
    return by_age_.size();
}

std::size_t idempotency_store::bytes() const {
    const std::lock_guard lock{mutex_};
    return bytes_;
}

bool idempotency_store::is_full_for(std::string_view client) const {
    if (by_age_.size() >= limits_.entries || bytes_ >= limits_.bytes) return true;
    const auto own = by_client_.find(client);
    if (client.empty() || own == by_client_.end()) return false;
    return own->second.entries >= limits_.entries - by_age_.size() || own->second.bytes >= limits_.bytes - bytes_;
}

void idempotency_store::count(const entry& place) {
    bytes_ += place.memory();
    place.owner->second.bytes += place.memory();
}

void idempotency_store::count_back(const entry& place) {
    bytes_ -= place.memory();
    place.owner->second.bytes -= place.memory();
}

/// All are kept equally long, so those whose time is over stand in front.
void idempotency_store::drop_expired(steady_clock::time_point now) {
    while (!by_age_.empty() && by_age_.front()->expires_at <= now)
        remove(std::shared_ptr<entry>{by_age_.front()});
}

void idempotency_store::remove(const std::shared_ptr<entry>& place) {
    if (!place->in_store) return;
    place->in_store = false;
    count_back(*place);
    if (--place->owner->second.entries == 0) by_client_.erase(place->owner);
    by_key_.erase(place->key);
    by_age_.erase(place->age);
}

}  // namespace rollcall::gateway
