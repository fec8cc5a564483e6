// The inputs of what is measured.
#include "bench/micro/work.hpp"

#include "adapters/pipeline/page_cache.hpp"
#include "bench/micro/samples.hpp"
#include "gateway/api/parameters.hpp"
#include "gateway/api/projection.hpp"
#include "gateway/http/head_check.hpp"
#include "gateway/http/router.hpp"
#include "gateway/roster/cursor.hpp"
#include "normalizers/read.hpp"

#include <array>
#include <cstdlib>
#include <iostream>
#include <memory>

namespace rollcall::bench {
namespace {

using namespace std::chrono_literals;

/// Of two clients in turn, so that no digest of them is at hand.
constexpr std::array<std::string_view, 2> filters{"0 0|", "0 1|"};
const system_clock::time_point now{std::chrono::seconds{1'800'000'000}};

constexpr std::string_view head =
    "GET /agents?limit=50&status=active HTTP/1.1\r\n"
    "Host: rollcall.internal.example:8080\r\n"
    "User-Agent: roster-service/4.2 (linux; x86_64)\r\n"
    "Accept: application/json\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Authorization: Bearer 0123456789abcdef0123456789abcdef\r\n"
    "X-Request-Id: 7c9e6679-7425-40de-944b-e07fc1f90ae7\r\n"
    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"
    "Connection: keep-alive\r\n\r\n";

/// Work that does not come to what it should would be measured for nothing.
void require(bool sound, std::string_view what) {
    if (sound) return;
    std::cerr << "bench: " << what << " has failed\n";
    std::exit(1);
}

work reading(std::string_view name) {
    struct state {
        normalizers::list_plan plan;
        std::string body;
        normalizers::reader reader;
    };
    auto shared = std::make_shared<state>();
    shared->plan = dialect_of(name).plan_of_list();
    shared->body = page_named(name);
    return {"normalize/" + std::string{name}, [shared] {
                auto page = shared->reader.read_list(shared->plan, std::move(shared->body));
                require(page.has_value() && page->items.size() == 50, "reading a page");
                shared->body = std::move(page->body);
            }};
}

gateway::bookmarks marks_of_a_walk() {
    gateway::bookmarks marks;
    for (const std::string provider : {"agenthuman", "converra", "heppu", "hyperrep"}) {
        gateway::bookmark& mark = marks[provider];
        mark.position = provider + " position 200";
        mark.given = 37;
        mark.trail.step("position 100");
        mark.trail.step("position 200");
    }
    return marks;
}

std::shared_ptr<gateway::cursor_codec> make_codec() {
    return std::make_shared<gateway::cursor_codec>(secret{"a secret of sixteen bytes or more"}, 72h);
}

work packing() {
    return {"cursor/pack", [codec = make_codec(), marks = marks_of_a_walk(), turn = std::size_t{0}]() mutable {
                require(!codec->pack(marks, filters[turn ^= 1], now).empty(), "packing a cursor");
            }};
}

work unpacking() {
    auto codec = make_codec();
    const std::array cursors{codec->pack(marks_of_a_walk(), filters[0], now),
                             codec->pack(marks_of_a_walk(), filters[1], now)};
    return {"cursor/unpack", [codec, cursors, turn = std::size_t{0}]() mutable {
                turn ^= 1;
                const auto unpacked = codec->unpack(cursors[turn], filters[turn], now);
                require(std::holds_alternative<gateway::bookmarks>(unpacked), "unpacking a cursor");
            }};
}

work checking_a_head() {
    return {"head_check", [limits = config::limits{}, found = gateway::request_head{}]() mutable {
                gateway::head_finder finder{limits};
                require(finder.look(head) == gateway::head_finder::verdict::complete, "finding a head");
                require(!gateway::read_head(head.substr(0, finder.end()), limits, found), "reading a head");
            }};
}

work routing() {
    std::vector<gateway::route> routes;
    for (const char* const path :
         {"/agents", "/agents/{id}", "/agents/{id}/status", "/agents/{id}/insights", "/agents/{id}/conversations",
          "/agents/{id}/sales", "/agents/{id}/analytics", "/agents/{id}/analytics/conversations",
          "/agents/{id}/analytics/sales", "/providers", "/openapi.json"}) {
        routes.push_back({path, {{gateway::method::get, gateway::handler{}}}});
    }
    return {"router", [router = std::make_shared<const gateway::router>(std::move(routes))] {
                const auto found = router->find(gateway::method::get, "/agents/heppu%3A550e8400-e29b/analytics/sales");
                require(found.found != nullptr && found.record == "heppu:550e8400-e29b", "finding a route");
            }};
}

/// A page of 50 agents, 13 or 12 of each provider, from pages that are kept in the cache.
work writing_from_the_cache() {
    struct state {
        adapters::page_cache cache{std::size_t{64} << 20};
        gateway::parameters parameters{""};
        gateway::projection projection{parameters};
        std::string out;
    };
    auto shared = std::make_shared<state>();
    normalizers::reader reader;
    for (const std::string_view name : {"hyperrep-50", "heppu-50", "converra-50", "agenthuman-50"}) {
        auto page = reader.read_list(dialect_of(name).plan_of_list(), page_named(name));
        require(page.has_value(), "reading a page");
        auto content = std::make_shared<adapters::content>();
        content->page = *std::move(page);
        shared->cache.keep(std::string{name}, std::move(content));
    }
    return {"cached_page", [shared] {
                shared->out.clear();
                for (const std::string_view name : {"hyperrep-50", "heppu-50", "converra-50", "agenthuman-50"}) {
                    const auto content = shared->cache.find(name);
                    const std::size_t share = name.starts_with("he") ? 13 : 12;
                    for (std::size_t i = 0; i < share; ++i) {
                        if (!shared->out.empty()) shared->out += ',';
                        shared->projection.append(shared->out, content->page, content->page.items[i]);
                    }
                }
                require(shared->out.size() > 10'000, "writing from the cache");
            }};
}

}  // namespace

std::vector<work> all_work() {
    return {reading("hyperrep-50"),   reading("heppu-50"), reading("converra-50"),
            reading("agenthuman-50"), packing(),           unpacking(),
            checking_a_head(),        routing(),           writing_from_the_cache()};
}

}  // namespace rollcall::bench
