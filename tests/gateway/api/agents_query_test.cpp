// What a client asks GET /agents for: every parameter, every wrong value, and what a cursor is bound to.
#include "gateway/api/agents_query.hpp"

#include "gateway/access/client.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace rollcall::gateway {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> names{"heppu", "reps"};
const system_clock::time_point now{std::chrono::seconds{1'800'000'000}};
cursor_codec codec{secret{"a secret of sixteen bytes or more"}, 72h};

std::pair<agents_query, std::optional<problem>> read(const std::string& query, system_clock::time_point at = now) {
    request request;
    request.query = query;
    return read_agents_query(request, names, codec, at);
}

agents_query sound(const std::string& query) {
    auto [read_query, fault] = read(query);
    CHECK_FALSE(fault);
    return std::move(read_query);
}

bool fresh_with(std::vector<header_field> headers) {
    request request;
    request.headers = headers;
    return wants_fresh(request);
}

}  // namespace

TEST_CASE("without parameters everything of everybody is asked for, fifty at a time") {
    const agents_query query = sound("");
    CHECK(query.roster.limit == 50);
    CHECK(query.roster.listing.filters.types == 0);
    CHECK(query.roster.listing.filters.statuses == 0);
    CHECK(query.roster.listing.filters.tags.empty());
    CHECK(query.roster.providers.empty());
    CHECK(query.roster.bookmarks.empty());
    CHECK_FALSE(query.roster.fresh);
    CHECK_FALSE(query.deny_partial);
}

TEST_CASE("every parameter is read") {
    const agents_query query = sound(
        "limit=200&provider=reps,heppu&status=active,unknown&type=voice,human&tags=b,a,b&fields=name&include=source&"
        "partial=deny");
    CHECK(query.roster.limit == 200);
    CHECK(query.roster.providers == std::vector<std::string>{"heppu", "reps"});
    CHECK(query.roster.listing.filters.statuses == (normalizers::only(0) | normalizers::only(7)));
    CHECK(query.roster.listing.filters.types == (normalizers::only(0) | normalizers::only(1)));
    CHECK(query.roster.listing.filters.tags == std::vector<std::string>{"a", "b"});
    CHECK(query.deny_partial);
    CHECK_FALSE(sound("partial=allow").deny_partial);
}

TEST_CASE("every wrong parameter is a 400 that names it") {
    for (const std::string parameter : {"limit=0",
                                        "limit=201",
                                        "limit=",
                                        "limit=ten",
                                        "status=dead",
                                        "status=active,dead",
                                        "status=",
                                        "status=null",
                                        "type=robot",
                                        "type=Voice",
                                        "tags=",
                                        "provider=nobody",
                                        "provider=heppu,nobody",
                                        "provider=",
                                        "partial=yes",
                                        "partial=",
                                        "fields=colour",
                                        "include=all",
                                        "cursor=",
                                        "cursor=abc",
                                        "cursor=%zz",
                                        "colour=red",
                                        "Limit=5",
                                        "limit=%",
                                        "offset=3"}) {
        CAPTURE(parameter);
        const auto fault = read(parameter).second;
        REQUIRE(fault);
        CHECK(kind_of(fault->code).status == 400);
        REQUIRE(fault->errors.size() == 1);
        CHECK(fault->errors.front().name == parameter.substr(0, parameter.find('=')));
        CHECK(fault->errors.front().place == problem_item::place::parameter);
    }
    CHECK(read("limit=0&type=robot&colour=red&cursor=abc").second->errors.size() == 3);
}

TEST_CASE("equal filters are equal whatever their order, their repetition and their spelling") {
    const std::string filters = sound("type=voice,chat&status=active&tags=a,b&provider=heppu,reps").canonical_filters;
    for (const std::string query : {"provider=reps,heppu&tags=b,a&status=active&type=chat,voice",
                                    "type=chat,voice,chat&status=active,active&tags=a,b,a&provider=heppu,reps,heppu",
                                    "type=%76oice,chat&status=,active&tags=a%2Cb&provider=heppu%2Creps",
                                    "type=voice,chat&status=active&tags=a,b&provider=heppu,reps&limit=7&fields=name&"
                                    "include=source&partial=deny"}) {
        CAPTURE(query);
        CHECK(sound(query).canonical_filters == filters);
    }
}

TEST_CASE("other filters are other") {
    const std::vector<std::string> queries = {"",
                                              "type=voice",
                                              "type=chat",
                                              "status=active",
                                              "tags=a",
                                              "tags=a,b",
                                              "tags=ab",
                                              "provider=heppu",
                                              "provider=heppu,reps",
                                              "tags=heppu",
                                              "tags=a%22b",
                                              "tags=%22a%22",
                                              "tags=%22a%22b%22",
                                              "type=voice,chat",
                                              "tags=%7C",
                                              "type=voice&status=active"};
    for (const std::string& one : queries) {
        for (const std::string& other : queries) {
            if (&one == &other) continue;
            CAPTURE(one);
            CAPTURE(other);
            CHECK(sound(one).canonical_filters != sound(other).canonical_filters);
        }
    }
}

TEST_CASE("a cursor goes on under the filters that it was made under, and no others") {
    const bookmarks marks{{"heppu", {.position = "200", .given = 3}}};
    const std::string cursor = codec.pack(marks, sound("type=voice&tags=a,b").canonical_filters, now);

    const agents_query going_on = sound("tags=b,a&type=voice&limit=7&cursor=" + cursor);
    CHECK(going_on.roster.bookmarks.at("heppu").position == "200");
    CHECK(going_on.roster.bookmarks.at("heppu").given == 3);

    for (const std::string query : {"", "type=voice", "type=voice&tags=a", "type=voice&tags=a,b&provider=heppu"}) {
        CAPTURE(query);
        const auto fault = read(query + "&cursor=" + cursor).second;
        REQUIRE(fault);
        CHECK(fault->code == problem_code::invalid_cursor);
        CHECK(fault->errors.front().name == "cursor");
    }
}

TEST_CASE("a cursor goes on for the client that it was given to, and for no other, nor where nobody is known") {
    client crm;
    crm.name = "crm";
    client reports;
    reports.name = "reports";
    const auto read_as = [](const client* asking, const std::string& query) {
        request request;
        request.query = query;
        request.client = asking;
        return read_agents_query(request, names, codec, now);
    };
    const client* const clients[] = {nullptr, &crm, &reports};
    for (const client* const owner : clients) {
        const std::string cursor = codec.pack({}, read_as(owner, "type=voice").first.canonical_filters, now);
        for (const client* const asking : clients) {
            const auto fault = read_as(asking, "type=voice&cursor=" + cursor).second;
            CHECK(fault.has_value() == (asking != owner));
            if (fault) CHECK(fault->code == problem_code::invalid_cursor);
        }
    }
}

TEST_CASE("an old cursor is gone, and one that is none is invalid") {
    const std::string cursor = codec.pack({}, sound("").canonical_filters, now);
    const auto expired = read("cursor=" + cursor, now + 73h).second;
    REQUIRE(expired);
    CHECK(kind_of(expired->code).status == 410);
    CHECK(kind_of(expired->code).code == "cursor_expired");
    CHECK(expired->errors.front().name == "cursor");
    CHECK(read("cursor=" + cursor + "A").second->code == problem_code::invalid_cursor);
    CHECK_FALSE(read("cursor=" + cursor, now + 71h).second);
}

TEST_CASE("a client that wants everything afresh says no-cache among its directives") {
    CHECK(fresh_with({{"Cache-Control", "no-cache"}}));
    CHECK(fresh_with({{"cache-control", "max-age=0, No-Cache"}}));
    CHECK(fresh_with({{"Cache-Control", "max-age=0"}, {"Accept", "*/*"}, {"Cache-Control", "no-cache ,no-store"}}));
    CHECK_FALSE(fresh_with({}));
    CHECK_FALSE(fresh_with({{"Cache-Control", "max-age=0"}}));
    CHECK_FALSE(fresh_with({{"Cache-Control", "x-no-cache-y"}}));
    CHECK_FALSE(fresh_with({{"Cache-Control", ""}}));
    CHECK_FALSE(fresh_with({{"X-Cache-Control", "no-cache"}}));
}

}  // namespace rollcall::gateway
