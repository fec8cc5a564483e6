// Which keys a token may be signed with, while an issuer's keys come, change and go.
#include "gateway/access/token_authenticator.hpp"
#include "tests/gateway/access/issuers.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace rollcall::gateway {

using namespace testing;
using rollcall::testing::key_set_of;
using rollcall::testing::token_of;

TEST_CASE("the key of one issuer does not sign for another") {
    token_door at;
    const signing_key partners{key_kind::ed25519, "ed25519"};
    const auto held = std::make_shared<held_key_set>();
    held->put(keys_of(key_set_of({partners.jwk()})), noon);
    at.issuers[1].keys = held;
    CHECK(at.judge(token_of(partners, claims())) == "bad_signature");
    CHECK(at.judge(token_of(signers().ed25519, claims(R"("iss":"https://partner.example/")", "iss"))) ==
          "bad_signature");
    CHECK(at.judge(token_of(signers().ed25519, claims())) == "crm");
}

TEST_CASE("a key that is not there is asked for, and counts once it is there; one that is gone does not any more") {
    token_door at;
    const std::string old = token_of(signers().ed25519, claims());
    const std::string next = token_of(signers().foreign, claims());
    CHECK(at.judge(old) == "crm");
    for (const std::string header :
         {R"({"alg":"EdDSA","kid":"../../etc/passwd"})", R"({"alg":"EdDSA","kid":"ed25519\u0000"})",
          R"({"alg":"EdDSA","kid":""})", R"({"alg":"EdDSA","kid":"' or 1=1"})"}) {
        CHECK(at.judge(token_of(signers().ed25519, header, claims())) == "unknown_key");
    }
    CHECK(at.asked == 4);
    CHECK(at.judge(next) == "unknown_key");
    CHECK(at.asked == 5);
    CHECK(at.held->put(keys_of(key_set_of({signers().foreign.jwk()})), noon));
    CHECK(at.judge(next) == "crm");
    CHECK(at.judge(old) == "unknown_key");
}

TEST_CASE("a key of the same name that is another ends the tokens of the former, at once") {
    token_door at;
    const std::string old = token_of(signers().ed25519, claims());
    CHECK(at.judge(old) == "crm");
    const signing_key next{key_kind::ed25519, "ed25519"};
    CHECK(at.held->put(keys_of(key_set_of({next.jwk()})), noon));
    CHECK(at.judge(old) == "bad_signature");
    CHECK(at.judge(token_of(next, claims())) == "crm");
}

TEST_CASE("keys that the source has not confirmed for too long refuse every token, also those that were good") {
    token_door at;
    const std::string token = token_of(signers().ed25519, claims(R"("exp":1900000000)", "exp"));
    const std::string fresh = token_of(signers().p256, claims(R"("exp":1900000000)", "exp"));
    CHECK(at.judge(token) == "crm");
    const system_clock::time_point last = noon + 600s + 24h;
    CHECK(at.judge(token, last) == "crm");
    CHECK(at.judge(token, last + 1s) == "keys_unavailable");
    CHECK(at.judge(fresh, last + 1s) == "keys_unavailable");
    CHECK(at.asked == 2);
    // The same keys, given again, are good again.
    CHECK_FALSE(at.held->put(keys_of(signers().set()), last + 1s));
    CHECK(at.judge(token, last + 1s) == "crm");
    CHECK(at.judge(fresh, last + 1s) == "crm");
}

TEST_CASE("a token without a key's name is tried with few keys, and with none of another algorithm") {
    std::vector<signing_key> keys;
    std::vector<std::string> texts;
    for (int i = 0; i < 6; ++i)
        texts.push_back(keys.emplace_back(key_kind::ed25519, "same").jwk());
    token_door at{key_set_of(texts)};
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const bool tried = i < key_set::tries_maximum;
        CHECK(at.judge(token_of(keys[i], R"({"alg":"EdDSA"})", claims())) == (tried ? "crm" : "bad_signature"));
        CHECK(at.judge(token_of(keys[i], claims())) == (tried ? "crm" : "bad_signature"));
    }
    CHECK(at.judge(token_of(signers().p256, R"({"alg":"ES256"})", claims())) == "unknown_key");
}

}  // namespace rollcall::gateway
