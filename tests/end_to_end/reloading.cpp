// Rewriting a running gateway's configuration.
#include "tests/end_to_end/reloading.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>

namespace rollcall::testing {

std::string heppu_configuration(const std::vector<heppu_entry>& entries, std::string_view top) {
    std::string text = "server: {listen: 127.0.0.1:0, admin: 127.0.0.1:0, threads: 2}\n";
    text += top;
    text += "providers:\n";
    for (const heppu_entry& entry : entries) {
        text += "  - name: " + entry.name + "\n    profile: heppu\n    base_url: " + entry.url +
                "\n    credential: " + entry.credential + '\n';
        // No test should wait for the minute that a profile's quota takes to come back.
        if (entry.more.find("quota:") == std::string::npos) text += "    quota: {calls: 1000000, per: 1s}\n";
        text += entry.more;
    }
    return text;
}

double metric(const gateway& gateway, std::string_view series) {
    std::istringstream lines{gateway.admin("/metrics").body};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(series) && line[series.size()] == ' ') return std::stod(line.substr(series.size() + 1));
    }
    return -1;
}

bool soon(const gateway& gateway, std::string_view series, double value) {
    for (const auto until = std::chrono::steady_clock::now() + default_timeout;
         std::chrono::steady_clock::now() < until;) {
        if (metric(gateway, series) == value) return true;
    }
    return false;
}

void rewrite(const gateway& gateway, std::string_view text) {
    std::ofstream file{gateway.config_file(), std::ios::trunc};
    file << text;
    file.close();
    REQUIRE(file.good());
}

bool sighup(gateway& gateway) {
    const double ok = metric(gateway, reloads_ok);
    const double failed = metric(gateway, reloads_failed);
    gateway.child().signal(SIGHUP);
    for (const auto until = std::chrono::steady_clock::now() + default_timeout;
         std::chrono::steady_clock::now() < until;) {
        if (metric(gateway, reloads_ok) > ok) return true;
        if (metric(gateway, reloads_failed) > failed) return false;
    }
    FAIL("nothing came of SIGHUP: " << gateway.log());
    return false;
}

bool reload(gateway& gateway, std::string_view text) {
    rewrite(gateway, text);
    return sighup(gateway);
}

std::string log_line(gateway& gateway, std::string_view message) {
    const std::string wanted = "\"message\":\"" + std::string{message};
    const auto line = gateway.child().wait_for_line(
        [&](std::string_view text) { return text.find(wanted) != std::string_view::npos; });
    REQUIRE_MESSAGE(line, message);
    return *line;
}

}  // namespace rollcall::testing
