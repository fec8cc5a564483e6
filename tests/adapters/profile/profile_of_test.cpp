// What a provider of the configuration must agree on with its profile, and the example configurations.
#include "config/load.hpp"
#include "tests/adapters/profile/texts.hpp"
#include "tests/support/temporary_file.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace rollcall::adapters {
namespace {

/// The faults of one provider, whose further keys stand on the third line, each at its place.
std::string faults_of_provider(const std::string& keys, const std::string& folder = {}) {
    std::vector<config::fault> faults;
    const auto read = config::load(
        "providers:\n- {name: a, profile: " + keys + "}", folder + "c.yaml",
        [](const std::string&) { return std::nullopt; }, faults);
    for (const auto& provider : read.providers)
        (void)profile_of(provider, faults);
    return lines(faults);
}

}  // namespace

TEST_CASE("the example configurations agree with the shipped profiles") {
    for (const auto* name : {"config/rollcall.yaml", "config/demo.yaml"}) {
        std::vector<config::fault> faults;
        const auto read = config::load(
            repository_text(name), name, [](const std::string&) { return std::string{"sixteen-bytes-or-more"}; },
            faults);
        CHECK(read.providers.size() == 4);
        for (const auto& provider : read.providers)
            (void)profile_of(provider, faults);
        CHECK(lines(faults) == "");
    }
}

TEST_CASE("a provider and its profile must agree") {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"hepu", "c.yaml:2:22: providers[0].profile: no shipped profile has this name; did you mean heppu?"},
        {"mine",
         "c.yaml:2:22: providers[0].profile: no shipped profile has this name; known: agenthuman, converra, heppu, "
         "hyperrep"},
        {"none.yaml", "c.yaml:2:22: providers[0].profile: the file cannot be opened: No such file or directory"},
        {"hyperrep",
         "c.yaml:2:3: providers[0].params.organization_id: is missing: the organization whose agents are listed"},
        {"hyperrep, params: {organisation_id: x}",
         "c.yaml:2:3: providers[0].params.organization_id: is missing: the organization whose agents are listed\n"
         "c.yaml:2:58: providers[0].params.organisation_id: the profile hyperrep has no such parameter; did you mean "
         "organization_id?"},
        {"hyperrep, params: {organization_id: \"\"}",
         "c.yaml:2:58: providers[0].params.organization_id: must not be empty, . or .. where a path needs it"},
        {"hyperrep, params: {organization_id: ..}",
         "c.yaml:2:58: providers[0].params.organization_id: must not be empty, . or .. where a path needs it"},
        {"heppu, params: {\"a\\rb\": c}",
         "c.yaml:2:46: providers[0].params.a\\x0db: the profile heppu has no such parameter"},
        {"heppu, params: {a: b}", "c.yaml:2:41: providers[0].params.a: the profile heppu has no such parameter"},
        {"heppu, page_size: 101",
         "c.yaml:2:40: providers[0].page_size: must be at most 100 with the profile heppu, found 101"},
        {"agenthuman, page_size: 10",
         "c.yaml:2:45: providers[0].page_size: cannot be chosen with the profile agenthuman"},
        {"agenthuman, params: {path_prefix: v1}",
         "c.yaml:2:56: providers[0].params.path_prefix: the path must begin with a slash"},
        {"agenthuman, params: {path_prefix: /v1/}",
         "c.yaml:2:56: providers[0].params.path_prefix: the path must not have an empty segment, a . or a .."},
        {"agenthuman, params: {path_prefix: \"/v1?x=y\"}",
         "c.yaml:2:56: providers[0].params.path_prefix: the path holds a character that no path may hold"},
    };
    for (const auto& [keys, fault] : cases) {
        CAPTURE(keys);
        CHECK(faults_of_provider(keys) == fault);
    }
    for (const auto* keys : {"heppu, page_size: 100", "hyperrep, params: {organization_id: \"a/b\"}",
                             "agenthuman, params: {path_prefix: /api/v1}", "agenthuman, params: {path_prefix: \"\"}"}) {
        CAPTURE(keys);
        CHECK(faults_of_provider(keys) == "");
    }
}

TEST_CASE("a parameter must suit the path of every operation that uses it") {
    const testing::temporary_directory folder;
    const std::string at = folder.path().string() + "/";
    folder.write("sales.yaml",
                 profile_text({{"params", "{team: {description: the team}}"},
                               {"operations",
                                "{list: {path: /a, items: /a}, delete: {path: \"/a/{id}\"}, sales: {path: "
                                "\"/t/{team}/{id}\", items: /a}}"},
                               {"sale", "{id: /id}"}}));
    CHECK(faults_of_provider("sales.yaml, params: {team: ..}", at) ==
          at + "c.yaml:2:49: providers[0].params.team: must not be empty, . or .. where a path needs it");
    CHECK(faults_of_provider("sales.yaml, params: {team: \"1\"}", at) == "");
}

TEST_CASE("a provider's own profile is read from its file, and its faults name that file") {
    const testing::temporary_directory folder;
    const std::string at = folder.path().string() + "/";
    folder.write("good.yaml", profile_text({}));
    folder.write("bad.yaml", profile_text({{"agent", "{name: /n}"}}));
    folder.write("bare.yaml", profile_text({{"base_url", ""}, {"auth", ""}}));
    folder.write("basic.yaml", profile_text({{"auth", "{header: Authorization, scheme: basic}"}}));
    CHECK(faults_of_provider("./good.yaml", at) == "");
    CHECK(faults_of_provider("bad.yaml", at) == at + "bad.yaml:9:8: agent.id: is missing");
    CHECK(faults_of_provider("bare.yaml", at) ==
          at + "c.yaml:2:3: providers[0].base_url: is missing; the profile mine names none");
    CHECK(faults_of_provider("bare.yaml, base_url: \"http://a\", credential: {value: hunter2}", at) ==
          at + "c.yaml:2:67: providers[0].credential: the profile mine sends none");
    CHECK(faults_of_provider("basic.yaml, credential: {value: hunter2}", at) ==
          at + "c.yaml:2:46: providers[0].credential: must be user:password for the profile mine");
    CHECK(faults_of_provider("basic.yaml, credential: {value: \"user:hunter2\"}", at) == "");
}

}  // namespace rollcall::adapters
