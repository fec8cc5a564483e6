// Which tokens are good, and which are forged or malformed.
#include "gateway/access/token_authenticator.hpp"

#include "base/base64.hpp"
#include "gateway/access/client.hpp"
#include "tests/gateway/access/issuers.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace rollcall::gateway {
namespace {

using namespace testing;
using rollcall::testing::hmac_of;
using rollcall::testing::signed_part_of;
using rollcall::testing::token_of;

/// Of the second member of a token's three parts, another.
std::string with_part(const std::string& token, int part, const std::string& other) {
    std::size_t from = 0;
    for (int i = 0; i < part; ++i)
        from = token.find('.', from) + 1;
    const auto end = std::min(token.find('.', from), token.size());
    return token.substr(0, from) + other + token.substr(end);
}

std::string signature_of(const std::string& token) {
    return token.substr(token.rfind('.') + 1);
}

/// A token of the Ed25519 key with this header and these claims.
std::string signed_as(const std::string& header, const std::string& claims_text = claims()) {
    return token_of(signers().ed25519, header, claims_text);
}

std::string ed25519_header(const std::string& more) {
    return R"({"alg":"EdDSA","kid":"ed25519")" + more + '}';
}

}  // namespace

TEST_CASE("a token of each algorithm says which client it is, with the name of its key or without") {
    token_door at;
    for (const signing_key* key : {&signers().rsa, &signers().p256, &signers().ed25519}) {
        const std::string token = token_of(*key, claims());
        CHECK(at.judge(token) == "crm");
        CHECK(at.judge(token) == "crm");
        std::string header = key->header();
        header = header.substr(0, header.find(',')) + '}';
        CHECK(at.judge(token_of(*key, header, claims())) == "crm");
    }
    CHECK(at.last.reads);
    CHECK(at.last.writes);
    CHECK(at.asked == 0);
}

TEST_CASE("what is not signed by a key of the issuer is refused, by whatever name its algorithm goes") {
    token_door at;
    const std::string& text = claims();
    const auto none = signed_part_of(R"({"alg":"none"})", text);
    const auto hs256 = signed_part_of(R"({"alg":"HS256","kid":"rsa"})", text);
    const auto hs256_as_rs256 = signed_part_of(signers().rsa.header(), text);
    const auto es256 = signed_part_of(signers().p256.header(), text);
    const std::string zero(32, '\0');
    const std::string raw = signers().p256.sign(es256);
    const std::string good = token_of(es256, raw);
    REQUIRE(at.judge(good) == "crm");
    // The order of the curve's group: r and s must be less.
    const std::string order{
        "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca"
        "\xc2\xfc\x63\x25\x51",
        32};
    const std::pair<std::string, std::string> cases[] = {
        {none + '.', "malformed"},
        {signed_part_of(R"({"alg":"None"})", text) + '.', "malformed"},
        {token_of(none, "x"), "malformed"},
        {signed_part_of(signers().rsa.header(), text) + '.', "malformed"},
        {token_of(hs256, hmac_of(signers().rsa.public_pem(), hs256)), "malformed"},
        {token_of(hs256, hmac_of(signers().rsa.public_der(), hs256)), "malformed"},
        {token_of(hs256_as_rs256, hmac_of(signers().rsa.public_pem(), hs256_as_rs256)), "bad_signature"},
        {token_of(hs256_as_rs256, hmac_of(signers().rsa.public_der(), hs256_as_rs256)), "bad_signature"},
        {token_of(signers().rsa, R"({"alg":"RS512","kid":"rsa"})", text), "malformed"},
        {token_of(signers().rsa, R"({"alg":"PS256","kid":"rsa"})", text), "malformed"},
        {token_of(signers().rsa, R"({"alg":"rs256","kid":"rsa"})", text), "malformed"},
        // The algorithm is the key's, whatever the token says.
        {token_of(signers().rsa, R"({"alg":"RS256","kid":"p256"})", text), "bad_signature"},
        {token_of(signers().rsa, R"({"alg":"ES256","kid":"rsa"})", text), "bad_signature"},
        {token_of(signers().ed25519, R"({"alg":"ES256","kid":"p256"})", text), "bad_signature"},
        {token_of(signers().ed25519, R"({"alg":"EdDSA","kid":"rsa"})", text), "bad_signature"},
        {token_of(signers().foreign, R"({"alg":"EdDSA","kid":"ed25519"})", text), "bad_signature"},
        {token_of(signers().foreign, R"({"alg":"EdDSA"})", text), "bad_signature"},
        {token_of(signers().foreign, text), "unknown_key"},
        // Signatures of P-256 are r and s, 32 bytes each.
        {token_of(es256, signers().p256.sign_der(es256)), "bad_signature"},
        {token_of(es256, raw.substr(0, 63)), "bad_signature"},
        {token_of(es256, raw + '\0'), "bad_signature"},
        {token_of(es256, raw.substr(0, 32)), "bad_signature"},
        {token_of(es256, zero + raw.substr(32)), "bad_signature"},
        {token_of(es256, raw.substr(0, 32) + zero), "bad_signature"},
        {token_of(es256, zero + zero), "bad_signature"},
        {token_of(es256, order + raw.substr(32)), "bad_signature"},
        {token_of(es256, raw.substr(0, 32) + order), "bad_signature"},
        // One's signature over the claims of another.
        {with_part(good, 1, base64url(claims(R"("scope":"all")"))), "bad_signature"},
        {with_part(good, 0, base64url(R"({"kid":"p256","alg":"ES256"})")), "bad_signature"},
        {with_part(good, 2, signature_of(token_of(signers().p256, claims(R"("a":1)")))), "bad_signature"},
    };
    for (const auto& [token, reason] : cases) {
        CAPTURE(token);
        CHECK(at.judge(token) == reason);
        // What is refused is not remembered as good.
        CHECK(at.judge(token) == reason);
    }
}

