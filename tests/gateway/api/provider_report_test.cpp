// What a page says of each provider, and the problem that a page without agents becomes.
#include "gateway/api/provider_report.hpp"

#include "tests/gateway/roster/fake_lists.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace rollcall::gateway {
namespace {

using namespace std::chrono_literals;

const adapters::listing all{};

/// Providers of different names, and a page whose parts the tests make.
struct scene {
    scene() {
        for (const char* const name : {"token", "link", "page", "unpaged"})
            providers.push_back(tests::list_named(name, 0).configured(3));
    }

    provider_part& add(enum provider_part::state state = provider_part::state::asked) {
        const adapters::provider& provider = *providers.at(page.parts.size());
        provider_part part;
        part.provider = &provider;
        part.state = state;
        if (state == provider_part::state::asked) part.walk.emplace(provider, all, bookmark{}, 50);
        page.parts.push_back(std::move(part));
        return page.parts.back();
    }

    void add_failed(failure failure) {
        provider_part& part = add();
        part.walk->failed(std::move(failure));
        part.items = part.walk->take(5);
        part.behind = part.walk->bookmark_behind();
    }

    std::vector<std::unique_ptr<adapters::provider>> providers;
    roster_page page;
};

boost::json::object told_of(const provider_part& part, steady_clock::duration older_by = {}) {
    std::string out;
    append_report(out, report_of(part), older_by);
    return boost::json::parse(out).as_object();
}

failure of_kind(fault kind, std::optional<std::chrono::seconds> retry_after = {}) {
    return {kind, "it \"failed\"", {}, retry_after};
}

}  // namespace

TEST_CASE("each fault has the status and the code that the contract names") {
    const std::vector<std::tuple<fault, std::string, std::string>> cases = {
        {fault::timeout, "timeout", "upstream_timeout"},
        {fault::unreachable, "unreachable", "upstream_unreachable"},
        {fault::rate_limited, "rate_limited", "upstream_rate_limited"},
        {fault::auth_failed, "auth_failed", "upstream_auth_failed"},
        {fault::circuit_open, "circuit_open", "circuit_open"},
        {fault::invalid_response, "invalid_response", "upstream_invalid_response"},
        {fault::error, "error", "upstream_error"},
        {fault::overloaded, "error", "overloaded"},
    };
    for (const auto& [kind, status, code] : cases) {
        CAPTURE(status);
        scene scene;
        scene.add_failed(of_kind(kind));
        const auto report = told_of(scene.page.parts[0]);
        CHECK(report.at("name").as_string() == "token");
        CHECK(report.at("status").as_string() == status);
        CHECK(report.at("count").as_int64() == 0);
        CHECK(report.at("has_more").as_bool());
        CHECK(report.at("error").at("code").as_string() == code);
        CHECK(report.at("error").at("detail").as_string() == "it \"failed\"");
        CHECK_FALSE(report.at("error").as_object().contains("retry_after_s"));
    }
}

TEST_CASE("a provider that says when to come back is quoted") {
    scene scene;
    scene.add_failed(of_kind(fault::rate_limited, 7s));
    CHECK(told_of(scene.page.parts[0]).at("error").at("retry_after_s").as_int64() == 7);
}

TEST_CASE("a provider that answered has its count, its age and its latency") {
    scene scene;
    provider_part& part = scene.add();
    const auto request = part.walk->next_request();
    part.walk->loaded({tests::content_read(*part.provider, R"({"data":[{"id":"a"},{"id":"b"}],"next":null})")}, request,
                      steady_clock::now());
    part.latency = 41'700us;

    SUBCASE("with more to come") {
        part.items = part.walk->take(1);
        part.behind = part.walk->bookmark_behind();
        CHECK(told_of(part).at("count").as_int64() == 1);
        CHECK(told_of(part).at("has_more").as_bool());
    }
    SUBCASE("at its end") {
        part.items = part.walk->take(5);
        part.behind = part.walk->bookmark_behind();
        CHECK(told_of(part).at("count").as_int64() == 2);
        CHECK_FALSE(told_of(part).at("has_more").as_bool());
    }
    const auto report = told_of(part);
    CHECK(report.at("status").as_string() == "ok");
    CHECK(report.at("latency_ms").as_double() == doctest::Approx(41.7));
    CHECK(report.at("age_ms").as_int64() >= 0);
    CHECK_FALSE(report.contains("error"));
}

