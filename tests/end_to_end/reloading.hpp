// A gateway whose configuration a test rewrites while it runs, and how it took it.
#pragma once

#include "tests/end_to_end/deployment.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rollcall::testing {

/// One provider of the profile heppu.
struct heppu_entry {
    std::string name;
    std::string url;
    std::string more = "    cache: {ttl: 0s}\n";  ///< further lines, each ended by a line break
    std::string credential = "{value: test-key-heppu}";
};

std::string heppu_configuration(const std::vector<heppu_entry>& entries, std::string_view top = {});

/// The value of a series of the metrics; -1 where there is none.
double metric(const gateway& gateway, std::string_view series);
/// Whether it comes to that value. What counts answers may do so only after the client has read them.
bool soon(const gateway& gateway, std::string_view series, double value);

inline constexpr std::string_view reloads_ok = R"(rollcall_config_reloads_total{outcome="ok"})";
inline constexpr std::string_view reloads_failed = R"(rollcall_config_reloads_total{outcome="failed"})";

void rewrite(const gateway& gateway, std::string_view text);
/// SIGHUP; returns when it has taken effect or was refused. Did it take effect?
bool sighup(gateway& gateway);
/// Both.
bool reload(gateway& gateway, std::string_view text);

/// The line of the log with that message, of which there must be one, now or soon.
std::string log_line(gateway& gateway, std::string_view message);

}  // namespace rollcall::testing
