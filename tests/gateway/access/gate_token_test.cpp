// Keys, tokens and certificates at one door: which of them counts, and what is told where none is good.
#include "gateway/access/gate.hpp"
#include "tests/gateway/access/issuers.hpp"
#include "tests/gateway/access/keys.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rollcall::gateway {
namespace {

using namespace testing;
using fields = std::vector<header_field>;
using rollcall::testing::token_of;

/// A gate that knows `crm` by a key, a certificate and a token, and `batch` by another's token alone, with scopes.
struct guarded {
    guarded() {
        config::settings settings;
        settings.providers.resize(1);
        settings.providers[0].name = "heppu";
        config::token_issuer issuer;
        issuer.name = "corporate";
        issuer.issuer = "https://idp.example/";
        issuer.audiences = {"rollcall"};
        issuer.scopes = config::token_scopes{"agents.read", "agents.write"};
        settings.access.issuers = {issuer};
        settings.access.clients.resize(2);
        config::client& crm = settings.access.clients[0];
        crm.name = "crm";
        crm.keys = {configured(key.hash)};
        crm.certificates = {"DNS:crm.example"};
        crm.tokens = {{"corporate", "service-crm"}};
        crm.may_write = true;
        config::client& batch = settings.access.clients[1];
        batch.name = "batch";
        batch.tokens = {{"corporate", "batch:1"}};
        held->put(keys_of(signers().set()), noon);
        const auto registry = std::make_shared<const client_registry>(
            settings, [](const std::string&) { return nullptr; }, [](const config::client&) { return nullptr; },
            client_registry::key_sets{held});
        door.emplace(
            registry, [] { return noon; }, [this](unauthenticated why) { refused.push_back(why); },
            address_limits{nullptr, [] {}});
    }

    /// The status, or the client's name and what it was known by.
    std::string ask(const fields& headers, method method = method::get,
                    const std::vector<std::string>& certificate = {}) {
        request asked;
        asked.method = method;
        asked.path = "/agents";
        asked.id = "request-1";
        asked.headers = headers;
        asked.certificate = certificate;
        answer = {};
        const bool welcome = door->would_admit(asked);
        const bool admitted = door->admit(asked, answer);
        CHECK(welcome == admitted);
        if (!admitted) return std::to_string(answer.status);
        return asked.client->name + ' ' + std::string{asked.key};
    }

