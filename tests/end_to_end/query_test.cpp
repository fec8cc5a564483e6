// What clients may ask of GET /agents, and how a wrong question is told.
#include "tests/end_to_end/deployment.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <algorithm>

namespace {

using namespace rollcall::testing;

std::string parameter_named(const response& response) {
    const auto problem = boost::json::parse(response.body);
    return std::string{problem.at("errors").at(0).at("parameter").as_string()};
}

}  // namespace

TEST_CASE("every bad parameter is a 400 that names it, and costs no upstream call") {
    four_provider_deployment deployment;
    struct bad_query {
        std::string query;
        std::string parameter;
    };
    const bad_query bad_queries[] = {
        {"limit=0", "limit"},
        {"limit=201", "limit"},
        {"limit=-1", "limit"},
        {"limit=ten", "limit"},
        {"limit=", "limit"},
        {"limit=5.0", "limit"},
        {"limit=99999999999", "limit"},
        {"limit=1&limit=2", "limit"},
        {"status=happy", "status"},
        {"status=", "status"},
        {"status=active,happy", "status"},
        {"type=robot", "type"},
        {"provider=nobody", "provider"},
        {"provider=", "provider"},
        {"fields=name,shoe_size", "fields"},
        {"include=everything", "include"},
        {"partial=maybe", "partial"},
        {"cursor=", "cursor"},
        {"cursor=abc", "cursor"},
        {"tags=", "tags"},
        {"page=2", "page"},
        {"Limit=5", "Limit"},
        {"a%zz=1", "a%zz"},
        {"tags=%", "tags"},
    };
    for (const auto& [query, parameter] : bad_queries) {
        CAPTURE(query);
        const auto answer = deployment.gateway.get("/agents?" + query);
        CHECK(answer.status == 400);
        CHECK(problem_of(answer) == (parameter == "cursor" ? "400 invalid_cursor" : "400 invalid_parameter"));
        CHECK(parameter_named(answer) == parameter);
    }
    for (const std::string name : {"hyperrep", "heppu", "converra", "agenthuman"})
        CHECK(deployment.providers.request_count(name) == 0);
}

TEST_CASE("a query of thousands of parameters costs a short answer") {
    four_provider_deployment deployment;
    std::string query = "/agents?";
    for (int i = 0; i < 1000; ++i)
        query += "p" + std::to_string(i) + "=1&";
    const auto answer = deployment.gateway.get(query);
    CHECK(problem_of(answer) == "400 invalid_parameter");
    CHECK(answer.body.size() < 4096);
}

TEST_CASE("no changed character of a cursor is accepted") {
    four_provider_deployment deployment{"    cache: {ttl: 1m}\n"};
    const auto page = page_of(deployment.gateway, "/agents?limit=10");
    const std::string cursor{page.at("page").at("next_cursor").as_string()};
    CHECK(deployment.gateway.get("/agents?cursor=" + cursor).status == 200);
    for (std::size_t i = 0; i < cursor.size(); ++i) {
        std::string changed = cursor;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        CAPTURE(i);
        CHECK(deployment.gateway.get("/agents?cursor=" + changed).status == 400);
    }
    CHECK(problem_of(deployment.gateway.get("/agents?cursor=" + cursor + "A")) == "400 invalid_cursor");
    CHECK(problem_of(deployment.gateway.get("/agents?cursor=" + cursor.substr(1))) == "400 invalid_cursor");
    CHECK(problem_of(deployment.gateway.get("/agents?cursor=" + cursor + "%3D")) == "400 invalid_cursor");
}

TEST_CASE("a cursor is bound to its filters, but not to limit, fields or the order in which filters are written") {
    four_provider_deployment deployment{"    cache: {ttl: 1m}\n"};
    const auto page = page_of(deployment.gateway, "/agents?limit=5&status=active,draft&provider=heppu,converra");
    const std::string cursor = "&cursor=" + std::string{page.at("page").at("next_cursor").as_string()};
    CHECK(deployment.gateway.get("/agents?limit=9&fields=name&status=draft,active&provider=converra,heppu" + cursor)
              .status == 200);
    CHECK(problem_of(deployment.gateway.get("/agents?status=active&provider=heppu,converra" + cursor)) ==
          "400 invalid_cursor");
    CHECK(problem_of(deployment.gateway.get("/agents?status=active,draft" + cursor)) == "400 invalid_cursor");
    CHECK(problem_of(deployment.gateway.get("/agents?status=active,draft&provider=heppu,converra&type=voice" +
                                            cursor)) == "400 invalid_cursor");
}

