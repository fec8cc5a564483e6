// Access tokens: nobody is let in but by a token that the issuer's key has signed, and whoever is let in has shown what
// another reader of JSON finds good too. An input says by its first byte how the rest becomes a request's fields.
#include "base/base64.hpp"
#include "gateway/access/client.hpp"
#include "gateway/access/credential.hpp"
#include "gateway/access/token_authenticator.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/strict_json.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace rollcall::gateway;
using rollcall::base64url;
using rollcall::fuzz::check;
using rollcall::fuzz::input;
using rollcall::fuzz::names_surrogate;
using rollcall::fuzz::strict_json;
namespace json = boost::json;

constexpr std::string_view issuer_name = "https://idp.example/";
constexpr std::string_view audience = "rollcall";
constexpr std::string_view subject = "service-crm";
constexpr std::string_view read_scope = "agents.read";
constexpr std::int64_t now_s = 1'800'000'000;
constexpr rollcall::system_clock::time_point now{std::chrono::seconds{now_s}};
constexpr std::chrono::seconds skew{60};
constexpr std::size_t letters = 256;

// RFC 7515, appendices A.2 and A.3.
constexpr std::string_view rsa_key =
    R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPM)"
    R"(EzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5)"
    R"(rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-D)"
    R"(WNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"})";
constexpr std::string_view p256_key =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue6)"
    R"(59LNpXW6pCyStikYjKIWI5a0"})";

/// The issuer's private key, which an attacker lacks.
class signer {
  public:
    signer() {
        std::array<unsigned char, 32> seed{};
        seed.fill('k');
        key_.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
        check(key_ != nullptr, "OpenSSL has Ed25519");
    }

    [[nodiscard]] std::string jwk() const {
        std::string bytes(32, '\0');
        std::size_t size = bytes.size();
        EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size);
        return R"({"kty":"OKP","crv":"Ed25519","kid":"k","x":")" + base64url(bytes) + R"("})";
    }

    [[nodiscard]] std::string sign(std::string_view text) const {
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
        std::string signature(64, '\0');
        std::size_t size = signature.size();
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get());
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size());
        return signature;
    }

    [[nodiscard]] std::string token(std::string_view header, std::string_view claims) const {
        const std::string text = base64url(header) + '.' + base64url(claims);
        return text + '.' + base64url(sign(text));
    }

  private:
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_{nullptr, EVP_PKEY_free};
};

const signer& the_signer() {
    static const signer signer;
    return signer;
}