    const made_key key = make_key();
    std::shared_ptr<held_key_set> held = std::make_shared<held_key_set>();
    std::vector<unauthenticated> refused;
    std::optional<gate> door;
    response answer;
};

std::string bearer(const std::string& token) {
    return "Bearer " + token;
}

/// A token for `crm` with that scope.
std::string crm_token(const std::string& scope) {
    return bearer(token_of(signers().ed25519, claims(R"("scope":")" + scope + '"')));
}

}  // namespace

TEST_CASE("a client is the same by its key, its token and its certificate, and the log can tell by which") {
    guarded at;
    const std::string token = crm_token("agents.read agents.write");
    const std::string key = bearer(std::string{at.key.key.reveal()});
    const std::string prefix = at.key.hash.substr(0, config::key_prefix_length);
    CHECK(at.ask({{"Authorization", token}}) == "crm corporate:service-crm");
    CHECK(at.ask({{"Authorization", key}}) == "crm " + prefix);
    CHECK(at.ask({{"x-api-key", at.key.key.reveal()}}) == "crm " + prefix);
    CHECK(at.ask({}, method::get, {"DNS:crm.example"}) == "crm DNS:crm.example");
    CHECK(at.ask({{"Authorization", token}}, method::get, {"DNS:crm.example"}) == "crm corporate:service-crm");
    const std::string batch =
        bearer(token_of(signers().p256, claims(R"("sub":"batch:1","scope":"agents.read")", "sub")));
    CHECK(at.ask({{"Authorization", batch}}) == "batch corporate:batch:1");
    CHECK(at.refused.empty());
}

TEST_CASE("tokens that are not good are told what keys are told, whatever certificate comes with them") {
    guarded at;
    const std::string unknown_key = bearer(testing::unheld());
    CHECK(at.ask({{"Authorization", unknown_key}}) == "401");
    const std::string headers = at.answer.headers;
    const std::string body = at.answer.body;
    CHECK(headers == "WWW-Authenticate: Bearer realm=\"rollcall\", error=\"invalid_token\"\r\n");
    const std::pair<std::string, unauthenticated> cases[] = {
        {"x.y.z", unauthenticated::malformed},
        {"hunter2", unauthenticated::malformed},
        {token_of(signers().ed25519, claims(R"("iss":"a")", "iss")), unauthenticated::unknown_issuer},
        {token_of(signers().foreign, claims()), unauthenticated::unknown_key},
        {token_of(signers().foreign, R"({"alg":"EdDSA","kid":"ed25519"})", claims()), unauthenticated::bad_signature},
        {token_of(signers().ed25519, claims(R"("aud":"a")", "aud")), unauthenticated::wrong_audience},
        {token_of(signers().ed25519, claims(R"("exp":1)", "exp")), unauthenticated::expired},
        {token_of(signers().ed25519, claims(R"("nbf":1900000000)", "nbf")), unauthenticated::not_yet_valid},
        {token_of(signers().ed25519, claims(R"("sub":"a")", "sub")), unauthenticated::unknown_subject},
    };
    for (const auto& [token, reason] : cases) {
        CAPTURE(token);
        at.refused.clear();
        const std::string value = bearer(token);
        CHECK(at.ask({{"Authorization", value}}, method::get, {"DNS:crm.example"}) == "401");
        CHECK(at.answer.headers == headers);
        CHECK(at.answer.body == body);
        CHECK(at.refused == std::vector{reason});
    }
    const std::string good = crm_token("agents.read");
    const std::string_view token = std::string_view{good}.substr(7);
    // A token is no key.
    CHECK(at.ask({{"x-api-key", token}}) == "401");
    CHECK(at.ask({{"x-api-key", token}, {"Authorization", good}}) == "401");
    CHECK(at.answer.body == body);
}

TEST_CASE("a token beside a key, and two tokens, are two credentials") {
    guarded at;
    const std::string token = crm_token("agents.read");
    const std::string other = crm_token("agents.write");
    for (const fields& headers : {fields{{"Authorization", token}, {"x-api-key", at.key.key.reveal()}},
                                  fields{{"x-api-key", at.key.key.reveal()}, {"Authorization", token}},
                                  fields{{"Authorization", token}, {"Authorization", other}}}) {
        CHECK(at.ask(headers) == "400");
    }
    CHECK(at.refused == std::vector(3, unauthenticated::several));
}

TEST_CASE("a scope narrows what the client may do, and never widens it") {
    guarded at;
    const std::string reads = crm_token("agents.read");
    const std::string writes = crm_token("agents.write");
    const std::string nothing = crm_token("openid");
    const std::string challenge = "WWW-Authenticate: Bearer realm=\"rollcall\", error=\"insufficient_scope\"\r\n";
    CHECK(at.ask({{"Authorization", reads}}) == "crm corporate:service-crm");
    CHECK(at.ask({{"Authorization", reads}}, method::post) == "403");
    CHECK(at.answer.headers == challenge);
    CHECK(at.answer.body.find("the scope of the client's token has no permission to write") != std::string::npos);
    CHECK(at.ask({{"Authorization", writes}}) == "403");
    CHECK(at.ask({{"Authorization", writes}}, method::delete_) == "crm corporate:service-crm");
    CHECK(at.ask({{"Authorization", nothing}}) == "403");
    CHECK(at.ask({{"Authorization", nothing}}, method::delete_) == "403");
    // The client itself may not write.
    const std::string batch =
        bearer(token_of(signers().p256, claims(R"("sub":"batch:1","scope":"agents.read agents.write")", "sub")));
    CHECK(at.ask({{"Authorization", batch}}, method::delete_) == "403");
    CHECK(at.answer.body.find("the client has no permission to write") != std::string::npos);
    CHECK(at.refused.empty());
    // A key is narrowed by nothing.
    CHECK(at.ask({{"x-api-key", at.key.key.reveal()}}, method::delete_).starts_with("crm rc_"));
}

}  // namespace rollcall::gateway
