// The built gateway with TLS on its public listener: what `check` says of the files, clients of each kind, and
// certificates that change while it runs.
#include "tests/end_to_end/reloading.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/command.hpp"
#include "tests/support/tls_client.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace {

using namespace rollcall::testing;
namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream{file}.rdbuf();
    return text.str();
}

/// A secret as Kubernetes mounts it: each file is a link through `..data`, a link that is swapped as a whole.
class mounted_secret {
  public:
    explicit mounted_secret(const issued_certificate& first) {
        swap(first);
        for (const char* name : {"tls.crt", "tls.key"})
            fs::create_symlink(fs::path{"..data"} / name, folder_.path() / name);
    }

    void swap(const issued_certificate& next) { swap(text_of(next.chain), text_of(next.key)); }
    void swap(const std::string& certificate, const std::string& key) {
        const fs::path version = "..version-" + std::to_string(++versions_);
        fs::create_directory(folder_.path() / version);
        (void)folder_.write((version / "tls.crt").string(), certificate);
        (void)folder_.write((version / "tls.key").string(), key);
        fs::create_symlink(version, folder_.path() / "..next");
        fs::rename(folder_.path() / "..next", folder_.path() / "..data");
    }

    std::string certificate() const { return folder_.path() / "tls.crt"; }
    std::string key() const { return folder_.path() / "tls.key"; }

  private:
    temporary_directory folder_;
    int versions_ = 0;
};

std::string tls_of(const std::string& certificate, const std::string& key, const std::string& more = {}) {
    return "tls: {certificate: \"" + certificate + "\", key: \"" + key + "\"" + more + "}";
}

std::string configuration_with(const simulators& providers, const std::string& server) {
    std::string text =
        heppu_configuration({{"heppu", providers.url("heppu")}}, "cursor: {secret: a-secret-for-tests}\n");
    const std::string_view begin = "threads: 2";
    return text.replace(text.find(begin), begin.size(), "threads: 2, " + server);
}

std::string request(const std::string& target, const std::string& fields = {}) {
    return "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + fields + "\r\n";
}

/// The status of one answer, with its connection kept; or why there is none.
std::string ask(tls_client& client, const std::string& bytes = request("/agents?limit=2")) {
    if (!client.connected()) return client.end();
    client.send(bytes);
    const auto answer = client.read_answer();
    return answer ? answer->substr(9, 3) : client.end();
}

constexpr std::string_view tls_reloads_ok = R"(rollcall_tls_reloads_total{outcome="ok"})";
constexpr std::string_view tls_reloads_failed = R"(rollcall_tls_reloads_total{outcome="failed"})";

}  // namespace

TEST_CASE("the public listener speaks TLS, says so with HSTS, and the admin listener does not") {
    simulators providers{{"heppu:agents=3"}, {}};
    certificate_authority authority;
    const auto issued = authority.issue("127.0.0.1");
    gateway gateway{configuration_with(providers, tls_of(issued.chain, issued.key, ", hsts: 24h"))};

    address secure{"https://127.0.0.1:" + std::to_string(gateway.public_port())};
    secure.trusted = authority.ca_file();
    connection client{secure};
    for (int time = 0; time < 3; ++time) {
        const response page = client.get("/agents");
        CHECK(page.status == 200);
        CHECK(page.header("strict-transport-security") == "max-age=86400");
        CHECK(client.is_open());
    }
    tls_wishes old;
    old.oldest = old.newest = tls_version::tls_1_1;
    tls_client late{gateway.public_port(), old};
    CHECK_FALSE(late.connected());
    tls_wishes h2;
    h2.protocols = "\x02h2";
    tls_client other{gateway.public_port(), h2};
    CHECK(other.end() == "tlsv1 alert no application protocol");

    const response plain = gateway.get("/agents");
    CHECK(problem_of(plain) == "400 malformed_request");
    CHECK(gateway.admin("/livez").status == 200);
    CHECK(metric(gateway, R"(rollcall_tls_handshakes_total{outcome="full"})") == 1);
    CHECK(metric(gateway, R"(rollcall_tls_handshakes_total{outcome="failed"})") == 2);
    CHECK(metric(gateway, R"(rollcall_tls_handshakes_total{outcome="plain_http"})") == 1);
    const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    CHECK(metric(gateway, "rollcall_tls_certificate_expires_seconds") > now + 3000);
    CHECK(metric(gateway, "rollcall_tls_certificate_expires_seconds") < now + 3700);
    CHECK(gateway.stop() == 0);
}

