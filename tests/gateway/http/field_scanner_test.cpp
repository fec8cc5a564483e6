// The pieces of a field's value.
#include "gateway/http/field_scanner.hpp"

#include <doctest/doctest.h>

namespace rollcall::gateway {

TEST_CASE("a value is taken apart from its front, and what is not there is not taken") {
    field_scanner scanner{"text/plain \t; a=b"};
    CHECK(scanner.token() == "text");
    CHECK(scanner.token().empty());
    CHECK_FALSE(scanner.take(';'));
    CHECK(scanner.take('/'));
    CHECK(scanner.token() == "plain");
    scanner.skip_space();
    CHECK(scanner.take(';'));
    scanner.skip_space();
    const auto read = scanner.parameter();
    REQUIRE(read);
    CHECK(read->name == "a");
    CHECK(read->value == "b");
    CHECK(scanner.at_end());
    scanner.skip_space();
    CHECK_FALSE(scanner.take(';'));
}

TEST_CASE("a parameter has a name, and a token or a whole quoted string as its value; none at all is no fault") {
    const auto none = field_scanner{"; a=b"}.parameter();
    REQUIRE(none);
    CHECK(none->name.empty());
    const auto quoted = field_scanner{R"(a="b\"; c" x)"}.parameter();
    REQUIRE(quoted);
    CHECK(quoted->value == R"("b\"; c")");
    CHECK(unquoted(quoted->value) == R"(b"; c)");
    CHECK(unquoted(R"("")").empty());
    CHECK(unquoted("token") == "token");
    for (const std::string_view broken : {"a", "a=", "a =b", "a= b", R"(a="b)", R"(a="b\")"}) {
        CAPTURE(broken);
        CHECK_FALSE(field_scanner{broken}.parameter());
    }
}

}  // namespace rollcall::gateway
