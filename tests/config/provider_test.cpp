// The entries of `providers`: names, URLs, credentials, certificates; and that no secret gets into a fault.
#include "tests/config/faults.hpp"
#include "tests/support/temporary_file.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

struct bad {
    std::string keys;   ///< of the provider, on one line from the third column on
    std::string fault;  ///< after `c.yaml:2:COLUMN: providers[0]`
};

void check_each(const std::vector<bad>& cases) {
    for (const auto& [keys, fault] : cases) {
        CAPTURE(keys);
        CHECK(faults_of("providers:\n- {" + keys + "}") == "c.yaml:2:" + fault);
    }
}

/// Cases for keys beside a good name and profile, which take up the columns before 27.
void check_more(const std::vector<bad>& cases) {
    for (const auto& [keys, fault] : cases)
        check_each({{"name: a, profile: heppu, " + keys, fault}});
}

}  // namespace

TEST_CASE("every key of a provider is read") {
    const auto [read, faults] = load_text(R"(
providers:
  - name: a-1
    profile: heppu
    base_url: https://[::1]:8443/prefix/
    credential: {value: key}
    params: {one: 1, two: "a b"}
    page_size: 10000
    timeout: 10m
    answer_bytes: 1GiB
    connections: 1
    connection_queue: {length: 0, wait: 1m}
    cache: {ttl: 0s, stale_while_revalidate: 24h, stale_if_error: 168h}
    quota: {calls: 1000000, per: 24h}
    breaker:
      consecutive_failures: 10000
      failing_for: 1m
      window: 10m
      minimum_calls: 100000
      failure_percent: 100
      open_for: 10m
      open_at_most: 1h
      successes_to_close: 100
    retry_budget: {percent: 100, per_second: 1000}
    hedging: true
)");
    CHECK(lines(faults) == "");
    REQUIRE(read.providers.size() == 1);
    const auto& provider = read.providers[0];
    CHECK(provider.where.line == 3);
    CHECK(provider.where.column == 5);
    CHECK(provider.path == "providers[0]");
    CHECK(provider.name == "a-1");
    CHECK(provider.base_url == "https://[::1]:8443/prefix");
    CHECK(provider.credential.reveal() == "key");
    CHECK(provider.params.at("one") == "1");
    CHECK(provider.params.at("two") == "a b");
    CHECK(provider.page_size == 10'000U);
    CHECK(provider.timeout == 10min);
    CHECK(provider.answer_bytes == 1'073'741'824);
    CHECK(provider.connections == 1);
    CHECK(provider.connection_queue.length == 0);
    CHECK(provider.connection_queue.wait == 1min);
    CHECK(provider.cache.ttl == 0ms);
    CHECK(provider.cache.stale_while_revalidate == 24h);
    CHECK(provider.cache.stale_if_error == 7 * 24h);
    REQUIRE(provider.quota.has_value());
    CHECK(provider.quota->calls == 1'000'000);
    CHECK(provider.quota->per == 24h);
    CHECK(provider.breaker.consecutive_failures == 10'000);
    CHECK(provider.breaker.failing_for == 1min);
    CHECK(provider.breaker.window == 10min);
    CHECK(provider.breaker.minimum_calls == 100'000);
    CHECK(provider.breaker.failure_percent == 100);
    CHECK(provider.breaker.open_for == 10min);
    CHECK(provider.breaker.open_at_most == 1h);
    CHECK(provider.breaker.successes_to_close == 100);
    CHECK(provider.retry_budget.percent == 100);
    CHECK(provider.retry_budget.per_second == 1000);
    CHECK(provider.hedging);
    CHECK(provider.places.at("page_size").line == 8);
    CHECK(provider.places.at("params.two").column == 27);
}

TEST_CASE("a provider needs a name that can stand in an id, and a profile") {
    const std::string rule =
        "must be a lower-case letter and then at most 31 lower-case letters, digits or hyphens, found ";
    const std::string profile =
        "must be the name of a shipped profile or the path of a file such as ./profiles/mine.yaml";
    check_each({
        {"profile: heppu", "3: providers[0].name: is missing"},
        {"name: a", "3: providers[0].profile: is missing"},
        {"name: Heppu, profile: heppu", "10: providers[0].name: " + rule + "\"Heppu\""},
        {"name: 1a, profile: heppu", "10: providers[0].name: " + rule + "\"1a\""},
        {"name: \"\", profile: heppu", "10: providers[0].name: " + rule + "\"\""},
        {"name: a_b, profile: heppu", "10: providers[0].name: " + rule + "\"a_b\""},
        {"name: \"a:b\", profile: heppu", "10: providers[0].name: " + rule + "\"a:b\""},
        {"name: a123456789012345678901234567890123, profile: heppu",
         "10: providers[0].name: " + rule + "\"a123456789012345678901234567890123\""},
        {"name: a, profile: Heppu", "22: providers[0].profile: " + profile},
        {"name: a, profile: {x: y}", "22: providers[0].profile: expected a text, found a map"},
        {"name: a, profile: heppu, bas_url: x", "29: providers[0].bas_url: unknown key; did you mean base_url?"},
    });
    CHECK(faults_of("providers: [a]") == "c.yaml:1:13: providers[0]: expected a map, found a text");
}

TEST_CASE("a name is given to one provider only") {
    CHECK(faults_of(
              "providers:\n- {name: a, profile: heppu}\n- {name: b, profile: heppu}\n- {name: a, profile: x.yaml}") ==
          "c.yaml:4:3: providers[2]: its name is taken by providers[0]");
}

TEST_CASE("a base URL is scheme, host, port and prefix, and is never shown") {
    const std::string at = "39: providers[0].base_url: ";
    check_more({
        {"base_url: v2.heppu.ai", at + "must begin with http:// or https://"},
        {"base_url: ftp://heppu.ai", at + "must begin with http:// or https://"},
        {"base_url: \"https://u:p@heppu.ai\"", at + "must not hold a user or password"},
        {"base_url: \"https://heppu.ai/?a=b\"", at + "must not have a query"},
        {"base_url: https://heppu.ai/#a", at + "must not have a fragment"},
        {"base_url: https://", at + "must name a host after http:// or https://"},
        {"base_url: https:///path", at + "must name a host after http:// or https://"},
        {"base_url: \"https://:80\"", at + "must name a host after http:// or https://"},
        {"base_url: https://a..b", at + "must name a host after http:// or https://"},
        {"base_url: http://254.0.0.164KiB", at + "must name a host after http:// or https://"},
        {"base_url: https://a b", at + "must name a host after http:// or https://"},
        {"base_url: \"https://[::g]\"", at + "must name a host after http:// or https://"},
        {"base_url: \"https://a:\"", at + "must have a port between 1 and 65535 after the colon"},
        {"base_url: https://a:0", at + "must have a port between 1 and 65535 after the colon"},
        {"base_url: https://a:65536", at + "must have a port between 1 and 65535 after the colon"},
        {"base_url: https://a:b", at + "must have a port between 1 and 65535 after the colon"},
        {"base_url: https://a/b/../c", at + "must have a plain path, percent-encoded where needed"},
        {"base_url: https://a//b", at + "must have a plain path, percent-encoded where needed"},
        {"base_url: https://a/%zz", at + "must have a plain path, percent-encoded where needed"},
        {"base_url: https://a/ä", at + "must have a plain path, percent-encoded where needed"},
        {"base_url: \"https://a/\\r\\nX: y\"", at + "must not hold control characters"},
    });
}

TEST_CASE("the rest of a provider's keys have types and ranges too") {
    check_more({
        {"page_size: 0", "40: providers[0].page_size: must be between 1 and 10000, found \"0\""},
        {"timeout: 11m", "38: providers[0].timeout: must be between 10ms and 10m, found \"11m\""},
        {"answer_bytes: 2GiB", "43: providers[0].answer_bytes: must be between 1KiB and 1GiB, found \"2GiB\""},
        {"connections: 10001", "42: providers[0].connections: must be between 1 and 10000, found \"10001\""},
        {"params: [a]", "37: providers[0].params: expected a map, found a list"},
        {"params: {a: [b]}", "41: providers[0].params.a: expected a text, found a list"},
        {"params: {a: 1, a: 2}", "44: providers[0].params.a: is given twice, first in line 2"},
        {"cache: {ttl: 25h}", "42: providers[0].cache.ttl: must be between 0ms and 24h, found \"25h\""},
        {"cache: {stale_if_error: 169h}",
         "53: providers[0].cache.stale_if_error: must be between 0ms and 168h, found \"169h\""},
        {"cache: {stale: 1h}",
         "37: providers[0].cache.stale: unknown key; known: ttl, stale_while_revalidate, stale_if_error"},
        {"quota: {calls: 5}", "36: providers[0].quota.per: is missing"},
        {"quota: {per: 1m}", "36: providers[0].quota.calls: is missing"},
        {"quota: 60", "36: providers[0].quota: expected a map, found a text"},
        {"quota: {calls: 0, per: 1m}", "44: providers[0].quota.calls: must be between 1 and 1000000, found \"0\""},
        {"quota: {calls: 5, per: 25h}", "52: providers[0].quota.per: must be between 1s and 24h, found \"25h\""},
        {"quota: {calls: 5, per: 1500ms}", "52: providers[0].quota.per: must be a multiple of 1s, found \"1500ms\""},
        {"breaker: {consecutive_failures: 0}",
         "61: providers[0].breaker.consecutive_failures: must be between 1 and 10000, found \"0\""},
        {"breaker: {failing_for: 2m}",
         "52: providers[0].breaker.failing_for: must be between 0ms and 1m, found \"2m\""},
        {"breaker: {window: 999ms}", "47: providers[0].breaker.window: must be between 1s and 10m, found \"999ms\""},
        {"breaker: {minimum_calls: 0}",
         "54: providers[0].breaker.minimum_calls: must be between 1 and 100000, found \"0\""},
        {"breaker: {failure_percent: 101}",
         "56: providers[0].breaker.failure_percent: must be between 1 and 100, found \"101\""},
        {"breaker: {open_for: 0s}", "49: providers[0].breaker.open_for: must be between 100ms and 10m, found \"0s\""},
        {"breaker: {open_at_most: 2h}",
         "53: providers[0].breaker.open_at_most: must be between 100ms and 1h, found \"2h\""},
        {"breaker: {successes_to_close: 0}",
         "59: providers[0].breaker.successes_to_close: must be between 1 and 100, found \"0\""},
        {"breaker: {openfor: 1s}", "39: providers[0].breaker.openfor: unknown key; did you mean open_for?"},
        {"retry_budget: {percent: 101}",
         "53: providers[0].retry_budget.percent: must be between 0 and 100, found \"101\""},
        {"retry_budget: {per_second: 1001}",
         "56: providers[0].retry_budget.per_second: must be between 0 and 1000, found \"1001\""},
        {"connection_queue: {length: 10001}",
         "56: providers[0].connection_queue.length: must be between 0 and 10000, found \"10001\""},
        {"connection_queue: {wait: 0ms}",
         "54: providers[0].connection_queue.wait: must be between 1ms and 1m, found \"0ms\""},
        {"hedging: maybe", "38: providers[0].hedging: expected true or false, found \"maybe\""},
        {"tls: {}", "34: providers[0].tls.ca_file: is missing"},
        {"tls: {ca_file: /nowhere/ca.pem}",
         "44: providers[0].tls.ca_file: the file cannot be opened: No such file or directory"},
    });
}

TEST_CASE("a credential comes from exactly one place and can stand in a header") {
    const std::string at = "providers[0].credential";
    const std::string letters = "the credential must be visible ASCII characters without a line break";
    check_more({
        {"credential: {}", "41: " + at + ": must have exactly one of value and file"},
        {"credential: {value: a, file: b}", "41: " + at + ": must have exactly one of value and file"},
        {"credential: hunter2", "41: " + at + ": expected a map, found a text"},
        {"credential: {value: {hunter2: 1}}", "49: " + at + ".value: expected a text, found a map"},
        {"credential: {value: \"\"}", "49: " + at + ".value: the credential is empty"},
        {"credential: {value: \"hunter2\\n\"}", "49: " + at + ".value: " + letters},
        {"credential: {value: \"hunter\\r\\nHost: x\"}", "49: " + at + ".value: " + letters},
        {"credential: {value: hünter2}", "49: " + at + ".value: " + letters},
        {"credential: {value: \"hunter2 \"}",
         "49: " + at + ".value: the credential must not begin or end with a space"},
        {"credential: {file: /nowhere/hunter}",
         "48: " + at + ".file: the file cannot be opened: No such file or directory"},
    });
}

TEST_CASE("a credential's file is read without its last line break") {
    const testing::temporary_directory folder;
    std::filesystem::create_directory(folder.path() / "keys");
    folder.write("keys/good", "sk_live_1\r\n");
    folder.write("keys/empty", "\n");
    folder.write("keys/two", "sk_live_1\nsk_live_2\n");
    folder.write("keys/huge", std::string(65'537, 'x'));
    const auto load_with = [&](const std::string& credential) {
        std::vector<fault> faults;
        const auto file =
            folder
                .write("c.yaml",
                       "providers:\n- name: a\n  profile: ./mine.yaml\n  credential: {file: " + credential + "}\n")
                .string();
        auto read = load_file(file, faults);
        return std::pair{std::move(read.providers.at(0)), lines(faults)};
    };
    const std::string at = folder.path().string() + "/c.yaml:4:22: providers[0].credential.file: ";

    const auto [good, no_faults] = load_with("keys/good");
    CHECK(no_faults == "");
    CHECK(good.credential.reveal() == "sk_live_1");
    CHECK(good.profile == folder.path().string() + "/mine.yaml");
    CHECK(load_with(folder.path().string() + "/keys/good").first.credential.reveal() == "sk_live_1");
    CHECK(load_with("keys/empty").second == at + "the credential is empty");
    CHECK(load_with("keys/two").second == at + "the credential must be visible ASCII characters without a line break");
    CHECK(load_with("keys/huge").second == at + "the file is larger than 65536 bytes");
    CHECK(load_with("keys").second == at + "the file cannot be read: Is a directory");
}

TEST_CASE("a certificate's file must hold one") {
    const testing::temporary_directory folder;
    folder.write("ca.pem", "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n");
    folder.write("not.pem", "hello\n");
    const auto load_with = [&](const std::string& name) {
        std::vector<fault> faults;
        const auto file =
            folder.write("c.yaml", "providers: [{name: a, profile: heppu, tls: {ca_file: " + name + "}}]\n").string();
        auto read = load_file(file, faults);
        return std::pair{read.providers.at(0).ca_file, lines(faults)};
    };
    CHECK(load_with("ca.pem") == std::pair{folder.path().string() + "/ca.pem", std::string{}});
    CHECK(load_with("not.pem").second ==
          folder.path().string() + "/c.yaml:1:54: providers[0].tls.ca_file: the file holds no certificate in PEM form");
}

TEST_CASE("no fault shows a secret, wherever it was put by mistake") {
    const std::string secret = "hunter2hunter2hunter2";
    for (const std::string place : {
             "credential: {value: S}",
             "credential: S",
             "credential: [S]",
             "credential: {S}",
             "credential: {S: S}",
             "credential: {S: ${S}}",
             "credential: {value: [S]}",
             "credential: {valu: S}",
             "credential: {value: *S}",
             "credential: {value: &S }",
             "credential: {value: !S x}",
             "credential: {value: \"S\\n\"}",
             "credential: {value: ${S:S}}",
             "credential: {S: 1, S: 2}",
             "base_url: https://user:S@host",
             "base_url: S",
             "timeout: ${KEY}",
             "page_size: \"${KEY}\"",
             "connections: ${NO:-${KEY}}",
             "profile: ${KEY}!",
             "cache: {ttl: ${KEY}}",
             "tls: {ca_file: ${KEY}}",
             "params: {a: [S]}",
         }) {
        std::string keys = place;
        for (std::size_t at = keys.find('S'); at != std::string::npos; at = keys.find('S', at + secret.size())) {
            keys.replace(at, 1, secret);
        }
        CAPTURE(keys);
        for (const auto* cursor : {"{secret: hunter2}", "hunter2", "{hunter2}", "{secret: *hunter2}"}) {
            const auto text =
                "cursor: " + std::string{cursor} + "\nproviders:\n- {name: a, profile: heppu, " + keys + "}";
            const auto faults = faults_of(text, {{"KEY", secret}});
            CHECK(faults != "");
            CHECK(faults.find("hunter2") == std::string::npos);
        }
        const auto alone = faults_of("providers:\n- {name: a, profile: heppu, " + keys + "}", {{"KEY", secret}});
        CHECK(alone.find("hunter2") == std::string::npos);
    }
}

}  // namespace rollcall::config