TEST_CASE("a certificate that is swapped by its link is used, and nobody's connection or session ends") {
    simulators providers{{"heppu:agents=3"}, {}};
    certificate_authority authority;
    mounted_secret secret{authority.issue("127.0.0.1")};
    gateway gateway{configuration_with(providers, tls_of(secret.certificate(), secret.key()))};
    tls_client lasting{gateway.public_port()};
    CHECK(ask(lasting) == "200");
    REQUIRE(lasting.session());

    secret.swap(authority.issue("127.0.0.1"));
    REQUIRE(soon(gateway, tls_reloads_ok, 1));
    CHECK(log_line(gateway, "certificate reloaded").find("\"expires\":\"20") != std::string::npos);
    CHECK(ask(lasting) == "200");
    tls_wishes again;
    again.session = lasting.session();
    tls_client resumed{gateway.public_port(), again};
    CHECK(ask(resumed) == "200");
    CHECK(resumed.resumed());
    tls_client fresh{gateway.public_port()};
    CHECK(ask(fresh) == "200");
    CHECK(fresh.certificate() != lasting.certificate());

    // A certificate without its key keeps the former pair, until the key has come.
    const auto third = authority.issue("127.0.0.1");
    secret.swap(text_of(third.chain), text_of(authority.issue("127.0.0.1").key));
    REQUIRE(soon(gateway, tls_reloads_failed, 1));
    CHECK(log_line(gateway, "the certificate is not reloaded").find("is not the key of the certificate in") !=
          std::string::npos);
    tls_client unchanged{gateway.public_port()};
    CHECK(ask(unchanged) == "200");
    CHECK(unchanged.certificate() == fresh.certificate());
    secret.swap(third);
    REQUIRE(soon(gateway, tls_reloads_ok, 2));
    tls_client renewed{gateway.public_port()};
    CHECK(ask(renewed) == "200");
    CHECK(renewed.certificate() == text_of(third.chain));
    CHECK(metric(gateway, tls_reloads_failed) == 1);
    CHECK(ask(lasting) == "200");
    CHECK(gateway.stop() == 0);
}

TEST_CASE("SIGHUP takes another certificate, none, and one again; a broken one changes nothing") {
    simulators providers{{"heppu:agents=3"}, {}};
    certificate_authority authority;
    const auto first = authority.issue("127.0.0.1");
    const auto second = authority.issue("127.0.0.1");
    gateway gateway{configuration_with(providers, tls_of(first.chain, first.key))};
    tls_client lasting{gateway.public_port()};
    CHECK(ask(lasting) == "200");

    CHECK_FALSE(reload(gateway, configuration_with(providers, tls_of(first.chain, second.key))));
    CHECK(log_line(gateway, "faulty configuration").find("server.tls.key: ") != std::string::npos);
    CHECK(reload(gateway, configuration_with(providers, tls_of(second.chain, second.key))));
    tls_client next{gateway.public_port()};
    CHECK(ask(next) == "200");
    CHECK(next.certificate() == text_of(second.chain));

    CHECK(reload(gateway, configuration_with(providers, "request_timeout: 3s")));
    CHECK(gateway.get("/agents").status == 200);
    CHECK(metric(gateway, "rollcall_tls_certificate_expires_seconds") == -1);
    CHECK(ask(lasting) == "200");
    CHECK(reload(gateway, configuration_with(providers, tls_of(first.chain, first.key))));
    tls_client last{gateway.public_port()};
    CHECK(ask(last) == "200");
    CHECK(ask(lasting) == "200");
    CHECK(gateway.stop() == 0);
}

