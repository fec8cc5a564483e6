// Answers that only say whether a call has worked.
#include "normalizers/read.hpp"
#include "tests/normalizers/dialects.hpp"

#include <doctest/doctest.h>

#include <ostream>

namespace rollcall::normalizers::tests {
namespace {

result<void> read(const std::optional<json_pointer>& success, std::string_view body) {
    error_pointers errors;
    errors.code = {pointer("/error/code")};
    errors.message = {pointer("/error/message"), pointer("/message")};
    reader reader;
    return reader.read_acknowledgement(compile_acknowledgement(success, compile_errors(errors)), std::string{body});
}

TEST_CASE("Converra's documented answer to a deletion") {
    CHECK(read(pointer("/success"), R"({"success": true, "message": "Agent deleted"})").has_value());
}

TEST_CASE("an answer that says that it failed is its failure, in its own words") {
    const auto outcome =
        read(pointer("/success"), R"({"success": false, "error": {"code": "LOCKED", "message": "Agent is in use"}})");
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().kind == fault::error);
    CHECK(outcome.error().detail == "it answered that it failed");
    CHECK(outcome.error().upstream.code == "LOCKED");
    CHECK(outcome.error().upstream.message == "Agent is in use");
}

TEST_CASE("an answer that does not say whether it worked cannot be trusted") {
    for (const auto body : {"", "{}", "[]", "deleted", R"({"success": null})", R"({"success": "true"})",
                            R"({"success": 1})", R"({"success": true)", R"({"success": true, "x": tru})",
                            R"({"data": {"success": true}})", R"({"success": true, "success": null})"}) {
        INFO(body);
        const auto outcome = read(pointer("/success"), body);
        REQUIRE(outcome.has_error());
        CHECK(outcome.error().kind == fault::invalid_response);
    }
}

TEST_CASE("where the status alone says so the body is not read") {
    for (const auto body : {"", "{}", "deleted", R"({"success": false})", "{\"x\":\xff"}) {
        INFO(body);
        CHECK(read({}, body).has_value());
    }
}

}  // namespace
}  // namespace rollcall::normalizers::tests
