// Read answers kept for a while: finding, keeping, and letting go of the least recently used.
#include "adapters/pipeline/page_cache.hpp"

namespace rollcall::adapters {

void page_cache::shard::drop(std::list<entry>::iterator entry) {
    entry->content->let_go.store(true, std::memory_order_release);
    bytes -= entry->bytes;
    by_key.erase(entry->key);
    by_use.erase(entry);
}

std::shared_ptr<const content> page_cache::find(std::string_view key) {
    shard& shard = shard_of(key);
    const std::lock_guard lock{shard.mutex};
    const auto found = shard.by_key.find(key);
    if (found == shard.by_key.end()) return nullptr;
    shard.by_use.splice(shard.by_use.begin(), shard.by_use, found->second);
    return found->second->content;
}

std::size_t page_cache::keep(const std::string& key, std::shared_ptr<const content> content) {
    const std::size_t bytes = sizeof(entry) + key.size() + content->page.memory() + content->link.capacity();
    shard& shard = shard_of(key);
    const std::lock_guard lock{shard.mutex};
    if (const auto old = shard.by_key.find(key); old != shard.by_key.end()) shard.drop(old->second);
    if (bytes > shard_bytes_) return 0;

    std::size_t dropped = 0;
    for (; shard.bytes + bytes > shard_bytes_; ++dropped)
        shard.drop(std::prev(shard.by_use.end()));
    shard.by_use.push_front({key, std::move(content), bytes, {}});
    shard.by_key.emplace(shard.by_use.front().key, shard.by_use.begin());
    shard.bytes += bytes;
    return dropped;
}

bool page_cache::claim_refresh(std::string_view key, const content& old, steady_clock::time_point now,
                               steady_clock::time_point next) {
    shard& shard = shard_of(key);
    const std::lock_guard lock{shard.mutex};
    const auto found = shard.by_key.find(key);
    if (found == shard.by_key.end()) return false;
    entry& kept = *found->second;
    if (kept.content.get() != &old || now < kept.refresh_from) return false;
    kept.refresh_from = next;
    return true;
}

void page_cache::put_off_refresh(std::string_view key, steady_clock::time_point next) {
    shard& shard = shard_of(key);
    const std::lock_guard lock{shard.mutex};
    const auto found = shard.by_key.find(key);
    if (found != shard.by_key.end()) found->second->refresh_from = next;
}

void page_cache::drop(std::string_view key) {
    shard& shard = shard_of(key);
    const std::lock_guard lock{shard.mutex};
    const auto found = shard.by_key.find(key);
    if (found != shard.by_key.end()) shard.drop(found->second);
}

}  // namespace rollcall::adapters
