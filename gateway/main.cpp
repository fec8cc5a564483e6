// The command line. Everything it calls is a library that the tests link.
#include "adapters/profile/load.hpp"
#include "adapters/trial/report.hpp"
#include "base/embedded.hpp"
#include "base/json_text.hpp"
#include "config/load.hpp"
#include "gateway/access/api_key.hpp"
#include "gateway/access/issuer_state.hpp"
#include "gateway/http/tls_context.hpp"
#include "gateway/openapi/document.hpp"
#include "gateway/service.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace {

using namespace rollcall;

constexpr int faulty_input = 2;

/// Reads the file and every profile that it names.
gateway::configuration read_configuration(const std::string& file) {
    gateway::configuration configuration;
    configuration.settings = config::load_file(file, configuration.faults);
    for (const config::provider& provider : configuration.settings.providers)
        configuration.profiles.push_back(adapters::profile_of(provider, configuration.faults));
    gateway::check_tls(configuration.settings.server, configuration.faults, configuration.warnings);
    gateway::check_issuers(configuration.settings.access, configuration.faults);
    return configuration;
}

/// Each fault goes to standard error on a line of its own; false where there is one.
bool is_sound(const gateway::configuration& configuration) {
    for (const config::fault& fault : configuration.faults)
        std::cerr << config::to_string(fault) << '\n';
    return configuration.faults.empty();
}

int check(const std::string& file) {
    const gateway::configuration configuration = read_configuration(file);
    if (!is_sound(configuration)) return faulty_input;
    for (const config::fault& warning : configuration.warnings)
        std::cerr << "warning: " << config::to_string(warning) << '\n';
    std::cout << file << ": good, " << configuration.settings.providers.size() << " providers\n";
    return 0;
}

int serve(const std::string& file) {
    const gateway::configuration first = read_configuration(file);
    if (!is_sound(first)) return faulty_input;
    return gateway::serve(
        first, [&file] { return read_configuration(file); }, ROLLCALL_VERSION);
}

int print_profiles(const std::string& name) {
    for (const embedded::file& file : embedded::shipped_profiles) {
        if (name.empty()) {
            std::vector<config::fault> faults;
            std::cout << file.name << "\t" << adapters::load_profile(file.text, std::string{file.name}, faults).title
                      << '\n';
        } else if (name == file.name) {
            std::cout << file.text;
            return 0;
        }
    }
    if (name.empty()) return 0;
    std::cerr << "there is no shipped profile \"" << name << "\"; `rollcall profiles` lists them\n";
    return faulty_input;
}

/// What `rollcall try` is told.
struct trial_options {
    std::string profile;
    std::string base_url;
    std::string credential;
    std::string credential_file;
    std::string ca_file;
    std::vector<std::string> params;  ///< NAME=VALUE
    std::string timeout = "10s";
};

/// The options as the configuration of one provider, so that the loader checks them and takes `${NAME}` in. JSON is
/// YAML.
std::string configuration_of(const trial_options& options) {
    std::string entry = "{";
    append_json_member(entry, "name", "try");
    append_json_member(entry, "profile", options.profile);
    append_json_member(entry, "timeout", options.timeout);
    if (!options.base_url.empty()) append_json_member(entry, "base_url", options.base_url);
    std::string credential = "{";
    if (!options.credential.empty()) append_json_member(credential, "value", options.credential);
    if (!options.credential_file.empty()) append_json_member(credential, "file", options.credential_file);
    if (credential != "{") append_json_raw_member(entry, "credential", credential + '}');
    if (!options.ca_file.empty()) {
        std::string tls = "{";
        append_json_member(tls, "ca_file", options.ca_file);
        append_json_raw_member(entry, "tls", tls + '}');
    }
    std::string params = "{";
    for (const std::string& param : options.params)
        append_json_member(params, param.substr(0, param.find('=')), param.substr(param.find('=') + 1));
    append_json_raw_member(entry, "params", params + '}');
    return "{\"providers\": [" + entry + "}]}";
}

int try_profile(const trial_options& options) {
    std::vector<config::fault> faults;
    const auto variable = [](const std::string& name) -> std::optional<std::string> {
        const char* const value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>{value};
    };
    const config::settings settings = config::load(configuration_of(options), "options", variable, faults);
    adapters::profile profile;
    if (faults.empty()) profile = adapters::profile_of(settings.providers.front(), faults);
    for (const config::fault& fault : faults)
        std::cerr << config::to_string(fault) << '\n';
    if (!faults.empty()) return faulty_input;
    const adapters::trial trial = adapters::try_list(adapters::provider{settings.providers.front(), profile});
    std::cout << adapters::report_of(trial);
    return trial.failed ? 1 : 0;
}