TEST_CASE("clients prove who they are by a certificate") {
    simulators providers{{"heppu:agents=3"}, {}};
    certificate_authority authority;
    certificate_authority clients;
    const auto issued = authority.issue("127.0.0.1");
    gateway gateway{configuration_with(
        providers, tls_of(issued.chain, issued.key, ", client_ca: \"" + clients.ca_file().string() + "\""))};
    const auto with = [&](const issued_certificate& shown) {
        tls_wishes wishes;
        wishes.certificate = shown.chain;
        wishes.key = shown.key;
        tls_client client{gateway.public_port(), wishes};
        return ask(client);
    };
    tls_client none{gateway.public_port()};
    CHECK(ask(none) == "tlsv13 alert certificate required");
    CHECK(with(authority.issue_client("DNS:a")) == "tlsv1 alert unknown ca");
    CHECK(with(clients.issue_client("DNS:a", validity::expired)) == "sslv3 alert certificate expired");
    CHECK(with(clients.issue_client("DNS:a")) == "200");
    CHECK(metric(gateway, R"(rollcall_tls_handshakes_total{outcome="certificate"})") == 3);
    CHECK(gateway.stop() == 0);
}

TEST_CASE("SIGTERM ends TLS connections with a farewell when they have their answers") {
    simulators providers{{"heppu:agents=3"}, {}};
    certificate_authority authority;
    const auto issued = authority.issue("127.0.0.1");
    gateway gateway{configuration_with(providers, tls_of(issued.chain, issued.key))};
    tls_client idle{gateway.public_port()};
    CHECK(ask(idle) == "200");
    providers.set_fault("heppu", R"({"mode": "delay", "ms": 600})");
    tls_client busy{gateway.public_port()};
    busy.send(request("/agents", "Cache-Control: no-cache\r\n"));
    REQUIRE(soon(gateway, "rollcall_http_requests_in_flight", 1));
    gateway.child().signal(SIGTERM);
    const auto answer = busy.read_answer();
    REQUIRE(answer);
    CHECK(answer->starts_with("HTTP/1.1 200 "));
    CHECK(answer->find("Connection: close") != std::string::npos);
    CHECK(busy.read_all().empty());
    CHECK(busy.end() == "closed");
    CHECK(idle.read_all().empty());
    CHECK(idle.end() == "closed");
    CHECK(gateway.child().exit_code(default_timeout) == 0);
}

TEST_CASE("check finds what is wrong with the certificate's files, and warns of one that has expired") {
    certificate_authority authority;
    const auto good = authority.issue("127.0.0.1");
    const auto expired = authority.issue("127.0.0.1", validity::expired);
    temporary_directory folder;
    const auto check = [&](const std::string& tls) {
        const auto file = folder.write("rollcall.yaml", "server:\n  " + tls +
                                                            "\nproviders:\n  - {name: a, profile: heppu, "
                                                            "credential: {value: key}}\n");
        return run({"check", "--config", file.string()});
    };
    const auto sound = check(tls_of(good.chain, good.key));
    CHECK(sound.exit_code == 0);
    CHECK(sound.errors.empty());
    const auto late = check(tls_of(expired.chain, expired.key));
    CHECK(late.exit_code == 0);
    CHECK(late.errors.find("server.tls.certificate: " + expired.chain.string() + ": the certificate expired at ") !=
          std::string::npos);
    const auto mixed = check(tls_of(good.chain, expired.key));
    CHECK(mixed.exit_code == 2);
    CHECK(mixed.errors.find("rollcall.yaml:2:") != std::string::npos);
    CHECK(mixed.errors.find("server.tls.key: " + expired.key.string() + " is not the key of the certificate in " +
                            good.chain.string()) != std::string::npos);
    CHECK(check("tls: {certificate: a.pem, key: b.pem}").exit_code == 2);
    CHECK(check(tls_of(good.chain, good.key, ", client_certificate: request")).exit_code == 2);
}
