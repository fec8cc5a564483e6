// Keys of a key set: the examples of the standards, and which keys are of no use.
#include "gateway/access/json_web_key.hpp"

#include "base/base64.hpp"
#include "gateway/access/key_set.hpp"
#include "tests/support/tokens.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace rollcall::gateway {
namespace {

using rollcall::testing::key_kind;
using rollcall::testing::key_set_of;
using rollcall::testing::signing_key;

std::variant<json_web_key, std::string> read(const std::string& text) {
    normalizers::reader reader;
    const auto object = json_object::read(reader, text);
    REQUIRE(object);
    return json_web_key::read(*object);
}

/// Why the key is not used.
std::string refusal(const std::string& text) {
    const auto key = read(text);
    const auto* const why = std::get_if<std::string>(&key);
    return why == nullptr ? "it is used" : *why;
}

/// A signed token's first two parts, and its signature.
struct signed_text {
    std::string text;
    std::string signature;
};

// RFC 7515, appendix A.2.
const std::string rsa_key =
    R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL)"
    R"(-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTB)"
    R"(EMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9)"
    R"(gb54h4FRWyuXpoQ","e":"AQAB"})";
const signed_text rsa_example = {
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q",
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
    "O8W2Fp5jujGbds9uJdbF9CUAr7t1dn"
    "ZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--"
    "xi12jzDwusC"
    "-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"};

// Appendix A.3.
const std::string p256_key = R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                             R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
const signed_text p256_example = {
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q",
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"};

// RFC 8037, appendix A.
const std::string ed25519_key = R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
const signed_text ed25519_example = {
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"};

/// `key` with `text` before its closing bracket.
std::string with(std::string key, const std::string& text) {
    key.insert(key.size() - 1, text);
    return key;
}

}  // namespace

TEST_CASE("the examples of the standards are signed by their keys, and nothing that differs in a bit is") {
    const std::pair<std::string, signed_text> cases[] = {
        {rsa_key, rsa_example}, {p256_key, p256_example}, {ed25519_key, ed25519_example}};
    for (const auto& [text, example] : cases) {
        const auto read_key = read(text);
        REQUIRE(std::holds_alternative<json_web_key>(read_key));
        const json_web_key& key = std::get<json_web_key>(read_key);
        CHECK_FALSE(key.id());
        std::string signature = from_base64url(example.signature).value();
        CHECK(key.verifies(example.text, signature));
        CHECK_FALSE(key.verifies(example.text + 'x', signature));
        CHECK_FALSE(key.verifies({}, signature));
        CHECK_FALSE(key.verifies(example.text, {}));
        CHECK_FALSE(key.verifies(example.text, signature + '\0'));
        CHECK_FALSE(key.verifies(example.text, '\0' + signature));
        for (const std::size_t at : {std::size_t{0}, signature.size() / 2, signature.size() - 1}) {
            signature[at] = static_cast<char>(signature[at] ^ 1);
            CHECK_FALSE(key.verifies(example.text, signature));
            signature[at] = static_cast<char>(signature[at] ^ 1);
        }
    }
}

TEST_CASE("a key's type says its one algorithm") {
    const auto algorithm = [](const std::string& text) { return std::get<json_web_key>(read(text)).algorithm(); };
    CHECK(algorithm(rsa_key) == signature_algorithm::rs256);
    CHECK(algorithm(with(rsa_key, R"(,"alg":"RS256","use":"sig","key_ops":["verify"],"kid":"a","x5t":"b")")) ==
          signature_algorithm::rs256);
    CHECK(algorithm(with(p256_key, R"(,"alg":"ES256")")) == signature_algorithm::es256);
    CHECK(algorithm(with(ed25519_key, R"(,"alg":"EdDSA")")) == signature_algorithm::eddsa);
    CHECK(std::get<json_web_key>(read(with(p256_key, R"(,"kid":"a\u0000b")"))).id() == std::string{"a\0b", 3});
}

TEST_CASE("keys that do not verify what tokens are signed by are not used") {
    const std::string no_type = "its type is none of RSA, EC with P-256 and OKP with Ed25519";
    const std::string no_coordinate = "its x or y is missing or has not 32 bytes";
    const signing_key weak{key_kind::rsa_1024};
    const signing_key p384{key_kind::p384};
    const std::pair<std::string, std::string> cases[] = {
        {"{}", no_type},
        {R"({"kty":"oct","k":"c2VjcmV0"})", no_type},
        {R"({"kty":["RSA"]})", no_type},
        {p384.jwk(), no_type},
        {R"({"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})", no_type},
        {R"({"kty":"OKP","crv":"Ed448","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})", no_type},
        {weak.jwk(), "it has 1024 bits, where 2048 to 8192 are wanted"},
        {R"({"kty":"RSA","n":")" + base64url(std::string(1025, '\xff')) + R"(","e":"AQAB"})",
         "it has 8200 bits, where 2048 to 8192 are wanted"},
        {R"({"kty":"RSA","e":"AQAB"})", "its n or e is missing or no base64url"},
        {R"({"kty":"RSA","n":"a=","e":"AQAB"})", "its n or e is missing or no base64url"},
        {R"({"kty":"RSA","n":")" + base64url(std::string(256, '\xff')) + R"(","e":"AQ"})",
         "its n or e is not of an RSA key"},
        {R"({"kty":"RSA","n":")" + base64url(std::string(256, '\xfe')) + R"(","e":"AQAB"})",
         "its n or e is not of an RSA key"},
        {R"({"kty":"RSA","n":")" + base64url(std::string(256, '\xff')) + R"(","e":")" +
             base64url(std::string(255, '\xff')) + R"("})",
         "its n or e is not of an RSA key"},
        {R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"})", no_coordinate},
        {R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"AA"})", no_coordinate},
        {R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
         R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1"})",
         no_coordinate},
        {R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
         R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5aw"})",
         "it is no point of P-256"},
        {R"({"kty":"EC","crv":"P-256","x":")" + base64url(std::string(32, '\0')) + R"(","y":")" +
             base64url(std::string(32, '\0')) + R"("})",
         "it is no point of P-256"},
        {R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7T"})", "its x is missing or has not 32 bytes"},
        {with(ed25519_key, R"(,"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")"),
         "it is a private key, which nobody else must have"},
        {with(rsa_key, R"(,"alg":"RS512")"), "its alg is not RS256, which is the one algorithm for its type here"},
        {with(rsa_key, R"(,"alg":"HS256")"), "its alg is not RS256, which is the one algorithm for its type here"},
        {with(p256_key, R"(,"alg":null)"), "its alg is not ES256, which is the one algorithm for its type here"},
        {with(rsa_key, R"(,"use":"enc")"), "its use is not sig"},
        {with(rsa_key, R"(,"key_ops":["sign"])"), "its key_ops do not hold verify"},
        {with(rsa_key, R"(,"key_ops":"verify")"), "its key_ops do not hold verify"},
        {with(rsa_key, R"(,"kid":7)"), "its kid is no string"},
    };
    for (const auto& [text, why] : cases) {
        CAPTURE(text);
        CHECK(refusal(text) == why);
    }
}