TEST_CASE("keys that a token brings along or points at are not looked at") {
    token_door at;
    const signing_key& foreign = signers().foreign;
    for (const std::string& more :
         {R"("jwk":)" + foreign.jwk(), std::string{R"("jku":"http://127.0.0.1:1/jwks")"},
          std::string{R"("x5u":"http://127.0.0.1:1/pem")"}, std::string{R"("x5c":["MIIB"])"}}) {
        CAPTURE(more);
        CHECK(at.judge(token_of(foreign, R"({"alg":"EdDSA","kid":"ed25519",)" + more + '}', claims())) ==
              "bad_signature");
        CHECK(at.judge(token_of(signers().ed25519, R"({"alg":"EdDSA","kid":"ed25519",)" + more + '}', claims())) ==
              "crm");
    }
}

TEST_CASE("what is no token in the one form is malformed, though its signature is good") {
    token_door at;
    const std::string good = token_of(signers().ed25519, claims());
    const std::string header = good.substr(0, good.find('.'));
    // 64 bytes leave four bits in the last character, which must be zero.
    const std::string stray = good.substr(0, good.size() - 1) + static_cast<char>(good.back() + 1);
    const std::string cases[] = {
        "x",
        ".",
        "..",
        "...",
        "a.b.c",
        "eyJ",
        good.substr(0, good.rfind('.')),
        good.substr(0, good.rfind('.') + 1),
        good + '.',
        good + ".x",
        '.' + good,
        good + "=",
        good + "==",
        with_part(good, 0, header + '='),
        with_part(good, 0, header + "\t"),
        stray,
        with_part(good, 2, base64(std::string(63, '\xff'))),
        with_part(good, 1, base64url("[]")),
        with_part(good, 1, base64url("{")),
        with_part(good, 1, base64url(good)),
        with_part(good, 1, base64url(claims() + ' ' + '\0')),
        with_part(good, 0, ""),
        with_part(good, 1, ""),
        signed_as("\xef\xbb\xbf" + ed25519_header("")),
        signed_as(ed25519_header(""), "\xef\xbb\xbf" + claims()),
        signed_as(ed25519_header(""), claims() + claims()),
        signed_as(ed25519_header(""), R"({"iss":"https://idp.example/")"),
        signed_as(ed25519_header(""), claims("\"a\":\"\xff\"")),
        signed_as(ed25519_header(""), claims(R"("a":)" + std::string(200, '[') + std::string(200, ']'))),
        // A nested token is none of ours, and is no object.
        signed_as(R"({"alg":"EdDSA","kid":"ed25519","cty":"JWT"})", good),
        // Names stand once.
        signed_as(R"({"alg":"EdDSA","alg":"EdDSA"})"),
        signed_as(R"({"alg":"none","\u0061lg":"EdDSA"})"),
        signed_as(ed25519_header(""), claims(R"("iss":"https://idp.example/")")),
        signed_as(ed25519_header(""), claims(R"("\u0069ss":"https://other.example/")")),
        signed_as(ed25519_header(""), claims(R"("exp":1800003601)")),
        // Extensions that must be understood.
        signed_as(ed25519_header(R"(,"crit":["b64"],"b64":false)")),
        signed_as(ed25519_header(R"(,"crit":["exp"])")),
        signed_as(ed25519_header(R"(,"crit":[])")),
        signed_as(ed25519_header(R"(,"crit":null)")),
        // Tokens for something else (RFC 8725, section 3.11).
        signed_as(ed25519_header(R"(,"typ":"dpop+jwt")")),
        signed_as(ed25519_header(R"(,"typ":"logout+jwt")")),
        signed_as(ed25519_header(R"(,"typ":"secevent+jwt")")),
        signed_as(ed25519_header(R"(,"typ":7)")),
        signed_as(R"({"kid":"ed25519"})"),
        signed_as(R"({"alg":null,"kid":"ed25519"})"),
        signed_as(R"({"alg":["EdDSA"],"kid":"ed25519"})"),
        signed_as(R"({"alg":"EdDSA\u0000","kid":"ed25519"})"),
        signed_as(R"({"alg":"EdDSA","kid":7})"),
        signed_as(R"({"alg":"EdDSA","kid":"\ud800"})"),
        token_of(signers().ed25519, claims(R"("a":")" + std::string(6200, 'x') + '"')),
        std::string(8193, 'a'),
        std::string(100'000, '.'),
    };
    for (const std::string& token : cases) {
        CAPTURE(token);
        CHECK(at.judge(token) == "malformed");
    }
    CHECK(at.judge(token_of(signers().ed25519, claims(R"("a":")" + std::string(5700, 'x') + '"'))) == "crm");
    for (const std::string type : {"JWT", "jwt", "at+jwt", "application/at+jwt"})
        CHECK(at.judge(signed_as(ed25519_header(R"(,"typ":")" + type + '"'))) == "crm");
    CHECK(at.asked == 0);
}

TEST_CASE("more tokens than are kept are good all the same") {
    token_door at;
    std::vector<std::string> tokens;
    for (std::size_t i = 0; i < 1200; ++i)
        tokens.push_back(token_of(signers().ed25519, claims(R"("jti":")" + std::to_string(i) + '"')));
    for (int round = 0; round < 2; ++round) {
        std::size_t good = 0;
        for (const std::string& token : tokens)
            good += at.judge(token) == "crm" ? 1 : 0;
        CHECK(good == tokens.size());
    }
}

TEST_CASE("only what is sent as a bearer's, and is no key, is taken for a token") {
    token_door at;
    const std::string token = token_of(signers().ed25519, claims());
    const auto ask = [&](const std::vector<header_field>& fields) {
        request asking;
        asking.headers = fields;
        const auto found = at.door().authenticate(asking, noon);
        const auto* why = std::get_if<unauthenticated>(&found);
        return why == nullptr ? "crm" : std::string{unauthenticated_names[static_cast<std::size_t>(*why)]};
    };
    const std::string bearer = "bearer  " + token;
    const std::string basic = "Basic " + token;
    CHECK(ask({{"Authorization", bearer}}) == "crm");
    CHECK(ask({{"Authorization", bearer}, {"authorization", bearer}}) == "crm");
    CHECK(ask({{"X-Api-Key", token}}) == "missing");
    CHECK(ask({{"Authorization", bearer}, {"x-api-key", token}}) == "missing");
    CHECK(ask({{"Authorization", basic}}) == "missing");
    CHECK(ask({{"Authorization", "Bearer rc_abcdefgh27_x"}}) == "missing");
    CHECK(ask({{"Authorization", "Bearer "}}) == "missing");
    CHECK(ask({{"Cookie", token}}) == "missing");
    CHECK(ask({{"Authorization", bearer}, {"x-api-key", "rc_abcdefgh27_x"}}) == "several");
}

}  // namespace rollcall::gateway
