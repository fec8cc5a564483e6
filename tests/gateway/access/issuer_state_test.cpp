// Key sets from files and over HTTPS, while the gateway runs: how they are got, kept and replaced.
#include "gateway/access/issuer_state.hpp"

#include "tests/gateway/access/issuers.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/key_server.hpp"
#include "tests/support/temporary_file.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <thread>

namespace rollcall::gateway {
namespace {

using namespace testing;
using rollcall::testing::certificate_authority;
using rollcall::testing::key_server;
using rollcall::testing::key_set_of;
using rollcall::testing::temporary_directory;
using rollcall::testing::token_of;

/// A housekeeping thread, and what sources of key sets work with.
class workplace {
  public:
    ~workplace() { (void)end(); }

    std::shared_ptr<const issuer_state> make(const config::token_issuer& settings) {
        auto state = make_issuer_state(settings, states, {context_.get_executor(), sweeper_, counts, *log_});
        states.assign(1, state);
        return state;
    }

    /// Ends the thread; what was logged until then.
    std::string end() {
        states.clear();
        work_.reset();
        context_.stop();
        if (thread_.joinable()) thread_.join();
        log_.reset();
        return text_.str();
    }

    /// How often keys were asked for with that outcome.
    int count(const std::string& outcome) const {
        const std::string text = counts.scrape();
        const std::string series =
            "rollcall_access_key_set_refreshes_total{issuer=\"corporate\",outcome=\"" + outcome + "\"} ";
        const auto at = text.find(series);
        return at == std::string::npos ? 0 : std::stoi(text.substr(at + series.size()));
    }

    metrics counts{{}};
    issuer_states states;

  private:
    std::ostringstream text_;
    std::optional<access_log> log_{std::in_place, config::log{},
                                   std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)};
    asio::io_context context_{1};
    sweeper sweeper_{context_.get_executor()};
    std::optional<asio::executor_work_guard<executor>> work_{context_.get_executor()};
    std::thread thread_{[this] { context_.run(); }};
};

bool soon(const std::function<bool()>& comes_true) {
    for (const auto until = steady_clock::now() + 20s; steady_clock::now() < until;) {
        if (comes_true()) return true;
        std::this_thread::yield();
    }
    return false;
}

config::token_issuer issuer_at(const std::string& url) {
    config::token_issuer settings;
    settings.name = "corporate";
    settings.issuer = "https://idp.example/";
    settings.keys.url = url;
    return settings;
}

}  // namespace

TEST_CASE("keys come over HTTPS from a server whose certificate is trusted, and from no other") {
    certificate_authority authority;
    const auto issued = authority.issue("127.0.0.1");
    const auto misnamed = authority.issue("idp.example");
    const key_server server{signers().set(), issued.chain, issued.key};
    const key_server other{signers().set(), misnamed.chain, misnamed.key};
    certificate_authority strangers;
    workplace at;

    config::token_issuer settings = issuer_at(server.url());
    settings.keys.ca_file = authority.ca_file();
    CHECK(at.make(settings)->keys->wait_until_there(10s));
    CHECK(server.last_head().starts_with("GET /keys?tenant=a HTTP/1.1\r\nHost: 127.0.0.1:"));
    CHECK(soon([&] { return at.count("ok") == 1; }));  // counted after the keys are there
    CHECK(at.count("failed") == 0);

    const auto is_refused = [&] {
        const int before = at.count("failed");
        at.states.clear();
        const auto state = at.make(settings);
        CHECK(soon([&] { return at.count("failed") > before; }));
        return state->keys->version() == 0;
    };
    settings.keys.ca_file = strangers.ca_file();
    CHECK(is_refused());
    settings = issuer_at(other.url());
    settings.keys.ca_file = authority.ca_file();
    CHECK(is_refused());
    CHECK(other.requests() == 0);
    settings.keys.ca_file = "/nowhere/ca.pem";
    CHECK_THROWS_AS(at.make(settings), std::runtime_error);
}

