// Read answers kept for a while, shared by all providers and threads, bounded in bytes. When an answer counts as
// fresh is decided by the cache layer.
#pragma once

#include "adapters/pipeline/layer.hpp"

#include <array>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace rollcall::adapters {

/// Least recently used answers go first. Thread-safe: sharded by key, one lock for each shard.
class page_cache {
  public:
    /// Keeps at most `bytes` of answers; 0 keeps none.
    explicit page_cache(std::size_t bytes) : shard_bytes_(bytes / shard_count) {}

    [[nodiscard]] std::shared_ptr<const content> find(std::string_view key);

    /// Keeps `content` under `key`, in place of what was there, and returns how many others had to go for it. What is
    /// larger than a shard is not kept.
    std::size_t keep(const std::string& key, std::shared_ptr<const content> content);

    /// May the caller fetch anew what is kept under `key`? Only where that is still `old`, and until `next` only once.
    [[nodiscard]] bool claim_refresh(std::string_view key, const content& old, steady_clock::time_point now,
                                     steady_clock::time_point next);
    /// What is kept under `key` cannot be claimed before `next`.
    void put_off_refresh(std::string_view key, steady_clock::time_point next);

    void drop(std::string_view key);

  private:
    static constexpr std::size_t shard_count = 16;

    struct entry {
        std::string key;
        std::shared_ptr<const adapters::content> content;
        std::size_t bytes = 0;
        steady_clock::time_point refresh_from{};
    };
    struct shard {
        std::mutex mutex;
        std::list<entry> by_use;  ///< most recently used first
        std::unordered_map<std::string_view, std::list<entry>::iterator>
            by_key;  ///< the views are of the entries' keys
        std::size_t bytes = 0;

        void drop(std::list<entry>::iterator entry);
    };

    [[nodiscard]] shard& shard_of(std::string_view key) {
        return shards_[std::hash<std::string_view>{}(key) % shard_count];
    }

    std::size_t shard_bytes_;
    std::array<shard, shard_count> shards_;
};

}  // namespace rollcall::adapters
