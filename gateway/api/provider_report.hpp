// What a page says of each provider, and the problem that a page without agents becomes.
#pragma once

#include "gateway/http/problem.hpp"
#include "gateway/roster/roster.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::gateway {

/// The `status` of a provider whose call failed, as the contract names it.
[[nodiscard]] std::string_view status_name(fault fault);

/// What a page says of one provider; points into what it was made of.
struct provider_report {
    struct call {
        steady_clock::duration age{};  ///< of the oldest of what it gave, when that came
        steady_clock::duration latency{};
        const failure* error = nullptr;  ///< why it failed, or why an old answer stands in; null: neither
    };
    std::string_view provider;
    std::string_view status;
    std::size_t count = 0;
    bool has_more = false;
    std::optional<call> asked{};  ///< empty: it was not
};
[[nodiscard]] provider_report report_of(const provider_part& part);

/// Appends it as an element of `providers`; `older_by` is how long ago it was made.
void append_report(std::string& out, const provider_report& report, steady_clock::duration older_by = {});

/// The problem that tells of every provider of `page` that failed: with their common code, or upstream_error where they
/// failed in different ways, and with the shortest time to wait that any of them named.
[[nodiscard]] problem failed_providers(const roster_page& page);

}  // namespace rollcall::gateway
