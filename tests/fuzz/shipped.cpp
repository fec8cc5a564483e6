// The shipped profiles as providers, for the targets that read with them.
#include "tests/fuzz/shipped.hpp"

#include "adapters/profile/load.hpp"
#include "base/embedded.hpp"
#include "tests/fuzz/input.hpp"

namespace rollcall::fuzz {
namespace {

std::vector<adapters::provider> make_providers() {
    std::vector<adapters::provider> providers;
    for (const auto& file : embedded::shipped_profiles) {
        std::vector<config::fault> faults;
        adapters::profile profile = adapters::load_profile(file.text, std::string{file.name}, faults);
        check(faults.empty(), "a shipped profile has no faults");
        const config::provider settings = settings_for(profile);
        providers.emplace_back(settings, std::move(profile));
    }
    return providers;
}

}  // namespace

const std::vector<adapters::provider>& shipped_providers() {
    static const std::vector<adapters::provider> providers = make_providers();
    return providers;
}

config::provider settings_for(const adapters::profile& profile) {
    config::provider settings;
    settings.name = profile.name;
    settings.profile = profile.name;
    if (profile.base_url.empty()) settings.base_url = "https://api.example/v1";
    if (profile.auth) settings.credential = secret{"user:password"};
    for (const auto& [name, parameter] : profile.params) {
        if (!parameter.fallback) settings.params.emplace(name, "value");
    }
    return settings;
}

}  // namespace rollcall::fuzz
