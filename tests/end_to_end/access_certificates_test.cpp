// Clients that are known by their TLS certificates: the built gateway, real handshakes, and who is let in.
#include "tests/end_to_end/access.hpp"
#include "tests/end_to_end/reloading.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/tls_client.hpp"

#include <string>
#include <string_view>

namespace rollcall::testing {
namespace {

const std::string reports_names = R"(certificates: ["DNS:reports.example", "URI:spiffe://example/reports"])";
const std::string crm_names = R"(certificates: ["email:crm@example.com"])";

/// A gateway before one provider that asks clients for certificates of `authority`, and serves those without one.
struct certified_setup {
    std::string text(const std::string& clients) const {
        std::string text = heppu_configuration({{"heppu", providers.url("heppu")}},
                                               "cursor: {secret: a-secret-for-tests}\naccess:\n  clients:\n" + clients);
        const std::string_view begin = "threads: 2";
        return text.replace(text.find(begin), begin.size(),
                            "threads: 2, tls: {certificate: \"" + issued.chain.string() + "\", key: \"" +
                                issued.key.string() + "\", client_ca: \"" + authority.ca_file().string() +
                                "\", client_certificate: request}");
    }

    /// What somebody with a certificate of these names connects with.
    tls_wishes with(const std::string& names) {
        const issued_certificate shown = authority.issue_client(names);
        tls_wishes wishes;
        wishes.certificate = shown.chain;
        wishes.key = shown.key;
        return wishes;
    }

