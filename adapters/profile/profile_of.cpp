// The profile that a provider of the configuration names, and whether the two agree.
#include "adapters/profile/load.hpp"
#include "adapters/profile/placeholders.hpp"
#include "base/embedded.hpp"
#include "config/load_provider.hpp"
#include "config/near_miss.hpp"
#include "config/text_file.hpp"
#include "config/yaml.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::adapters {
namespace {

/// Faults about one provider, each at the place of the key in question.
class provider_check {
  public:
    provider_check(const config::provider& provider, std::vector<config::fault>& faults)
        : provider_(provider), faults_(faults) {}

    void fault(const std::string& key, std::string what) {
        const auto place = provider_.places.find(key);
        faults_.push_back({place == provider_.places.end() ? provider_.where : place->second,
                           provider_.path + '.' + config::yaml::on_one_line(key), std::move(what)});
    }

    void agree(const profile& with) {
        if (provider_.base_url.empty() && with.base_url.empty()) {
            fault("base_url", fmt::format("is missing; the profile {} names none", with.name));
        }
        check_credential(with);
        check_page_size(with);
        check_params(with);
    }

  private:
    void check_credential(const profile& with) {
        if (provider_.credential.empty()) return;
        if (!with.auth) {
            fault("credential", fmt::format("the profile {} sends none", with.name));
        } else if (with.auth->scheme == authentication::scheme::basic &&
                   provider_.credential.reveal().find(':') == std::string_view::npos) {
            fault("credential", fmt::format("must be user:password for the profile {}", with.name));
        }
    }

    void check_page_size(const profile& with) {
        if (!provider_.page_size) return;
        if (with.paging.size_name.empty()) {
            fault("page_size", fmt::format("cannot be chosen with the profile {}", with.name));
        } else if (*provider_.page_size > with.paging.size_maximum) {
            fault("page_size", fmt::format("must be at most {} with the profile {}, found {}", with.paging.size_maximum,
                                           with.name, *provider_.page_size));
        }
    }

    void check_params(const profile& with) {
        std::vector<std::string_view> known;
        std::map<std::string, std::string> values;
        for (const auto& [name, param] : with.params) {
            known.push_back(name);
            const auto given = provider_.params.find(name);
            if (given != provider_.params.end()) {
                values.emplace(name, given->second);
            } else if (param.fallback) {
                values.emplace(name, *param.fallback);
            } else if (!provider_.places.contains("params." + name)) {  // else its value was a fault already
                fault("params." + name, fmt::format("is missing: {}", param.description));
            }
        }
        for (const auto& [name, unused] : provider_.params) {
            if (with.params.contains(name)) continue;
            fault("params." + name, fmt::format("the profile {} has no such parameter{}", with.name,
                                                known.empty() ? "" : config::did_you_mean(name, known)));
        }
        for (const auto& operation : with.operations) {
            if (operation) check_path_values(*operation, values);
        }
    }

    void check_path_values(const operation& operation, const std::map<std::string, std::string>& values) {
        const auto pieces = parse_template(operation.path);
        if (!pieces) return;
        const auto problem = check_path(*pieces, values);
        if (problem.what.empty() || !reported_.insert(problem.parameter).second) return;
        fault("params." + problem.parameter, problem.what);
    }

    const config::provider& provider_;
    std::vector<config::fault>& faults_;
    std::set<std::string> reported_;  ///< parameters; operations often have the same path
};

/// The text of the profile and what names it in faults; an empty file name, with a fault, if there is none.
std::pair<std::string, std::string> find_text(const config::provider& provider, provider_check& check) {
    if (config::is_profile_file(provider.profile)) {
        auto read = config::read_text_file(provider.profile, config::yaml::file_bytes_maximum);
        if (read.problem.empty()) return {std::move(read.text), provider.profile};
        check.fault("profile", "the file " + read.problem);
        return {};
    }
    std::vector<std::string_view> names;
    for (const auto& file : embedded::shipped_profiles) {
        if (file.name == provider.profile) return {std::string{file.text}, fmt::format("<shipped>/{}.yaml", file.name)};
        names.push_back(file.name);
    }
    // The name is not repeated: it may come from a variable, and be a secret that was put into the wrong place.
    check.fault("profile", "no shipped profile has this name" + config::did_you_mean(provider.profile, names));
    return {};
}

}  // namespace

profile profile_of(const config::provider& provider, std::vector<config::fault>& faults) {
    // The configuration's loader has said already what is wrong with a provider that names no profile.
    if (provider.profile.empty()) return {};
    provider_check check{provider, faults};
    const auto [text, file] = find_text(provider, check);
    if (file.empty()) return {};
    const std::size_t before = faults.size();
    auto result = load_profile(text, file, faults);
    if (faults.size() == before) check.agree(result);
    return result;
}

}  // namespace rollcall::adapters