TEST_CASE("keys that were given stay while the URL gives none, be it an error, nonsense or too much") {
    workplace at;
    key_server server{signers().set()};
    config::token_issuer settings = issuer_at(server.url());
    settings.keys.refresh = 0s;  // without a pause, which no configuration can ask for
    const auto state = at.make(settings);
    REQUIRE(state->keys->wait_until_there(10s));
    const std::pair<std::string, unsigned> cases[] = {
        {"oops", 500}, {signers().set(), 404},  {signers().set(), 302},
        {"{}", 200},   {R"({"keys":[]})", 200}, {std::string(key_set::bytes_maximum + 1, ' '), 200},
    };
    for (const auto& [body, status] : cases) {
        server.answer(body, status);
        CHECK(server.wait_for(server.requests() + 2));
        CHECK(state->keys->version() == 1);
        CHECK(state->keys->counts_at(system_clock::now()));
    }
    server.answer(key_set_of({signers().foreign.jwk()}));
    CHECK(soon([&] { return state->keys->version() == 2; }));
    CHECK(state->keys->now().keys->has("foreign"));
    const std::string log = at.end();
    CHECK(log.find("the URL answered with the status 302") != std::string::npos);
    CHECK(log.find("the URL's answer holds no key that verifies RS256, ES256 or EdDSA") != std::string::npos);
    CHECK(log.find("larger than 1048576 bytes") != std::string::npos);
    CHECK(log.find(R"("tokens":"accepted")") != std::string::npos);
    CHECK(log.find(R"("message":"an issuer's keys are new","issuer":"corporate","keys":1)") != std::string::npos);
}

TEST_CASE("one that cannot be reached is asked again, and its keys count when it can") {
    workplace at;
    auto server = std::make_unique<key_server>(signers().set());
    server->answer({}, 503);
    const auto state = at.make(issuer_at(server->url()));
    CHECK(server->wait_for(1));
    CHECK(state->keys->version() == 0);
    server->answer(signers().set());
    CHECK(state->keys->wait_until_there(10s));
    CHECK(server->requests() >= 2);
    CHECK(at.end().find(R"("tokens":"refused")") != std::string::npos);
}

TEST_CASE(
    "an issuer that is configured as before goes on; with another period, it begins with the keys that are there") {
    workplace at;
    const key_server server{signers().set()};
    config::token_issuer settings = issuer_at(server.url());
    const auto first = at.make(settings);
    REQUIRE(first->keys->wait_until_there(10s));
    settings.audiences = {"another"};
    settings.clock_skew = 5s;
    CHECK(at.make(settings) == first);
    settings.keys.refresh = 60s;
    const auto second = at.make(settings);
    CHECK(second != first);
    CHECK(second->keys->now().keys == first->keys->now().keys);
    CHECK(second->keys->now().confirmed_at >= first->keys->now().confirmed_at);

    config::token_issuer moved = issuer_at(server.url() + "&next");
    CHECK(at.make(moved)->keys->now().keys != first->keys->now().keys);
}

TEST_CASE("a file of keys is read when it changes, and one that is not fit changes nothing") {
    const temporary_directory directory;
    const std::string file = directory.write("jwks.json", signers().set());
    workplace at;
    config::token_issuer settings = issuer_at({});
    settings.keys.file = file;
    const auto state = at.make(settings);
    CHECK(state->keys->version() == 1);

    directory.write("jwks.json", "{");
    CHECK(soon([&] { return at.count("failed") == 1; }));
    CHECK(state->keys->version() == 1);
    directory.write("jwks.json", key_set_of({signers().foreign.jwk()}));
    CHECK(soon([&] { return state->keys->version() == 2; }));
    CHECK(state->keys->counts_at(system_clock::now() + 24h * 365));
    // A reload reads it at once.
    directory.write("jwks.json", signers().set());
    CHECK(at.make(settings)->keys->now().keys->text() == signers().set());
    directory.write("jwks.json", "{}");
    at.states.clear();
    CHECK_THROWS_AS(at.make(settings), std::runtime_error);
    CHECK(at.end().find("jwks.json is no JSON object whose `keys`") != std::string::npos);
}

TEST_CASE("files that are not fit are named with their place before anything is served") {
    const temporary_directory directory;
    config::access access;
    const auto add = [&](const std::string& file, const std::string& ca_file) {
        config::token_issuer& issuer = access.issuers.emplace_back();
        issuer.path = "access.issuers[" + std::to_string(access.issuers.size() - 1) + ']';
        issuer.keys.file = file;
        issuer.keys.ca_file = ca_file;
        const int line = static_cast<int>(access.issuers.size());
        issuer.keys.places = {{"file", {"c.yaml", line, 3}}, {"ca_file", {"c.yaml", line, 5}}};
    };
    certificate_authority authority;
    add(directory.write("good.json", signers().set()), {});
    add(directory.write("bad.json", "{}"), {});
    add("/nowhere/jwks.json", {});
    add({}, authority.ca_file());
    add({}, directory.write("bad.pem", "x"));
    std::vector<config::fault> faults;
    check_issuers(access, faults);
    REQUIRE(faults.size() == 3);
    CHECK(config::to_string(faults[0]).find("c.yaml:2:3: access.issuers[1].keys.file: ") == 0);
    CHECK(config::to_string(faults[0]).find("bad.json is no JSON object whose `keys` are a list of at most 100") !=
          std::string::npos);
    CHECK(config::to_string(faults[1]).find("c.yaml:3:3: access.issuers[2].keys.file: /nowhere/jwks.json cannot be "
                                            "opened") == 0);
    CHECK(config::to_string(faults[2]).find("c.yaml:5:5: access.issuers[4].keys.ca_file: cannot read trusted") == 0);
}

}  // namespace rollcall::gateway
