// Clients that are known by tokens of an identity provider: the built gateway, its keys from a file and from a URL.
#include "tests/end_to_end/access.hpp"
#include "tests/end_to_end/converra_deployment.hpp"
#include "tests/end_to_end/reloading.hpp"
#include "tests/support/key_server.hpp"
#include "tests/support/temporary_file.hpp"
#include "tests/support/tokens.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace rollcall::testing {
namespace {

/// The claims of a token of `subject` that ends in an hour; `more` goes behind them.
std::string claims_of(const std::string& subject, const std::string& more = {}) {
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    return R"({"iss":"https://idp.example/","aud":["rollcall"],"sub":")" + subject + R"(","iat":)" +
           std::to_string(now) + R"(,"exp":)" + std::to_string(now + 3600) + more + '}';
}

header_list bearer(const std::string& token) {
    return {{"Authorization", "Bearer " + token}};
}

/// A provider, and an issuer with one key.
struct token_setup {
    /// With the issuer's keys there, and `clients` lines.
    std::string text(const std::string& keys, const std::string& clients, const std::string& issuer_more = {}) const {
        return configuration(providers, {{"converra", {}, std::string{kept_long}}},
                             "access:\n  issuers:\n    - {name: corporate, "
                             "issuer: \"https://idp.example/\", audience: rollcall, keys: " +
                                 keys + issuer_more + "}\n  clients:\n" + clients);
    }
    std::string of_file() const { return "{file: \"" + file + "\"}"; }

    std::string token(const std::string& subject, const std::string& more = {}) const {
        return token_of(key, claims_of(subject, more));
    }

