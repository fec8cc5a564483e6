// Where a request comes from, as its connection and trusted proxies say: RFC 7239's examples, what proxies really
// send, and what clients make up.
#include "gateway/http/client_address.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace rollcall::gateway {
namespace {

namespace ip = boost::asio::ip;
using lines = std::vector<std::pair<std::string, std::string>>;

const std::vector<std::string> networks{"10.0.0.0/8", "192.168.7.7", "fd00::/8", "2001:db8:cafe::17"};

std::string origin(const lines& headers, const std::string& peer = "10.0.0.1") {
    const trusted_proxies proxies{networks};
    std::vector<header_field> fields;
    for (const auto& [name, value] : headers)
        fields.push_back({name, value});
    return proxies.origin_of(fields, plain_address(ip::make_address(peer))).to_string();
}

std::string forwarded(const std::string& value) {
    return origin({{"Forwarded", value}});
}

std::string listed(const std::string& value) {
    return origin({{"X-Forwarded-For", value}});
}

}  // namespace

TEST_CASE("only a trusted peer is believed") {
    const lines headers{{"Forwarded", "for=198.51.100.1"}, {"X-Forwarded-For", "198.51.100.1"}};
    CHECK(origin(headers, "203.0.113.9") == "203.0.113.9");
    CHECK(origin(headers, "2001:db8::1") == "2001:db8::1");
    CHECK(origin(headers, "9.255.255.255") == "9.255.255.255");
    CHECK(origin(headers, "11.0.0.0") == "11.0.0.0");
    CHECK(origin(headers, "10.255.255.255") == "198.51.100.1");
    CHECK(origin(headers, "192.168.7.7") == "198.51.100.1");
    CHECK(origin(headers, "192.168.7.8") == "192.168.7.8");
    CHECK(origin(headers, "fdff::1") == "198.51.100.1");
    CHECK(origin(headers, "fe00::1") == "fe00::1");
    CHECK(origin(headers, "2001:db8:cafe::17") == "198.51.100.1");
    // IPv4 on a socket for both is IPv4.
    CHECK(origin(headers, "::ffff:10.0.0.1") == "198.51.100.1");
    CHECK(origin(headers, "::ffff:203.0.113.9") == "203.0.113.9");
    CHECK(origin({}, "10.0.0.1") == "10.0.0.1");
    CHECK(origin({{"X-Real-IP", "198.51.100.1"}}) == "10.0.0.1");
    const trusted_proxies nobody{{}};
    CHECK_FALSE(nobody.trusts(ip::make_address("10.0.0.1")));
}

TEST_CASE("Forwarded is read as RFC 7239 has it") {
    const std::pair<std::string, std::string> rows[] = {
        // Section 4.
        {"for=\"_gazonk\"", "10.0.0.1"},
        {"For=\"[2001:db8:cafe::18]:4711\"", "2001:db8:cafe::18"},
        {"for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"},
        {"for=192.0.2.43, for=198.51.100.17", "198.51.100.17"},
        {"for=192.0.2.43, for=\"[2001:db8:cafe::17]\"", "192.0.2.43"},
        {"for=192.0.2.43, for=\"[2001:db8:cafe::17]\", for=unknown", "10.0.0.1"},
        {"for=192.0.2.43,for=\"[2001:db8:cafe::17]\",for=10.1.1.1", "192.0.2.43"},
        // Section 5 and 6.
        {"by=203.0.113.43;for=192.0.2.60;host=example.com;proto=https", "192.0.2.60"},
        {"proto=https;FOR = 192.0.2.60", "10.0.0.1"},
        {"for=_hidden, for=10.2.2.2", "10.2.2.2"},
        {"for=_SEVKISEK", "10.0.0.1"},
        {"for=\"192.0.2.43:47011\"", "192.0.2.43"},
        {"for=\"192.0.2.43:_port\"", "192.0.2.43"},
        {"for=\"[2001:db8::1]:_x.y-z\"", "2001:db8::1"},
        {"for=\"[2001:db8::1]\" ; proto=http , for=10.1.1.1", "2001:db8::1"},
        // What proxies send all the same.
        {"for=192.0.2.43:47011", "192.0.2.43"},
        {"for=[2001:db8::1]:80", "2001:db8::1"},
        {"for=\"2001:db8::1\"", "2001:db8::1"},
        {"for=\"::ffff:192.0.2.1\"", "192.0.2.1"},
        {"for=192.0.2.1, , ,", "192.0.2.1"},
        {"; for=192.0.2.1;;", "192.0.2.1"},
        {"for=\"192.0.2.1\";host=\"a, for=6.6.6.6\"", "192.0.2.1"},
        {R"(for="192.0.2.1";host="a\", for=6.6.6.6")", "192.0.2.1"},
        {R"(for="192.0.2.1";host="a\\")", "192.0.2.1"},
        // Nothing to be read.
        {"", "10.0.0.1"},
        {"proto=https", "10.0.0.1"},
        {"for=", "10.0.0.1"},
        {"for", "10.0.0.1"},
        {"=192.0.2.1", "10.0.0.1"},
        {"192.0.2.1", "10.0.0.1"},
        {"for=192.0.2.1;for=192.0.2.2", "10.0.0.1"},
        {R"(for="192.0.2\.1")", "10.0.0.1"},
        {"for=192.0.2.256", "10.0.0.1"},
        {"for=\"[192.0.2.1]\"", "10.0.0.1"},
        {"for=\"[2001:db8::1\"", "10.0.0.1"},
        {"for=\"[2001:db8::1]x\"", "10.0.0.1"},
        {"for=\"[2001:db8::1]:\"", "10.0.0.1"},
        {"for=\"192.0.2.1:123456\"", "10.0.0.1"},
        {"for=\"192.0.2.1:_\"", "10.0.0.1"},
        {"for=\"fe80::1%eth0\"", "10.0.0.1"},
        {"for=010.1.1.1", "10.0.0.1"},
        {"for=\"192.0.2.1", "10.0.0.1"},
        {"for=192.0.2.1\"", "10.0.0.1"},
    };
    for (const auto& [value, expected] : rows) {
        CAPTURE(value);
        CHECK(forwarded(value) == expected);
    }
}

