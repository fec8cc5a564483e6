// Answers of GET /agents that are given again: marked, kept, found.
#include "gateway/api/recent_answers.hpp"

#include <algorithm>

namespace rollcall::gateway {

/// What is not given any more keeps pages that the cache may have let go of.
void recent_answers::let_go_of_old(steady_clock::time_point now) {
    for (slot& slot : slots_) {
        if (!slot.answers_at(now)) slot.answer.reset();
    }
}

recent_answers::slot* recent_answers::slot_of(const request& request) {
    const auto found = std::ranges::find_if(slots_, [&](const slot& slot) { return slot.is(request); });
    return found == slots_.end() ? nullptr : &*found;
}

/// The one that was taken longest ago; null where all have one.
recent_answers::slot* recent_answers::slot_without_answer() {
    for (std::size_t i = 0; i < most; ++i) {
        taken_last_ = (taken_last_ + 1) % most;
        if (!slots_[taken_last_].answer) return &slots_[taken_last_];
    }
    return nullptr;
}

const recent_answers::answer* recent_answers::find(const request& request, std::uint64_t writes,
                                                   steady_clock::time_point now) {
    let_go_of_old(now);
    slot* const slot = slot_of(request);
    if (slot == nullptr || !slot->answer) return nullptr;
    if (!slot->answer->sources.at_hand(writes, now)) {
        slot->answer.reset();
        return nullptr;
    }
    slot->answer->sources.given_again();
    return &*slot->answer;
}

bool recent_answers::wants(const request& request, std::size_t bytes) {
    if (slot_of(request) != nullptr) return bytes <= largest;
    if (slot* const slot = slot_without_answer()) {
        slot->query = request.query;
        slot->asking = request.client;
        slot->asked = true;
    }
    return false;
}

void recent_answers::keep(const request& request, answer answer) {
    if (slot* const slot = slot_of(request)) slot->answer = std::move(answer);
}

}  // namespace rollcall::gateway