    signing_key key{key_kind::p256, "first"};
    simulators providers{{"converra:agents=12"}};
    temporary_directory directory;
    std::string file = directory.write("jwks.json", key_set_of({key.jwk()}));
};

const std::string crm = "    - {name: crm, tokens: [\"corporate:service-crm\"], allow: [read, write]}\n";
const std::string reports = "    - {name: reports, tokens: [\"corporate:service-reports\"]}\n";

unsigned status_of(const gateway& gateway, const header_list& headers) {
    return gateway.get("/agents", headers).status;
}

double refused(const gateway& gateway, const std::string& reason) {
    return metric(gateway, "rollcall_http_unauthenticated_total{reason=\"" + reason + "\"}");
}

bool comes_true(const std::function<bool()>& what) {
    for (const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
         std::chrono::steady_clock::now() < until;) {
        if (what()) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("with a token a client lists, reads and writes as it may, and the log says by which name it was known") {
    token_setup setup;
    gateway gateway{setup.text(setup.of_file(), crm + reports)};
    const header_list by_crm = bearer(setup.token("service-crm"));
    const header_list by_reports = bearer(setup.token("service-reports"));
    CHECK(gateway.get("/agents?limit=200", by_reports).status == 200);
    const std::string id = "converra:" + std::string{setup.providers.agents("converra").at(0).at("id").as_string()};
    CHECK(gateway.get("/agents/" + id, by_reports).status == 200);
    CHECK(problem_of(gateway.request("DELETE", "/agents/" + id, by_reports)) == "403 forbidden");
    const std::string refused_line = log_line(gateway, "audit");
    CHECK(contains(refused_line, R"("client":"reports","key":"corporate:service-reports","operation":"delete")"));
    const std::string agent = R"({"provider":"converra","name":"a","instructions":"b","model":"c"})";
    CHECK(gateway.request("POST", "/agents", joined(by_crm, json_type), agent).status == 201);
    CHECK(gateway.request("DELETE", "/agents/" + id, by_crm).status == 204);
    CHECK(comes_true([&] {
        return contains(gateway.log(), R"("client":"crm","key":"corporate:service-crm","operation":"delete")");
    }));
    CHECK(soon(gateway, R"(rollcall_client_requests_total{client="crm",status="2xx"})", 2));

    CHECK(status_of(gateway, bearer(setup.token("service-cr"))) == 401);
    CHECK(status_of(gateway, bearer(setup.token("service-crm") + "x")) == 401);
    CHECK(refused(gateway, "unknown_subject") == 1);
    CHECK(metric(gateway, R"(rollcall_access_key_set_refreshes_total{issuer="corporate",outcome="ok"})") == 1);
    CHECK(metric(gateway, R"(rollcall_access_key_set_age_seconds{issuer="corporate"})") >= 0);

    // A token that was put where it does not belong is not written down.
    const std::string token = setup.token("service-crm");
    gateway.get("/agents?access_token=" + token, by_crm);
    CHECK(contains(log_line(gateway, "request"), "\"route\""));
    CHECK(comes_true([&] { return contains(gateway.log(), "access_token=eyJ***"); }));
    CHECK_FALSE(contains(gateway.log(), token.substr(token.find('.'))));
    CHECK(gateway.stop() == 0);
}

TEST_CASE("the scope of a token narrows what its client may do") {
    token_setup setup;
    const gateway gateway{setup.text(setup.of_file(), crm, ", scopes: {read: agents.read, write: agents.write}")};
    const auto with = [&](const std::string& scope) {
        return bearer(setup.token("service-crm", R"(,"scope":")" + scope + '"'));
    };
    const auto write = [&](const header_list& headers) {
        return problem_of(gateway.request("DELETE", "/agents/nobody:1", headers));
    };
    CHECK(status_of(gateway, with("agents.read")) == 200);
    CHECK(write(with("agents.read")) == "403 forbidden");
    CHECK(problem_of(gateway.get("/agents", with("agents.write"))) == "403 forbidden");
    CHECK(write(with("agents.write")) == "404 unknown_provider");
    CHECK(write(with("agents.write agents.read")) == "404 unknown_provider");
    CHECK(problem_of(gateway.get("/agents", bearer(setup.token("service-crm")))) == "403 forbidden");
    CHECK(soon(gateway, R"(rollcall_client_requests_total{client="crm",status="4xx"})", 5));
}

TEST_CASE("a cursor is the client's, whichever of its credentials asks for it") {
    token_setup setup;
    const client_key key = new_key();
    const gateway gateway{setup.text(setup.of_file(), "    - {name: crm, keys: [\"" + key.hash +
                                                          "\"], tokens: [\"corporate:service-crm\"]}\n" + reports)};
    const header_list by_token = bearer(setup.token("service-crm"));
    const auto cursor_of = [&](const header_list& headers) {
        return text_of(page_of(gateway, "/agents?limit=5", headers).at("page").as_object(), "next_cursor");
    };
    const std::string next = "/agents?limit=5&cursor=";
    CHECK(gateway.get(next + cursor_of(by_token), key.header()).status == 200);
    CHECK(gateway.get(next + cursor_of(key.header()), by_token).status == 200);
    CHECK(gateway.get(next + cursor_of(key.header()), bearer(setup.token("service-crm", R"(,"jti":"2")"))).status ==
          200);
    CHECK(problem_of(gateway.get(next + cursor_of(by_token), bearer(setup.token("service-reports")))) ==
          "400 invalid_cursor");
    CHECK(problem_of(gateway.get("/agents", joined(by_token, key.header()))) == "400 malformed_request");
}

TEST_CASE("the keys of a file are rotated without a reload, and a file that is not fit changes nothing") {
    token_setup setup;
    gateway gateway{setup.text(setup.of_file(), crm)};
    const signing_key next{key_kind::ed25519, "next"};
    const header_list old_token = bearer(setup.token("service-crm"));
    const header_list new_token = bearer(token_of(next, claims_of("service-crm")));
    CHECK(status_of(gateway, old_token) == 200);
    CHECK(status_of(gateway, new_token) == 401);
    CHECK(refused(gateway, "unknown_key") == 1);

    setup.directory.write("jwks.json", key_set_of({setup.key.jwk(), next.jwk()}));
    CHECK(comes_true([&] { return status_of(gateway, new_token) == 200; }));
    CHECK(status_of(gateway, old_token) == 200);

    setup.directory.write("jwks.json", "{\"keys\":");
    CHECK(soon(gateway, R"(rollcall_access_key_set_refreshes_total{issuer="corporate",outcome="failed"})", 1));
    CHECK(status_of(gateway, old_token) == 200);
    CHECK_FALSE(sighup(gateway));
    CHECK(contains(log_line(gateway, "faulty configuration"), "access.issuers[0].keys.file: "));

    setup.directory.write("jwks.json", key_set_of({next.jwk()}));
    CHECK(comes_true([&] { return status_of(gateway, old_token) == 401; }));
    CHECK(status_of(gateway, new_token) == 200);
    CHECK(gateway.stop() == 0);
}

TEST_CASE("a file of keys that is not fit, or is not there, is named before anything is served") {
    token_setup setup;
    const temporary_directory directory;
    const auto check = [&](const std::string& keys) {
        return run({"check", "--config", directory.write("c.yaml", setup.text(keys, crm))});
    };
    CHECK(check(setup.of_file()).exit_code == 0);
    const command_result missing = check("{file: nowhere.json}");
    CHECK(missing.exit_code == 2);
    CHECK(contains(missing.errors, "access.issuers[0].keys.file: "));
    CHECK(contains(missing.errors, "nowhere.json cannot be opened: No such file or directory"));
    const signing_key weak{key_kind::rsa_1024, "weak"};
    setup.directory.write("jwks.json", key_set_of({weak.jwk()}));
    const command_result unfit = check(setup.of_file());
    CHECK(unfit.exit_code == 2);
    CHECK(contains(unfit.errors, "it has 1024 bits, where 2048 to 8192 are wanted"));
}

TEST_CASE(
    "without the keys of a URL tokens are refused and all else is served; they stay through its failures and a "
    "reload") {
    token_setup setup;
    key_server server{""};
    server.answer("down for maintenance", 503);
    const client_key key = new_key();
    const std::string batch = "    - {name: batch, keys: [\"" + key.hash + "\"]}\n";
    const std::string url = "{url: \"" + server.url() + "\"}";
    gateway gateway{setup.text(url, crm + batch)};
    const header_list token = bearer(setup.token("service-crm"));
    CHECK(status_of(gateway, token) == 401);
    CHECK(refused(gateway, "keys_unavailable") == 1);
    CHECK(status_of(gateway, key.header()) == 200);
    CHECK(gateway.admin("/readyz").status == 200);
    CHECK(comes_true([&] { return contains(gateway.log(), "an issuer's keys are not there yet"); }));

    server.answer(key_set_of({setup.key.jwk()}));
    CHECK(comes_true([&] { return status_of(gateway, token) == 200; }));
    const int before = server.requests();
    for (int i = 0; i < 20; ++i)
        CHECK(status_of(gateway, bearer(setup.token("service-crm", R"(,"jti":)" + std::to_string(i)))) == 200);
    CHECK(server.requests() == before);

    server.answer("down again", 503);
    CHECK(reload(gateway, setup.text(url, crm + batch + reports)));
    CHECK(status_of(gateway, token) == 200);
    CHECK(status_of(gateway, bearer(setup.token("service-reports"))) == 200);
    // With another period it is another download, which begins with the keys that are there.
    CHECK(reload(gateway, setup.text("{url: \"" + server.url() + "\", refresh: 5m}", crm)));
    CHECK(status_of(gateway, token) == 200);
    CHECK(server.wait_for(before + 1));
    CHECK(status_of(gateway, token) == 200);
    CHECK(gateway.stop() == 0);
}

TEST_CASE("a client, an issuer or a key that a reload takes away lets nobody in any more, on open connections too") {
    token_setup setup;
    const client_key key = new_key();
    gateway gateway{setup.text(setup.of_file(), crm + reports)};
    connection open{gateway.public_port()};
    const header_list token = bearer(setup.token("service-crm"));
    const auto status = [&] { return open.get("/agents", token).status; };
    CHECK(status() == 200);
    CHECK(reload(gateway, setup.text(setup.of_file(), reports)));
    CHECK(status() == 401);
    CHECK(reload(gateway, setup.text(setup.of_file(), crm, ", clock_skew: 0s")));
    CHECK(status() == 200);
    CHECK(reload(gateway, configuration(setup.providers, {{"converra", {}, std::string{kept_long}}},
                                        access_of({{"crm", {key}}}))));
    CHECK(status() == 401);
    CHECK(refused(gateway, "malformed") == 1);
    CHECK(gateway.stop() == 0);
}

}  // namespace rollcall::testing
