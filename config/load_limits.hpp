// The limits of clients, of addresses, and the proxies that tell of addresses, as the configuration has them. Who is
// held to them is gateway/limits.
#pragma once

#include "config/settings.hpp"
#include "config/yaml.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rollcall::config {

/// `{requests, per, burst, concurrent}`, at least one of them; empty where `value` is absent.
[[nodiscard]] std::optional<client_limits> read_client_limits(const yaml::value& value);

/// `{requests, per, burst, addresses}`; what is not given, or all where `value` is absent, is as by default, but a
/// `burst` is as `requests` where those are given.
[[nodiscard]] unauthenticated_limits read_unauthenticated_limits(const yaml::value& value);

/// A list of networks; empty where `value` is absent.
[[nodiscard]] std::vector<std::string> read_trusted_proxies(const yaml::value& value);

}  // namespace rollcall::config