TEST_CASE("a key set is used for the keys that can be used, and is none without one") {
    const key_set::reading mixed =
        key_set::read(key_set_of({R"({"kty":"oct","k":"c2VjcmV0"})", with(p256_key, R"(,"kid":"a")"), "7",
                                  R"({"kty":"RSA","kty":"RSA"})", with(ed25519_key, R"(,"kid":"b")")}));
    REQUIRE(mixed.keys);
    CHECK(mixed.keys->size() == 2);
    CHECK(mixed.keys->has("a"));
    CHECK(mixed.keys->has("b"));
    CHECK_FALSE(mixed.keys->has("c"));
    REQUIRE(mixed.unused.size() == 3);
    CHECK(mixed.unused[0].place == 0);
    CHECK(mixed.unused[1].place == 2);
    CHECK(mixed.unused[1].why == "it is no JSON object with each name once");
    CHECK(mixed.unused[2].place == 3);
    CHECK(mixed.keys->candidates(signature_algorithm::es256, "a").size() == 1);
    CHECK(mixed.keys->candidates(signature_algorithm::es256, std::nullopt).size() == 1);
    CHECK(mixed.keys->candidates(signature_algorithm::es256, "b").empty());
    CHECK(mixed.keys->candidates(signature_algorithm::rs256, std::nullopt).empty());

    const std::string no_set = "is no JSON object whose `keys` are a list of at most 100";
    const std::pair<std::string, std::string> none[] = {
        {"", no_set},
        {"[]", no_set},
        {"{}", no_set},
        {R"({"keys":{}})", no_set},
        {R"({"keys":[],"keys":[]})", no_set},
        {R"({"keys":[])", no_set},
        {"\xef\xbb\xbf" + key_set_of({p256_key}), no_set},
        {key_set_of(std::vector<std::string>(101, p256_key)), no_set},
        {R"({"keys":[]})", "holds no key that verifies RS256, ES256 or EdDSA"},
        {key_set_of({R"({"kty":"oct","k":"c2VjcmV0"})"}),
         "holds no key that verifies RS256, ES256 or EdDSA; of the first, its type is none of RSA, EC with P-256 and "
         "OKP with Ed25519"},
    };
    for (const auto& [text, problem] : none) {
        CAPTURE(text);
        const key_set::reading read = key_set::read(text);
        CHECK_FALSE(read.keys);
        CHECK(read.problem == problem);
    }
}

}  // namespace rollcall::gateway