    simulators providers{{"heppu:agents=3"}};
    certificate_authority authority;
    issued_certificate issued = authority.issue("127.0.0.1");
};

/// A client's line of the configuration; it may read.
std::string client_line(const std::string& name, const std::string& more) {
    return "    - {name: " + name + ", " + more + "}\n";
}

std::string keys_of(const client_key& key) {
    return "keys: [\"" + key.hash + "\"]";
}

struct tls_answer {
    std::string status;
    std::string head;
    std::string body;
};

/// One request, with the connection kept.
tls_answer ask(tls_client& client, const std::string& fields = {}, const std::string& line = "GET /agents") {
    client.send(line + " HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Request-Id: same\r\n" + fields + "\r\n");
    const auto answer = client.read_answer();
    REQUIRE_MESSAGE(answer, client.end());
    const auto head = answer->find("\r\n\r\n");
    return {answer->substr(9, 3), answer->substr(0, head + 2), answer->substr(head + 4)};
}

tls_answer ask(const gateway& gateway, const tls_wishes& wishes, const std::string& fields = {}) {
    tls_client client{gateway.public_port(), wishes};
    return ask(client, fields);
}

double refused(const gateway& gateway, const std::string& reason) {
    return metric(gateway, "rollcall_http_unauthenticated_total{reason=\"" + reason + "\"}");
}

}  // namespace

TEST_CASE("a client is known by a name of its certificate, in a resumed session too; the log says which name") {
    certified_setup setup;
    gateway gateway{setup.text(client_line("reports", reports_names) + client_line("crm", crm_names))};
    const tls_wishes reports = setup.with("DNS:other.example,DNS:Reports.Example");
    tls_client first{gateway.public_port(), reports};
    CHECK(ask(first).status == "200");
    CHECK(log_line(gateway, "request\"").find(R"("client":"reports","key":"DNS:reports.example")") !=
          std::string::npos);
    tls_wishes again = reports;
    again.session = first.session();
    REQUIRE(again.session);
    tls_client resumed{gateway.public_port(), again};
    CHECK(ask(resumed).status == "200");
    CHECK(resumed.resumed());
    CHECK(ask(gateway, setup.with("URI:spiffe://example/reports")).status == "200");
    CHECK(soon(gateway, R"(rollcall_client_requests_total{client="reports",status="2xx"})", 3));

    tls_client crm{gateway.public_port(), setup.with("email:crm@EXAMPLE.com")};
    CHECK(ask(crm, {}, "DELETE /agents/heppu:1").status == "403");
    const std::string audit = log_line(gateway, "audit");
    CHECK(audit.find(R"("client":"crm","key":"email:crm@example.com")") != std::string::npos);
    CHECK(gateway.stop() == 0);
}

TEST_CASE("no certificate, one of nobody's, and one of two clients' are told the same, and counted apart") {
    certified_setup setup;
    gateway gateway{setup.text(client_line("reports", reports_names) + client_line("crm", crm_names))};
    const tls_answer none = ask(gateway, {});
    CHECK(none.status == "401");
    CHECK(none.head.find("WWW-Authenticate: Bearer realm=\"rollcall\"\r\n") != std::string::npos);
    for (const std::string names :
         {"DNS:other.example", "DNS:a.reports.example", "DNS:*.example", "URI:spiffe://example/Reports",
          "IP:127.0.0.1,DNS:other.example", "DNS:reports.example,email:crm@example.com"}) {
        CAPTURE(names);
        const tls_answer other = ask(gateway, setup.with(names));
        CHECK(other.status == "401");
        CHECK(other.body == none.body);
    }
    CHECK(refused(gateway, "missing") == 1);
    CHECK(refused(gateway, "unknown_certificate") == 5);
    CHECK(refused(gateway, "ambiguous_certificate") == 1);
    CHECK(gateway.stop() == 0);
}

TEST_CASE("a key that is shown beside a certificate must be good, and says who it is") {
    certified_setup setup;
    const client_key key = new_key();
    gateway gateway{setup.text(client_line("reports", reports_names) + client_line("crm", keys_of(key)))};
    tls_client client{gateway.public_port(), setup.with("DNS:reports.example")};
    const tls_answer wrong = ask(client, "x-api-key: " + new_key().key + "\r\n");
    CHECK(wrong.status == "401");
    CHECK(wrong.head.find("error=\"invalid_token\"") != std::string::npos);
    CHECK(ask(client, "Authorization: Basic dTpw\r\n").status == "401");
    CHECK(ask(client, "x-api-key: " + key.key + "\r\n").status == "200");
    CHECK(soon(gateway, R"(rollcall_client_requests_total{client="crm",status="2xx"})", 1));
    CHECK(ask(client).status == "200");
    CHECK(soon(gateway, R"(rollcall_client_requests_total{client="reports",status="2xx"})", 1));
    CHECK(ask(gateway, {}, "x-api-key: " + key.key + "\r\n").status == "200");
    CHECK(refused(gateway, "unknown") == 1);
    CHECK(refused(gateway, "malformed") == 1);
    CHECK(gateway.stop() == 0);
}

TEST_CASE("a name that a reload takes away or gives to another counts from the next request on, on open connections") {
    certified_setup setup;
    const std::string other = client_line("crm", crm_names);
    gateway gateway{setup.text(client_line("reports", reports_names) + other)};
    tls_client reports{gateway.public_port(), setup.with("DNS:reports.example")};
    tls_client crm{gateway.public_port(), setup.with("email:crm@example.com")};
    CHECK(ask(reports).status == "200");
    CHECK(ask(crm).status == "200");

    REQUIRE(reload(gateway, setup.text(client_line("reports", R"(certificates: ["DNS:new.example"])") + other)));
    CHECK(ask(reports).status == "401");
    CHECK(ask(crm).status == "200");
    CHECK(refused(gateway, "unknown_certificate") == 1);

    REQUIRE(reload(gateway, setup.text(client_line("successor", R"(certificates: ["DNS:reports.example"])") + other)));
    CHECK(ask(reports).status == "200");
    CHECK(soon(gateway, R"(rollcall_client_requests_total{client="successor",status="2xx"})", 1));

    // Names that nobody could show any more are a fault, and change nothing.
    std::string text = setup.text(other);
    const auto from = text.find(", client_ca");
    text.erase(from, text.find('}', from) - from);
    CHECK_FALSE(reload(gateway, text));
    CHECK(log_line(gateway, "faulty configuration").find("certificates: needs server.tls.client_ca") !=
          std::string::npos);
    CHECK(ask(reports).status == "200");
    CHECK(gateway.stop() == 0);
}

}  // namespace rollcall::testing
