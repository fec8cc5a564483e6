// Issuers of tokens, and the tokens of clients: what is read, and what is refused with its place.
#include "config/key_set_url.hpp"
#include "tests/config/faults.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

const std::string digits(64, 'a');
const std::string corporate = "name: corporate, issuer: \"https://idp.example/\", audience: rollcall";

/// What stands in an issuer behind its first three keys begins at column 90 of line 2.
std::string of_issuer(const std::string& more) {
    return "providers: [{name: heppu, profile: heppu}]\naccess: {issuers: [{" + corporate + ", " + more +
           "}], clients: [{name: crm, tokens: [\"corporate:crm\"]}]}";
}

/// An issuer of which only `members` are given, from column 21 of line 2 on.
std::string of_members(const std::string& members) {
    return "providers: [{name: heppu, profile: heppu}]\naccess: {issuers: [{" + members +
           "}], clients: [{name: crm, keys: [\"rc_abcdefgh27:" + digits + "\"]}]}";
}

/// What a client's tokens are begins at column 39 of line 3.
std::string of_tokens(const std::string& tokens) {
    return "providers: [{name: heppu, profile: heppu}]\naccess: {issuers: [{" + corporate +
           ", keys: {file: a.json}}],\n        clients: [{name: crm, tokens: " + tokens + "}]}";
}

}  // namespace

TEST_CASE("an issuer has its claim, its audiences, its keys and its rules, with defaults for the last") {
    const auto [read, faults] = load_text(R"(providers: [{name: heppu, profile: heppu}]
access:
  issuers:
    - name: corporate
      issuer: https://idp.example/
      audience: rollcall
      keys: {url: "https://idp.example/keys?a=b/c", refresh: 30s, stale: 2m, ca_file: ca.pem}
      client_claim: azp
      clock_skew: 0s
      scopes: {read: agents.read, write: "https://example/agents.write"}
    - name: partner
      issuer: partner
      audience: [a, b c]
      keys: {file: jwks.json}
  clients:
    - name: crm
      tokens: ["corporate:service:crm", "partner:7"]
    - name: reports
      keys: ["rc_abcdefgh27:)" + digits + R"("]
      tokens: ["partner:reports"]
      allow: [write]
)");
    REQUIRE(lines(faults) == "");
    REQUIRE(read.access.issuers.size() == 2);
    const token_issuer& first = read.access.issuers[0];
    CHECK(first.name == "corporate");
    CHECK(first.issuer == "https://idp.example/");
    CHECK(first.audiences == std::vector<std::string>{"rollcall"});
    CHECK(first.keys.url == "https://idp.example/keys?a=b/c");
    CHECK(first.keys.file.empty());
    CHECK(first.keys.ca_file == "ca.pem");
    CHECK(first.keys.refresh == 30s);
    CHECK(first.keys.stale == 2min);
    CHECK(first.client_claim == "azp");
    CHECK(first.clock_skew == 0s);
    REQUIRE(first.scopes);
    CHECK(first.scopes->read == "agents.read");
    CHECK(first.scopes->write == "https://example/agents.write");
    const token_issuer& second = read.access.issuers[1];
    CHECK(second.audiences == std::vector<std::string>{"a", "b c"});
    CHECK(second.keys.file == "jwks.json");
    CHECK(second.keys.refresh == 10min);
    CHECK(second.keys.stale == 24h);
    CHECK(second.client_claim == "sub");
    CHECK(second.clock_skew == 60s);
    CHECK_FALSE(second.scopes);
    const client& crm = read.access.clients.at(0);
    REQUIRE(crm.tokens.size() == 2);
    CHECK(crm.tokens[0].issuer == "corporate");
    CHECK(crm.tokens[0].subject == "service:crm");
    CHECK(crm.tokens[1].issuer == "partner");
    CHECK(crm.tokens[1].subject == "7");
    CHECK(crm.keys.empty());
    CHECK(read.access.clients.at(1).keys.size() == 1);
}

TEST_CASE("paths of an issuer start at the configuration's folder") {
    std::vector<fault> faults;
    const auto read = load(of_issuer("keys: {file: keys/a.json}"), "/etc/rollcall/c.yaml", variables({}), faults);
    CHECK(lines(faults) == "");
    CHECK(read.access.issuers.at(0).keys.file == "/etc/rollcall/keys/a.json");
}

