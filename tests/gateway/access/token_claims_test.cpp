// Whose a token is, for whom, when, and what it leaves its client: what its claims say.
#include "gateway/access/token_authenticator.hpp"
#include "tests/gateway/access/issuers.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace rollcall::gateway {

using namespace testing;
using rollcall::testing::token_of;

TEST_CASE("claims that are missing, of another type or without a meaning are malformed") {
    token_door at;
    const std::string cases[] = {
        claims("", "exp"),
        claims(R"("exp":"1800003600")", "exp"),
        claims(R"("exp":null)", "exp"),
        claims(R"("exp":[1800003600])", "exp"),
        claims(R"("exp":1e400)", "exp"),
        claims(R"("exp":-1)", "exp"),
        claims(R"("exp":-1e400)", "exp"),
        claims(R"("exp":253402300800)", "exp"),
        claims(R"("exp":18446744073709551616)", "exp"),
        claims(R"("exp":true)", "exp"),
        claims(R"("nbf":"1799999940")", "nbf"),
        claims(R"("nbf":1e400)", "nbf"),
        claims(R"("nbf":null)", "nbf"),
        claims(R"("iat":{})", "iat"),
        claims(R"("iat":-5)", "iat"),
        claims("", "iss"),
        claims(R"("iss":["https://idp.example/"])", "iss"),
        claims(R"("iss":"https://idp.example/\ud800")", "iss"),
        claims(R"("aud":{"rollcall":true})", "aud"),
        claims(R"("aud":["rollcall",7])", "aud"),
        claims(R"("aud":7)", "aud"),
        claims(R"("aud":null)", "aud"),
    };
    for (const std::string& text : cases) {
        CAPTURE(text);
        CHECK(at.judge(token_of(signers().ed25519, text)) == "malformed");
    }
}

TEST_CASE("a token is of a configured issuer, for a configured audience, and names a client, byte for byte") {
    token_door at;
    const std::pair<std::string, std::string> cases[] = {
        {claims(R"("iss":"https://idp.example")", "iss"), "unknown_issuer"},
        {claims(R"("iss":"https://IDP.example/")", "iss"), "unknown_issuer"},
        {claims(R"("iss":"https://idp.example/\u0000")", "iss"), "unknown_issuer"},
        {claims(R"("iss":"")", "iss"), "unknown_issuer"},
        {claims("", "aud"), "wrong_audience"},
        {claims(R"("aud":"Rollcall")", "aud"), "wrong_audience"},
        {claims(R"("aud":[])", "aud"), "wrong_audience"},
        {claims(R"("aud":["rollcall "])", "aud"), "wrong_audience"},
        {claims(R"("aud":["a","b"])", "aud"), "wrong_audience"},
        {claims(R"("aud":["a","rollcall"])", "aud"), "crm"},
        {claims(R"("aud":"other")", "aud"), "crm"},
        {claims(R"("aud":"\u0072ollcall")", "aud"), "crm"},
        {claims("", "sub"), "unknown_subject"},
        {claims(R"("sub":"service-cr")", "sub"), "unknown_subject"},
        {claims(R"("sub":"service-crm2")", "sub"), "unknown_subject"},
        {claims(R"("sub":"service-crm\u0000")", "sub"), "unknown_subject"},
        {claims(R"("sub":["service-crm"])", "sub"), "unknown_subject"},
        {claims(R"("sub":7)", "sub"), "unknown_subject"},
        // Another issuer's client, by this issuer's key.
        {claims(R"("iss":"https://partner.example/")", "iss"), "keys_unavailable"},
    };
    for (const auto& [text, reason] : cases) {
        CAPTURE(text);
        CHECK(at.judge(token_of(signers().ed25519, text)) == reason);
    }
}

TEST_CASE("a token begins and ends at its moment, give or take the skew, also where it has been seen before") {
    token_door at;
    const std::string token = token_of(signers().ed25519, claims());
    const system_clock::time_point begin = noon - 60s;
    const system_clock::time_point end = noon + 3600s;
    for (int round = 0; round < 2; ++round) {
        CHECK(at.judge(token, begin - 61s) == "not_yet_valid");
        CHECK(at.judge(token, begin - 60s) == "crm");
        CHECK(at.judge(token, end + 60s - 1ms) == "crm");
        CHECK(at.judge(token, end + 60s) == "expired");
    }
}

TEST_CASE("fractions, exponents and the end of the calendar are moments, and `iat` alone says when a token begins") {
    token_door at;
    at.issuers[0].settings.clock_skew = 0s;
    CHECK(at.judge(token_of(signers().ed25519, claims(R"("exp":1800000000.5)", "exp")), noon + 499ms) == "crm");
    CHECK(at.judge(token_of(signers().ed25519, claims(R"("exp":1800000000.5)", "exp")), noon + 500ms) == "expired");
    CHECK(at.judge(token_of(signers().ed25519, claims(R"("exp":18.00000001E8)", "exp"))) == "crm");
    CHECK(at.judge(token_of(signers().ed25519, claims(R"("exp":253402300799)", "exp"))) == "crm");
    CHECK(at.judge(token_of(signers().ed25519, claims(R"("exp":0)", "exp"))) == "expired");
    CHECK(at.judge(token_of(signers().ed25519, claims(R"("nbf":253402300799)", "nbf"))) == "not_yet_valid");
    CHECK(at.judge(token_of(signers().ed25519, claims(R"("iat":1800000001)", "iat"))) == "not_yet_valid");
    CHECK(at.judge(token_of(signers().ed25519, claims("", "iat"))) == "crm");
    CHECK(at.judge(token_of(signers().ed25519, claims("", "nbf"))) == "crm");
}

TEST_CASE("where scopes are configured a token leaves its client what its scope holds, and never more") {
    token_door at;
    at.issuers[0].settings.scopes = config::token_scopes{"agents.read", "agents.write"};
    const struct {
        std::string scope;
        bool reads;
        bool writes;
    } cases[] = {
        {R"("scope":"agents.read")", true, false},
        {R"("scope":"openid agents.write profile")", false, true},
        {R"("scope":"agents.write agents.read")", true, true},
        {R"("scope":"agents.reader xagents.read Agents.Read agents.rea")", false, false},
        {R"("scope":"agents.read,agents.write")", false, false},
        {R"("scope":"")", false, false},
        {R"("scope":" ")", false, false},
        {R"("scope":["agents.read"])", false, false},
        {R"("scope":null)", false, false},
        {R"("scp":"agents.read")", false, false},
    };
    for (const auto& [scope, reads, writes] : cases) {
        CAPTURE(scope);
        for (int round = 0; round < 2; ++round) {
            CHECK(at.judge(token_of(signers().ed25519, claims(scope))) == "crm");
            CHECK(at.last.reads == reads);
            CHECK(at.last.writes == writes);
        }
    }
}

TEST_CASE("another claim may name the client") {
    token_door at;
    at.issuers[0].settings.client_claim = "azp";
    CHECK(at.judge(token_of(signers().ed25519, claims())) == "unknown_subject");
    CHECK(at.judge(token_of(signers().ed25519, claims(R"("azp":"service-crm")", "sub"))) == "crm");
}

}  // namespace rollcall::gateway
