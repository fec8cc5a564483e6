// One provider's part of a client's page.
#include "gateway/roster/walk.hpp"

#include "normalizers/write.hpp"

#include <algorithm>

namespace rollcall::gateway {

// In a list without paging, ids are positions.
static_assert(normalizers::longest_native_id <= adapters::longest_position);

walk::walk(const adapters::provider& provider, const adapters::listing& listing, bookmark from, std::uint32_t limit)
    : provider_(provider),
      listing_(listing),
      start_(std::move(from)),
      next_(start_),
      limit_(limit),
      skip_(start_.given) {
    next_.given = 0;
}

adapters::request walk::next_request() const {
    // A list without paging is always asked for from its beginning; its position only says what of it was given.
    return provider_.page_request(listing_, is_unpaged() ? adapters::position{} : next_.position);
}

void walk::loaded(adapters::answer answer, const adapters::request& request, steady_clock::time_point now) {
    age_ = std::max(age_, now - answer.content->received_at);
    if (answer.stale_after) stale_after_ = std::move(answer.stale_after);
    const adapters::content& content = *answer.content;
    pages_.push_back({std::move(answer.content), next_});

    const auto received = static_cast<std::uint32_t>(content.page.items.size());
    add_candidates(std::min(skip_, received));
    // A page that has become smaller than what was given of it: the rest was given from the next.
    skip_ -= std::min(skip_, received);

    adapters::advance_result ahead = provider_.after(next_.position, request, content, next_.trail);
    switch (ahead.is) {
        case adapters::advance_result::step::end:
            end_ahead_ = true;
            break;
        case adapters::advance_result::step::fault:
            fault_ahead_ = failure{fault::invalid_response, std::move(ahead.why)};
            break;
        case adapters::advance_result::step::next:
            next_.position = std::move(ahead.position);
            next_.trail = std::move(ahead.trail);
    }
}

void walk::add_candidates(std::uint32_t from) {
    const loaded_page& page = pages_.back();
    const normalizers::page& read = page.content->page;
    candidates_.reserve(std::min<std::size_t>(limit_ + 1, candidates_.size() + read.items.size() - from));
    const bool goes_on_by_id = is_unpaged() && !start_.position.empty();
    const bool filtered = listing_.filters.any();
    for (std::uint32_t i = from; i < read.items.size() && candidates_.size() <= limit_; ++i) {
        const normalizers::item& item = read.items[i];
        if (goes_on_by_id && read.native_id(item) <= start_.position) continue;
        if (filtered && !listing_.filters.admits(read, item)) continue;
        candidates_.push_back({page.content.get(), &item, static_cast<std::uint32_t>(pages_.size() - 1), i});
    }
}

std::uint32_t walk::capacity() const {
    if (can_load()) return UINT32_MAX;
    return available();
}

std::span<const walk::candidate> walk::take(std::uint32_t count) {
    taken_ = std::min<std::size_t>(count, candidates_.size());
    if (taken_ == candidates_.size() && fault_ahead_ && !failure_) failure_ = fault_ahead_;
    return std::span{candidates_}.first(taken_);
}

bookmark walk::bookmark_behind() const {
    if (pages_.empty()) return start_;
    if (taken_ < candidates_.size()) {
        if (taken_ == 0) return start_;
        const candidate& last = candidates_[taken_ - 1];
        bookmark bookmark = pages_[last.page].at;
        if (is_unpaged()) {
            bookmark.position = last.content->page.native_id(*last.item);
        } else {
            bookmark.given = last.index + 1;
        }
        return bookmark;
    }
    if (end_ahead_) return {.ended = true};
    if (fault_ahead_) {
        // The next page cannot be found, so the bookmark stays at the end of this one, where it is looked for again.
        bookmark bookmark = pages_.back().at;
        bookmark.given = static_cast<std::uint32_t>(pages_.back().content->page.items.size()) + skip_;
        return bookmark;
    }
    bookmark bookmark = next_;
    bookmark.given = skip_;
    return bookmark;
}

}  // namespace rollcall::gateway
