// Answers of GET /agents that are given again: by the question's hash, each in its one place.
#include "gateway/api/recent_answers.hpp"

#include <functional>

namespace rollcall::gateway {

recent_answers::slot& recent_answers::slot_of(const request& request) {
    return slots_[std::hash<std::string_view>{}(request.query) % most];
}

const recent_answers::answer* recent_answers::find(const request& request, std::uint64_t writes,
                                                   steady_clock::time_point now) {
    slot& slot = slot_of(request);
    if (!slot.answer || !slot.asks(request, now) || !slot.answer->sources.at_hand(writes, now)) return nullptr;
    slot.answer->sources.given_again();
    return &*slot.answer;
}

bool recent_answers::wants(const request& request, std::uint64_t writes, steady_clock::time_point now) {
    slot& slot = slot_of(request);
    if (slot.asks(request, now)) return true;
    const bool taken = slot.answer && now - slot.since < life && slot.answer->sources.at_hand(writes, now);
    if (taken) return false;
    slot.query = request.query;
    slot.asking = request.client;
    slot.since = now;
    slot.answer.reset();
    return false;
}

void recent_answers::keep(const request& request, answer answer, steady_clock::time_point now) {
    if (answer.text.size() + answer.sources.memory() > largest) return;
    slot& slot = slot_of(request);
    slot.since = now;
    slot.answer = std::move(answer);
}

}  // namespace rollcall::gateway
