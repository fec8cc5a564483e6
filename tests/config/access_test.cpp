// Who may use the public API: what is read, what is refused, and that no fault shows a key.
#include "tests/config/faults.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace rollcall::config {
namespace {

const std::string digits(64, 'a');
const std::string hash = "rc_abcdefgh27:" + digits;

std::string with(const std::string& access) {
    return "providers: [{name: heppu, profile: heppu}, {name: reps, profile: hyperrep}]\naccess: " + access;
}

/// A client whose further keys begin at column 32 of line 2.
std::string of_client(const std::string& more) {
    return with("{clients: [{name: crm, " + more + "}]}");
}

/// The same before a gateway that asks clients for certificates; on line 3.
std::string of_certified(const std::string& more) {
    return "server: {tls: {certificate: a, key: b, client_ca: c}}\n" + of_client(more);
}

constexpr std::string_view hash_rule =
    "must be what `rollcall key new` prints for the configuration: rc_ and ten letters or digits, a colon, and the 64 "
    "hexadecimal digits of the key's SHA-256";

}  // namespace

TEST_CASE("a client has its keys, its providers and what it may do") {
    const auto [read, faults] = load_text(with(R"(
  clients:
    - name: crm
      keys:
        - rc_abcdefgh27:00ff10)" + std::string(58, 'E') +
                                               R"(
        - {hash: "rc_zzzzzzzzzz:)" + digits + R"(", expires: 2027-01-31T00:00:00+02:00}
      providers: [reps]
      allow: [write]
    - {name: reports, keys: [rc_2222222222:)" + digits +
                                               "]}\n"));
    REQUIRE(lines(faults) == "");
    REQUIRE(read.access.clients.size() == 2);
    const client& crm = read.access.clients[0];
    CHECK(crm.name == "crm");
    REQUIRE(crm.keys.size() == 2);
    CHECK(crm.keys[0].prefix == "rc_abcdefgh27");
    CHECK(crm.keys[0].sha256[0] == 0x00);
    CHECK(crm.keys[0].sha256[1] == 0xff);
    CHECK(crm.keys[0].sha256[31] == 0xee);
    CHECK_FALSE(crm.keys[0].expires);
    // 2027-01-30T22:00:00Z
    CHECK(crm.keys[1].expires == std::chrono::system_clock::from_time_t(1'801'346'400));
    CHECK(crm.providers == std::vector<std::string>{"reps"});
    CHECK_FALSE(crm.may_read);
    CHECK(crm.may_write);
    const client& reports = read.access.clients[1];
    CHECK_FALSE(reports.providers);
    CHECK(reports.may_read);
    CHECK_FALSE(reports.may_write);
}

TEST_CASE("an address that others reach takes clients, or the word that lets everybody in") {
    const std::string fault =
        "server.listen: is reachable from other machines, and nothing says who may use it: write `access: {clients: "
        "…}` (`rollcall key new` makes a key), or `access: open` to let in everybody who reaches it";
    const auto of_address = [](const std::string& address, const std::string& access) {
        return faults_of("server: {listen: \"" + address + "\"}\nproviders: [{name: a, profile: heppu}]\n" + access);
    };
    for (const std::string address : {"0.0.0.0:8080", "[::]:8080", "10.1.2.3:8080", "[fd00::1]:8080", "128.0.0.1:0"}) {
        CAPTURE(address);
        CHECK(of_address(address, "") == "c.yaml:1:18: " + fault);
        CHECK(of_address(address, "access: open") == "");
        CHECK(of_address(address, "access: {clients: [{name: a, keys: [\"" + hash + "\"]}]}") == "");
    }
    for (const std::string address : {"127.0.0.1:8080", "127.1.2.3:8080", "[::1]:8080", "[0:0:0:0:0:0:0:1]:8080"}) {
        CAPTURE(address);
        CHECK(of_address(address, "") == "");
        CHECK(of_address(address, "access: open") == "");
    }
    // Nobody is let in by mistake.
    CHECK(of_address("0.0.0.0:80", "access: Open") != "");
    CHECK(of_address("0.0.0.0:80", "access:") != "");
    CHECK(of_address("0.0.0.0:80", "access: {}") != "");
}

TEST_CASE("the admin listener is not the public one") {
    CHECK(faults_of("server: {admin: 0.0.0.0:9901}\nproviders: [{name: a, profile: heppu}]\n") == "");
}

TEST_CASE("what is wrong with access is named with its place") {
    const struct {
        std::string text;
        std::string fault;
    } cases[] = {
        {with("closed"), "2:9: access: expected open or a map with clients, found a text"},
        {with("[open]"), "2:9: access: expected open or a map with clients, found a list"},
        {with("{}"), "2:9: access.clients: is missing"},
        {with("{clients: []}"),
         "2:19: access.clients: must hold at least one client; to let everybody in write `access: open`"},
        {with("{client: []}"),
         "2:9: access.clients: is missing\nc.yaml:2:10: access.client: unknown key; did you mean clients?"},
        {with("{clients: [{keys: [\"" + hash + "\"]}]}"), "2:20: access.clients[0].name: is missing"},
        {with("{clients: [{name: CRM, keys: [\"" + hash + "\"]}]}"),
         "2:27: access.clients[0].name: must be a lower-case letter and then at most 31 lower-case letters, digits or "
         "hyphens, found \"CRM\""},
        {with("{clients: [{name: crm, keys: [\"" + hash + "\"]}, {name: crm, keys: [\"rc_zzzzzzzzzz:" + digits +
              "\"]}]}"),
         "2:123: access.clients[1]: its name is taken by access.clients[0]"},
        {with("{clients: [{name: crm}]}"),
         "2:20: access.clients[0]: must have keys, certificates, tokens or several of them"},
        {of_client("keys: []"), "2:38: access.clients[0].keys: must hold at least one key"},
        {of_client("keys: [\"" + hash + "\", \"" + hash + "\"]"),
         "2:121: access.clients[0].keys[1]: begins as access.clients[0].keys[0] does; each key must have a beginning "
         "of "
         "its own"},
        {of_client("keys: [{hash: \"" + hash + "\", expires: tomorrow}]"),
         "2:137: access.clients[0].keys[0].expires: expected a moment such as 2027-01-31T00:00:00Z"},
        {of_client("keys: [{hash: \"" + hash + "\", expires: 2027-02-30T00:00:00Z}]"),
         "2:137: access.clients[0].keys[0].expires: expected a moment such as 2027-01-31T00:00:00Z"},
        {of_client("keys: [{expires: 2027-01-31T00:00:00Z}]"), "2:39: access.clients[0].keys[0].hash: is missing"},
        {of_client("keys: [\"" + hash + "\"], providers: [heppu, rep]"),
         "2:141: access.clients[0].providers[1]: no provider has the name \"rep\"; did you mean reps?"},
        {of_client("keys: [\"" + hash + "\"], providers: [heppu, heppu]"),
         "2:141: access.clients[0].providers[1]: is given twice"},
        {of_client("keys: [\"" + hash + "\"], providers: []"),
         "2:133: access.clients[0].providers: must name at least one provider; left out, the client may use all of "
         "them"},
        {of_client("keys: [\"" + hash + "\"], allow: []"),
         "2:129: access.clients[0].allow: must hold read, write or both"},
        {of_client("keys: [\"" + hash + "\"], allow: [reed]"),
         "2:130: access.clients[0].allow[0]: expected one of read, write, found \"reed\""},
    };
    for (const auto& [text, fault] : cases) {
        CAPTURE(text);
        CHECK(faults_of(text) == "c.yaml:" + fault);
    }
}

TEST_CASE("a client is known by its keys, by names of certificates, or by both") {
    const auto certificates_of = [](const std::string& more) {
        const auto [read, faults] = load_text(of_certified(more));
        REQUIRE(lines(faults) == "");
        return read.access.clients.at(0).certificates;
    };
    CHECK(certificates_of("keys: [\"" + hash + "\"]").empty());
    CHECK(certificates_of("certificates: [DNS:a.example, URI:spiffe://example/a, \"email:a@b\"]") ==
          std::vector<std::string>{"DNS:a.example", "URI:spiffe://example/a", "email:a@b"});
    CHECK(certificates_of("certificates: [DNS:A.example], keys: [\"" + hash + "\"]") ==
          std::vector<std::string>{"DNS:A.example"});
}

TEST_CASE("what is wrong with the names of certificates is named with its place") {
    const struct {
        std::string text;
        std::string fault;
    } cases[] = {
        {of_certified("certificates: []"), "3:46: access.clients[0].certificates: must hold at least one name"},
        {of_certified("keys: [], certificates: [DNS:a]"), "3:38: access.clients[0].keys: must hold at least one key"},
        {of_certified("certificates: DNS:a"), "3:46: access.clients[0].certificates: expected a list, found a text"},
        {of_certified("certificates: [DNS:a, reports.example]"),
         "3:54: access.clients[0].certificates[1]: expected DNS:NAME, URI:URI or email:ADDRESS, as a certificate's "
         "subject alternative names have them, found \"reports.example\""},
        {of_certified("certificates: [\"DNS:*.example\"]"),
         "3:47: access.clients[0].certificates[0]: must be one whole name: there are no wildcards, found "
         "\"DNS:*.example\""},
        {of_certified("certificates: [DNS:a.example, DNS:A.example]"),
         "3:62: access.clients[0].certificates[1]: is the name that access.clients[0].certificates[0] is; each may "
         "stand once"},
        {of_certified("certificates: [DNS:a]}, {name: reports, certificates: [URI:a:b, DNS:A]"),
         "3:96: access.clients[1].certificates[1]: is the name that access.clients[0].certificates[0] is; each may "
         "stand once"},
        {of_client("certificates: [DNS:a]"),
         "2:46: access.clients[0].certificates: needs server.tls.client_ca, or nobody is asked for a certificate"},
        {"server: {tls: {certificate: a, key: b}}\n" + of_client("certificates: [DNS:a], keys: [\"" + hash + "\"]"),
         "3:46: access.clients[0].certificates: needs server.tls.client_ca, or nobody is asked for a certificate"},
    };
    for (const auto& [text, fault] : cases) {
        CAPTURE(text);
        CHECK(faults_of(text) == "c.yaml:" + fault);
    }
}

TEST_CASE("a hash that is none is refused, and no fault shows what stands there") {
    const std::vector<std::string> wrong = {
        "hunter2",
        "rc_abcdefgh27",
        "rc_abcdefgh27:",
        "rc_abcdefgh27:" + digits.substr(1),
        "rc_abcdefgh27:" + digits + "a",
        "rc_abcdefgh27:" + std::string(64, 'g'),
        "rc_abcdefgh21:" + digits,
        "rc_ABCDEFGHIJ:" + digits,
        "rk_abcdefgh27:" + digits,
        "rc_abcdefgh:" + digits,
        digits,
    };
    for (const std::string& text : wrong) {
        CAPTURE(text);
        CHECK(faults_of(of_client("keys: [\"" + text + "\"]")) ==
              "c.yaml:2:39: access.clients[0].keys[0]: " + std::string{hash_rule});
        CHECK(faults_of(of_client("keys: [{hash: \"" + text + "\"}]")) ==
              "c.yaml:2:46: access.clients[0].keys[0].hash: " + std::string{hash_rule});
    }
    CHECK(faults_of(of_client("keys: [rc_abcdefgh27_" + std::string(40, 'x') + "]")) ==
          "c.yaml:2:39: access.clients[0].keys[0]: is a key itself, which is no secret any more: make another with "
          "`rollcall key new`, and put here the line that it prints for the configuration");
    CHECK(faults_of(of_client("keys: [{hunter2: " + digits + "}]")).find("hunter2") == std::string::npos);
}

TEST_CASE("no fault shows a whole key that was pasted where something else belongs") {
    const std::string key = "rc_abcdefgh27_" + std::string(40, 'x');
    CHECK(faults_of(of_client("keys: [\"" + hash + "\"], " + key + ": x")) ==
          "c.yaml:2:122: access.clients[0].rc_abcdefgh27_***: unknown key; known: name, keys, certificates, tokens, "
          "providers, allow, limits");
    for (const std::string& text :
         {with("{clients: [{name: " + key + ", keys: [\"" + hash + "\"]}]}"), with("{" + key + ": {}}"),
          of_client("keys: [\"" + hash + "\"], providers: [" + key + "]"), key + ": [", key + "\n"}) {
        CAPTURE(text);
        const std::string faults = faults_of(text);
        CHECK_FALSE(faults.empty());
        CHECK(faults.find("xxx") == std::string::npos);
    }
}

TEST_CASE("a moment is RFC 3339 to the second") {
    const auto fault_of = [](const std::string& moment) {
        return faults_of(of_client("keys: [{hash: \"" + hash + "\", expires: \"" + moment + "\"}]"));
    };
    for (const std::string good : {"2027-01-31T00:00:00Z", "2028-02-29T23:59:59-05:30", "2027-01-31T00:00:00+00:00"}) {
        CAPTURE(good);
        CHECK(fault_of(good) == "");
    }
    for (const std::string bad :
         {"2027-01-31", "2027-01-31T00:00:00", "2027-01-31 00:00:00Z", "2027-1-31T00:00:00Z", "2027-01-31T24:00:00Z",
          "2027-02-29T00:00:00Z", "2027-01-31T00:00:00+0200", "2027-01-31T00:00:00+02", "2027-01-31T00:00:00ZZ",
          " 2027-01-31T00:00:00Z", "1801346400", "", "2027-01-31T00:00:00Z and more"}) {
        CAPTURE(bad);
        CHECK(fault_of(bad) != "");
    }
}

}  // namespace rollcall::config