/// One client by one token of one issuer, who has a key of each type.
struct door {
    door() {
        const auto read = key_set::read(R"({"keys":[)" + the_signer().jwk() + ',' + std::string{rsa_key} + ',' +
                                        std::string{p256_key} + "]}");
        check(read.keys && read.keys->size() == 3, "the door's own keys are good");
        const auto held = std::make_shared<held_key_set>();
        held->put(read.keys, now);
        token_issuer issuer;
        issuer.settings.issuer = issuer_name;
        issuer.settings.audiences = {std::string{audience}};
        issuer.settings.clock_skew = skew;
        issuer.settings.scopes = rollcall::config::token_scopes{std::string{read_scope}, "agents.write"};
        issuer.keys = held;
        issuer.owners.emplace(subject, token_owner{"corporate:service-crm", &crm});
        issuers.push_back(std::move(issuer));
        authenticator = std::make_unique<token_authenticator>(issuers);
        const auto own = ask(the_signer().token(
            R"({"alg":"EdDSA","kid":"k"})",
            R"({"iss":"https://idp.example/","aud":"rollcall","sub":"service-crm","exp":1800000001})"));
        check(std::holds_alternative<identity>(own), "a good token lets its client in");
    }

    [[nodiscard]] std::variant<identity, unauthenticated> ask(const std::vector<header_field>& fields) const {
        request request;
        request.headers = fields;
        return authenticator->authenticate(request, now);
    }
    [[nodiscard]] std::variant<identity, unauthenticated> ask(const std::string& token) const {
        const std::string value = "Bearer " + token;
        return ask(std::vector<header_field>{{"Authorization", value}});
    }

    client crm;
    std::vector<token_issuer> issuers;
    std::unique_ptr<token_authenticator> authenticator;
};

const door& the_door() {
    static const door door;
    return door;
}

bool is_text(const json::object& object, std::string_view name, std::string_view text) {
    const auto* const member = object.if_contains(name);
    return member != nullptr && member->is_string() && std::string_view{member->get_string()} == text;
}

bool is_for_us(const json::object& claims) {
    if (is_text(claims, "aud", audience)) return true;
    const auto* const named = claims.if_contains("aud");
    return named != nullptr && named->is_array() && std::ranges::any_of(named->get_array(), [](const json::value& one) {
               return one.is_string() && std::string_view{one.get_string()} == audience;
           });
}

/// The claim as seconds; `otherwise` where there is none.
double seconds_of(const json::object& claims, std::string_view name, double otherwise) {
    const auto* const claim = claims.if_contains(name);
    if (claim == nullptr) return otherwise;
    check(claim->is_number(), "a time is a number");
    return claim->to_number<double>();
}

/// By another reader than the gateway's.
void check_good(std::string_view header_text, std::string_view claims_text) {
    const auto header = strict_json(header_text);
    const auto claims = strict_json(claims_text);
    check(header && header->is_object() && claims && claims->is_object(), "a good token is made of two objects");
    const auto& said = claims->get_object();
    check(is_text(header->get_object(), "alg", "EdDSA"), "a good token names the algorithm of its key");
    check(!header->get_object().contains("crit"), "a good token asks for nothing that is not understood");
    check(is_text(said, "iss", issuer_name), "a good token is of its issuer");
    check(is_text(said, "sub", subject), "a good token names its client");
    check(is_for_us(said), "a good token is for us");
    constexpr double millisecond_s = 0.001;  // to which times are rounded down
    const auto skew_s = static_cast<double>(skew.count()) + millisecond_s;
    check(seconds_of(said, "exp", 0) + skew_s > now_s, "a good token has not ended");
    check(seconds_of(said, "nbf", 0) - skew_s < now_s, "a good token has begun");
    check(seconds_of(said, "iat", 0) - skew_s < now_s, "a good token has been given out");
}

void try_signed(std::string_view header, std::string_view claims) {
    const std::string token = the_signer().token(header, claims);
    const auto first = the_door().ask(token);
    const auto* const known = std::get_if<identity>(&first);
    const auto again = the_door().ask(token);
    check((known != nullptr) == std::holds_alternative<identity>(again), "a token that comes again is the same");
    if (known == nullptr) {
        check(std::get<unauthenticated>(first) == std::get<unauthenticated>(again), "it is refused for the same");
        return;
    }
    if (!names_surrogate(header) && !names_surrogate(claims)) check_good(header, claims);
    check(known->client == &the_door().crm, "a token is its client's");
    check(!known->reads || claims.find(read_scope) != std::string_view::npos || claims.find('\\') != std::string::npos,
          "a scope that is not there allows nothing");
}

/// Any change of a token that is good makes it one that is not.
void try_changed(input& from) {
    const std::size_t place = from.below(letters) * letters + from.below(letters);
    const auto change = static_cast<char>(1 + from.below(letters - 1));
    const std::string_view header = from.line();
    std::string token = the_signer().token(header, from.rest());
    token[place % token.size()] = static_cast<char>(token[place % token.size()] ^ change);
    const auto found = the_door().ask(token);
    check(!std::holds_alternative<identity>(found), "a token that was changed is refused");
}

/// Fields as somebody sends them who has no token: a line each, its name before the first colon.
void try_fields(input& from) {
    std::vector<header_field> fields;
    while (!from.empty()) {
        const std::string_view line = from.line();
        const auto colon = std::min(line.find(':'), line.size());
        fields.push_back({line.substr(0, colon), line.substr(std::min(colon + 1, line.size()))});
    }
    const auto found = the_door().ask(fields);
    const auto* const why = std::get_if<unauthenticated>(&found);
    check(why != nullptr, "without a token nobody is let in");
    request request;
    request.headers = fields;
    const auto shown = credential_of(request);
    const auto* const credential = std::get_if<shown_credential>(&shown);
    if (credential == nullptr) {
        check(std::get<unauthenticated>(shown) == *why, "what is no credential is judged as none");
    } else if (!credential->may_be_token()) {
        check(*why == unauthenticated::missing, "what is no token is left to others");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    input input{bytes, size};
    switch (input.below(4)) {
        case 0:
            try_fields(input);
            break;
        case 1: {
            const std::string_view header = input.line();
            try_signed(header, input.rest());
            break;
        }
        case 2:
            try_changed(input);
            break;
        default:
            check(!std::holds_alternative<identity>(the_door().ask(std::string{input.rest()})),
                  "what was not signed here is refused");
            break;
    }
    return 0;
}