TEST_CASE("a provider whose old answer stands in is stale, with the reason") {
    scene scene;
    provider_part& part = scene.add();
    const auto request = part.walk->next_request();
    part.walk->loaded(
        {tests::content_read(*part.provider, R"({"data":[{"id":"a"}],"next":null})"), of_kind(fault::timeout)}, request,
        steady_clock::now() + 2s);
    part.items = part.walk->take(5);
    part.behind = part.walk->bookmark_behind();
    const auto report = told_of(part);
    CHECK(report.at("status").as_string() == "stale");
    CHECK(report.at("count").as_int64() == 1);
    CHECK(report.at("age_ms").as_int64() >= 1900);
    CHECK(told_of(part, 10min).at("age_ms").as_int64() >= 601'900);
    CHECK(report.at("error").at("code").as_string() == "upstream_timeout");
    CHECK_FALSE(scene.page.partial());
}

TEST_CASE("a provider that was not asked has neither age nor latency") {
    scene scene;
    scene.add(provider_part::state::skipped);
    scene.add(provider_part::state::exhausted);
    CHECK(told_of(scene.page.parts[0]).at("status").as_string() == "skipped");
    CHECK(told_of(scene.page.parts[1]).at("status").as_string() == "exhausted");
    for (const provider_part& part : scene.page.parts) {
        const auto report = told_of(part);
        CHECK(report.at("count").as_int64() == 0);
        CHECK_FALSE(report.at("has_more").as_bool());
        CHECK_FALSE(report.contains("age_ms"));
        CHECK_FALSE(report.contains("latency_ms"));
        CHECK_FALSE(report.contains("error"));
    }
    CHECK_FALSE(scene.page.has_more());
    CHECK_FALSE(scene.page.partial());
    CHECK_FALSE(scene.page.lost());
}

TEST_CASE("a page is lost only if all who were asked failed and nothing is on it") {
    scene one_left;
    one_left.add(provider_part::state::exhausted);
    one_left.add_failed(of_kind(fault::timeout));
    CHECK(one_left.page.lost());
    CHECK(one_left.page.partial());
    CHECK(one_left.page.has_more());

    scene one_well;
    one_well.add();
    one_well.add_failed(of_kind(fault::timeout));
    CHECK_FALSE(one_well.page.lost());
    CHECK(one_well.page.partial());

    scene with_agents;
    with_agents.add_failed(of_kind(fault::timeout));
    with_agents.page.count = 1;
    CHECK_FALSE(with_agents.page.lost());
}

TEST_CASE("one failure is told as it is, with its provider") {
    scene scene;
    failure failure = of_kind(fault::rate_limited, 7s);
    failure.upstream = {429, "slow_down", "Slow down"};
    scene.add_failed(failure);
    scene.add(provider_part::state::skipped);
    const problem problem = failed_providers(scene.page);
    CHECK(problem.code == problem_code::upstream_rate_limited);
    CHECK(kind_of(problem.code).status == 503);
    CHECK(problem.provider == "token");
    CHECK(problem.detail == "it \"failed\"");
    REQUIRE(problem.upstream);
    CHECK(problem.upstream->status == 429);
    CHECK(problem.retry_after == 7s);
    const auto extensions = boost::json::parse("{" + problem.extensions + "}").as_object();
    CHECK(extensions.at("providers").as_array().size() == 1);
}

TEST_CASE("several failures of one kind keep their code, and name all providers") {
    scene scene;
    scene.add_failed(of_kind(fault::timeout, 9s));
    scene.add_failed(of_kind(fault::timeout, 3s));
    scene.add_failed(of_kind(fault::timeout));
    const problem problem = failed_providers(scene.page);
    CHECK(problem.code == problem_code::upstream_timeout);
    CHECK(kind_of(problem.code).status == 504);
    CHECK(problem.detail == "no answer from token, link, page");
    CHECK(problem.provider.empty());
    CHECK_FALSE(problem.upstream);
    CHECK(problem.retry_after == 3s);
    const auto extensions = boost::json::parse("{" + problem.extensions + "}").as_object();
    REQUIRE(extensions.at("providers").as_array().size() == 3);
    CHECK(extensions.at("providers").at(1).at("name").as_string() == "link");
}

TEST_CASE("failures of different kinds become one error of the upstream") {
    for (const bool like_the_first_again : {true, false}) {
        scene scene;
        scene.add_failed(of_kind(fault::timeout));
        scene.add_failed(of_kind(fault::auth_failed, 60s));
        if (like_the_first_again) scene.add_failed(of_kind(fault::timeout));
        const problem problem = failed_providers(scene.page);
        CHECK(problem.code == problem_code::upstream_error);
        CHECK(kind_of(problem.code).status == 502);
        CHECK(problem.retry_after == 60s);
    }
}

}  // namespace rollcall::gateway
