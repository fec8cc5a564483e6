// What providers say when they fail, in each dialect.
#include "tests/normalizers/reading.hpp"

#include <doctest/doctest.h>

namespace rollcall::normalizers::tests {
namespace {

using namespace std::literals;

upstream_error error_of(const dialect& dialect, std::string_view body) {
    reader reader;
    return reader.read_error(compile_errors(dialect.error_code, dialect.error_message), std::string{body});
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

}  // namespace
}  // namespace rollcall::normalizers::tests