/// The key stands alone on the first line, and the rest is YAML as it goes into the configuration.
int print_new_key(const std::string& client) {
    const gateway::made_key made = gateway::make_key();
    std::cout << made.key.reveal() << '\n'
              << "# The line above is for the client: it is kept nowhere and cannot be shown again.\n"
              << "# The configuration has the hash, from which nobody makes the key:\n"
              << "access:\n"
              << "  clients:\n"
              << "    - name: " << client << '\n'
              << "      keys:\n"
              << "        - \"" << made.hash << "\"\n"
              << "      allow: [read]            # read, write or both\n"
              << "      # providers: [NAME, …]   # left out: all\n";
    return 0;
}

/// The release build uses instructions of x86-64-v3, and would otherwise die of the first with SIGILL.
bool can_run_here() {
#ifdef ROLLCALL_NEEDS_X86_64_V3
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul"))
        return true;
    std::fputs(
        "rollcall: this build needs a processor of x86-64-v3 with PCLMUL; build with -D ROLLCALL_PORTABLE=ON for "
        "others\n",
        stderr);
    return false;
#else
    return true;
#endif
}

/// As many descriptors as the system allows: each client and each upstream connection takes one.
void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
    if (!can_run_here()) return 1;
    // A reader of the log that goes away is an error of that write, not the end of the gateway.
    std::signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    CLI::App app{"One /agents API over the products that your agents live in"};
    app.set_version_flag("--version", ROLLCALL_VERSION);
    app.require_subcommand(1);

    std::string file;
    std::string profile;
    CLI::App* const serving = app.add_subcommand("serve", "run the gateway (SIGTERM and SIGINT drain, SIGHUP reloads)");
    serving->add_option("--config", file, "the configuration, a YAML file")->required();
    CLI::App* const checking = app.add_subcommand("check", "say what is wrong with a configuration; exit 0 or 2");
    checking->add_option("--config", file, "the configuration, a YAML file")->required();
    CLI::App* const listing = app.add_subcommand("profiles", "list the shipped provider profiles, or print one");
    listing->add_option("name", profile, "the profile to print");
    const CLI::App* const describing = app.add_subcommand("openapi", "print the OpenAPI 3.1 document of the API");
    std::string client = "my-client";
    CLI::App* const keys = app.add_subcommand("key", "the keys of the API's clients");
    keys->require_subcommand(1);
    CLI::App* const making = keys->add_subcommand("new", "make a key, and print it with its line of the configuration");
    making->add_option("--name", client, "the client's name")
        ->check(CLI::Validator{[](const std::string& text) {
                                   return config::is_name(text) ? std::string{} : std::string{config::name_rule};
                               },
                               "NAME"})
        ->capture_default_str();
    trial_options trial;
    CLI::App* const trying =
        app.add_subcommand("try", "call a provider's list once and show what a profile makes of it");
    trying->add_option("--profile", trial.profile, "the profile: a file, or the name of a shipped one")->required();
    trying->add_option("--base-url", trial.base_url, "where the provider is; without it the profile's own");
    trying->add_option("--credential", trial.credential, "the credential, best as '${NAME}' of the environment");
    trying->add_option("--credential-file", trial.credential_file, "a file that holds the credential");
    trying->add_option("--param", trial.params, "NAME=VALUE of the profile's params; may be repeated")
        ->check(CLI::Validator{[](const std::string& text) {
                                   return text.find('=') == std::string::npos ? "must be NAME=VALUE" : std::string{};
                               },
                               "NAME=VALUE"});
    trying->add_option("--ca-file", trial.ca_file, "certificates to trust instead of the system's");
    trying->add_option("--timeout", trial.timeout, "how long the call may take")->capture_default_str();

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : faulty_input;
    }
    if (serving->parsed()) return serve(file);
    if (checking->parsed()) return check(file);
    if (describing->parsed()) {
        std::cout << gateway::openapi_json() << '\n';
        return 0;
    }
    if (making->parsed()) return print_new_key(client);
    if (trying->parsed()) return try_profile(trial);
    return print_profiles(profile);
}
