// Names of certificates: which are taken, and which are the same.
#include "config/certificate_name.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::config {
namespace {

bool are_the_same(std::string_view left, std::string_view right) {
    constexpr certificate_name_order before;
    CHECK_FALSE((before(left, right) && before(right, left)));
    return !before(left, right) && !before(right, left);
}

}  // namespace

TEST_CASE("a name is a host, a URI or an address, with its kind before it") {
    for (const std::string name :
         {"DNS:reports.example", "DNS:REPORTS", "DNS:a_b.xn--bcher-kva.example", "URI:spiffe://example/ns/a/sa/b",
          "URI:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "URI:https://a.example/?b=%20#c", "email:a@b.example",
          "email:\"a@b\"@c.example", "email:A+b@C"}) {
        CAPTURE(name);
        CHECK(certificate_name_problem(name).empty());
    }
}

TEST_CASE("what is no name of a certificate is told what it should be") {
    const struct {
        std::string problem;
        std::vector<std::string> names;
    } cases[] = {
        {"expected DNS:NAME, URI:URI or email:ADDRESS, as a certificate's subject alternative names have them",
         {"", "reports.example", "dns:reports.example", "IP:10.0.0.1", "CN=a", "Email:a@b", " DNS:a", "DNS"}},
        {"must be one whole name: there are no wildcards", {"DNS:*.example", "DNS:*", "DNS:a*.example"}},
        {"must be a host name behind DNS:",
         {"DNS:", "DNS:.", "DNS:a.", "DNS:.a", "DNS:a..b", "DNS: a", "DNS:a b", "DNS:a:8443", "DNS:bücher.example",
          "DNS:" + std::string(254, 'a')}},
        {"must be a whole URI behind URI:",
         {"URI:", "URI:example", "URI:/a", "URI://a/b", "URI:spiffe://a b", "URI:spiffe://a/\"", "URI:https://a/%2"}},
        {"must be an address behind email:",
         {"email:", "email:a", "email:@a", "email:a@", "email:a b@c", "email:a@b@", "email:a@b..c", "email:ä@b"}},
    };
    for (const auto& [problem, names] : cases) {
        for (const std::string& name : names) {
            CAPTURE(name);
            CHECK(certificate_name_problem(name) == problem);
        }
    }
}

TEST_CASE("hosts are the same in any case, everything else only byte for byte") {
    CHECK(are_the_same("DNS:reports.example", "DNS:Reports.EXAMPLE"));
    CHECK(are_the_same("email:crm@example.com", "email:crm@EXAMPLE.com"));
    CHECK(are_the_same("email:\"A@b\"@c", "email:\"A@b\"@C"));
    CHECK(are_the_same("URI:spiffe://example/a", "URI:spiffe://example/a"));
    for (const auto& [left, right] : {std::pair{"email:crm@example.com", "email:CRM@example.com"},
                                      {"email:\"A@b\"@c", "email:\"A@B\"@c"},
                                      {"URI:spiffe://example/a", "URI:spiffe://EXAMPLE/a"},
                                      {"URI:spiffe://example/a", "URI:spiffe://example/A"},
                                      {"URI:spiffe://example/a", "URI:spiffe://example/%61"},
                                      {"URI:spiffe://example/a", "URI:spiffe://example/a/"},
                                      {"DNS:reports.example", "DNS:reports.example."},
                                      {"DNS:reports.example", "DNS:a.reports.example"},
                                      {"DNS:reports.example", "DNS:reports.exampl"},
                                      {"DNS:*.example", "DNS:a.example"},
                                      {"DNS:a", "URI:a"},
                                      {"email:DNS:a", "DNS:a"}}) {
        CAPTURE(left);
        CAPTURE(right);
        CHECK_FALSE(are_the_same(left, right));
    }
}

}  // namespace rollcall::config
