// What a page says of each provider, and the problem that a page without agents becomes.
#pragma once

#include "gateway/http/problem.hpp"
#include "gateway/roster/roster.hpp"

#include <string>
#include <string_view>

namespace rollcall::gateway {

/// The `status` of a provider whose call failed, as the contract names it.
[[nodiscard]] std::string_view status_name(fault fault);

/// Appends the element of `providers` that tells how one provider fared.
void append_report(std::string& out, const provider_part& part);

/// The problem that tells of every provider of `page` that failed: with their common code, or upstream_error where they
/// failed in different ways, and with the shortest time to wait that any of them named.
[[nodiscard]] problem failed_providers(const roster_page& page);

}  // namespace rollcall::gateway
