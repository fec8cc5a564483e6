// The requests of the strictness table that must be served, each over a real socket, in one segment and byte by byte.
#include "tests/gateway/http/raw_client.hpp"
#include "tests/gateway/http/test_server.hpp"

#include <doctest/doctest.h>

#include <string>

namespace rollcall::gateway::testing {
namespace {

raw_answer exchange(test_server& server, const std::string& bytes, pace pace) {
    raw_client client(server.port());
    client.send(bytes, pace);
    auto answer = client.read();
    REQUIRE(answer);
    return *answer;
}

/// Runs `check` with the answer to `bytes` sent in either way.
template<class Check>
void both_ways(const std::string& bytes, Check check) {
    test_server server;
    for (const pace pace : {pace::one_segment, pace::byte_by_byte}) {
        const bool byte_by_byte = pace == pace::byte_by_byte;
        CAPTURE(byte_by_byte);
        check(exchange(server, bytes, pace));
    }
}

bool tells(const raw_answer& answer, const std::string& text) {
    return answer.body.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("43: HTTP/1.2 is served as 1.1") {
    both_ways("GET /agents HTTP/1.2\r\nHost: a\r\n\r\n", [](const raw_answer& answer) {
        CHECK(answer.status == 200);
        CHECK(answer.header("connection") == "");
    });
}

TEST_CASE("46: trailers are never merged into the headers") {
    const std::string body =
        "5\r\nhello\r\n0\r\nContent-Length: 3\r\nTransfer-Encoding: gzip\r\nHost: b\r\nAuthorization: x\r\n\r\n";
    both_ways("POST /agents HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body,
              [](const raw_answer& answer) {
                  CHECK(answer.status == 200);
                  CHECK(tells(answer, "body=hello"));
                  CHECK(tells(answer, "Host=a"));
                  CHECK_FALSE(tells(answer, "Host=b"));
                  CHECK_FALSE(tells(answer, "Authorization"));
                  CHECK_FALSE(tells(answer, "gzip"));
              });
}

TEST_CASE("47: one empty line before a request is skipped") {
    both_ways("\r\nGET /agents HTTP/1.1\r\nHost: a\r\n\r\n",
              [](const raw_answer& answer) { CHECK(answer.status == 200); });
    both_ways("\r\nPOST /agents HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
              [](const raw_answer& answer) { CHECK(tells(answer, "body=hello")); });
}

TEST_CASE("48: an absolute-form target is served as its path") {
    both_ways("GET http://A:80/agents?limit=3 HTTP/1.1\r\nHost: a:80\r\n\r\n", [](const raw_answer& answer) {
        CHECK(answer.status == 200);
        CHECK(tells(answer, "GET /agents?limit=3\n"));
    });
    both_ways("GET http://a?x=1 HTTP/1.1\r\nHost: a\r\n\r\n",
              [](const raw_answer& answer) { CHECK(answer.status == 404); });
}

TEST_CASE("49: a client that waits for 100 Continue gets it and then its answer") {
    test_server server;
    raw_client client(server.port());
    client.send("POST /agents HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    const auto interim = client.read();
    REQUIRE(interim);
    CHECK(interim->status == 100);
    client.send("hello");
    const auto answer = client.read();
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(tells(*answer, "body=hello"));
}

TEST_CASE("49: a client whose body comes at once needs no 100 Continue") {
    test_server server;
    const auto answer =
        exchange(server, "POST /agents HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\nhello",
                 pace::one_segment);
    CHECK(answer.status == 200);
}

TEST_CASE("49: a body that is announced as too large is refused instead of asked for") {
    test_server server;
    const auto answer =
        exchange(server, "POST /agents HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\nExpect: 100-continue\r\n\r\n",
                 pace::one_segment);
    CHECK(answer.status == 413);
}

TEST_CASE("49: HTTP/1.0 knows no expectations") {
    both_ways("POST /agents HTTP/1.0\r\nContent-Length: 5\r\nExpect: magic\r\n\r\nhello", [](const raw_answer& answer) {
        CHECK(answer.status == 200);
        CHECK(tells(answer, "body=hello"));
    });
}

TEST_CASE("51: an upgrade is ignored") {
    both_ways("GET /agents HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
              [](const raw_answer& answer) {
                  CHECK(answer.status == 200);
                  CHECK(answer.header("upgrade") == "");
              });
}

TEST_CASE("52: an HTTP/1.0 connection closes after its answer, which is not chunked") {
    test_server server;
    raw_client client(server.port());
    client.send("GET /agents HTTP/1.0\r\n\r\n");
    const auto answer = client.read();
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->header("connection") == "close");
    CHECK(answer->header("transfer-encoding") == "");
    CHECK(client.closed());
}

TEST_CASE("52: an HTTP/1.0 connection stays open where that was asked for") {
    test_server server;
    raw_client client(server.port());
    for (int at = 0; at < 2; ++at) {
        client.send("GET /agents HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
        const auto answer = client.read();
        REQUIRE(answer);
        CHECK(answer->header("connection") == "keep-alive");
    }
}

TEST_CASE("53: pipelined requests are answered in order, and nothing behind a close is processed") {
    test_server server;
    for (const pace pace : {pace::one_segment, pace::byte_by_byte}) {
        raw_client client(server.port());
        client.send(
            "GET /agents/1 HTTP/1.1\r\nHost: a\r\n\r\n"
            "POST /agents HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
            "POST /agents HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"b\"\r\nworld\r\n0\r\n\r\n"
            "GET /agents/4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            "GET /agents/5 HTTP/1.1\r\nHost: a\r\n\r\n",
            pace);
        for (const std::string expected : {"record=1", "body=hello", "body=world", "record=4"}) {
            const auto answer = client.read();
            REQUIRE(answer);
            CHECK(tells(*answer, expected));
        }
        CHECK(client.closed());
    }
    for (const auto& finished : server.observer.now().finished)
        CHECK(finished.path != "/agents/5");
}

TEST_CASE("54: a body that no handler reads is not taken for the next request") {
    test_server server;
    raw_client client(server.port());
    client.send("GET /agents/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\nGET /agents/9 HTTP/1.1\r\nX: y\r\n");
    client.send("POST /nowhere HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    client.send("GET /agents/2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const auto first = client.read();
    const auto second = client.read();
    const auto third = client.read();
    REQUIRE(first);
    REQUIRE(second);
    REQUIRE(third);
    CHECK(tells(*first, "record=1"));
    CHECK(second->status == 404);
    CHECK(tells(*third, "record=2"));
    CHECK(client.closed());
}

TEST_CASE("55: a request that is cut off is never dispatched") {
    const std::string cut_off[] = {
        "POST /agents HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell",
        "POST /agents HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "POST /agents HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
        "GET /agents HTTP/1.1\r\nHost: a\r\n",
        "GET /agents HT",
    };
    test_server server;
    for (const std::string& bytes : cut_off) {
        CAPTURE(bytes);
        raw_client client(server.port());
        client.send(bytes);
        client.half_close();
        CHECK(client.closed());
    }
    CHECK(server.observer.now().started == 0);
}

TEST_CASE("a head as large as the limits allow is served") {
    const std::string path = "/agents/" + std::string(8192 - 8, 'a');
    std::string fields;
    for (int at = 0; at < 99; ++at)
        fields += "X-" + std::to_string(at) + ": y\r\n";
    both_ways("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n",
              [](const raw_answer& answer) { CHECK(answer.status == 200); });
}

TEST_CASE("a body of exactly the limit is served, in whichever framing") {
    test_server server;
    const std::string body(1024 * 1024, 'b');
    for (const std::string& bytes :
         {"POST /agents HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" + body,
          "POST /agents HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n" + body +
              "\r\n0\r\n\r\n"}) {
        const auto answer = exchange(server, bytes, pace::one_segment);
        CHECK(answer.status == 200);
        CHECK(answer.body.ends_with("body=" + body));
    }
}

TEST_CASE("the host may be an IPv6 address or a name with a port") {
    for (const std::string host : {"[::1]:8080", "[::1]", "agents.example:80", "127.0.0.1", "a:"}) {
        CAPTURE(host);
        both_ways("GET /agents HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
                  [](const raw_answer& answer) { CHECK(answer.status == 200); });
    }
}

}  // namespace rollcall::gateway::testing
