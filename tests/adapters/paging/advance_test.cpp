// Where a list goes on, style by style: the next page, the end, or a fault.
#include "adapters/paging/advance.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace rollcall::adapters {
namespace {

const std::string origin = "https://a.example";
const std::string target = "/agents?per_page=10";

/// Paging by a style, where the members that are named say something.
paging by(paging_style style, std::initializer_list<std::optional<json_pointer> paging::*> said = {},
          unsigned first_page = 1) {
    paging paging;
    paging.style = style;
    paging.first_page = first_page;
    for (const auto member : said)
        paging.*member = json_pointer{"somewhere"};
    return paging;
}

/// What advance says, as one text: `next POSITION`, `end` or `fault`.
std::string shown(const advance_result& result) {
    if (result.is == advance_result::step::next) return "next " + result.position;
    if (result.is == advance_result::step::end) return "end";
    CHECK_FALSE(result.why.empty());
    return "fault";
}

std::string behind(const paging& paging, const position& from, const page_facts& facts, const trail& seen = {}) {
    return shown(advance(paging, from, facts, seen, origin, target));
}

page_facts facts_of(std::uint32_t received, std::uint32_t asked = 10) {
    page_facts facts;
    facts.received = received;
    facts.asked = asked;
    return facts;
}

page_facts flagged(std::uint32_t received, std::optional<bool> has_more, std::string_view next = {}) {
    page_facts facts = facts_of(received);
    facts.has_more = has_more;
    facts.next = next;
    return facts;
}

page_facts counted(std::uint32_t received, std::optional<std::uint64_t> total) {
    page_facts facts = facts_of(received);
    facts.total = total;
    return facts;
}

struct row {
    position from;
    page_facts facts;
    std::string says;
};

void check(const paging& paging, const std::vector<row>& rows) {
    for (const row& row : rows) {
        CAPTURE(row.from);
        CAPTURE(row.facts.received);
        CAPTURE(row.facts.next);
        CHECK(behind(paging, row.from, row.facts) == row.says);
    }
}

}  // namespace

