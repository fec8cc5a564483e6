// An issuer with keys that tests sign with, and the tokens that it gives out.
#pragma once

#include "gateway/access/client.hpp"
#include "gateway/access/token_authenticator.hpp"
#include "tests/support/tokens.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rollcall::gateway::testing {

using namespace std::chrono_literals;
using rollcall::testing::key_kind;
using rollcall::testing::signing_key;

/// The hour of the tests, as tokens write it and as a moment.
inline constexpr std::int64_t noon_s = 1'800'000'000;
inline const system_clock::time_point noon{std::chrono::seconds{noon_s}};

inline std::shared_ptr<const key_set> keys_of(const std::string& text) {
    const key_set::reading read = key_set::read(text);
    REQUIRE_MESSAGE(read.keys, read.problem);
    return read.keys;
}

/// One of each kind, made once: RSA takes a while.
struct issuer_keys {
    signing_key rsa{key_kind::rsa_2048, "rsa"};
    signing_key p256{key_kind::p256, "p256"};
    signing_key ed25519{key_kind::ed25519, "ed25519"};
    signing_key foreign{key_kind::ed25519, "foreign"};  ///< in no set

    [[nodiscard]] std::string set() const {
        return rollcall::testing::key_set_of({rsa.jwk(), p256.jwk(), ed25519.jwk()});
    }
};
inline const issuer_keys& signers() {
    static const issuer_keys keys;
    return keys;
}

/// The claims of a token that is good, from a minute before noon to an hour after it. `more` goes behind them; what
/// stands in `without` is left out.
inline std::string claims(std::string_view more = {}, std::string_view without = {}) {
    std::string text = "{";
    for (const std::string_view member :
         {R"("iss":"https://idp.example/")", R"("aud":"rollcall")", R"("sub":"service-crm")", R"("exp":1800003600)",
          R"("nbf":1799999940)", R"("iat":1799999940)"}) {
        if (!without.empty() && member.find(without) != std::string_view::npos) continue;
        text += (text.size() == 1 ? "" : ",") + std::string{member};
    }
    if (!more.empty()) text += ',' + std::string{more};
    return text + '}';
}

/// What knows `crm` by tokens of the issuer `corporate`, with keys that have been given at noon.
struct token_door {
    explicit token_door(const std::string& set = signers().set()) {
        CHECK(held->put(keys_of(set), noon));
        held->on_asked([this] { ++asked; });
        token_issuer issuer;
        issuer.settings.name = "corporate";
        issuer.settings.issuer = "https://idp.example/";
        issuer.settings.audiences = {"rollcall", "other"};
        issuer.keys = held;
        issuer.owners.emplace("service-crm", token_owner{"corporate:service-crm", &crm});
        issuers.push_back(std::move(issuer));
        token_issuer second;
        second.settings.name = "partner";
        second.settings.issuer = "https://partner.example/";
        second.settings.audiences = {"rollcall"};
        second.keys = std::make_shared<held_key_set>();
        second.owners.emplace("service-crm", token_owner{"partner:service-crm", &partner});
        issuers.push_back(std::move(second));
    }

    /// Its client's name, or why it is not known.
    [[nodiscard]] std::string judge(const std::string& token, system_clock::time_point now = noon) {
        const std::string value = "Bearer " + token;
        const header_field fields[] = {{"Accept", "*/*"}, {"Authorization", value}};
        request asking;
        asking.headers = fields;
        const auto found = door().authenticate(asking, now);
        if (const auto* why = std::get_if<unauthenticated>(&found))
            return std::string{unauthenticated_names[static_cast<std::size_t>(*why)]};
        const identity& known = std::get<identity>(found);
        CHECK(known.key == "corporate:service-crm");
        CHECK(known.client == &crm);
        last = known;
        return "crm";
    }

    token_authenticator& door() {
        if (!door_) door_ = std::make_unique<token_authenticator>(issuers);
        return *door_;
    }

    client crm;
    client partner;
    std::shared_ptr<held_key_set> held = std::make_shared<held_key_set>(std::chrono::seconds{600 + 86'400});
    std::vector<token_issuer> issuers;  ///< to be changed before the first token
    identity last;
    int asked = 0;  ///< how often a newer key set was asked for

  private:
    std::unique_ptr<token_authenticator> door_;
};

}  // namespace rollcall::gateway::testing
