// The configuration's `redis`: what is read, and the exact words for each that is wrong.
#include "tests/config/faults.hpp"
#include "tests/support/temporary_file.hpp"

#include <doctest/doctest.h>

#include <string>

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

loaded with_redis(const std::string& keys, std::map<std::string, std::string> set = {}) {
    return load_text("providers: [{name: a, profile: heppu}]\nredis: " + keys + "\n", std::move(set));
}

std::string fault_of(const std::string& keys) {
    return lines(with_redis(keys).faults);
}

constexpr std::string_view url_rule =
    "must be a URL such as redis://host:6379/0, or rediss:// for TLS; the username and the password are keys of their "
    "own";

}  // namespace

TEST_CASE("without redis the process is by itself") {
    CHECK_FALSE(load_text("providers: [{name: a, profile: heppu}]").settings.redis);
}

TEST_CASE("a URL is enough for redis") {
    struct row {
        std::string url;
        std::string host;
        std::string port;
        unsigned database;
        bool tls;
    };
    const row rows[] = {{"redis://cache", "cache", "6379", 0, false},
                        {"redis://cache/", "cache", "6379", 0, false},
                        {"redis://10.0.0.7:7000/3", "10.0.0.7", "7000", 3, false},
                        {"rediss://Cache.example:80", "cache.example", "80", 0, true},
                        {"redis://[::1]", "::1", "6379", 0, false},
                        {"redis://[::1]:6380/12", "::1", "6380", 12, false}};
    for (const row& row : rows) {
        CAPTURE(row.url);
        const auto [read, faults] = with_redis("{url: \"" + row.url + "\"}");
        CHECK(lines(faults) == "");
        REQUIRE(read.redis);
        CHECK(read.redis->host == row.host);
        CHECK(read.redis->port == row.port);
        CHECK(read.redis->database == row.database);
        CHECK(read.redis->tls == row.tls);
        CHECK(read.redis->timeout == 50ms);
        CHECK(read.redis->prefix == "rollcall");
        CHECK(read.redis->username.empty());
        CHECK(read.redis->password.empty());
    }
}

TEST_CASE("who logs in, and with what, stands beside the URL or in a file") {
    const testing::temporary_directory folder;
    const auto file = folder.write("password", "open-sesame\n");
    const auto [read, faults] = with_redis("{url: redis://cache, username: gateway, password: {file: \"" +
                                           file.string() + "\"}, timeout: 20ms, prefix: \"a:b\"}");
    CHECK(lines(faults) == "");
    REQUIRE(read.redis);
    CHECK(read.redis->username == "gateway");
    CHECK(read.redis->password.reveal() == "open-sesame");
    CHECK(read.redis->timeout == 20ms);
    CHECK(read.redis->prefix == "a:b");
    const auto named = with_redis("{url: redis://cache, password: \"${REDIS_PASSWORD}\"}", {{"REDIS_PASSWORD", "x y"}});
    CHECK(named.settings.redis->password.reveal() == "x y");
}

TEST_CASE("what is wrong with redis is named, and no password is shown") {
    CHECK(fault_of("{}") == "c.yaml:2:8: redis.url: is missing");
    for (const std::string url : {"http://cache", "redis://user:secret@cache", "redis://", "redis://cache:0",
                                  "redis://cache/x", "redis://cache/-1", "redis://cache/1/2", "redis://cache?db=1",
                                  "redis:/cache", "unix:///run/redis", "redis://cache/99999999999"}) {
        CAPTURE(url);
        CHECK(fault_of("{url: \"" + url + "\"}") == "c.yaml:2:14: redis.url: " + std::string{url_rule});
    }
    CHECK(fault_of("{url: redis://c, username: a}") == "c.yaml:2:35: redis.username: has no password beside it");
    CHECK(fault_of("{url: redis://c, username: \"\", password: b}") ==
          "c.yaml:2:35: redis.username: must be 1 to 1024 bytes long");
    CHECK(fault_of("{url: redis://c, password: \"\"}") == "c.yaml:2:35: redis.password: the password is empty");
    CHECK(fault_of("{url: redis://c, password: {file: /nowhere/at/all}}").find("redis.password.file: the file ") !=
          std::string::npos);
    CHECK(fault_of("{url: redis://c, prefix: \"a b\"}") ==
          "c.yaml:2:33: redis.prefix: must be 1 to 64 letters, digits, hyphens, underscores, dots or colons");
    CHECK(fault_of("{url: redis://c, prefix: \"a{b}\"}").find("redis.prefix: must be") != std::string::npos);
    CHECK(fault_of("{url: redis://c, timeout: 2s}").find("redis.timeout: ") != std::string::npos);
    CHECK(fault_of("{url: redis://c, timeout: 0ms}").find("redis.timeout: ") != std::string::npos);
    CHECK(fault_of("{url: redis://c, tls: {ca_file: /nowhere/at/all}}").find("redis.tls.ca_file: the file ") !=
          std::string::npos);
    CHECK(fault_of("{url: redis://c, pasword: x}").find("redis.pasword: ") != std::string::npos);
    CHECK(fault_of("redis://c").find("redis: ") != std::string::npos);
}

}  // namespace rollcall::config
