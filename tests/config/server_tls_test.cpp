// `server.tls`: its keys, its defaults, and the exact words for each that is wrong.
#include "tests/config/faults.hpp"

#include <doctest/doctest.h>

#include <string>

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

std::string with_tls(const std::string& keys) {
    return "providers: [{name: a, profile: heppu}]\nserver:\n  tls: " + keys + "\n";
}

}  // namespace

TEST_CASE("without server.tls the public listener is plain") {
    CHECK_FALSE(load_text("providers: [{name: a, profile: heppu}]").settings.server.tls);
}

TEST_CASE("a certificate and its key are enough for TLS") {
    const auto [read, faults] = load_text(with_tls("{certificate: tls/a.pem, key: /keys/a.pem}"));
    CHECK(lines(faults) == "");
    REQUIRE(read.server.tls);
    CHECK(read.server.tls->certificate == "tls/a.pem");
    CHECK(read.server.tls->key == "/keys/a.pem");
    CHECK(read.server.tls->client_ca.empty());
    CHECK(read.server.tls->client_certificate == client_certificate::require);
    CHECK(read.server.tls->hsts == 0s);
    CHECK(read.server.tls->places.at("key").line == 3);
    CHECK(read.server.tls->places.at("key").column == 38);
}

TEST_CASE("the files of server.tls start at the folder of the configuration") {
    std::vector<fault> faults;
    const auto read = load(
        "server: {tls: {certificate: a.pem, key: ../b.pem, client_ca: c/d.pem, "
        "client_certificate: request, hsts: 8760h}}\nproviders: [{name: a, profile: heppu}]",
        "/etc/rollcall/c.yaml", variables({}), faults);
    CHECK(lines(faults) == "");
    REQUIRE(read.server.tls);
    CHECK(read.server.tls->certificate == "/etc/rollcall/a.pem");
    CHECK(read.server.tls->key == "/etc/b.pem");
    CHECK(read.server.tls->client_ca == "/etc/rollcall/c/d.pem");
    CHECK(read.server.tls->client_certificate == client_certificate::request);
    CHECK(read.server.tls->hsts == 8760h);
}

TEST_CASE("what is wrong with server.tls is named") {
    const auto fault_of = [](const std::string& keys) { return faults_of(with_tls(keys)); };
    CHECK(fault_of("{key: b}") == "c.yaml:3:8: server.tls.certificate: is missing");
    CHECK(fault_of("{certificate: a}") == "c.yaml:3:8: server.tls.key: is missing");
    CHECK(fault_of("{certificate: \"\", key: b}") == "c.yaml:3:22: server.tls.certificate: must be the path of a file");
    CHECK(fault_of("{certificate: a, key: b, client_certificate: require}") ==
          "c.yaml:3:53: server.tls.client_certificate: needs client_ca, which says whose certificates count");
    CHECK(fault_of("{certificate: a, key: b, client_ca: c, client_certificate: maybe}").find("client_certificate: ") !=
          std::string::npos);
    CHECK(fault_of("{certificate: a, key: b, hsts: 500ms}").find("server.tls.hsts: ") != std::string::npos);
    CHECK(fault_of("{certificate: a, key: b, hsts: 20000h}").find("server.tls.hsts: ") != std::string::npos);
    CHECK(fault_of("{certificate: a, key: b, cert: c}").find("server.tls.cert: unknown key") != std::string::npos);
}

}  // namespace rollcall::config
