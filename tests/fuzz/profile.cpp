// Profiles: whatever the file holds, it is refused with faults that name their place, or every request of it can be
// made. An input is the YAML.
#include "adapters/profile/load.hpp"
#include "adapters/profile/placeholders.hpp"
#include "gateway/http/text.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/shipped.hpp"
#include "tests/fuzz/strict_json.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace {

using namespace rollcall;
using adapters::operation_kind;
using fuzz::check;
using gateway::all;
using gateway::text_class;

void check_fault(const config::fault& fault, std::string_view text) {
    check(fault.where.file == "p.yaml" && fault.where.line >= 1 && fault.where.column >= 1, "a fault has its place");
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) +
                       static_cast<std::size_t>(std::count(text.begin(), text.end(), '\r')) + 1;
    check(static_cast<std::size_t>(fault.where.line) <= lines + 1, "a fault's place is in the file");
    const std::string line = config::to_string(fault);
    check(line.find_first_of("\n\r") == std::string::npos && fuzz::is_utf8(line), "a fault is one line of text");
    check(!fault.what.empty(), "a fault says what is wrong");
}

void check_request(const adapters::request& request) {
    check(request.target.starts_with('/') && all(text_class::target, request.target), "a target can be sent");
    check(!request.method.empty() && all(text_class::token, request.method), "a method can be sent");
    check(request.body.empty() || fuzz::strict_json(request.body).has_value(), "a body is valid JSON");
}

/// As profile_of asks it of a configuration.
bool paths_take(const std::map<std::string, std::string>& params, const adapters::profile& profile) {
    return std::ranges::all_of(profile.operations, [&](const auto& operation) {
        return !operation || adapters::check_path(*adapters::parse_template(operation->path), params).what.empty();
    });
}

void check_provider(const adapters::provider& provider) {
    const std::string& headers = provider.origin().fixed_headers;
    for (std::size_t at = headers.find('\n'); at != std::string::npos; at = headers.find('\n', at + 1))
        check(at > 0 && headers[at - 1] == '\r', "a header line ends in CRLF");
    check(headers.ends_with("\r\n") && headers.find("\r\n\r\n") == std::string::npos, "no header line is empty");

    adapters::call_arguments arguments{"an/id\r\n", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "30"};
    for (std::size_t at = 0; at < adapters::operation_count; ++at) {
        const auto kind = static_cast<operation_kind>(at);
        if (!provider.offers(kind)) continue;
        if (!adapters::is_list(kind)) {
            check_request(provider.call_request(kind, arguments));
            continue;
        }
        adapters::listing listing{kind, arguments, {}};
        listing.filters.types = normalizers::only(0);
        listing.filters.statuses = normalizers::only(0);
        listing.filters.tags = {"a tag\r\n"};
        check_request(provider.page_request(listing, {}));
        if (provider.profile().paging.style != adapters::paging_style::link)
            check_request(provider.page_request(listing, "2"));
        (void)provider.can_match(listing.filters);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(bytes), size};
    std::vector<config::fault> faults;
    const adapters::profile profile = adapters::load_profile(text, "p.yaml", faults);
    for (const auto& fault : faults)
        check_fault(fault, text);
    if (!faults.empty()) return 0;
    check(profile.of(operation_kind::list).has_value(), "a profile has a list");
    const config::provider settings = fuzz::settings_for(profile);
    if (paths_take(settings.params, profile)) check_provider(adapters::provider{settings, profile});
    return 0;
}