TEST_CASE("filters give just what they name, pushed down where the provider applies them exactly") {
    four_provider_deployment deployment;
    const auto everything = walk(deployment.gateway, "limit=200");
    const auto matching = [&](const auto& wanted) {
        std::map<std::string, int> ids;
        for (const auto& [id, agent] : everything.agents) {
            if (wanted(agent)) ids[id] = 1;
        }
        return ids;
    };
    const auto text = [](const boost::json::object& agent, std::string_view field) {
        return agent.at(field).is_string() ? std::string{agent.at(field).as_string()} : std::string{};
    };
    const auto tagged = [](const boost::json::object& agent, std::string_view tag) {
        return std::ranges::any_of(agent.at("tags").as_array(),
                                   [&](const auto& own) { return own.as_string() == tag; });
    };
    using agent = boost::json::object;

    CHECK(walk(deployment.gateway, "limit=7&type=voice").times ==
          matching([&](const agent& a) { return text(a, "type") == "voice"; }));
    CHECK(walk(deployment.gateway, "limit=7&type=human,avatar").times ==
          matching([&](const agent& a) { return text(a, "type") == "human" || text(a, "type") == "avatar"; }));
    CHECK(walk(deployment.gateway, "limit=7&status=active").times ==
          matching([&](const agent& a) { return text(a, "status") == "active"; }));
    CHECK(walk(deployment.gateway, "limit=7&status=deprecated,unknown,draft").times == matching([&](const agent& a) {
              return text(a, "status") == "deprecated" || text(a, "status") == "unknown" ||
                     text(a, "status") == "draft";
          }));
    CHECK(walk(deployment.gateway, "limit=7&tags=support,production").times ==
          matching([&](const agent& a) { return tagged(a, "support") && tagged(a, "production"); }));
    CHECK(walk(deployment.gateway, "limit=7&tags=support").times ==
          matching([&](const agent& a) { return tagged(a, "support"); }));
    CHECK(walk(deployment.gateway, "limit=7&provider=converra").times ==
          matching([&](const agent& a) { return text(a, "provider") == "converra"; }));

    for (const std::string name : {"hyperrep", "heppu", "converra", "agenthuman"})
        deployment.providers.forget_requests(name);
    const auto page = page_of(deployment.gateway, "/agents?type=voice&status=training");
    for (const std::string name : {"hyperrep", "converra", "agenthuman"}) {
        CAPTURE(name);
        CHECK(report_of(page, name).at("status").as_string() == "skipped");
        CHECK(deployment.providers.request_count(name) == 0);
    }
    const auto heppu = deployment.providers.requests("heppu");
    const auto& sent = heppu.at("requests").as_array();
    REQUIRE(sent.size() == 1);
    const std::string target{sent.front().at("target").as_string()};
    CHECK(target.find("type=voice") != std::string::npos);
    CHECK(target.find("status=training") != std::string::npos);
}

TEST_CASE("fields= gives those fields in the usual order, with id and provider always there") {
    four_provider_deployment deployment;
    const auto page = page_of(deployment.gateway, "/agents?limit=4&fields=status,name");
    for (const auto& agent : page.at("data").as_array()) {
        std::vector<std::string> keys;
        for (const auto& member : agent.as_object())
            keys.emplace_back(member.key());
        CHECK(keys == std::vector<std::string>{"id", "provider", "name", "status"});
    }
}

TEST_CASE("include=source adds the provider's own object, untouched") {
    four_provider_deployment deployment;
    const auto page = page_of(deployment.gateway, "/agents?limit=200&provider=heppu&include=source");
    const auto own = deployment.providers.agents("heppu");
    const auto& data = page.at("data").as_array();
    REQUIRE(data.size() == own.size());
    for (std::size_t i = 0; i < own.size(); ++i)
        CHECK(data[i].at("source") == own[i]);
}

TEST_CASE("a provider that leaves or joins the configuration does not end a walk") {
    simulators providers{four_simulators()};
    auto setups = four_providers();
    std::string cursor;
    std::map<std::string, int> times;
    {
        const gateway before{configuration(providers, {setups[0], setups[1]})};
        const auto page = page_of(before, "/agents?limit=10");
        cursor = page.at("page").at("next_cursor").as_string();
        for (const auto& agent : page.at("data").as_array())
            ++times[std::string{agent.at("id").as_string()}];
    }
    const gateway after{configuration(providers, {setups[1], setups[2]})};
    for (bool more = true; more;) {
        const auto page = page_of(after, "/agents?limit=50&cursor=" + cursor);
        for (const auto& agent : page.at("data").as_array())
            ++times[std::string{agent.at("id").as_string()}];
        more = page.at("page").at("has_more").as_bool();
        if (more) cursor = page.at("page").at("next_cursor").as_string();
    }
    CHECK(times.size() == 5 + 113 + 64);
    CHECK(std::ranges::all_of(times, [](const auto& entry) { return entry.second == 1; }));
}

TEST_CASE("HEAD gives the headers of GET without its body") {
    four_provider_deployment deployment;
    const auto head = deployment.gateway.request("HEAD", "/agents?limit=3&provider=heppu&fields=name");
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK(head.header("content-length") != "0");
    CHECK(head.header("x-rollcall-complete") == "true");
}
