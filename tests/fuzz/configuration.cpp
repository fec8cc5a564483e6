// Configurations: whatever the file holds, it is refused with faults that name their place and hide what is secret, or
// its settings are within their ranges. An input is the YAML.
#include "adapters/profile/load.hpp"
#include "adapters/provider.hpp"
#include "config/load.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/strict_json.hpp"

#include <set>
#include <string>

namespace {

using namespace rollcall;
using namespace std::chrono_literals;
using fuzz::check;

// A folder that is not there, so that no file is found by chance.
const std::string file = "/nonexistent/rollcall/rollcall.yaml";
constexpr std::string_view secret_value = "s7e57-5ec2e7-va1ue-0f-a-cu2502";

std::optional<std::string> variable(const std::string& name) {
    if (name == "SECRET") return std::string{secret_value};
    if (name == "EMPTY") return "";
    return std::nullopt;
}

void check_fault(const config::fault& fault) {
    check(!fault.where.file.empty() && fault.where.line >= 1 && fault.where.column >= 1, "a fault has its place");
    const std::string line = config::to_string(fault);
    check(line.find_first_of("\n\r") == std::string::npos && fuzz::is_utf8(line), "a fault is one line of text");
    check(line.find(secret_value) == std::string::npos, "no fault shows what a variable holds");
    check(!fault.what.empty(), "a fault says what is wrong");
}

void check_settings(const config::settings& settings) {
    const config::limits& limits = settings.server.limits;
    check(limits.header_bytes >= 1024 && limits.header_bytes <= 1024 * 1024, "header_bytes is within its range");
    check(limits.header_count >= 1 && limits.header_count <= 1000, "header_count is within its range");
    check(limits.uri_bytes >= 256 && limits.uri_bytes <= 64 * 1024, "uri_bytes is within its range");
    check(limits.connections >= 1 && limits.in_flight >= 1, "connections and in_flight are within their ranges");
    check(settings.server.threads <= 256, "threads is within its range");
    check(settings.server.request_timeout >= 10ms && settings.server.request_timeout <= 10min,
          "request_timeout is within its range");
    check(settings.cursor.key.empty() || settings.cursor.key.reveal().size() >= 16, "a cursor's secret is long");
    check(!settings.providers.empty(), "there is a provider");
    std::set<std::string> names;
    for (const config::provider& provider : settings.providers) {
        check(!provider.name.empty() && provider.name.size() <= 32, "a provider has a name");
        check(names.insert(provider.name).second, "a provider's name is its own");
        check(provider.timeout >= 10ms && provider.timeout <= 10min, "a provider's timeout is within its range");
        check(provider.connections >= 1 && provider.connections <= 10'000, "connections is within its range");
        check(provider.cache.ttl >= 0ms && provider.cache.ttl <= 24h, "ttl is within its range");
        const std::string_view credential = provider.credential.reveal();
        check(credential.find_first_of(std::string_view{"\r\n\0", 3}) == std::string_view::npos,
              "a credential is one line");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(bytes), size};
    if (text.find(secret_value) != std::string_view::npos) return 0;  // what is in the file is no secret of a variable
    std::vector<config::fault> faults;
    const config::settings settings = config::load(text, file, variable, faults);
    if (faults.empty()) check_settings(settings);
    for (const config::provider& provider : settings.providers) {
        const std::size_t before = faults.size();
        adapters::profile profile = adapters::profile_of(provider, faults);
        // What was accepted as a whole can be used.
        if (before == 0 && faults.empty() && !provider.profile.empty()) {
            const adapters::provider compiled{provider, std::move(profile)};
            check(compiled.origin().host.find_first_of("\r\n ") == std::string::npos, "a host is one word");
        }
    }
    for (const auto& fault : faults)
        check_fault(fault);
    return 0;
}
