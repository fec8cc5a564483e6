// `rollcall try`: what somebody sees who writes a profile.
#include "tests/support/command.hpp"
#include "tests/support/simulators.hpp"
#include "tests/support/temporary_file.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

using namespace rollcall::testing;

namespace {

/// The line of the report that begins with `name`; empty where there is none.
std::string line_of(const std::string& report, const std::string& name) {
    const auto at = report.find("\n  " + name + " ");
    if (at == std::string::npos) return {};
    return report.substr(at + 3, report.find('\n', at + 1) - at - 3);
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a trial of a good profile shows each field, where it came from, and how the list goes on") {
    simulators providers{{"heppu:agents=113"}};
    const auto tried =
        run({"try", "--profile", "heppu", "--base-url", providers.url("heppu"), "--credential", "${KEY}"},
            {{"KEY", "test-key-heppu"}});
    CHECK(tried.exit_code == 0);
    CHECK(tried.errors.empty());
    CHECK(has(tried.output, "GET " + providers.url("heppu") + "/api/v1/agents?limit=100&offset=0\nstatus 200"));
    CHECK(has(tried.output, "100 items came, 100 of them are agents"));
    CHECK(has(line_of(tried.output, "id"), "/id"));
    CHECK(has(line_of(tried.output, "id"), "100/100"));
    CHECK(has(line_of(tried.output, "email"), "not in the profile"));
    CHECK(has(tried.output, "the list goes on at: 100"));
    CHECK_FALSE(has(tried.output, "test-key-heppu"));
    CHECK(providers.request_count("heppu") == 1);
}

TEST_CASE("a trial of half a profile shows what it leaves out") {
    simulators providers{{"agenthuman:agents=3"}};
    const temporary_directory folder;
    const auto profile = folder.write("mine.yaml",
                                      "profile: mine\ntitle: Mine\nauth: {header: x-api-key}\n"
                                      "operations: {list: {path: /v1/agents, items: /agents, success: /success}}\n"
                                      "paging: {style: none}\n"
                                      "agent: {id: {from: /agent_id, to_string: true}, name: /avatar_id}\n");
    const auto key = folder.write("key", "test-key-agenthuman\n");
    const auto tried = run({"try", "--profile", profile.string(), "--base-url", providers.url("agenthuman"),
                            "--credential-file", key.string()});
    CHECK(tried.exit_code == 0);
    CHECK(has(line_of(tried.output, "name"), "0/3"));
    CHECK(has(line_of(tried.output, "name"), "(3 of a wrong type)"));
    CHECK(has(line_of(tried.output, "/custom_greeting"), "3"));
    CHECK(line_of(tried.output, "/agent_id").empty());
    CHECK(has(tried.output, "the list ends with this page"));
}

TEST_CASE("a trial that fails says why and shows how the answer begins") {
    simulators providers{{"heppu:agents=2"}};
    const std::vector<std::string> heppu{"try", "--profile", "heppu", "--base-url", providers.url("heppu")};
    const auto refused = run(heppu);
    CHECK(refused.exit_code == 1);
    CHECK(has(refused.output, "status 401"));
    CHECK(has(refused.output, "its answer begins: {"));

    const auto elsewhere = run({"try", "--profile", "converra", "--base-url", "http://127.0.0.1:1"});
    CHECK(elsewhere.exit_code == 1);
    CHECK(has(elsewhere.output, "failed: no connection"));
}

TEST_CASE("a trial shows no credential that a provider repeats") {
    simulators providers{{"heppu:agents=2"}};
    const std::string key = "a/key/of-the-tests";
    const std::string said = R"({"error": "a\/key\/of-the-tests is no key", "message": "not )" + key + R"("})";
    for (const std::string status : {"401", "200"}) {
        CAPTURE(status);
        const std::string answer = "HTTP/1.1 " + status + " Any\r\nContent-Type: application/json; for=" + key +
                                   "\r\nContent-Length: " + std::to_string(said.size()) + "\r\n\r\n" + said;
        providers.set_fault("heppu", boost::json::serialize(boost::json::object{{"mode", "raw"}, {"body", answer}}));
        const auto tried =
            run({"try", "--profile", "heppu", "--base-url", providers.url("heppu"), "--credential", key});
        CHECK(tried.exit_code == 1);
        CHECK(has(tried.output, "for=***"));
        CHECK(has(tried.output, "\"*** is no key"));
        CHECK(has(tried.output, "its message: *** is no key") == (status == "401"));
        CHECK_FALSE(has(tried.output, "key/of-the"));
        CHECK_FALSE(has(tried.output, "of-the-tests"));
    }
}

TEST_CASE("a trial with wrong options names each of them and calls nobody") {
    const auto missing = run({"try", "--profile", "hyperrep", "--base-url", "ftp://somewhere"});
    CHECK(missing.exit_code == 2);
    CHECK(has(missing.errors, "base_url: "));
    CHECK(run({"try", "--profile", "hyperrep", "--param", "organization_id"}).exit_code == 2);
    const auto without_organization = run({"try", "--profile", "hyperrep"});
    CHECK(without_organization.exit_code == 2);
    CHECK(has(without_organization.errors, "params.organization_id: is missing"));
}
