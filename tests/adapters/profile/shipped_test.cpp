// The shipped profiles against the contract's table, the example configurations, profiles of other APIs, and what a
// provider of the configuration must agree on with its profile.
#include "base/embedded.hpp"
#include "config/load.hpp"
#include "tests/adapters/profile/texts.hpp"
#include "tests/support/temporary_file.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

namespace rollcall::adapters {
namespace {

using pointers = std::vector<json_pointer>;
using pairs = std::map<std::string, std::string>;

profile shipped(const std::string& name) {
    const auto [read, faults] = load_text(repository_text("config/profiles/" + name + ".yaml"), name);
    CHECK(faults == "");
    CHECK(read.name == name);
    return read;
}

profile other(const std::string& name) {
    const auto [read, faults] = load_text(repository_text("tests/profiles/" + name + ".yaml"), name);
    CHECK(faults == "");
    CHECK(read.name == name);
    return read;
}

/// Every field that has a rule.
std::set<std::string> mapped(const profile& profile) {
    std::set<std::string> names;
    for (const auto& [name, rule] : profile.agent)
        names.insert(name);
    return names;
}

pointers from(const profile& profile, const std::string& field) {
    return profile.agent.at(field).from;
}

pointers from(const profile& profile, const std::string& field, const std::string& inner) {
    return profile.agent.at(field).fields.at(inner).from;
}

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

TEST_CASE("the shipped profiles are built in, four of them, under their own names") {
    std::set<std::string> names;
    for (const auto& file : embedded::shipped_profiles) {
        names.emplace(file.name);
        CHECK(load_text(file.text).faults == "");
        CHECK(load_text(file.text).profile.name == file.name);
    }
    CHECK(names == std::set<std::string>{"agenthuman", "converra", "heppu", "hyperrep"});
}

TEST_CASE("HyperRep as the contract's table has it") {
    const auto read = shipped("hyperrep");
    CHECK(mapped(read) == std::set<std::string>{"id", "name", "type", "email"});
    CHECK(from(read, "id") == pointers{{"agent_id"}});
    CHECK(from(read, "email") == pointers{{"email"}});
    CHECK(read.agent.at("type").constant == "human");
    CHECK(read.auth->header == "X-API-KEY");
    CHECK(read.list.path == "/api/v2/organizations/{organization_id}/agents");
    CHECK(read.get->path == "/api/v2/organizations/{organization_id}/agents/{id}");
    CHECK(read.get->at.empty());
    CHECK_FALSE(read.params.at("organization_id").fallback.has_value());
    CHECK(read.paging.style == paging_style::cursor);
    CHECK(read.paging.size_maximum == 500);
    CHECK(read.paging.next == json_pointer{"pagination", "next_cursor"});
    CHECK(read.paging.has_more == json_pointer{"pagination", "has_more"});
    CHECK_FALSE(read.filter_status.has_value());
}

TEST_CASE("Heppu as the contract's table has it") {
    const auto read = shipped("heppu");
    CHECK(mapped(read) == std::set<std::string>{"id", "name", "type", "status", "model", "instructions", "greeting",
                                                "tools", "phone_numbers", "voice", "config", "created_at",
                                                "updated_at"});
    CHECK(from(read, "greeting") == pointers{{"config", "greeting"}});
    CHECK(from(read, "voice", "id") == pointers{{"config", "voice"}});
    CHECK(from(read, "phone_numbers") == pointers{{"phoneNumbers"}});
    CHECK(from(read, "config") == pointers{{"config"}});
    CHECK(from(read, "tools") == pointers{{"tools"}});
    CHECK(read.agent.at("tools").fields.size() == 5);
    CHECK(read.agent.at("type").values == pairs{{"voice", "voice"}, {"chat", "chat"}});
    CHECK(read.agent.at("status").values ==
          pairs{{"active", "active"}, {"inactive", "inactive"}, {"training", "training"}, {"deployed", "deployed"}});
    CHECK(read.filter_type->values == pairs{{"voice", "voice"}, {"chat", "chat"}});
    CHECK(read.filter_status->values.size() == 4);
    CHECK_FALSE(read.filter_tags.has_value());
    CHECK(read.list.success == json_pointer{"success"});
    CHECK(read.get->at == json_pointer{"data"});
    CHECK(read.paging.style == paging_style::offset);
    CHECK(read.paging.has_more == json_pointer{"data", "pagination", "hasMore"});
    CHECK_FALSE(read.paging.total.has_value());
}

TEST_CASE("Converra as the contract's table has it") {
    const auto read = shipped("converra");
    CHECK(mapped(read) == std::set<std::string>{"id", "name", "status", "description", "model", "instructions", "tags",
                                                "usage", "created_at", "updated_at"});
    CHECK(from(read, "model") == pointers{{"llmModel"}});
    CHECK(from(read, "instructions") == pointers{{"content"}});
    CHECK(from(read, "usage", "conversations") == pointers{{"conversationCount"}});
    CHECK(read.agent.at("status").values.at("deprecated") == "deprecated");
    CHECK(read.auth->scheme == authentication::scheme::bearer);
    CHECK(read.filter_status->values == pairs{{"active", "active"}, {"draft", "draft"}, {"archived", "archived"}});
    CHECK(read.filter_tags->query == "tags");
    CHECK(read.paging.total == json_pointer{"pagination", "total"});
    CHECK_FALSE(read.paging.has_more.has_value());
}

TEST_CASE("Agent Human as the contract's table has it") {
    const auto read = shipped("agenthuman");
    CHECK(mapped(read) == std::set<std::string>{"id", "name", "type", "status", "language", "instructions", "greeting",
                                                "voice", "avatar", "usage", "created_at", "updated_at",
                                                "last_used_at"});
    CHECK(from(read, "id") == pointers{{"agent_id"}});
    CHECK(read.agent.at("id").to_string);
    CHECK(read.agent.at("type").constant == "avatar");
    CHECK(from(read, "instructions") == pointers{{"context"}});
    CHECK(from(read, "greeting") == pointers{{"custom_greeting"}});
    CHECK(from(read, "voice", "id") == pointers{{"voice_id"}});
    CHECK(read.agent.at("avatar").fields.at("id").to_string);
    CHECK(from(read, "avatar", "url") == pointers{{"avatar_url"}});
    CHECK(from(read, "usage", "conversations") == pointers{{"total_sessions"}});
    CHECK(from(read, "usage", "avg_duration_s") == pointers{{"avg_duration"}});
    CHECK(read.params.at("path_prefix").fallback == "/v1");
    CHECK(read.list.path == "{+path_prefix}/agents");
    CHECK_FALSE(read.get.has_value());
    CHECK(read.paging.style == paging_style::none);
}

TEST_CASE("APIs that are no shipped profiles fit into one") {
    CHECK(other("freshdesk").list.at.empty());
    CHECK(other("freshdesk").auth->scheme == authentication::scheme::basic);
    CHECK(other("freshdesk").paging.style == paging_style::page);
    CHECK(other("freshdesk-link").paging.style == paging_style::link);
    CHECK(other("retell").list.method == "POST");
    CHECK(other("retell").paging.in == placement::body);
    CHECK(other("retell").agent.at("updated_at").time == normalizers::time_form::epoch_milliseconds);
    CHECK(other("assistants").paging.style == paging_style::last_id);
    CHECK(other("assistants").agent.at("created_at").time == normalizers::time_form::epoch_seconds);
}

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
        {"hepu", "c.yaml:2:22: providers[0].profile: no shipped profile is named hepu; did you mean heppu?"},
        {"mine",
         "c.yaml:2:22: providers[0].profile: no shipped profile is named mine; known: agenthuman, converra, heppu, "
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
