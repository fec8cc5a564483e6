// Where a list goes on after one of its pages.
#include "adapters/paging/advance.hpp"

#include "adapters/paging/link.hpp"

#include <charconv>

namespace rollcall::adapters {
namespace {

using step = advance_result::step;

advance_result end() {
    return {step::end};
}
advance_result fault(std::string why) {
    return {step::fault, {}, std::move(why)};
}
advance_result next(position position) {
    return {step::next, std::move(position)};
}

/// The number that a position of the styles offset and page is; the first where it is empty.
std::uint64_t number_of(const position& position, std::uint64_t first) {
    std::uint64_t number = first;
    std::from_chars(position.data(), position.data() + position.size(), number);
    return number;
}

advance_result by_token(const paging& paging, const page_facts& facts) {
    if (paging.has_more && facts.has_more == false) return end();
    if (!facts.next.empty()) return next(position{facts.next});
    if (!paging.has_more) return end();
    return fault(facts.has_more ? "it says that there is more but gives no page token"
                                : "it does not say whether there is more");
}

/// Where there is more, by what the answer says: an empty page contradicts that, and its end would be a guess.
advance_result more(const page_facts& facts, const position& following) {
    return facts.received == 0 ? fault("it says that there is more but gives an empty page") : next(following);
}

advance_result by_flag(const page_facts& facts, const position& following) {
    if (!facts.has_more) return fault("it does not say whether there is more");
    return *facts.has_more ? more(facts, following) : end();
}

advance_result by_offset(const paging& paging, const position& from, const page_facts& facts) {
    // The list has moved by what was received, whatever was asked for and whatever is kept of it.
    const std::uint64_t behind = number_of(from, 0) + facts.received;
    const position following = std::to_string(behind);
    if (paging.has_more) return by_flag(facts, following);
    if (!facts.total) return fault("it does not say how many there are in all");
    return behind >= *facts.total ? end() : more(facts, following);
}

advance_result by_page(const paging& paging, const position& from, const page_facts& facts) {
    const std::uint64_t number = number_of(from, paging.first_page);
    const position following = std::to_string(number + 1) + '/' + std::to_string(facts.asked);
    if (paging.has_more) return by_flag(facts, following);
    if (paging.total_pages) {
        if (!facts.total_pages) return fault("it does not say how many pages there are");
        return number - paging.first_page + 1 >= *facts.total_pages ? end() : more(facts, following);
    }
    if (paging.total) {
        if (!facts.total) return fault("it does not say how many there are in all");
        const std::uint64_t behind = (number - paging.first_page) * facts.asked + facts.received;
        return behind >= *facts.total ? end() : more(facts, following);
    }
    // A list that says nothing of its end has ended with a page that is not full.
    return facts.received < facts.asked ? end() : next(following);
}

advance_result by_link(const page_facts& facts, std::string_view origin, std::string_view target) {
    const auto link = next_link(facts.link);
    if (!link) return end();
    auto found = same_origin_target(origin, target, *link);
    return found ? next(*std::move(found)) : fault("its link to the next page is malformed or leads to another origin");
}

advance_result by_last_id(const paging& paging, const page_facts& facts) {
    if (paging.has_more) {
        if (!facts.has_more) return fault("it does not say whether there is more");
        if (!*facts.has_more) return end();
    } else if (facts.received < facts.asked) {
        return end();
    }
    if (facts.last_id.empty()) return fault("it says that there is more but its last item has no id");
    return next(position{facts.last_id});
}

advance_result by_style(const paging& paging, const position& from, const page_facts& facts, std::string_view origin,
                        std::string_view target) {
    switch (paging.style) {
        case paging_style::none:
            return end();
        case paging_style::cursor:
            return by_token(paging, facts);
        case paging_style::offset:
            return by_offset(paging, from, facts);
        case paging_style::page:
            return by_page(paging, from, facts);
        case paging_style::link:
            return by_link(facts, origin, target);
        case paging_style::last_id:
            return by_last_id(paging, facts);
    }
    return end();
}

}  // namespace

advance_result advance(const paging& paging, const position& from, const page_facts& facts, const trail& seen,
                       std::string_view origin, std::string_view target) {
    advance_result result = by_style(paging, from, facts, origin, target);
    if (result.is != step::next) return result;
    if (result.position.size() > longest_position) return fault("its page token is longer than 600 bytes");
    result.trail = seen;
    // The beginning of a list is an address too, and a link may lead back to it.
    if (paging.style == paging_style::link && from.empty()) result.trail.step(target);
    if (result.position == from || result.trail.seen(result.position)) {
        return fault("its list runs in a circle: it gave a page token again");
    }
    result.trail.step(result.position);
    return result;
}

}  // namespace rollcall::adapters
