// What providers say when they fail, in each dialect.
#include "tests/normalizers/reading.hpp"

#include <doctest/doctest.h>

namespace rollcall::normalizers::tests {
namespace {

using namespace std::literals;

upstream_error error_of(const dialect& dialect, std::string_view body) {
    reader reader;
    return reader.read_error(compile_errors(dialect.errors), std::string{body});
}

TEST_CASE("each dialect's error bodies") {
    struct {
        const dialect& from;
        std::string_view body;
        std::string_view code;
        std::string_view message;
    } const rows[] = {
        {hyperrep(), R"({"detail": "Not found"})", "", "Not found"},
        {hyperrep(), R"({"detail": [{"loc": ["query"], "msg": "bad"}]})", "", ""},
        {heppu(), R"({"success": false, "error": {"message": "Invalid API key", "code": 401}})", "401",
         "Invalid API key"},
        {heppu(), R"({"success": false, "error": {"message": "No", "code": "RATE_LIMIT", "status": 429}})",
         "RATE_LIMIT", "No"},
        {heppu(), R"({"success": false, "error": "just words"})", "", "just words"},
        {heppu(), R"({"error": {"message": null, "code": null}})", "", ""},
        {heppu(), R"({"error": {"message": 5, "code": true}})", "", ""},
        {converra(), R"({"error": {"code": "NOT_FOUND", "message": "Agent not found", "details": {"x": "y"}}})",
         "NOT_FOUND", "Agent not found"},
        {agenthuman(), R"({"success": false, "error": "Unauthorized"})", "", "Unauthorized"},
        {agenthuman(), R"({"success": false, "error": {"message": "No session", "suggestion": "log in"}})", "",
         "No session"},
        {heppu(), R"({"error": {"message": "a \"quoted\"\nline \ud83d\ude00 \ud800"}})", "",
         "a \"quoted\"\nline 😀 \ufffd"},
    };
    for (const auto& row : rows) {
        INFO(row.body);
        const upstream_error error = error_of(row.from, row.body);
        CHECK(error.code == row.code);
        CHECK(error.message == row.message);
        CHECK(error.status == 0);
    }
}

TEST_CASE("a body that says nothing readable says nothing") {
    for (const auto body :
         {"", " ", "<html><body>502 Bad Gateway</body></html>", "null", "\"Not found\"", "5", "[]", "{}",
          R"({"error": {"message": "cut off)", R"({"error": {"message": "x"}} trailing)",
          R"({"error": {"message": "bad \x escape"}})", "{\"error\": {\"message\": \"bad \xff byte\"}}"}) {
        INFO(body);
        const upstream_error error = error_of(heppu(), body);
        CHECK(error.code.empty());
        CHECK(error.message.empty());
    }
}

TEST_CASE("a message is cut behind its 256th character") {
    const auto message_of = [](const std::string& message) {
        return error_of(heppu(), R"({"error": {"message": ")"s + message + "\"}}").message;
    };
    const std::string plain(256, 'x');
    CHECK(message_of(plain) == plain);
    CHECK(message_of(plain + "y") == plain);
    std::string faces;
    for (int i = 0; i < 256; ++i)
        faces += "😀";
    CHECK(message_of(faces) == faces);
    CHECK(message_of(faces + "é") == faces);
    CHECK(message_of(std::string(100'000, 'x')) == plain);
    const std::string code(300, 'c');
    CHECK(error_of(heppu(), R"({"error": {"code": ")"s + code + "\"}}").code.size() == 256);
}

/// What Converra finds wrong with the members of a body, as `member: why`.
std::vector<std::string> details_of(std::string_view details) {
    std::vector<std::string> lines;
    const auto error = error_of(converra(), R"({"error": {"code": 7, "details": )"s + std::string{details} + "}}");
    CHECK(error.code == "7");
    for (const auto& detail : error.details)
        lines.push_back(detail.member + ": " + detail.why);
    return lines;
}

using lines = std::vector<std::string>;

TEST_CASE("Converra's documented complaint about a body") {
    const upstream_error error = error_of(converra(), R"({
  "error": {
    "code": "VALIDATION_ERROR",
    "message": "Invalid request body",
    "details": {
      "llmModel": "Must be a valid model name"
    }
  }
})");
    CHECK(error.code == "VALIDATION_ERROR");
    CHECK(error.message == "Invalid request body");
    REQUIRE(error.details.size() == 1);
    CHECK(error.details[0].member == "llmModel");
    CHECK(error.details[0].why == "Must be a valid model name");
}

TEST_CASE("details are texts by name, whatever else stands between them") {
    CHECK(details_of("{}").empty());
    CHECK(details_of("null").empty());
    CHECK(details_of(R"("name")").empty());
    CHECK(details_of(R"([{"name": "short"}])").empty());
    CHECK(details_of(R"({ "a" : "x" , "n": 1, "o": {"b": "y"}, "l": ["z"], "c": null, "d":"w" })") ==
          lines{"a: x", "d: w"});
    CHECK(details_of(R"({"a\"\u00e9": "\n\ud83d\ude00\ud800", "": ""})") == lines{"a\"é: \n😀\ufffd", ": "});
    CHECK(details_of(R"({"a": "1", "a": "2"})") == lines{"a: 1", "a: 2"});
}

TEST_CASE("details count even where nothing else of the body can be read") {
    error_pointers pointers;
    pointers.code = {pointer("/code")};
    pointers.message = {pointer("/message")};
    pointers.details = pointer("/errors");
    reader reader;
    const auto error =
        reader.read_error(compile_errors(pointers), R"({"message": {}, "errors": {"name": "too short"}})");
    CHECK(error.code.empty());
    CHECK(error.message.empty());
    REQUIRE(error.details.size() == 1);
    CHECK(error.details[0].member == "name");

    pointers.details = pointer("");
    const auto whole = reader.read_error(compile_errors(pointers), R"( {"name": "too short"} )");
    REQUIRE(whole.details.size() == 1);
    CHECK(whole.details[0].why == "too short");
}

TEST_CASE("no more than 16 details are kept, each cut behind its 256th character") {
    std::string many = R"({"no": 1)";
    for (int i = 0; i < 40; ++i)
        many += ", \"m" + std::to_string(i) + "\": \"w\", \"no\": 1";
    const lines kept = details_of(many + "}");
    REQUIRE(kept.size() == 16);
    CHECK(kept.front() == "m0: w");
    CHECK(kept.back() == "m15: w");

    std::string faces;
    for (int i = 0; i < 256; ++i)
        faces += "😀";
    CHECK(details_of("{\"" + faces + "x\": \"" + faces + "y\"}") == lines{faces + ": " + faces});
}

TEST_CASE("a provider without details has none") {
    CHECK(error_of(heppu(), R"({"error": {"message": "No", "details": {"a": "b"}}})").details.empty());
}

}  // namespace
}  // namespace rollcall::normalizers::tests
