// The pages of the cache that a client's page was made of.
#include "gateway/roster/page_sources.hpp"

#include <algorithm>

namespace rollcall::gateway {

void page_sources::add(adapters::upstream& upstream, std::shared_ptr<const adapters::content> content) {
    const auto ttl = upstream.provider().settings().cache.ttl;
    fresh_until_ = std::min(fresh_until_, content->received_at + ttl);
    sources_.push_back({&upstream, std::move(content)});
}

bool page_sources::at_hand(std::uint64_t writes, steady_clock::time_point now) const {
    if (writes != writes_ || now >= fresh_until_) return false;
    return std::ranges::none_of(
        sources_, [](const source& source) { return source.content->let_go.load(std::memory_order_acquire); });
}

void page_sources::given_again() const {
    for (const source& source : sources_)
        source.upstream->given_again();
}

}  // namespace rollcall::gateway
