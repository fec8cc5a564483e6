// Which parts of an agent are written: all, some, and the provider's own object.
#include "gateway/api/projection.hpp"

#include "normalizers/schema.hpp"
#include "tests/gateway/roster/fake_lists.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace rollcall::gateway {
namespace {

const std::string sent = R"({"id":"7","name":"Ann \"A\" é","type":"voice","odd":[1,{"a":null}]})";

/// Two agents, of which the second is written with the query's projection.
std::string written(std::string_view query) {
    const auto provider = tests::list_named("token", 0).configured(1);
    const auto content = tests::content_read(*provider, R"({"data":[{"id":"6"},)" + sent + R"(],"next":null})");
    parameters parameters{query};
    const projection projection{parameters};
    CHECK_FALSE(parameters.faults());
    std::string out;
    projection.append(out, content->page, content->page.items.at(1));
    return out;
}

std::vector<std::string> names_in(const std::string& json) {
    const boost::json::value parsed = boost::json::parse(json);
    std::vector<std::string> names;
    for (const auto& member : parsed.as_object())
        names.emplace_back(member.key());
    return names;
}

std::vector<std::string> schema_names() {
    std::vector<std::string> names;
    for (const auto& field : normalizers::agent_record.fields)
        names.emplace_back(field.name);
    return names;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("without a choice the whole agent is written, in the order of the contract") {
    const std::string whole = written("");
    CHECK(names_in(whole) == schema_names());
    const auto agent = boost::json::parse(whole).as_object();
    CHECK(agent.at("id").as_string() == "token:7");
    CHECK(agent.at("provider").as_string() == "token");
    CHECK(agent.at("native_id").as_string() == "7");
    CHECK(agent.at("name").as_string() == "Ann \"A\" é");
    CHECK(agent.at("email").is_null());
}

TEST_CASE("each field alone comes with the id and the provider") {
    const auto whole = boost::json::parse(written("")).as_object();
    for (const std::string& name : schema_names()) {
        CAPTURE(name);
        const std::string some = written("fields=" + name);
        const auto agent = boost::json::parse(some).as_object();
        CHECK(agent.size() == (name == "id" || name == "provider" ? 2U : 3U));
        for (const char* const always : {"id", "provider"})
            CHECK(agent.at(always) == whole.at(always));
        CHECK(agent.at(name) == whole.at(name));
    }
}

TEST_CASE("several fields come in the order of the contract, each once, however they are asked for") {
    CHECK(names_in(written("fields=tags,name,type,name")) == texts{"id", "provider", "name", "type", "tags"});
    CHECK(names_in(written("fields=updated_at,id,native_id")) == texts{"id", "provider", "native_id", "updated_at"});
    std::string every;
    for (const std::string& name : schema_names())
        every += ',' + name;
    CHECK(written("fields=" + every) == written(""));
}

TEST_CASE("the provider's own object is added untouched") {
    CHECK(written("include=source").ends_with(",\"source\":" + sent + "}"));
    const std::string some = written("fields=name&include=source");
    CHECK(names_in(some) == texts{"id", "provider", "name", "source"});
    CHECK(some.ends_with(",\"source\":" + sent + "}"));
}

TEST_CASE("a field or an inclusion that there is none of is named") {
    for (const std::string_view query :
         {"fields=colour", "fields=name,colour", "fields=", "fields=Name", "fields=voice.id", "fields=source",
          "include=", "include=everything", "include=source,source"}) {
        CAPTURE(query);
        parameters parameters{query};
        const projection projection{parameters};
        const auto faults = parameters.faults();
        REQUIRE(faults);
        CHECK(faults->errors.size() == 1);
        CHECK(faults->errors.front().name == query.substr(0, query.find('=')));
    }
}

}  // namespace rollcall::gateway
