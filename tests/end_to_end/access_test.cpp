// Who may do what at which provider, over HTTP: each cell of the table, and what those learn who may not.
#include "tests/end_to_end/access.hpp"

#include "tests/end_to_end/converra_deployment.hpp"
#include "tests/end_to_end/sub_resources.hpp"

#include <regex>
#include <set>

namespace rollcall::testing {
namespace {

const std::vector<std::string> provider_names = {"heppu", "converra", "hyperrep"};

std::vector<provider_setup> setups(const std::vector<std::string>& names) {
    std::vector<provider_setup> all;
    for (const std::string& name : names)
        all.push_back({name, {}, "    cache: {ttl: 0s}\n"});
    return all;
}

struct operation {
    std::string name;
    std::string method;
    std::string rest;               ///< behind the agent's id; `/agents` itself where it is `*`
    std::string body;               ///< with `PROVIDER` for the name
    std::set<std::string> offered;  ///< by these providers
    unsigned done;                  ///< the status where it is done
};

const std::string dates = "?start_date=2025-01-01&end_date=2026-12-31";

const std::vector<operation> operations = {
    {"list", "GET", "*", "", {"heppu", "converra", "hyperrep"}, 200},
    {"get", "GET", "", "", {"heppu", "converra", "hyperrep"}, 200},
    {"head", "HEAD", "", "", {"heppu", "converra", "hyperrep"}, 200},
    {"status", "GET", "/status", "", {"heppu", "converra", "hyperrep"}, 200},
    {"insights", "GET", "/insights", "", {"converra"}, 200},
    {"conversations", "GET", "/conversations", "", {"hyperrep"}, 200},
    {"sales", "GET", "/sales", "", {"hyperrep"}, 200},
    {"analytics", "GET", "/analytics" + dates, "", {"hyperrep"}, 200},
    {"analytics of conversations", "GET", "/analytics/conversations" + dates, "", {"hyperrep"}, 200},
    {"analytics of sales", "GET", "/analytics/sales" + dates, "", {"hyperrep"}, 200},
    {"create", "POST", "*", R"({"provider":"PROVIDER","name":"a","instructions":"b","model":"c"})", {"converra"}, 201},
    {"update", "PATCH", "", R"({"name":"renamed"})", {"converra"}, 200},
    {"delete", "DELETE", "", "", {"converra"}, 204},
};

struct caller {
    std::string name;
    std::string more;            ///< of its entry
    std::set<std::string> sees;  ///< providers
    bool reads = true;
    bool writes = true;
    client_key key = new_key();
};

std::vector<caller> callers() {
    const std::set<std::string> all{"heppu", "converra", "hyperrep"};
    return {
        {"everything", ", allow: [read, write]", all},
        {"reader", "", all, true, false},
        {"writer", ", allow: [write]", all, false, true},
        {"only-heppu", ", providers: [heppu], allow: [read, write]", {"heppu"}},
        {"converra-reader", ", providers: [converra], allow: [read]", {"converra"}, true, false},
        {"converra-writer", ", providers: [converra], allow: [write]", {"converra"}, false, true},
        {"two-of-three", ", providers: [hyperrep, heppu], allow: [read, write]", {"heppu", "hyperrep"}},
    };
}

std::string access_for(const std::vector<caller>& callers) {
    std::vector<client_setup> clients;
    for (const caller& caller : callers)
        clients.push_back({caller.name, {caller.key}, caller.more});
    return access_of(clients);
}

struct guarded_deployment {
    explicit guarded_deployment(const std::vector<caller>& callers)
        : providers({"heppu:agents=20", "converra:agents=20", "hyperrep:agents=20"}),
          gateway(configuration(providers, setups(provider_names), access_for(callers))) {}

    std::size_t upstream_calls() {
        std::size_t calls = 0;
        for (const std::string& name : provider_names)
            calls += providers.request_count(name);
        return calls;
    }

