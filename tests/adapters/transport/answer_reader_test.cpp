// Answers, whole and broken, read from memory: in one piece and byte by byte.
#include "adapters/transport/answer_reader.hpp"

#include "adapters/transport/transport.hpp"

#include <doctest/doctest.h>
#include <simdjson.h>

#include <algorithm>
#include <string>
#include <string_view>

using rollcall::adapters::answer_reader;
using rollcall::adapters::incoming;
using step = answer_reader::step;

namespace {

constexpr std::size_t body_limit = 1000;

/// Gives `bytes` to the reader in pieces of at most `piece` bytes, until it has decided.
step feed(answer_reader& reader, std::string_view bytes, std::size_t piece) {
    auto state = step::more;
    while (!bytes.empty() && state == step::more) {
        const auto room = reader.room();
        REQUIRE_FALSE(room.empty());
        const auto count = std::min({piece, bytes.size(), room.size()});
        std::copy_n(bytes.begin(), count, room.begin());
        bytes.remove_prefix(count);
        state = reader.received(count);
    }
    return state;
}

constexpr std::size_t pieces[] = {1, 7, 1u << 20};

struct reading {
    step state;
    std::string fault;
    incoming answer{};
    bool reusable = false;
};

reading read(std::string_view bytes, std::size_t piece, bool then_end = false) {
    answer_reader reader(body_limit);
    auto state = feed(reader, bytes, piece);
    if (state == step::more && then_end) state = reader.ended();
    reading result{state, reader.fault()};
    if (state == step::whole) {
        result.reusable = reader.reusable();
        result.answer = reader.take();
    }
    return result;
}

std::string repeat(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t at = 0; at < times; ++at)
        all += text;
    return all;
}

}  // namespace

TEST_CASE("what a provider says in its headers is kept, in any case of the letters") {
    for (const auto piece : pieces) {
        const auto got = read(
            "HTTP/1.1 429 Slow down\r\ncontent-type: application/json; charset=utf-8\r\nLINK: <a>; rel=next\r\n"
            "Retry-After: 7\r\nx-ratelimit-remaining: 0\r\nX-RateLimit-Reset: 1700000000\r\nLink: <b>; rel=prev\r\n"
            "Content-Length: 4\r\n\r\n[1]\n",
            piece);
        REQUIRE(got.state == step::whole);
        CHECK(got.answer.status == 429);
        CHECK(got.answer.content_type == "application/json; charset=utf-8");
        CHECK(got.answer.link == "<a>; rel=next, <b>; rel=prev");
        CHECK(got.answer.retry_after == "7");
        CHECK(got.answer.rate_limit_remaining == "0");
        CHECK(got.answer.rate_limit_reset == "1700000000");
        CHECK(got.answer.body == "[1]\n");
        CHECK(got.reusable);
    }
}

TEST_CASE("every body leaves room for simdjson's padding, also when it has been moved") {
    const std::string long_body(900, 'x');
    const std::string answers[] = {
        "HTTP/1.1 204 Nothing\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + long_body,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n384\r\n" + long_body + "\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n" + long_body,
    };
    for (const auto& bytes : answers) {
        for (const auto piece : pieces) {
            auto got = read(bytes, piece, true);
            REQUIRE(got.state == step::whole);
            const incoming moved = std::move(got.answer);
            CHECK(moved.body.capacity() - moved.body.size() >= simdjson::SIMDJSON_PADDING);
        }
    }
}

TEST_CASE("a chunked body is joined; its extensions and trailers are dropped") {
    for (const auto piece : pieces) {
        const auto got = read(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nRetry-After: 1\r\n\r\n"
            "3;name=value\r\n[1,\r\n2\r\n2]\r\n0\r\nRetry-After: 99\r\nContent-Encoding: gzip\r\n\r\n",
            piece);
        REQUIRE(got.state == step::whole);
        CHECK(got.answer.body == "[1,2]");
        CHECK(got.answer.retry_after == "1");
        CHECK(got.reusable);
    }
}