TEST_CASE("what is wrong with an issuer is named with its place") {
    const std::string one_line = "must have 1 to 256 bytes on one line";
    const std::string a_scope = "must be one scope: visible ASCII without spaces, quotes and backslashes (RFC 6749)";
    const std::pair<std::string, std::string> cases[] = {
        {of_members("name: corporate, issuer: a, audience: b"), "2:20: access.issuers[0].keys: is missing"},
        {of_members("issuer: a, audience: b, keys: {file: a}"), "2:20: access.issuers[0].name: is missing"},
        {of_members("name: a, audience: b, keys: {file: a}"), "2:20: access.issuers[0].issuer: is missing"},
        {of_members("name: a, issuer: b, keys: {file: a}"), "2:20: access.issuers[0].audience: is missing"},
        {of_members("name: A, issuer: a, audience: b, keys: {file: a}"),
         "2:27: access.issuers[0].name: must be a lower-case letter and then at most 31 lower-case letters, digits or "
         "hyphens, found \"A\""},
        {of_members("name: a, issuer: \"\", audience: b, keys: {file: a}"),
         "2:38: access.issuers[0].issuer: " + one_line},
        {of_members("name: a, issuer: \"a\\nb\", audience: b, keys: {file: a}"),
         "2:38: access.issuers[0].issuer: " + one_line},
        {of_members("name: a, issuer: " + std::string(257, 'x') + ", audience: b, keys: {file: a}"),
         "2:38: access.issuers[0].issuer: " + one_line},
        {of_members("name: a, issuer: a, audience: [], keys: {file: a}"),
         "2:51: access.issuers[0].audience: must name at least one audience"},
        {of_members("name: a, issuer: a, audience: [b, b], keys: {file: a}"),
         "2:55: access.issuers[0].audience[1]: is given twice"},
        {of_members("name: a, issuer: a, audience: \"\", keys: {file: a}"),
         "2:51: access.issuers[0].audience: " + one_line},
        {of_members("name: a, issuer: a, audience: b, keys: {file: a}}, {name: a, issuer: b, audience: c, keys: {file: "
                    "a}"),
         "2:72: access.issuers[1]: its name is taken by access.issuers[0]"},
        {of_members("name: a, issuer: a, audience: b, keys: {file: a}}, {name: b, issuer: a, audience: c, keys: {file: "
                    "a}"),
         "2:72: access.issuers[1]: its issuer is that of access.issuers[0]; each may stand once"},
        {of_issuer("keys: {}"), "2:96: access.issuers[0].keys: must have either file or url"},
        {of_issuer("keys: {file: a, url: \"https://a\"}"),
         "2:96: access.issuers[0].keys: must have either file or url"},
        {of_issuer("keys: {file: \"\"}"), "2:103: access.issuers[0].keys.file: must be the path of a file"},
        {of_issuer("keys: {url: \"http://idp.example/\"}"),
         "2:102: access.issuers[0].keys.url: must begin with https://, or name a literal address of loopback, such as "
         "127.0.0.1"},
        {of_issuer("keys: {url: \"https://u:p@idp.example/\"}"),
         "2:102: access.issuers[0].keys.url: must not hold a user or password"},
        {of_issuer("keys: {url: \"https://a\", refresh: 5s}"),
         "2:124: access.issuers[0].keys.refresh: must be between 10s and 24h, found \"5s\""},
        {of_issuer("keys: {url: \"https://a\", stale: 30s}"),
         "2:122: access.issuers[0].keys.stale: must be between 1m and 168h, found \"30s\""},
        {of_issuer("keys: {file: a, refresh: 30s}"),
         "2:115: access.issuers[0].keys.refresh: belongs to url; a file is read anew when it changes"},
        {of_issuer("keys: {file: a, stale: 1h}"),
         "2:113: access.issuers[0].keys.stale: belongs to url; a file is read anew when it changes"},
        {of_issuer("keys: {file: a, ca_file: b}"),
         "2:115: access.issuers[0].keys.ca_file: belongs to url; a file is read anew when it changes"},
        {of_issuer("keys: {url: \"http://127.0.0.1/\", ca_file: b}"),
         "2:132: access.issuers[0].keys.ca_file: needs a url that begins with https://"},
        {of_issuer("keys: {file: a, secret: b}"),
         "2:106: access.issuers[0].keys.secret: unknown key; known: file, url, refresh, stale, ca_file"},
        {of_issuer("keys: {file: a}, clock_skew: 11m"),
         "2:119: access.issuers[0].clock_skew: must be between 0ms and 10m, found \"11m\""},
        {of_issuer("keys: {file: a}, client_claim: \"\""), "2:121: access.issuers[0].client_claim: " + one_line},
        {of_issuer("keys: {file: a}, scopes: {read: a}"), "2:115: access.issuers[0].scopes.write: is missing"},
        {of_issuer("keys: {file: a}, scopes: {read: \"a b\", write: c}"),
         "2:122: access.issuers[0].scopes.read: " + a_scope},
        {of_issuer("keys: {file: a}, scopes: {read: a, write: \"\"}"),
         "2:132: access.issuers[0].scopes.write: " + a_scope},
        {of_issuer("keys: {file: a}, algorithms: [HS256]"),
         "2:107: access.issuers[0].algorithms: unknown key; known: name, issuer, audience, keys, client_claim, "
         "clock_skew, "
         "scopes"},
        {"providers: [{name: a, profile: heppu}]\naccess: {issuers: [], clients: [{name: a, keys: [\"rc_abcdefgh27:" +
             digits + "\"]}]}",
         "2:19: access.issuers: must hold at least one issuer"},
        {"providers: [{name: a, profile: heppu}]\naccess: {issuers: [{" + corporate + ", keys: {file: a}}]}",
         "2:9: access.clients: is missing"},
    };
    for (const auto& [text, fault] : cases) {
        CAPTURE(text);
        CHECK(faults_of(text) == "c.yaml:" + fault);
    }
}