    simulators providers;
    testing::gateway gateway;
};

/// The target of an operation on the agent at that place, or of the list of one provider.
std::string target_of(const operation& operation, simulators& providers, const std::string& provider,
                      std::size_t place) {
    if (operation.rest == "*") return operation.method == "GET" ? "/agents?provider=" + provider : "/agents";
    return "/agents/" + provider + ':' + native_id(providers, provider, place) + operation.rest;
}

response ask(const gateway& gateway, const operation& operation, const std::string& target, const std::string& provider,
             const header_list& headers) {
    std::string body = operation.body;
    if (const auto at = body.find("PROVIDER"); at != std::string::npos) body.replace(at, 8, provider);
    return gateway.request(operation.method, target, body.empty() ? headers : joined(headers, json_type), body);
}

/// HEAD answers have no body to read a code of.
std::string outcome_of(const operation& operation, const response& answer) {
    if (operation.method == "HEAD" || answer.status < 400) return std::to_string(answer.status);
    return problem_of(answer);
}

std::string expected(const operation& operation, const caller& caller, const std::string& provider) {
    const bool writes = !operation.body.empty() || operation.method == "DELETE";
    const bool head = operation.method == "HEAD";
    if (!(writes ? caller.writes : caller.reads)) return head ? "403" : "403 forbidden";
    if (!caller.sees.contains(provider)) {
        if (operation.name == "list") return "400 invalid_parameter";
        return head ? "404" : "404 unknown_provider";
    }
    if (!operation.offered.contains(provider)) return "501 unsupported_operation";
    return std::to_string(operation.done);
}

/// What differs from one answer to the next, whoever asks.
std::string without_times(const std::string& body) {
    static const std::regex varying{
        R"re("(latency_ms|age_ms|next_cursor|last_success_at|last_failure_at|connections)":("[^"]*"|[0-9.]+|null))re"};
    return std::regex_replace(body, varying, "\"$1\":0");
}

header_list without_date(header_list headers) {
    std::erase_if(headers, [](const auto& header) { return header.first == "Date"; });
    return headers;
}

}  // namespace

TEST_CASE("each client may do what it is allowed at the providers that it sees, and nothing else") {
    const auto all = callers();
    guarded_deployment deployment{all};
    for (std::size_t place = 0; place < all.size(); ++place) {
        const caller& caller = all[place];
        CAPTURE(caller.name);
        for (const std::string& provider : provider_names) {
            CAPTURE(provider);
            for (const operation& operation : operations) {
                CAPTURE(operation.name);
                const std::string target = target_of(operation, deployment.providers, provider, place);
                const auto before = deployment.upstream_calls();
                const response answer = ask(deployment.gateway, operation, target, provider, caller.key.header());
                CHECK(outcome_of(operation, answer) == expected(operation, caller, provider));
                const bool refused = answer.status >= 400;
                CHECK((deployment.upstream_calls() == before) == refused);
            }
        }
    }
}

TEST_CASE("who shows no key, or none that is any, gets nowhere, whatever there is") {
    const auto all = callers();
    guarded_deployment deployment{all};
    const client_key stranger = new_key();
    client_key misspelt = all[0].key;
    misspelt.key.back() = misspelt.key.back() == 'a' ? 'b' : 'a';
    const auto before = deployment.upstream_calls();
    for (const auto& [headers, body_of] : std::vector<std::pair<header_list, std::string>>{
             {{{"X-Request-Id", "r"}}, "missing"},
             {joined(stranger.header(), {{"X-Request-Id", "r"}}), "invalid"},
             {joined(misspelt.header(), {{"X-Request-Id", "r"}}), "invalid"}}) {
        CAPTURE(body_of);
        std::set<std::string> bodies;
        const auto check = [&](const response& answer) {
            CHECK(problem_of(answer) == "401 unauthorized");
            CHECK(answer.header("www-authenticate") == (body_of == "missing"
                                                            ? R"(Bearer realm="rollcall")"
                                                            : R"(Bearer realm="rollcall", error="invalid_token")"));
            bodies.insert(answer.body);
        };
        for (const operation& operation : operations) {
            if (operation.method == "HEAD") continue;
            for (const std::string provider : {"heppu", "converra", "nobody"}) {
                const std::string target = operation.rest == "*" ? "/agents?provider=" + provider
                                                                 : "/agents/" + provider + ":1" + operation.rest;
                check(ask(deployment.gateway, operation, target, provider, headers));
            }
        }
        for (const std::string target : {"/providers", "/openapi.json", "/nowhere", "/agents/%zz", "/", "/metrics"})
            check(deployment.gateway.get(target, headers));
        check(deployment.gateway.request("PUT", "/agents", headers));
        check(deployment.gateway.get("/agents?api_key=" + all[0].key.key + "&access_token=" + all[0].key.key, headers));
        CHECK(bodies.size() == 1);
    }
    CHECK(deployment.upstream_calls() == before);
    CHECK(deployment.gateway.log().find(all[0].key.key) == std::string::npos);
    CHECK(deployment.gateway.get("/openapi.json", all[0].key.header()).status == 200);
}

TEST_CASE("a provider that a client may not see is to it as one that is not configured, byte for byte") {
    simulators providers({"heppu:agents=5", "converra:agents=5", "hyperrep:agents=5"});
    const client_key key = new_key();
    const auto access = access_of({{"partner", {key}, ", providers: [heppu], allow: [read, write]"}});
    const gateway wide{configuration(providers, setups(provider_names), access)};
    const gateway narrow{configuration(providers, setups({"heppu"}), access)};
    const header_list headers = joined(key.header(), {{"X-Request-Id", "the-same"}});

    std::vector<std::pair<operation, std::string>> asked;
    for (const operation& operation : operations) {
        for (const std::string provider : {"heppu", "converra", "hyperrep"})
            asked.emplace_back(operation, target_of(operation, providers, provider, 0));
    }
    const auto get = [&](const std::string& target) { asked.push_back({{"get", "GET", "", "", {}, 0}, target}); };
    const auto post = [&](const std::string& body) {
        asked.push_back({{"create", "POST", "", body, {}, 0}, "/agents"});
    };
    for (const std::string target :
         {"/agents", "/agents?provider=heppu,converra", "/agents?provider=", "/agents?type=human", "/agents?type=voice",
          "/agents?limit=1", "/agents?partial=deny", "/agents?cursor=AQ", "/providers", "/agents/converra",
          "/openapi.json", "/agents/converra:", "/agents/convera:1", "/agents/converra:1/nothing",
          "/agents/converra%3A1?limit=x"}) {
        get(target);
    }
    post(R"({"name":"a"})");
    post(R"({"provider":7})");
    post(R"({"provider":"convera"})");
    post(R"({"provider":"hyperrep","nonsense":1})");
    for (const auto& [operation, target] : asked) {
        CAPTURE(operation.method);
        CAPTURE(target);
        CAPTURE(operation.body);
        const std::string provider = target.find("converra") == std::string::npos ? "hyperrep" : "converra";
        const response seen = ask(wide, operation, target, provider, headers);
        const response unconfigured = ask(narrow, operation, target, provider, headers);
        CHECK(seen.status == unconfigured.status);
        CHECK(without_date(seen.headers) == without_date(unconfigured.headers));
        CHECK(without_times(seen.body) == without_times(unconfigured.body));
    }
    CHECK(providers.request_count("converra") == 0);
    CHECK(providers.request_count("hyperrep") == 0);
    const auto page = json::parse(wide.get("/agents?limit=200", key.header()).body);
    CHECK(page.at("providers").as_array().size() == 1);
    CHECK(page.at("data").as_array().size() == 5);
}

TEST_CASE("a client's cursors and idempotency keys are its own") {
    auto all = callers();
    guarded_deployment deployment{all};
    const header_list everything = all[0].key.header();
    const header_list reader = all[1].key.header();
    const header_list writer = all[2].key.header();
    const auto cursor_for = [&](const header_list& headers, const std::string& target) {
        const auto page = json::parse(deployment.gateway.get(target, headers).body);
        return text_of(page.at("page").as_object(), "next_cursor");
    };
    const std::string talks = target_of(operations[5], deployment.providers, "hyperrep", agent_with_61_conversations);
    for (const std::string& target : {std::string{"/agents?limit=5"}, talks + "?limit=5"}) {
        CAPTURE(target);
        const std::string next = target + "&cursor=" + cursor_for(everything, target);
        const auto before = deployment.upstream_calls();
        CHECK(problem_of(deployment.gateway.get(next, reader)) == "400 invalid_cursor");
        CHECK(deployment.upstream_calls() == before);
        CHECK(deployment.gateway.get(next, everything).status == 200);
    }
    const std::string agent = R"({"provider":"converra","name":"a","instructions":"b","model":"c"})";
    const auto create = [&](const header_list& client) {
        return deployment.gateway.request("POST", "/agents", joined(client, with_key("order-66")), agent);
    };
    const response first = create(everything);
    const response again = create(everything);
    const response other = create(writer);
    CHECK(first.status == 201);
    CHECK(again.header("idempotent-replayed") == "true");
    CHECK(again.body == first.body);
    CHECK(other.status == 201);
    CHECK_FALSE(other.has("idempotent-replayed"));
    CHECK(other.header("location") != first.header("location"));
}

TEST_CASE("a body that will be refused is not asked for") {
    const auto all = callers();
    guarded_deployment deployment{all};
    const auto exchange = [&](const std::string& fields) {
        return raw_exchange(deployment.gateway.public_port(), "POST /agents HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n");
    };
    const std::string announced = "Content-Type: application/json\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n";
    const raw_answer unknown = exchange(announced);
    CHECK(unknown.bytes.starts_with("HTTP/1.1 401 "));
    CHECK(unknown.bytes.find("\r\nConnection: close\r\n") != std::string::npos);
    const raw_answer reader = exchange("x-api-key: " + all[1].key.key + "\r\n" + announced);
    CHECK(reader.bytes.starts_with("HTTP/1.1 403 "));
    const raw_answer chunked = exchange("Transfer-Encoding: chunked\r\n");
    CHECK(chunked.bytes.starts_with("HTTP/1.1 401 "));
    CHECK(deployment.gateway.request("POST", "/agents", joined(all[0].key.header(), json_type), support_agent).status ==
          201);
}

}  // namespace rollcall::testing
