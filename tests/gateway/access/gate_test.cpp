// Who is let in, who is not, and what is told and counted of it.
#include "gateway/access/gate.hpp"

#include "tests/gateway/access/keys.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace rollcall::gateway {
namespace {

using namespace std::chrono_literals;
using fields = std::vector<header_field>;

constexpr std::string_view challenge = "WWW-Authenticate: Bearer realm=\"rollcall\"\r\n";
constexpr std::string_view invalid = "WWW-Authenticate: Bearer realm=\"rollcall\", error=\"invalid_token\"\r\n";

/// A gate that knows `reader`, `writer` and `editor`, each by a key, the editor by two, of which one expires at `noon`;
/// the reader and the editor by certificates as well, and `guest` by nothing else.
struct guarded {
    guarded() {
        config::settings settings;
        settings.providers.resize(2);
        settings.providers[0].name = "heppu";
        settings.providers[1].name = "reps";
        settings.access.clients = {client_of("reader", {reader}, true, false),
                                   client_of("writer", {writer}, false, true),
                                   client_of("editor", {editor, old}, true, true), client_of("guest", {}, true, false)};
        settings.access.clients[0].certificates = {"DNS:reader.example", "URI:spiffe://example/reader"};
        settings.access.clients[2].certificates = {"email:editor@example.com"};
        settings.access.clients[3].certificates = {"DNS:Guest.example"};
        settings.access.clients[0].providers = {"reps"};
        settings.access.clients[2].keys[1].expires = noon;
        registry = std::make_shared<const client_registry>(
            settings, [](const std::string&) { return nullptr; }, [](const config::client&) { return nullptr; });
        door.emplace(
            registry, [this] { return now; }, [this](unauthenticated why) { refused.push_back(why); },
            address_limits{nullptr, [] {}});
    }

    static config::client client_of(const std::string& name, const std::vector<made_key>& keys, bool read, bool write) {
        config::client client;
        client.name = name;
        for (const made_key& key : keys)
            client.keys.push_back(testing::configured(key.hash));
        client.may_read = read;
        client.may_write = write;
        return client;
    }

    bool admits(const fields& headers, method method = method::get) { return admits(headers, {}, method); }

    bool admits(const fields& headers, const std::vector<std::string>& certificate, method method = method::get) {
        asked = {};
        asked.certificate = certificate;
        asked.method = method;
        asked.path = "/agents";
        asked.id = "request-1";
        asked.headers = headers;
        answer = {};
        const bool welcome = door->would_admit(asked);
        const bool admitted = door->admit(asked, answer);
        CHECK(welcome == admitted);
        return admitted;
    }