TEST_CASE("a list without paging ends with its first answer") {
    check(by(paging_style::none),
          {{"", facts_of(0), "end"}, {"", facts_of(10'000), "end"}, {"", flagged(1, true, "t"), "end"}});
}

TEST_CASE("a page token leads on until there is none") {
    check(by(paging_style::cursor, {&paging::next}),
          {{"", flagged(10, {}, "t1"), "next t1"},
           {"t1", flagged(10, {}, "t2"), "next t2"},
           {"t2", flagged(3, {}), "end"},
           {"t1", flagged(0, {}, "t2"), "next t2"},  // an empty page may still lead on
           {"t1", flagged(10, {}, "t1"), "fault"}});
}

TEST_CASE("a page token and a flag: the flag ends the list, and must not promise a page without a token") {
    check(by(paging_style::cursor, {&paging::next, &paging::has_more}), {{"", flagged(10, true, "t1"), "next t1"},
                                                                         {"", flagged(10, false, "t1"), "end"},
                                                                         {"", flagged(10, false), "end"},
                                                                         {"", flagged(10, {}, "t1"), "next t1"},
                                                                         {"", flagged(10, {}), "fault"},
                                                                         {"", flagged(10, true), "fault"}});
}

TEST_CASE("an offset moves on by what was received, whatever was asked for") {
    check(by(paging_style::offset, {&paging::has_more}),
          {{"", flagged(10, true), "next 10"},
           {"10", flagged(7, true), "next 17"},
           {"10", flagged(25, true), "next 35"},
           {"10", flagged(7, false), "end"},
           {"10", flagged(0, false), "end"},
           {"10", flagged(0, true), "fault"},
           {"10", flagged(7, {}), "fault"},
           {"18446744073709551000", flagged(7, true), "next 18446744073709551007"}});
}

TEST_CASE("an offset by total goes on until so many are behind it") {
    check(by(paging_style::offset, {&paging::total}), {{"", counted(10, 25), "next 10"},
                                                       {"20", counted(4, 25), "next 24"},
                                                       {"20", counted(5, 25), "end"},
                                                       {"20", counted(9, 25), "end"},
                                                       {"20", counted(0, 25), "fault"},
                                                       {"", counted(0, 0), "end"},
                                                       {"", counted(10, {}), "fault"},
                                                       {"", counted(10, UINT64_MAX), "next 10"}});
}

TEST_CASE("where an offset has both a flag and a total, the flag counts") {
    page_facts facts = counted(10, 10);
    facts.has_more = true;
    CHECK(behind(by(paging_style::offset, {&paging::has_more, &paging::total}), "", facts) == "next 10");
}

TEST_CASE("page numbers without a flag end with a page that is not full") {
    check(by(paging_style::page), {{"", facts_of(10), "next 2/10"},
                                   {"2/10", facts_of(10), "next 3/10"},
                                   {"2/10", facts_of(9), "end"},
                                   {"2/10", facts_of(0), "end"},
                                   {"", facts_of(11), "next 2/10"}});
    check(by(paging_style::page, {}, 0), {{"", facts_of(10), "next 1/10"}, {"1/10", facts_of(10), "next 2/10"}});
}

TEST_CASE("page numbers with a flag, a number of pages, or a total") {
    check(by(paging_style::page, {&paging::has_more}), {{"", flagged(3, true), "next 2/10"},
                                                        {"4/10", flagged(10, false), "end"},
                                                        {"4/10", flagged(0, true), "fault"},
                                                        {"4/10", flagged(10, {}), "fault"}});

    const auto of_pages = [](std::uint32_t received, std::optional<std::uint64_t> pages) {
        page_facts facts = facts_of(received);
        facts.total_pages = pages;
        return facts;
    };
    check(by(paging_style::page, {&paging::total_pages}), {{"", of_pages(10, 3), "next 2/10"},
                                                           {"3/10", of_pages(10, 3), "end"},
                                                           {"2/10", of_pages(0, 3), "fault"},
                                                           {"", of_pages(0, 0), "end"},
                                                           {"", of_pages(10, {}), "fault"}});
    check(by(paging_style::page, {&paging::total_pages}, 0),
          {{"1/10", of_pages(10, 3), "next 2/10"}, {"2/10", of_pages(10, 3), "end"}});

    check(by(paging_style::page, {&paging::total}), {{"", counted(10, 21), "next 2/10"},
                                                     {"2/10", counted(10, 20), "end"},
                                                     {"2/10", counted(10, 21), "next 3/10"},
                                                     {"2/10", counted(0, 21), "fault"},
                                                     {"2/10", counted(10, {}), "fault"}});
}

TEST_CASE("a page number keeps the size that its pages were asked for with") {
    CHECK(behind(by(paging_style::page), "3/50", facts_of(50, 50)) == "next 4/50");
}

TEST_CASE("a list by last id goes on behind its last item") {
    const auto ending = [](std::uint32_t received, std::string_view id, std::optional<bool> has_more = {}) {
        page_facts facts = flagged(received, has_more);
        facts.last_id = id;
        return facts;
    };
    check(by(paging_style::last_id), {{"", ending(10, "j"), "next j"},
                                      {"j", ending(9, "s"), "end"},
                                      {"j", ending(0, ""), "end"},
                                      {"j", ending(10, ""), "fault"}});
    check(by(paging_style::last_id, {&paging::has_more}), {{"", ending(3, "c", true), "next c"},
                                                           {"c", ending(10, "m", false), "end"},
                                                           {"c", ending(0, "", true), "fault"},
                                                           {"c", ending(10, "m"), "fault"},
                                                           {"c", ending(10, "c", true), "fault"}});
}

TEST_CASE("a link leads on within its origin, and its absence is the end") {
    const auto linked = [](std::string_view link) {
        page_facts facts = facts_of(10);
        facts.link = link;
        return facts;
    };
    check(by(paging_style::link),
          {{"", linked(""), "end"},
           {"", linked("</agents?page=1>; rel=prev"), "end"},
           {"", linked("<https://a.example/agents?page=2>; rel=\"next\""), "next /agents?page=2"},
           {"", linked("<?page=2>; rel=next"), "next /agents?page=2"},
           {"", linked("<https://b.example/agents?page=2>; rel=next"), "fault"},
           {"", linked("<http://a.example/agents?page=2>; rel=next"), "fault"},
           {"", linked("<https://a.example/agents?page=2; rel=next"), "fault"},
           {"", linked("</agents?per_page=10>; rel=next"), "fault"},  // back to where it was asked for
           {"/agents?page=2", linked("</agents?page=2>; rel=next"), "fault"}});
}

TEST_CASE("a link that leads back to the beginning by another page is a fault") {
    const paging paging = by(paging_style::link);
    page_facts facts;
    facts.link = "</agents?page=2>; rel=next";
    const auto second = advance(paging, "", facts, {}, origin, target);
    REQUIRE(second.is == advance_result::step::next);
    facts.link = "</agents?per_page=10>; rel=next";
    CHECK(shown(advance(paging, second.position, facts, second.trail, origin, second.position)) == "fault");
}

TEST_CASE("a position that was seen before is a fault, in a circle of any length") {
    for (const unsigned length : {1U, 2U, 3U, 8U, 9U, 40U, 1000U}) {
        CAPTURE(length);
        const paging paging = by(paging_style::cursor, {&paging::next});
        position at;
        trail seen;
        unsigned pages = 0;
        for (;; ++pages) {
            REQUIRE(pages < 5 * length + 10);
            const std::string token = "t" + std::to_string(pages % length);
            page_facts facts;
            facts.next = token;
            auto ahead = advance(paging, at, facts, seen, origin, target);
            if (ahead.is == advance_result::step::fault) break;
            at = std::move(ahead.position);
            seen = std::move(ahead.trail);
        }
        CHECK(pages >= length);
        if (length <= trail::remembered) CHECK(pages == length);
    }
}

TEST_CASE("a position that would not fit into a cursor is a fault") {
    const paging paging = by(paging_style::cursor, {&paging::next});
    const std::string fits(longest_position, 't');
    const std::string too_long(longest_position + 1, 't');
    CHECK(behind(paging, "", flagged(1, {}, fits)) == "next " + fits);
    CHECK(behind(paging, "", flagged(1, {}, too_long)) == "fault");
}

}  // namespace rollcall::adapters
