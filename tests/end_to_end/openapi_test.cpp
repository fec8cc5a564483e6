// The running gateway against its own description: every operation, its parameters, and what is not described.
#include "tests/end_to_end/openapi_calls.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <algorithm>

namespace {

using namespace rollcall::testing;
namespace json = boost::json;

std::string first_id(const gateway& gateway, const std::string& provider) {
    const auto page = page_of(gateway, "/agents?limit=1&fields=id&provider=" + provider);
    std::string id{page.at("data").at(0).at("id").as_string()};
    return id.replace(id.find(':'), 1, "%3A");
}

/// `target` with another parameter.
std::string with(const std::string& target, const std::string& parameter) {
    return target + (target.find('?') == std::string::npos ? '?' : '&') + parameter;
}

/// A text as it stands in a query.
std::string in_query(const json::value& value) {
    if (value.is_string()) return std::string{value.get_string()};
    if (!value.is_array()) return json::serialize(value);
    std::string joined;
    for (const auto& item : value.get_array())
        joined += (joined.empty() ? "" : ",") + in_query(item);
    return joined;
}

/// The gateway of a demo, its description, and how each operation is called with nothing but what it needs.
class described_gateway {
  public:
    described_gateway() : document_(deployment_.gateway.get("/openapi.json").body) {}

    const openapi_document& document() const { return document_; }
    const gateway& server() const { return deployment_.gateway; }

    /// The agent's provider is one that offers the operation.
    std::string target_of(const std::string& path, const json::object& operation) {
        std::string target = path;
        if (const auto at = target.find("{id}"); at != std::string::npos) {
            const bool of_representatives =
                path.ends_with("conversations") || path.ends_with("sales") || path.ends_with("analytics");
            target.replace(at, 4, first_id(server(), of_representatives ? "hyperrep" : "converra"));
        }
        for (const json::object& parameter : parameters_of(operation)) {
            const auto* required = parameter.if_contains("required");
            if (required == nullptr || !required->as_bool()) continue;
            target = with(target, in_query(parameter.at("name")) + '=' + in_query(parameter.at("example")));
        }
        return target;
    }

    /// Those in the query.
    std::vector<json::object> parameters_of(const json::object& operation) const {
        std::vector<json::object> parameters;
        const auto* listed = operation.if_contains("parameters");
        if (listed == nullptr) return parameters;
        for (const auto& parameter : listed->as_array()) {
            const json::object& followed = document_.follow(parameter).as_object();
            if (followed.at("in") == json::value("query")) parameters.push_back(followed);
        }
        return parameters;
    }

    /// Values that the description says are accepted.
    std::vector<std::string> values_of(const json::object& parameter) const {
        std::vector<std::string> values;
        const json::object& schema = document_.follow(parameter.at("schema")).as_object();
        const auto* items = schema.if_contains("items");
        const json::object& scalar = items == nullptr ? schema : document_.follow(*items).as_object();
        if (const auto* choices = scalar.if_contains("enum")) {
            for (const auto& choice : choices->as_array())
                values.push_back(in_query(choice));
        }
        for (const std::string_view name : {"default", "minimum", "maximum"}) {
            if (const auto* value = scalar.if_contains(name)) values.push_back(in_query(*value));
        }
        if (const auto* example = parameter.if_contains("example")) values.push_back(in_query(*example));
        return values;
    }

    response call(const std::string& method, const std::string& target, const header_list& headers = {},
                  std::string_view body = {}) {
        std::string upper{method};
        std::transform(upper.begin(), upper.end(), upper.begin(),
                       [](char byte) { return static_cast<char>(byte & ~0x20); });
        response answer = server().request(upper, target, headers, body);
        conformance_.check(upper, target, answer);
        return answer;
    }

    const std::set<std::string>& seen() const { return conformance_.seen(); }
    simulators& providers() { return deployment_.providers; }

  private:
    demo_deployment deployment_{without_quotas};
    openapi_document document_;
    conformance conformance_{document_};
};

const header_list json_body{{"Content-Type", "application/json"}};
constexpr std::string_view new_agent =
    R"({"provider":"converra","name":"Order Desk","instructions":"You take orders.","model":"gpt-4o"})";

}  // namespace

TEST_CASE("every described operation can be had, and answers as it is described") {
    described_gateway described;
    described.document().for_each_operation(
        [&](const std::string& path, const std::string& method, const json::object& operation) {
            if (method == "get") {
                CHECK(described.call(method, described.target_of(path, operation)).status == 200);
            }
        });
    const response created = described.call("post", "/agents", json_body, new_agent);
    CHECK(created.status == 201);
    const std::string path{created.header("location")};
    CHECK(described.call("get", path).status == 200);
    CHECK(described.call("patch", path, json_body, R"({"name":"Orders"})").status == 200);
    CHECK(described.call("delete", path).status == 204);
    CHECK(described.call("get", path).status == 404);
    described.document().for_each_operation([&](const std::string&, const std::string&, const json::object& operation) {
        const std::string id{operation.at("operationId").as_string()};
        const bool succeeded = std::any_of(described.seen().begin(), described.seen().end(),
                                           [&](const std::string& seen) { return seen.starts_with(id + " 2"); });
        CHECK_MESSAGE(succeeded, id);
    });
}