    const system_clock::time_point noon{1'800'000'000s};
    system_clock::time_point now = noon - 1h;
    const made_key reader = make_key();
    const made_key writer = make_key();
    const made_key editor = make_key();
    const made_key old = make_key();
    std::vector<unauthenticated> refused;
    std::shared_ptr<const client_registry> registry;
    std::optional<gate> door;
    request asked;
    response answer;
};

std::string bearer(const made_key& key) {
    return "Bearer " + std::string{key.key.reveal()};
}

std::string prefix(const made_key& key) {
    return key.hash.substr(0, config::key_prefix_length);
}

}  // namespace

TEST_CASE("a client is known by its key in either field, or in both") {
    guarded at;
    const std::string authorization = bearer(at.reader);
    const std::string lower = "bEARER  " + std::string{at.reader.key.reveal()};
    const std::string_view key = at.reader.key.reveal();
    for (const fields& headers : {fields{{"Authorization", authorization}}, fields{{"AUTHORIZATION", lower}},
                                  fields{{"X-Api-Key", key}}, fields{{"x-api-key", key}, {"authorization", lower}},
                                  fields{{"x-api-key", key}, {"Accept", "*/*"}, {"x-api-key", key}}}) {
        CHECK(at.admits(headers));
        REQUIRE(at.asked.client != nullptr);
        CHECK(at.asked.client->name == "reader");
        CHECK(at.asked.key == prefix(at.reader));
    }
    CHECK(at.refused.empty());
}

TEST_CASE("nothing shown is told how to show a key, and no error") {
    guarded at;
    CHECK_FALSE(at.admits({}));
    CHECK(at.answer.status == 401);
    CHECK(at.answer.headers == challenge);
    CHECK_FALSE(at.admits({{"Cookie", "key=1"}, {"Proxy-Authorization", bearer(at.editor)}}));
    CHECK(at.refused == std::vector{unauthenticated::missing, unauthenticated::missing});
    CHECK(at.asked.client == nullptr);
}

TEST_CASE("every credential that is none gets the same answer, and is counted as what it is") {
    guarded at;
    at.now = at.noon;
    const std::string unknown = testing::unheld();
    const std::string wrong = testing::misspelt(std::string{at.editor.key.reveal()});
    const std::string basic = "Basic " + std::string{at.editor.key.reveal()};
    const std::string glued = "Bearer" + std::string{at.editor.key.reveal()};
    const std::pair<fields, unauthenticated> cases[] = {
        {{{"x-api-key", unknown}}, unauthenticated::unknown},
        {{{"x-api-key", wrong}}, unauthenticated::wrong},
        {{{"x-api-key", at.old.key.reveal()}}, unauthenticated::expired},
        {{{"x-api-key", at.editor.hash}}, unauthenticated::malformed},
        {{{"x-api-key", ""}}, unauthenticated::malformed},
        {{{"Authorization", ""}}, unauthenticated::malformed},
        {{{"Authorization", "Bearer"}}, unauthenticated::malformed},
        {{{"Authorization", at.editor.key.reveal()}}, unauthenticated::malformed},
        {{{"Authorization", basic}}, unauthenticated::malformed},
        {{{"Authorization", glued}}, unauthenticated::malformed},
    };
    std::string body;
    for (const auto& [headers, reason] : cases) {
        CAPTURE(headers.front().value);
        at.refused.clear();
        CHECK_FALSE(at.admits(headers));
        CHECK(at.answer.status == 401);
        CHECK(at.answer.headers == invalid);
        if (body.empty()) body = at.answer.body;
        CHECK(at.answer.body == body);
        CHECK(at.refused == std::vector{reason});
        CHECK(at.asked.client == nullptr);
        CHECK(at.asked.key.empty());
    }
}

TEST_CASE("two credentials that differ are refused, and be one of them good") {
    guarded at;
    const std::string authorization = bearer(at.reader);
    for (const fields& headers : {fields{{"Authorization", authorization}, {"x-api-key", at.editor.key.reveal()}},
                                  fields{{"x-api-key", at.editor.key.reveal()}, {"x-api-key", at.reader.key.reveal()}},
                                  fields{{"Authorization", "Basic dTpw"}, {"x-api-key", at.editor.key.reveal()}},
                                  fields{{"Authorization", authorization}, {"x-api-key", ""}}}) {
        CHECK_FALSE(at.admits(headers));
        CHECK(at.answer.status == 400);
        CHECK(at.answer.headers == "WWW-Authenticate: Bearer realm=\"rollcall\", error=\"invalid_request\"\r\n");
    }
    CHECK(at.refused == std::vector(4, unauthenticated::several));
}

TEST_CASE("a client without a key is known by any name of its certificate") {
    guarded at;
    const struct {
        std::vector<std::string> names;
        std::string client;
        std::string known_by;
    } cases[] = {
        {{"DNS:reader.example"}, "reader", "DNS:reader.example"},
        {{"DNS:other.example", "URI:spiffe://example/reader"}, "reader", "URI:spiffe://example/reader"},
        {{"URI:spiffe://example/reader", "DNS:READER.example"}, "reader", "URI:spiffe://example/reader"},
        {{"email:editor@EXAMPLE.com"}, "editor", "email:editor@example.com"},
        {{"DNS:guest.example"}, "guest", "DNS:Guest.example"},
    };
    for (const auto& [names, client, known_by] : cases) {
        CAPTURE(known_by);
        CHECK(at.admits({{"Accept", "*/*"}}, names));
        REQUIRE(at.asked.client != nullptr);
        CHECK(at.asked.client->name == client);
        CHECK(at.asked.key == known_by);
    }
    CHECK(at.refused.empty());
    CHECK_FALSE(at.admits({}, {"DNS:reader.example"}, method::delete_));
    CHECK(at.answer.status == 403);
}

TEST_CASE("a certificate of nobody's, or of several clients, is as none, and is counted as what it is") {
    guarded at;
    CHECK_FALSE(at.admits({}));
    const std::string body = at.answer.body;
    const std::pair<std::vector<std::string>, unauthenticated> cases[] = {
        {{"DNS:other.example", "URI:spiffe://example/other"}, unauthenticated::unknown_certificate},
        {{"URI:spiffe://example/READER"}, unauthenticated::unknown_certificate},
        {{"DNS:sub.reader.example"}, unauthenticated::unknown_certificate},
        {{"DNS:*.example"}, unauthenticated::unknown_certificate},
        {{"email:reader.example"}, unauthenticated::unknown_certificate},
        {{"DNS:"}, unauthenticated::unknown_certificate},
        {{"DNS:reader.example", "DNS:guest.example"}, unauthenticated::ambiguous_certificate},
        {{"DNS:guest.example", "DNS:other.example", "DNS:reader.example", "URI:spiffe://example/reader"},
         unauthenticated::ambiguous_certificate},
    };
    for (const auto& [names, reason] : cases) {
        CAPTURE(names.back());
        at.refused.clear();
        CHECK_FALSE(at.admits({}, names));
        CHECK(at.answer.status == 401);
        CHECK(at.answer.headers == challenge);
        CHECK(at.answer.body == body);
        CHECK(at.refused == std::vector{reason});
        CHECK(at.asked.client == nullptr);
        CHECK(at.asked.key.empty());
    }
}

TEST_CASE("a key says whose a request is, whatever certificate came with it") {
    guarded at;
    const std::string wrong = testing::misspelt(std::string{at.editor.key.reveal()});
    const std::vector<std::vector<std::string>> certificates = {
        {}, {"DNS:reader.example"}, {"DNS:other.example"}, {"DNS:reader.example", "DNS:guest.example"}};
    for (const auto& certificate : certificates) {
        CHECK(at.admits({{"x-api-key", at.editor.key.reveal()}}, certificate));
        CHECK(at.asked.client->name == "editor");
        CHECK(at.asked.key == prefix(at.editor));

        // No certificate mends a key, and another scheme is a credential too.
        at.refused.clear();
        CHECK_FALSE(at.admits({{"x-api-key", wrong}}, certificate));
        CHECK(at.answer.headers == invalid);
        CHECK_FALSE(at.admits({{"Authorization", "Basic dTpw"}}, certificate));
        CHECK_FALSE(at.admits({{"Authorization", ""}}, certificate));
        CHECK(at.refused ==
              std::vector{unauthenticated::wrong, unauthenticated::malformed, unauthenticated::malformed});
    }
}

TEST_CASE("a client reads or writes as it may") {
    guarded at;
    const struct {
        const made_key& key;
        bool reads;
        bool writes;
    } clients[] = {{at.reader, true, false}, {at.writer, false, true}, {at.editor, true, true}};
    for (const auto& [key, reads, writes] : clients) {
        for (const method method : {method::get, method::head, method::options})
            CHECK(at.admits({{"x-api-key", key.key.reveal()}}, method) == reads);
        for (const method method : {method::post, method::put, method::patch, method::delete_, method::other})
            CHECK(at.admits({{"x-api-key", key.key.reveal()}}, method) == writes);
    }
    CHECK_FALSE(at.admits({{"x-api-key", at.reader.key.reveal()}}, method::post));
    CHECK(at.answer.status == 403);
    CHECK(at.answer.headers == "WWW-Authenticate: Bearer realm=\"rollcall\", error=\"insufficient_scope\"\r\n");
    CHECK(at.answer.body.find(R"("detail":"the client has no permission to write","code":"forbidden")") !=
          std::string::npos);
    // Of somebody who is known the log and the metrics have the name.
    CHECK(at.asked.client->name == "reader");
    CHECK(at.refused.empty());
}

TEST_CASE("a key ends at its hour, and the client's other key does not") {
    guarded at;
    CHECK(at.admits({{"x-api-key", at.old.key.reveal()}}));
    CHECK(at.asked.key == prefix(at.old));
    at.now = at.noon;
    CHECK_FALSE(at.admits({{"x-api-key", at.old.key.reveal()}}));
    CHECK(at.admits({{"x-api-key", at.editor.key.reveal()}}));
    CHECK(at.asked.client->name == "editor");
}

TEST_CASE("a client sees the providers that it is given, or all") {
    const guarded at;
    const auto& clients = at.registry->clients();
    CHECK_FALSE(sees(&clients[0], 0));
    CHECK(sees(&clients[0], 1));
    CHECK(clients[0].providers == std::vector<std::string>{"reps"});
    CHECK(sees(&clients[1], 0));
    CHECK(clients[1].providers == std::vector<std::string>{"heppu", "reps"});
    CHECK(sees(nullptr, 0));
}

}  // namespace rollcall::gateway