TEST_CASE("a chunked body without a chunk may come in any pieces") {
    for (const std::size_t piece : {1, 2, 3, 4, 5, 6, 7, 100}) {
        const auto got = read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", piece);
        REQUIRE(got.state == step::whole);
        CHECK(got.answer.body.empty());
        CHECK(got.reusable);
        CHECK(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r", piece, true).state == step::broken);
    }
}

TEST_CASE("a chunk that looks like the end of a body is none") {
    for (const auto piece : pieces) {
        const auto got = read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n0\r\n\r\r\n0\r\n\r\n", piece);
        REQUIRE(got.state == step::whole);
        CHECK(got.answer.body == "0\r\n\r");
    }
}

TEST_CASE("1xx answers are skipped with their headers") {
    for (const auto piece : pieces) {
        const auto got = read(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </style>; rel=preload\r\n\r\n"
            "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}",
            piece);
        REQUIRE(got.state == step::whole);
        CHECK(got.answer.status == 201);
        CHECK(got.answer.link.empty());
        CHECK(got.answer.body == "{}");
    }
}

TEST_CASE("an answer without a length ends with the connection, which is not reusable") {
    for (const auto piece : pieces) {
        const auto got = read("HTTP/1.1 200 OK\r\n\r\n[1]", piece, true);
        REQUIRE(got.state == step::whole);
        CHECK(got.answer.body == "[1]");
        CHECK_FALSE(got.reusable);
    }
}

TEST_CASE("a connection is reusable only if the peer keeps it and nothing stands behind the answer") {
    const auto reusable = [](const std::string& bytes) {
        const auto got = read(bytes, bytes.size());
        REQUIRE(got.state == step::whole);
        return got.reusable;
    };
    CHECK(reusable("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"));
    CHECK(reusable("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx"));
    CHECK_FALSE(reusable("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx"));
    CHECK_FALSE(reusable("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\nx"));
    CHECK_FALSE(reusable("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxy"));
    CHECK_FALSE(reusable("HTTP/1.1 204 No\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"));
}

TEST_CASE("an answer that breaks off says how far it came") {
    const auto fault = [](std::string_view bytes) {
        const auto got = read(bytes, bytes.size(), true);
        CHECK(got.state == step::broken);
        return got.fault;
    };
    CHECK(fault("HTTP/1.1 20") == "the answer broke off inside its headers");
    CHECK(fault("HTTP/1.1 200 OK\r\nContent-Le") == "the answer broke off inside its headers");
    CHECK(fault("HTTP/1.1 100 Continue\r\n\r\n") == "the answer broke off inside its headers");
    CHECK(fault("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n") == "the answer broke off after 0 of 100 bytes");
    CHECK(fault("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,2") == "the answer broke off after 4 of 100 bytes");
    CHECK(fault("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n") ==
          "the answer broke off after 3 bytes");
    CHECK(fault("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1]\r\n0\r\n") ==
          "the answer broke off after 3 bytes");
}

TEST_CASE("what is not an answer, or means two things at once, is broken") {
    const std::string head = "HTTP/1.1 200 OK\r\n";
    const std::string refused[] = {
        "<html>no HTTP here</html>\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 099 What\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        head + "Content-Length: -1\r\n\r\n",
        head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        head + "Content-Length: 99999999999999999999999\r\n\r\n",
        head + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
        head + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n1\r\nx\r\n0\r\n\r\n",
        head + "Content-Length: 1\r\nTransfer-Encoding: identity\r\n\r\nx",
        head + "Transfer-Encoding: identity\r\n\r\nx",
        head + "Transfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
        head + "Transfer-Encoding: chunked, identity\r\n\r\n1\r\nx\r\n0\r\n\r\n",
        head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
        head + "Transfer-Encoding: chunked\r\n\r\nnumber\r\n",
        head + "Transfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n",
        head + "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
        head + "Content-Encoding: identity, br\r\nContent-Length: 1\r\n\r\nx",
        repeat("HTTP/1.1 100 Continue\r\n\r\n", 9),
    };
    for (const auto& bytes : refused) {
        for (const auto piece : pieces) {
            CAPTURE(bytes);
            const auto got = read(bytes, piece);
            CHECK(got.state == step::broken);
            CHECK_FALSE(got.fault.empty());
        }
    }
}

TEST_CASE("the identity coding and a length said twice alike are accepted") {
    const auto got =
        read("HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 1000);
    CHECK(got.state == step::whole);
}

TEST_CASE("a body at the limit is read and one over it is broken, however it is framed") {
    const std::string fits(body_limit, 'x');
    const std::string over(body_limit + 1, 'x');
    const std::string head = "HTTP/1.1 200 OK\r\n";
    for (const auto piece : pieces) {
        CHECK(read(head + "Content-Length: 1000\r\n\r\n" + fits, piece).state == step::whole);
        CHECK(read(head + "\r\n" + fits, piece, true).state == step::whole);
        CHECK(read(head + "Transfer-Encoding: chunked\r\n\r\n3e8\r\n" + fits + "\r\n0\r\n\r\n", piece).state ==
              step::whole);
        CHECK(read(head + "Transfer-Encoding: chunked\r\n\r\n" + repeat("1\r\nx\r\n", body_limit) + "0\r\n\r\n", piece)
                  .state == step::whole);
        const std::string too_large[] = {
            head + "Content-Length: 1001\r\n\r\n",
            head + "\r\n" + over,
            head + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n",
            head + "Transfer-Encoding: chunked\r\n\r\n" + repeat("1\r\nx\r\n", body_limit + 1),
            head + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        };
        for (const auto& bytes : too_large) {
            const auto got = read(bytes, piece);
            CHECK(got.state == step::broken);
            CHECK(got.fault == "the answer's body is larger than 1000 bytes");
        }
    }
}

TEST_CASE("headers are limited in all, however many lines they have and however slowly they come") {
    const std::string head = "HTTP/1.1 200 OK\r\n";
    const std::string value(1000, 'v');
    const std::string line = "Name: " + value + "\r\n";
    CHECK(read(head + repeat(line, 60) + "Content-Length: 0\r\n\r\n", 5000).state == step::whole);
    CHECK(read(head + repeat(line, 70), 5000).state == step::broken);
    CHECK(read(head + repeat("Link: <a>\r\n", 7000), 100).state == step::broken);
    CHECK(read(head + "Name: " + std::string(70'000, 'v'), 5000).state == step::broken);
    CHECK(read(std::string(70'000, 'H'), 5000).state == step::broken);
    CHECK(read("HTTP/1.1 200 " + std::string(70'000, 'K'), 5000).state == step::broken);
    const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
    CHECK(read(chunked + "1;name=" + std::string(70'000, 'v'), 5000).state == step::broken);
    CHECK(read(chunked + "0\r\n" + repeat(line, 70), 5000).state == step::broken);
}

TEST_CASE("a reader that starts again has forgotten the answer before") {
    answer_reader reader(body_limit);
    REQUIRE(feed(reader, "HTTP/1.1 200 OK\r\nRetry-After: 3\r\nContent-Length: 2\r\n\r\n{}EXTRA", 1000) == step::whole);
    CHECK_FALSE(reader.reusable());
    (void)reader.take();
    reader.start();
    CHECK_FALSE(reader.begun());
    REQUIRE(feed(reader, "HTTP/1.1 404 No\r\nContent-Length: 1\r\n\r\nx", 1000) == step::whole);
    CHECK(reader.begun());
    CHECK(reader.reusable());
    const auto answer = reader.take();
    CHECK(answer.status == 404);
    CHECK(answer.retry_after.empty());
    CHECK(answer.body == "x");
}
