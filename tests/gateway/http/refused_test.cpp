// The requests of the strictness table that must be refused: each over a real socket, in one segment and byte by byte,
// with a second request behind it that must never be seen.
#include "tests/gateway/http/raw_client.hpp"
#include "tests/gateway/http/test_server.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace rollcall::gateway::testing {
namespace {

using std::string_literals::operator""s;

struct refused_case {
    int number;  ///< of the strictness table
    std::string bytes;
    unsigned status = 400;
};

std::string get(const std::string& fields) {
    return "GET /agents HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}
std::string line(const std::string& request_line) {
    return request_line + "\r\nHost: a\r\n\r\n";
}
std::string post(const std::string& fields, const std::string& body) {
    return "POST /agents HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}
std::string coded(const std::string& coding) {
    return post("Transfer-Encoding: " + coding + "\r\n", "0\r\n\r\n");
}
std::string chunked(const std::string& body) {
    return post("Transfer-Encoding: chunked\r\n", body);
}
std::string sized(const std::string& length) {
    return post("Content-Length: " + length + "\r\n", "hello");
}

std::string many_fields(int count) {
    std::string fields;
    for (int at = 0; at < count; ++at)
        fields += "X-" + std::to_string(at) + ": y\r\n";
    return fields;
}

std::vector<refused_case> refused_heads() {
    return {
        {1, "GET /agents HTTP/1.1\r\n\r\n"},
        {1, "GET /agents HTTP/1.1\r\nHost:\r\n\r\n"},
        {2, get("Host: b\r\n")},
        {2, get("Host: a\r\n")},
        {3, "GET /agents HTTP/1.1\r\nHost: user@a\r\n\r\n"},
        {3, "GET /agents HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        {3, "GET /agents HTTP/1.1\r\nHost: a,b\r\n\r\n"},
        {3, "GET /agents HTTP/1.1\r\nHost: a:x\r\n\r\n"},
        {3, "GET /agents HTTP/1.1\r\nHost: a:65536\r\n\r\n"},
        {3, "GET /agents HTTP/1.1\r\nHost: [::1\r\n\r\n"},
        {4, get("X-A : b\r\n")},
        {4, get("X-A\t: b\r\n")},
        {5, get("X-A: b\r\n c\r\n")},
        {5, get("X-A: b\r\n\tc\r\n")},
        {6, post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")},
        {7, "GET /agents HTTP/1.1\r\n Host: a\r\n\r\n"},
        {7, "GET /agents HTTP/1.1\r\n\tX: b\r\nHost: a\r\n\r\n"},
        {8, get(": b\r\n")},
        {9, get("X-A\r\n")},
        {10, get("X-\xc3\xa4: b\r\n")},
        {11, get("X-A: b\0c\r\n"s)},
        {11, get("X-A: b\x0b\r\n")},
        {11, get("X-A: \x7f\r\n")},
        {12, get("X-A: b\rc\r\n")},
        {12, "GET /agents HTTP/1.1\rHost: a\r\r"},
        {13, "GET /agents HTTP/1.1\nHost: a\n\n"},
        {13, "GET /agents HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"},
        {13, "GET /agents HTTP/1.1\r\nHost: a\r\n\n"},
        {14, line("GET  /agents HTTP/1.1")},
        {14, line("GET /agents  HTTP/1.1")},
        {14, line("GET\t/agents HTTP/1.1")},
        {14, line("GET /agents HTTP/1.1 ")},
        {14, line(" GET /agents HTTP/1.1")},
        {15, line("GET /a b HTTP/1.1")},
        {16, line("GET /a#b HTTP/1.1")},
        {16, line("GET /a\\b HTTP/1.1")},
        {16, line("GET /a\"b HTTP/1.1")},
        {16, line("GET /a<b HTTP/1.1")},
        {16, line("GET /a>b HTTP/1.1")},
        {16, line("GET /\xc3\xa4 HTTP/1.1")},
        {16, line("GET /a\x01 HTTP/1.1")},
        {17, line("GET agents HTTP/1.1")},
        {17, line("GET ftp://a/agents HTTP/1.1")},
        {17, line("GET http:///agents HTTP/1.1")},
        {18, line("GET * HTTP/1.1")},
        {19, "GET /agents\r\n"},
        {19, line("GET /agents HTTP/0.9")},
        {20, line("GET /agents http/1.1")},
        {20, line("GET /agents HTTP/01.1")},
        {20, line("GET /agents HTTP/1.10")},
        {20, line("GET /agents HTTP/1")},
        {21, post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello")},
        {21, sized("5, 5")},
        {22, post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")},
        {23, sized("+5")},
        {23, sized("-1")},
        {23, sized("0x5")},
        {23, sized("1_0")},
        {23, sized("1 0")},
        {23, sized("")},
        {23, sized("18446744073709551616")},
        {23, sized("18446744073709551621")},
        {24, sized("005")},
        {25, post("Content_Length: 5\r\n", "hello")},
        {25, post("Transfer_Encoding: chunked\r\n", "0\r\n\r\n")},
        {25, post("Content_Length: 5\r\nContent-Length: 5\r\n", "hello")},
        {26, post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        {27, post("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", "hello")},
        {28, coded("identity")},
        {28, coded("xchunked")},
        {28, coded("gzip")},
        {29, coded("chunked, gzip")},
        {30, coded("chunked, chunked")},
        {30, coded("")},
        {30, coded("\"chunked\"")},
        {30, post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        {31, coded("chunked;ext=val")},
        {32, coded(",chunked")},
        {32, coded("chunked,")},
        {33, "POST /agents HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {38, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {39, line("GET /" + std::string(8192, 'a') + " HTTP/1.1"), 414},
        {39, line("GET /" + std::string(100'000, 'a') + " HTTP/1.1"), 414},
        {40, get("X-A: " + std::string(20'000, 'a') + "\r\n"), 431},
        {40, get(many_fields(100)), 431},
        {40, get(many_fields(5000)), 431},
        {42, line("FROB /agents HTTP/1.1"), 501},
        {42, line("get /agents HTTP/1.1"), 501},
        {42, line(std::string(100'000, 'A') + " /agents HTTP/1.1"), 501},
        {43, line("GET /agents HTTP/2.0"), 505},
        {43, line("GET /agents HTTP/3.0"), 505},
        {44, coded("gzip, chunked"), 501},
        {47, "\r\n\r\n" + get("")},
        {48, "GET http://b/agents HTTP/1.1\r\nHost: a\r\n\r\n"},
        {49, post("Content-Length: 5\r\nExpect: 200-maybe\r\n", "hello"), 417},
        {50, line("TRACE /agents HTTP/1.1"), 501},
        {50, line("CONNECT a:80 HTTP/1.1"), 501},
    };
}

std::vector<refused_case> refused_bodies() {
    const std::string end = "\r\n0\r\n\r\n";
    std::string extensions;
    while (extensions.size() < 64 * 1024)
        extensions += ";a=b";
    return {
        {34, chunked("0x5\r\nhello" + end)},
        {34, chunked("+5\r\nhello" + end)},
        {34, chunked("-1\r\nhello" + end)},
        {34, chunked(" 5\r\nhello" + end)},
        {34, chunked("5 \r\nhello" + end)},
        {34, chunked("00000000000000005\r\nhello" + end)},
        {34, chunked("\r\nhello" + end)},
        {35, chunked("5;\r\nhello" + end)},
        {35, chunked("5;a=\r\nhello" + end)},
        {35, chunked("5;a\nhello" + end)},
        {35, chunked("5;a\rhello" + end)},
        {35, chunked("5;a\0\r\nhello"s + end)},
        {35, chunked("5\nhello" + end)},
        {36, chunked("5;a=\"b\nc\"\r\nhello" + end)},
        {37, chunked("5\r\nhello0\r\n\r\n")},
        {37, chunked("5\r\nhello\n0\r\n\r\n")},
        {37, chunked("4\r\nhello" + end)},
        {41, sized("1048577"), 413},
        {41, chunked("100001\r\nhello"), 413},
        {41, chunked("ffffffffffffffff\r\nhello"), 413},
        {45, chunked("5" + extensions + "\r\nhello" + end)},
        {46, chunked("5\r\nhello\r\n0\r\nContent-Length : 3\r\n\r\n")},
        {46, chunked("5\r\nhello\r\n0\r\n X: y\r\n\r\n")},
        {46, chunked("5\r\nhello\r\n0\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n"), 431},
    };
}

void check_refusal(test_server& server, const refused_case& refused, pace pace) {
    CAPTURE(refused.number);
    const std::string shown = refused.bytes.substr(0, 120);
    CAPTURE(shown);
    const bool byte_by_byte = pace == pace::byte_by_byte;
    CAPTURE(byte_by_byte);
    raw_client client(server.port());
    client.send(refused.bytes + "GET /agents/smuggled HTTP/1.1\r\nHost: a\r\n\r\n", pace);
    const auto answer = client.read();
    REQUIRE(answer);
    CHECK(answer->status == refused.status);
    CHECK(answer->header("content-type") == "application/problem+json");
    CHECK(answer->header("connection") == "close");
    CHECK(answer->header("cache-control") == "no-store");
    CHECK(answer->header("x-request-id").size() == 32);
    CHECK(client.closed());
}

void check_refusals(const std::vector<refused_case>& cases) {
    test_server server;
    for (const refused_case& refused : cases) {
        check_refusal(server, refused, pace::one_segment);
        check_refusal(server, refused, pace::byte_by_byte);
    }
    REQUIRE(server.observer.wait([](const auto& record) { return record.connections == 0; }));
    const auto record = server.observer.now();
    CHECK(record.in_flight == 0);
    CHECK(record.finished.size() == cases.size() * 2);
    for (const finished_request& finished : record.finished)
        CHECK(finished.path != "/agents/smuggled");
    for (const finished_request& finished : record.finished)
        CHECK(finished.route == "");
}

}  // namespace

TEST_CASE("a head that could be misread is refused, and nothing behind it is taken for a request") {
    check_refusals(refused_heads());
}

TEST_CASE("a body that could be misread is refused, and nothing behind it is taken for a request") {
    check_refusals(refused_bodies());
}

}  // namespace rollcall::gateway::testing
