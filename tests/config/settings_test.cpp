// What the keys of the configuration mean, and the exact words for each that is wrong.
#include "tests/config/faults.hpp"
#include "tests/support/temporary_file.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

struct bad {
    std::string text;   ///< from the second line on; the first names a provider that is good
    std::string fault;  ///< the one that it gives
};

void check_each(const std::vector<bad>& cases) {
    for (const auto& [text, fault] : cases) {
        CAPTURE(text);
        CHECK(faults_of("providers: [{name: a, profile: heppu}]\n" + text) == fault);
    }
}

}  // namespace

TEST_CASE("a file that names one provider has every default") {
    const auto [read, faults] = load_text("providers:\n  - name: heppu\n    profile: heppu\n");
    CHECK(lines(faults) == "");
    CHECK(read.server.listen.host == "127.0.0.1");
    CHECK(read.server.listen.port == 8080);
    CHECK(read.server.admin.port == 9901);
    CHECK(read.server.threads == 0);
    CHECK(read.server.request_timeout == 3s);
    CHECK(read.server.limits.header_bytes == 16'384);
    CHECK(read.server.drain_delay == 0s);
    CHECK(read.server.drain_timeout == 20s);
    CHECK(read.cursor.key.empty());
    CHECK(read.cursor.expiry == 72h);
    CHECK(read.log.level == log_level::info);
    CHECK(read.log.format == log_format::json);
    CHECK(read.cache.bytes == 67'108'864);
    REQUIRE(read.providers.size() == 1);
    const auto& provider = read.providers[0];
    CHECK(provider.name == "heppu");
    CHECK(provider.profile == "heppu");
    CHECK(provider.base_url.empty());
    CHECK(provider.credential.empty());
    CHECK(provider.params.empty());
    CHECK_FALSE(provider.page_size.has_value());
    CHECK(provider.timeout == 2s);
    CHECK(provider.answer_bytes == 16'777'216);
    CHECK(provider.connections == 64);
    CHECK(provider.cache.ttl == 10s);
    CHECK(provider.cache.stale_if_error == 0ms);
    CHECK_FALSE(provider.quota.has_value());
    CHECK(provider.breaker.consecutive_failures == 10);
    CHECK(provider.breaker.failing_for == 1s);
    CHECK(provider.breaker.window == 10s);
    CHECK(provider.breaker.minimum_calls == 20);
    CHECK(provider.breaker.failure_percent == 50);
    CHECK(provider.breaker.open_for == 5s);
    CHECK(provider.breaker.open_at_most == 60s);
    CHECK(provider.breaker.successes_to_close == 2);
    CHECK(provider.retry_budget.percent == 10);
    CHECK(provider.retry_budget.per_second == 3);
    CHECK(provider.connection_queue.length == 1024);
    CHECK(provider.connection_queue.wait == 250ms);
    CHECK(provider.cache.stale_while_revalidate == 0s);
    CHECK(!provider.hedging);
}

TEST_CASE("the contract's own example is read as it is written, variables without quotes included") {
    const auto [read, faults] =
        load_text(R"(server:
  listen: 127.0.0.1:8080
  admin: 127.0.0.1:9901
  threads: 0                 # 0: one for each core
  request_timeout: 3s        # a client's whole wait, retries included
  limits: {header_bytes: 16KiB, header_count: 100, uri_bytes: 8KiB, body_bytes: 1MiB, connections: 10000, in_flight: 1024}
  drain_timeout: 20s
cursor: {secret: ${ROLLCALL_CURSOR_SECRET}, expiry: 72h}
log: {level: info, format: json}
providers:
  - name: heppu
    profile: heppu           # a shipped profile, or a file: ./profiles/mine.yaml
    base_url: https://v2.heppu.ai
    credential: {value: ${HEPPU_API_KEY}}
  - name: reps
    profile: hyperrep
    base_url: https://api.hyperrep.ai
    params: {organization_id: gAAAAAB}
    page_size: 200
    timeout: 2s
    cache: {ttl: 10s, stale_if_error: 5m}
)",
                  {{"ROLLCALL_CURSOR_SECRET", "sixteen bytes or more"}, {"HEPPU_API_KEY", "k: {y}"}});
    CHECK(lines(faults) == "");
    CHECK(read.cursor.key.reveal() == "sixteen bytes or more");
    REQUIRE(read.providers.size() == 2);
    CHECK(read.providers[0].credential.reveal() == "k: {y}");
    CHECK(read.providers[1].params.at("organization_id") == "gAAAAAB");
    CHECK(read.providers[1].page_size == 200U);
    CHECK(read.providers[1].cache.stale_if_error == 5min);
}

