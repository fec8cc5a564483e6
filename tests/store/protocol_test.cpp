// Redis's protocol: what is written, and what is read from any stream of bytes.
#include "store/protocol.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace rollcall::store {
namespace {

using kind = reply::kind;

/// All replies of a stream that comes in pieces of `piece` bytes.
std::vector<reply> read(std::string_view stream, std::size_t piece, reply_reader& reader) {
    std::vector<reply> replies;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
        reader.feed(stream.substr(at, piece));
        while (auto next = reader.next())
            replies.push_back(*std::move(next));
    }
    return replies;
}

std::string fault_of(std::string_view stream, const reply_reader::limits& limits = {}) {
    reply_reader reader{limits};
    (void)read(stream, 4096, reader);
    return reader.fault();
}

}  // namespace

TEST_CASE("a command's words may hold any bytes, and none of them ends it") {
    using namespace std::string_view_literals;
    CHECK(command_of({"SET", "a\r\nb", ""}) == "*3\r\n$3\r\nSET\r\n$4\r\na\r\nb\r\n$0\r\n\r\n");
    CHECK(command_of({"GET", "a\0b"sv}) == "*2\r\n$3\r\nGET\r\n$3\r\na\0b\r\n"sv);
    CHECK(command_of({"GET", std::string_view{}}) == "*2\r\n$3\r\nGET\r\n$0\r\n\r\n");
}

TEST_CASE("replies are the same in whatever pieces they come") {
    constexpr std::string_view stream =
        "+OK\r\n:-42\r\n$5\r\nab\r\nc\r\n$-1\r\n-ERR no such "
        "thing\r\n*3\r\n:1\r\n*2\r\n+a\r\n$-1\r\n$0\r\n\r\n*0\r\n*-1\r\n";
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, stream.size()}) {
        CAPTURE(piece);
        reply_reader reader;
        const auto replies = read(stream, piece, reader);
        CHECK(reader.fault().empty());
        REQUIRE(replies.size() == 8);
        CHECK(replies[0].is_text("OK"));
        CHECK(replies[1].is == kind::integer);
        CHECK(replies[1].integer == -42);
        CHECK(replies[2].is_text("ab\r\nc"));
        CHECK(replies[3].is == kind::nothing);
        CHECK(replies[4].is == kind::error);
        CHECK(replies[4].text == "ERR no such thing");
        REQUIRE(replies[5].list.size() == 3);
        CHECK(replies[5].list[0].integer == 1);
        REQUIRE(replies[5].list[1].list.size() == 2);
        CHECK(replies[5].list[1].list[0].is_text("a"));
        CHECK(replies[5].list[1].list[1].is == kind::nothing);
        CHECK(replies[5].list[2].is_text(""));
        CHECK(replies[6].is == kind::list);
        CHECK(replies[6].list.empty());
        CHECK(replies[7].is == kind::nothing);
    }
}

TEST_CASE("what is not the protocol breaks the stream for good") {
    for (const std::string_view stream :
         {"HTTP/1.1 400 Bad Request\r\n", "$x\r\n", "*z\r\n", ":abc\r\n", "$-2\r\n", "\r\n"}) {
        CAPTURE(stream);
        reply_reader reader;
        CHECK(read(stream, 4096, reader).empty());
        CHECK_FALSE(reader.fault().empty());
        CHECK(read("+OK\r\n", 4096, reader).empty());
    }
}

TEST_CASE("a reply that never ends is given up at its limit, not when memory is") {
    const reply_reader::limits limits{1000, 4};
    CHECK(fault_of("$1000000000\r\n" + std::string(100'000, 'x'), limits) == "a reply is longer than its limit");
    CHECK(fault_of("+" + std::string(100'000, 'x'), limits) == "a reply is longer than its limit");
    std::string nothings = "*4\r\n";
    for (int i = 0; i < 3; ++i)
        nothings += "$400\r\n" + std::string(400, 'x') + "\r\n";
    CHECK(fault_of(nothings, limits) == "a reply is longer than its limit");
}

TEST_CASE("a list of more elements than its limit is refused before any of them has come") {
    CHECK_FALSE(fault_of("*65\r\n").empty());
    CHECK_FALSE(fault_of("*2147483647\r\n").empty());
    CHECK(fault_of("*64\r\n").empty());
    std::string nested;
    for (int i = 0; i < 100; ++i)
        nested += "*1\r\n";
    CHECK_FALSE(fault_of(nested).empty());
}

TEST_CASE("many replies of the largest size pass one after the other") {
    const reply_reader::limits limits{1000, 4};
    reply_reader reader{limits};
    const std::string one = "$900\r\n" + std::string(900, 'x') + "\r\n";
    std::string stream;
    for (int i = 0; i < 50; ++i)
        stream += one;
    CHECK(read(stream, 64, reader).size() == 50);
    CHECK(reader.fault().empty());
}

}  // namespace rollcall::store