TEST_CASE("every described parameter is accepted with every value that is named for it") {
    described_gateway described;
    std::size_t accepted = 0;
    described.document().for_each_operation(
        [&](const std::string& path, const std::string& method, const json::object& operation) {
            if (method != "get") return;
            const std::string target = described.target_of(path, operation);
            for (const json::object& parameter : described.parameters_of(operation)) {
                const std::string name = in_query(parameter.at("name"));
                if (target.find(name + '=') != std::string::npos) continue;
                for (const std::string& value : described.values_of(parameter)) {
                    CHECK(described.call(method, with(target, name + '=' + value)).status == 200);
                    ++accepted;
                }
            }
        });
    CHECK(accepted > 60);
}

TEST_CASE("the cursor of a page is accepted wherever one is described") {
    described_gateway described;
    described.document().for_each_operation(
        [&](const std::string& path, const std::string& method, const json::object& operation) {
            const auto parameters = described.parameters_of(operation);
            const bool pages = std::any_of(parameters.begin(), parameters.end(), [](const json::object& parameter) {
                return parameter.at("name") == json::value("cursor");
            });
            if (!pages) return;
            std::string target = described.target_of(path, operation);
            if (path != "/agents") {
                // An agent that has more than one of everything.
                const auto agents = page_of(described.server(), "/agents?provider=hyperrep&limit=4&fields=id");
                const std::string id{agents.at("data").at(3).at("id").as_string()};
                target = "/agents/" + id + path.substr(path.rfind('/'));
            }
            const response first = described.call(method, with(target, "limit=1"));
            const auto page = json::parse(first.body).at("page");
            REQUIRE(page.at("has_more").as_bool());
            const std::string cursor{page.at("next_cursor").as_string()};
            CHECK(described.call(method, with(target, "limit=1&cursor=" + cursor)).status == 200);
            CHECK(described.call(method, with(target, "cursor=A" + cursor)).status == 400);
        });
}

TEST_CASE("a parameter that is not described is refused by every operation, before anything is done") {
    described_gateway described;
    described.document().for_each_operation(
        [&](const std::string& path, const std::string& method, const json::object& operation) {
            const std::string target = with(described.target_of(path, operation), "colour=red");
            const bool has_body = operation.contains("requestBody");
            const response answer =
                has_body ? described.call(method, target, json_body, new_agent) : described.call(method, target);
            CHECK(answer.status == 400);
            CHECK(json::parse(answer.body).at("errors").at(0).at("parameter") == json::value("colour"));
        });
}

TEST_CASE("a parameter that is needed is asked for by name") {
    described_gateway described;
    described.document().for_each_operation(
        [&](const std::string& path, const std::string& method, const json::object& operation) {
            std::string target = described.target_of(path, operation);
            if (target.find('?') == std::string::npos) return;
            target.resize(target.find('?'));
            const response answer = described.call(method, target);
            CHECK(answer.status == 400);
            CHECK(json::parse(answer.body).at("errors").as_array().size() == 2);
        });
}

TEST_CASE("HEAD answers as GET does wherever GET is described, without the body") {
    described_gateway described;
    described.document().for_each_operation(
        [&](const std::string& path, const std::string& method, const json::object& operation) {
            if (method != "get") return;
            const std::string target = described.target_of(path, operation);
            CAPTURE(target);
            const response answer = described.server().request("HEAD", target);
            CHECK(answer.status == 200);
            CHECK(answer.body.empty());
            CHECK(answer.header("content-type") == "application/json");
        });
}

TEST_CASE("a write that is sent again is answered with the first answer, and says so") {
    described_gateway described;
    header_list headers = json_body;
    headers.emplace_back("Idempotency-Key", "order-desk-1");
    const response first = described.call("post", "/agents", headers, new_agent);
    const response again = described.call("post", "/agents", headers, new_agent);
    CHECK(first.status == 201);
    CHECK_FALSE(first.has("idempotent-replayed"));
    CHECK(again.status == 201);
    CHECK(again.header("idempotent-replayed") == "true");
    CHECK(again.body == first.body);
}

TEST_CASE("failures of writes and refusals that say when to come back have only the headers that are described") {
    described_gateway described;
    header_list headers = json_body;
    headers.emplace_back("Idempotency-Key", "order-desk-2");
    described.providers().set_fault("converra", R"({"mode": "status", "status": 500, "retry_after": 7})");
    CHECK_FALSE(described.call("post", "/agents", headers, new_agent).has("idempotent-replayed"));
    CHECK(described.call("post", "/agents", headers, new_agent).header("idempotent-replayed") == "true");
    for (const unsigned status : {400U, 404U, 429U, 503U}) {
        CAPTURE(status);
        described.providers().set_fault(
            "converra", R"({"mode": "status", "retry_after": 0, "status": )" + std::to_string(status) + "}");
        CHECK(described.call("get", "/agents/converra:x/status").status >= 400);
    }
}

TEST_CASE("the description may be kept, but not used without asking again") {
    described_gateway described;
    CHECK(described.server().get("/openapi.json").header("cache-control") == "no-cache");
}

TEST_CASE("the program prints the description that it serves") {
    const demo_deployment deployment;
    process printing{ROLLCALL_BINARY, {"openapi"}};
    REQUIRE(printing.exit_code() == 0);
    CHECK(printing.output() == deployment.gateway.get("/openapi.json").body + '\n');
}