TEST_CASE("what is wrong with a client's tokens is named with its place, and shows no token") {
    const std::string rule =
        "must be the name of one of access.issuers, a colon, and the value of its client_claim, such as corporate:crm";
    const std::pair<std::string, std::string> cases[] = {
        {of_tokens("[]"), "3:39: access.clients[0].tokens: must hold at least one token's name"},
        {of_tokens("\"corporate:crm\""), "3:39: access.clients[0].tokens: expected a list, found a text"},
        {of_tokens("[corporate]"), "3:40: access.clients[0].tokens[0]: " + rule},
        {of_tokens("[\"corporate:\"]"), "3:40: access.clients[0].tokens[0]: " + rule},
        {of_tokens("[\":crm\"]"), "3:40: access.clients[0].tokens[0]: " + rule},
        {of_tokens("[\"https://idp.example/:crm\"]"),
         "3:40: access.clients[0].tokens[0]: no issuer has the name https; known: corporate"},
        {of_tokens("[\"Corporate:crm\"]"), "3:40: access.clients[0].tokens[0]: " + rule},
        {of_tokens("[\"eyJhbGciOiJub25lIn0.eyJpc3MiOiJhIn0.secret\"]"), "3:40: access.clients[0].tokens[0]: " + rule},
        {of_tokens("[\"corporat:crm\"]"),
         "3:40: access.clients[0].tokens[0]: no issuer has the name corporat; did you mean corporate?"},
        {of_tokens("[\"corporate:crm\", \"corporate:crm\"]"),
         "3:57: access.clients[0].tokens[1]: is what access.clients[0].tokens[0] is; each may stand once"},
        {of_tokens("[\"corporate:crm\"]}, {name: b, tokens: [\"corporate:crm\"]"),
         "3:78: access.clients[1].tokens[0]: is what access.clients[0].tokens[0] is; each may stand once"},
        {of_tokens("[\"corporate:" + std::string(300, 'x') + "\"]"),
         "3:40: access.clients[0].tokens[0]: must have 1 to 256 bytes on one line"},
        {"providers: [{name: a, profile: heppu}]\naccess: {clients: [{name: crm, tokens: [\"corporate:crm\"]}]}",
         "2:41: access.clients[0].tokens[0]: no issuer has the name corporate"},
    };
    for (const auto& [text, fault] : cases) {
        CAPTURE(text);
        CHECK(faults_of(text) == "c.yaml:" + fault);
    }
}

TEST_CASE("the URL of a key set is taken apart, and is HTTPS unless it stays on this machine") {
    const struct {
        std::string url;
        bool tls;
        std::string host;
        std::string port;
        std::string target;
    } good[] = {
        {"https://idp.example", true, "idp.example", "443", "/"},
        {"https://IDP.example:8443/a/b/", true, "idp.example", "8443", "/a/b/"},
        {"https://idp.example/keys?appid=1&x=/?", true, "idp.example", "443", "/keys?appid=1&x=/?"},
        {"https://idp.example?a", true, "idp.example", "443", "/?a"},
        {"https://[2001:db8::1]/k", true, "2001:db8::1", "443", "/k"},
        {"http://127.0.0.1:8080/k", false, "127.0.0.1", "8080", "/k"},
        {"http://[::1]/k", false, "::1", "80", "/k"},
    };
    for (const auto& [url, tls, host, port, target] : good) {
        CAPTURE(url);
        CHECK(key_set_url_problem(url) == "");
        const key_set_url read = parse_key_set_url(url);
        CHECK(read.tls == tls);
        CHECK(read.host == host);
        CHECK(read.port == port);
        CHECK(read.target == target);
    }
    for (const std::string bad : {"", "idp.example/keys", "ftp://idp.example/", "http://idp.example/",
                                  "http://localhost/keys", "http://128.0.0.1/", "https://", "https://idp.example/#a",
                                  "https://idp.example/?a#b", "https://idp.example/?a b", "https://idp.example/?a%2",
                                  "https://idp.example/?\r\nX: y", "https://idp.example/a b", "https://u@idp.example/",
                                  "https://idp.example:99999/", "https://idp.example/../a"}) {
        CAPTURE(bad);
        CHECK(key_set_url_problem(bad) != "");
    }
}

}  // namespace rollcall::config