TEST_CASE("every key of the server is read") {
    const auto [read, faults] = load_text(R"(
server:
  listen: "[::1]:80"
  admin: 0.0.0.0:0
  threads: 256
  request_timeout: 250ms
  drain_delay: 10m
  drain_timeout: 1h
  limits: {header_bytes: 1MiB, header_count: 1, uri_bytes: 256B, body_bytes: 0B, connections: 1000000, in_flight: 1}
log: {level: "off", format: text}
cache: {bytes: 64GiB}
cursor: {expiry: 8760h}
providers: [{name: a, profile: heppu}]
)");
    CHECK(lines(faults) == "");
    CHECK(read.server.listen.host == "::1");
    CHECK(read.server.listen.port == 80);
    CHECK(read.server.admin.host == "0.0.0.0");
    CHECK(read.server.admin.port == 0);
    CHECK(read.server.threads == 256);
    CHECK(read.server.request_timeout == 250ms);
    CHECK(read.server.drain_delay == 10min);
    CHECK(read.server.drain_timeout == 1h);
    CHECK(read.server.limits.header_bytes == 1'048'576);
    CHECK(read.server.limits.header_count == 1);
    CHECK(read.server.limits.uri_bytes == 256);
    CHECK(read.server.limits.body_bytes == 0);
    CHECK(read.server.limits.connections == 1'000'000);
    CHECK(read.server.limits.in_flight == 1);
    CHECK(read.log.level == log_level::off);
    CHECK(read.log.format == log_format::text);
    CHECK(read.cache.bytes == 68'719'476'736);
    CHECK(read.cursor.expiry == 365 * 24h);
}

TEST_CASE("a key that is not known is named with what was meant") {
    check_each({
        {"servr: {}", "c.yaml:2:1: servr: unknown key; did you mean server?"},
        {"server:\n  treads: 4", "c.yaml:3:3: server.treads: unknown key; did you mean threads?"},
        {"server: {colour: red}",
         "c.yaml:2:10: server.colour: unknown key; known: listen, admin, trusted_proxies, tls, cors, threads, "
         "request_timeout, limits, drain_delay, drain_timeout"},
        {"server: {limits: {header_byte: 1KiB}}",
         "c.yaml:2:19: server.limits.header_byte: unknown key; did you mean header_bytes?"},
        {"cache: {ttl: 5s}", "c.yaml:2:9: cache.ttl: unknown key; known: bytes"},
        {"<<: {}", "c.yaml:2:1: <<: unknown key; known: server, access, cursor, log, cache, redis, providers"},
    });
}

TEST_CASE("a key that is given twice is named with its first line") {
    check_each({
        {"server: {}\nserver: {}", "c.yaml:3:1: server: is given twice, first in line 2"},
        {"log: {level: info, level: debug}", "c.yaml:2:20: log.level: is given twice, first in line 2"},
    });
}

TEST_CASE("a value of another type says what was expected and what stands there") {
    check_each({
        {"server: 5", "c.yaml:2:9: server: expected a map, found a text"},
        {"server: [a]", "c.yaml:2:9: server: expected a map, found a list"},
        {"server:", "c.yaml:2:1: server: expected a map, found nothing"},
        {"server: {threads: many}", "c.yaml:2:19: server.threads: expected a whole number, found \"many\""},
        {"server: {threads: 1.5}", "c.yaml:2:19: server.threads: expected a whole number, found \"1.5\""},
        {"server: {threads: 010}", "c.yaml:2:19: server.threads: expected a whole number, found \"010\""},
        {"server: {threads: 0x10}", "c.yaml:2:19: server.threads: expected a whole number, found \"0x10\""},
        {"server: {threads: [1]}", "c.yaml:2:19: server.threads: expected a whole number, found a list"},
        {"server: {threads: {a: 1}}", "c.yaml:2:19: server.threads: expected a whole number, found a map"},
        {"server: {threads: }", "c.yaml:2:19: server.threads: expected a whole number, found nothing"},
        {"server: {request_timeout: 3}",
         "c.yaml:2:27: server.request_timeout: expected a duration such as 250ms, 3s, 5m or 72h, found \"3\""},
        {"server: {request_timeout: 1.5s}",
         "c.yaml:2:27: server.request_timeout: expected a duration such as 250ms, 3s, 5m or 72h, found \"1.5s\""},
        {"server: {request_timeout: 3 s}",
         "c.yaml:2:27: server.request_timeout: expected a duration such as 250ms, 3s, 5m or 72h, found \"3 s\""},
        {"server: {request_timeout: 1d}",
         "c.yaml:2:27: server.request_timeout: expected a duration such as 250ms, 3s, 5m or 72h, found \"1d\""},
        {"server: {request_timeout: -3s}",
         "c.yaml:2:27: server.request_timeout: expected a duration such as 250ms, 3s, 5m or 72h, found \"-3s\""},
        {"cache: {bytes: 64}",
         "c.yaml:2:16: cache.bytes: expected a size such as 512B, 64KiB, 1MiB or 1GiB, found \"64\""},
        {"cache: {bytes: 64MB}",
         "c.yaml:2:16: cache.bytes: expected a size such as 512B, 64KiB, 1MiB or 1GiB, found \"64MB\""},
        {"log: {level: loud}",
         "c.yaml:2:14: log.level: expected one of debug, info, warning, error, off, found \"loud\""},
        {"log: {format: [json]}", "c.yaml:2:15: log.format: expected one of json, text, found a list"},
    });
}

TEST_CASE("a number, duration or size out of its range is named with the range") {
    check_each({
        {"server: {threads: 257}", "c.yaml:2:19: server.threads: must be between 0 and 256, found \"257\""},
        {"server: {threads: -1}", "c.yaml:2:19: server.threads: must be between 0 and 256, found \"-1\""},
        {"server: {threads: 99999999999999999999}",
         "c.yaml:2:19: server.threads: must be between 0 and 256, found \"99999999999999999999\""},
        {"server: {request_timeout: 9ms}",
         "c.yaml:2:27: server.request_timeout: must be between 10ms and 10m, found \"9ms\""},
        {"server: {request_timeout: 99999999999999999h}",
         "c.yaml:2:27: server.request_timeout: must be between 10ms and 10m, found \"99999999999999999h\""},
        {"server: {drain_timeout: 3601s}",
         "c.yaml:2:25: server.drain_timeout: must be between 0ms and 1h, found \"3601s\""},
        {"server: {limits: {header_bytes: 1023B}}",
         "c.yaml:2:33: server.limits.header_bytes: must be between 1KiB and 1MiB, found \"1023B\""},
        {"server: {limits: {header_count: 0}}",
         "c.yaml:2:33: server.limits.header_count: must be between 1 and 1000, found \"0\""},
        {"server: {limits: {uri_bytes: 65KiB}}",
         "c.yaml:2:30: server.limits.uri_bytes: must be between 256B and 64KiB, found \"65KiB\""},
        {"server: {limits: {body_bytes: 65MiB}}",
         "c.yaml:2:31: server.limits.body_bytes: must be between 0B and 64MiB, found \"65MiB\""},
        {"server: {limits: {connections: 1000001}}",
         "c.yaml:2:32: server.limits.connections: must be between 1 and 1000000, found \"1000001\""},
        {"server: {limits: {in_flight: 0}}",
         "c.yaml:2:30: server.limits.in_flight: must be between 1 and 100000, found \"0\""},
        {"cache: {bytes: 99999999999999999999GiB}",
         "c.yaml:2:16: cache.bytes: must be between 0B and 64GiB, found \"99999999999999999999GiB\""},
        {"cursor: {expiry: 59s}", "c.yaml:2:18: cursor.expiry: must be between 1m and 8760h, found a text"},
        {"cursor: {expiry: 60500ms}", "c.yaml:2:18: cursor.expiry: must be a multiple of 1s, found a text"},
    });
}

TEST_CASE("an address is an IP address with a port, and the two listeners differ") {
    const std::string expected = "expected an IP address and port such as 127.0.0.1:8080 or \"[::1]:8080\", found ";
    check_each({
        {"server: {listen: localhost:80}", "c.yaml:2:18: server.listen: " + expected + "\"localhost:80\""},
        {"server: {listen: 127.0.0.1}", "c.yaml:2:18: server.listen: " + expected + "\"127.0.0.1\""},
        {"server: {listen: \"127.0.0.1:\"}", "c.yaml:2:18: server.listen: " + expected + "\"127.0.0.1:\""},
        {"server: {listen: 127.0.0.1:65536}", "c.yaml:2:18: server.listen: " + expected + "\"127.0.0.1:65536\""},
        {"server: {listen: 127.0.0.256:80}", "c.yaml:2:18: server.listen: " + expected + "\"127.0.0.256:80\""},
        {"server: {listen: \"::1:80\"}", "c.yaml:2:18: server.listen: " + expected + "\"::1:80\""},
        {"server: {listen: \"[::1]80\"}", "c.yaml:2:18: server.listen: " + expected + "\"[::1]80\""},
        {"server: {listen: \"[::1:80\"}", "c.yaml:2:18: server.listen: " + expected + "\"[::1:80\""},
        {"server: {admin: 127.0.0.1:8080}",
         "c.yaml:2:17: server.admin: listen and admin must differ in address or port"},
        {"server: {listen: 127.0.0.1:9901}",
         "c.yaml:2:18: server.listen: listen and admin must differ in address or port"},
        {"server: {listen: 0.0.0.0:80, admin: 127.0.0.1:80}\naccess: open",
         "c.yaml:2:37: server.admin: listen and admin must differ in address or port"},
    });
    CHECK(faults_of("providers: [{name: a, profile: heppu}]\nserver: {listen: 127.0.0.1:0, admin: 127.0.0.1:0}") == "");
    CHECK(faults_of("providers: [{name: a, profile: heppu}]\nserver: {listen: 127.0.0.2:9901}") == "");
}

TEST_CASE("a cursor secret has sixteen bytes and is never shown") {
    check_each({
        {"cursor: {secret: fifteen-bytes-x}", "c.yaml:2:18: cursor.secret: must be at least 16 bytes long"},
        {"cursor: {secret: \"\"}", "c.yaml:2:18: cursor.secret: must be at least 16 bytes long"},
        {"cursor: {secret: [hunter2]}", "c.yaml:2:18: cursor.secret: expected a text, found a list"},
        {"cursor: {secret: {}}", "c.yaml:2:18: cursor.secret.file: is missing"},
        {"cursor: {secret: {file: [hunter2]}}", "c.yaml:2:25: cursor.secret.file: expected a text, found a list"},
        {"cursor: {secret: {hunter2: 1, file: /nowhere/hunter}}",
         "c.yaml:2:19: cursor.secret: unknown key; known: file\n"
         "c.yaml:2:37: cursor.secret.file: the file cannot be opened: No such file or directory"},
        {"cursor: hunter2", "c.yaml:2:9: cursor: expected a map, found a text"},
        {"cursor: {hunter2}", "c.yaml:2:10: cursor: unknown key; known: secret, expiry"},
        {"cursor: {hunter2: 1, hunter2: 2}",
         "c.yaml:2:10: cursor: unknown key; known: secret, expiry\nc.yaml:2:22: cursor: is given twice, first in line "
         "2"},
    });
}

TEST_CASE("a cursor secret's file is read without its last line break") {
    const testing::temporary_directory folder;
    folder.write("good", "sixteen bytes or\r\n");
    folder.write("short", "fifteen-bytes-x\n");
    folder.write("huge", std::string(65'537, 'x'));
    const auto load_with = [&](const std::string& name) {
        std::vector<fault> faults;
        const std::string text = "providers: [{name: a, profile: heppu}]\ncursor:\n  secret: {file: " + name + "}\n";
        auto read = load_file(folder.write("c.yaml", text).string(), faults);
        return std::pair{std::string{read.cursor.key.reveal()}, lines(faults)};
    };
    const std::string at = folder.path().string() + "/c.yaml:3:18: cursor.secret.file: ";

    CHECK(load_with("good") == std::pair<std::string, std::string>{"sixteen bytes or", ""});
    CHECK(load_with(folder.path().string() + "/good").first == "sixteen bytes or");
    CHECK(load_with("short") == std::pair{std::string{}, at + "must be at least 16 bytes long"});
    CHECK(load_with("huge").second == at + "the file is larger than 65536 bytes");
    CHECK(load_with(".").second == at + "the file cannot be read: Is a directory");
}

TEST_CASE("at least one provider must be named") {
    CHECK(faults_of("server: {}") == "c.yaml:1:1: providers: is missing");
    CHECK(faults_of("providers: []") == "c.yaml:1:12: providers: must hold at least one provider");
    CHECK(faults_of("providers: {a: b}") == "c.yaml:1:12: providers: expected a list, found a map");
    CHECK(faults_of("providers:") == "c.yaml:1:1: providers: expected a list, found nothing");
}

TEST_CASE("faults come in the order of the file, all of them at once") {
    CHECK(
        faults_of("providers: [{name: A, profile: heppu}]\nlog: {level: x}\nserver: {threads: x}") ==
        "c.yaml:1:20: providers[0].name: must be a lower-case letter and then at most 31 lower-case letters, digits or "
        "hyphens, found \"A\"\n"
        "c.yaml:2:14: log.level: expected one of debug, info, warning, error, off, found \"x\"\n"
        "c.yaml:3:19: server.threads: expected a whole number, found \"x\"");
}

}  // namespace rollcall::config
