// A provider whose name comes to mean another address. The names are looked up by the C library's resolver, in a hosts
// file of the test's own (nss_wrapper, a package of the distribution).
#include "tests/support/gateway.hpp"
#include "tests/support/simulators.hpp"
#include "tests/support/temporary_file.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>

namespace {

using namespace rollcall::testing;

constexpr std::string_view host = "heppu.moving.test";

/// Replaces the file in one step, so that no lookup reads half of it.
void point_to(const std::filesystem::path& hosts, std::string_view address) {
    const auto fresh = std::filesystem::path{hosts}.replace_extension("new");
    std::ofstream(fresh) << address << ' ' << host << '\n';
    std::filesystem::rename(fresh, hosts);
}

std::map<std::string, std::string> resolving_by(const std::filesystem::path& hosts) {
    const char* sanitizer = std::getenv("ASAN_OPTIONS");
    return {{"LD_PRELOAD", "libnss_wrapper.so"},
            {"NSS_WRAPPER_HOSTS", hosts.string()},
            // AddressSanitizer wants to be the first library that is loaded, unless told otherwise.
            {"ASAN_OPTIONS", std::string{sanitizer != nullptr ? sanitizer : ""} + ":verify_asan_link_order=0"}};
}

std::size_t agents_on_a_page(const gateway& gateway) {
    const response answer = gateway.get("/agents");
    return answer.status == 200 ? boost::json::parse(answer.body).at("data").as_array().size() : 0;
}

}  // namespace

TEST_CASE("a provider that has moved to another address is found there") {
    simulators old_home{{"heppu:agents=3"}};
    const std::string port = std::to_string(old_home.port("heppu"));
    simulators new_home{{"heppu:agents=5,port=" + port}, {"--listen", "127.0.0.2"}};
    const temporary_directory directory;
    const auto hosts = directory.path() / "hosts";
    point_to(hosts, "127.0.0.1");
    const gateway gateway{
        "server: {listen: 127.0.0.1:0, admin: 127.0.0.1:0}\n"
        "providers:\n"
        "  - name: heppu\n"
        "    profile: heppu\n"
        "    base_url: http://" +
            std::string{host} + ':' + port +
            "\n"
            "    credential: {value: test-key-heppu}\n"
            "    quota: {calls: 1000000, per: 1s}\n"
            "    cache: {ttl: 0s}\n"
            "    breaker: {consecutive_failures: 10000, minimum_calls: 100000}\n",
        resolving_by(hosts)};
    CHECK(agents_on_a_page(gateway) == 3);
    point_to(hosts, "127.0.0.2");
    CHECK(agents_on_a_page(gateway) == 3);  // nothing is wrong with the old address yet
    old_home.close_listener("heppu");
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    std::size_t found = 0;
    while (found != 5 && std::chrono::steady_clock::now() < patience)
        found = agents_on_a_page(gateway);
    CHECK(found == 5);
    CHECK(new_home.request_count("heppu") > 0);
}