TEST_CASE("X-Forwarded-For is read from its end to the first that is not trusted") {
    const std::pair<std::string, std::string> rows[] = {
        {"192.0.2.1", "192.0.2.1"},
        {" 192.0.2.1 ,10.1.1.1,\t10.2.2.2", "192.0.2.1"},
        {"198.51.100.9, 192.0.2.1, 10.1.1.1", "192.0.2.1"},
        {"2001:db8::1, fd00::1", "2001:db8::1"},
        {"[2001:db8::1]:443, 192.168.7.7:80", "2001:db8::1"},
        {"192.0.2.1:55555", "192.0.2.1"},
        {"::ffff:192.0.2.1, ::ffff:10.3.3.3", "192.0.2.1"},
        {"10.1.1.1, 10.2.2.2", "10.1.1.1"},
        {"unknown, 10.2.2.2", "10.2.2.2"},
        {"192.0.2.1, unknown, 10.2.2.2", "10.2.2.2"},
        {"192.0.2.1, nonsense", "10.0.0.1"},
        {"192.0.2.1, 192.0.2.2:port", "10.0.0.1"},
        {"192.0.2.1, \"192.0.2.2\"", "10.0.0.1"},
        {"192.0.2.1,,", "192.0.2.1"},
        {",", "10.0.0.1"},
        {"", "10.0.0.1"},
    };
    for (const auto& [value, expected] : rows) {
        CAPTURE(value);
        CHECK(listed(value) == expected);
    }
}

TEST_CASE("a list over several lines is one list") {
    CHECK(origin({{"X-Forwarded-For", "192.0.2.1"}, {"Accept", "*/*"}, {"x-forwarded-for", "10.1.1.1, 10.2.2.2"}}) ==
          "192.0.2.1");
    CHECK(origin({{"X-Forwarded-For", "192.0.2.1"}, {"X-Forwarded-For", "192.0.2.2"}}) == "192.0.2.2");
    CHECK(origin({{"forwarded", "for=192.0.2.1"}, {"FORWARDED", "for=10.1.1.1"}}) == "192.0.2.1");
    CHECK(origin({{"Forwarded", "for=\"192.0.2.1"}, {"Forwarded", "for=192.0.2.2"}}) == "192.0.2.2");
}

TEST_CASE("what a client makes up before a proxy's own entry changes nothing of it") {
    for (const std::string made_up : {"for=10.9.9.9", "for=\"", "for=6.6.6.6;host=\"", "for=\"[6::6]\\", "\"\"\"",
                                      ";;;", "for=6.6.6.6,", "\\\"", "for=6.6.6.6;x=\"\\\"", "for=\"6.6.6.6\\\""}) {
        CAPTURE(made_up);
        CHECK(forwarded(made_up + ", for=192.0.2.1") == "192.0.2.1");
        CHECK(forwarded(made_up + ", for=192.0.2.1;proto=http, for=10.1.1.1") == "192.0.2.1");
        CHECK(forwarded(made_up + ", for=\"[2001:db8::1]:4711\"") == "2001:db8::1");
    }
    CHECK(listed("10.9.9.9, 192.0.2.1") == "192.0.2.1");
    CHECK(listed("\"10.9.9.9, 192.0.2.1") == "192.0.2.1");
}

TEST_CASE("where both headers are there and disagree, neither is believed") {
    const auto both = [](const std::string& forwarded, const std::string& listed) {
        return origin({{"Forwarded", forwarded}, {"X-Forwarded-For", listed}});
    };
    CHECK(both("for=192.0.2.1", "192.0.2.1") == "192.0.2.1");
    CHECK(both("for=192.0.2.1;proto=http, for=10.1.1.1", "6.6.6.6, 192.0.2.1") == "192.0.2.1");
    CHECK(both("for=6.6.6.6", "192.0.2.1") == "10.0.0.1");
    CHECK(both("for=192.0.2.1", "6.6.6.6") == "10.0.0.1");
    CHECK(both("for=192.0.2.1", "") == "10.0.0.1");
    CHECK(both("for=unknown", "unknown") == "10.0.0.1");
}

TEST_CASE("a thousand hops are not gone through to their end") {
    std::string list = "192.0.2.1";
    std::string hops = "for=192.0.2.1";
    for (int i = 0; i < 1000; ++i) {
        list += ", 10.1." + std::to_string(i / 250) + '.' + std::to_string(i % 250);
        hops += ", for=10.1." + std::to_string(i / 250) + '.' + std::to_string(i % 250);
    }
    // The 64th from the end.
    CHECK(listed(list) == "10.1.3.186");
    CHECK(forwarded(hops) == "10.1.3.186");
    CHECK(forwarded(std::string(100'000, '"')) == "10.0.0.1");
    CHECK(forwarded(std::string(100'000, ',')) == "10.0.0.1");
    CHECK(forwarded(std::string(100'000, '\\') + '"') == "10.0.0.1");
}

}  // namespace rollcall::gateway
