// The command line. Everything it calls is a library that the tests link.
#include "adapters/profile/load.hpp"
#include "base/embedded.hpp"
#include "config/load.hpp"
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

struct configuration {
    config::settings settings;
    std::vector<adapters::profile> profiles;  ///< of its providers, one by one
    bool sound = false;
};

/// Reads the file and every profile that it names; each fault goes to standard error on a line of its own.
configuration read_configuration(const std::string& file) {
    configuration configuration;
    std::vector<config::fault> faults;
    configuration.settings = config::load_file(file, faults);
    for (const config::provider& provider : configuration.settings.providers) {
        configuration.profiles.push_back(adapters::profile_of(provider, faults));
    }
    for (const config::fault& fault : faults)
        std::cerr << config::to_string(fault) << '\n';
    configuration.sound = faults.empty();
    return configuration;
}

int check(const std::string& file) {
    const configuration configuration = read_configuration(file);
    if (!configuration.sound) return faulty_input;
    std::cout << file << ": good, " << configuration.settings.providers.size() << " providers\n";
    return 0;
}

int serve(const std::string& file) {
    const configuration configuration = read_configuration(file);
    if (!configuration.sound) return faulty_input;
    return gateway::serve(configuration.settings, configuration.profiles, ROLLCALL_VERSION);
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
    CLI::App* const serving = app.add_subcommand("serve", "run the gateway (SIGTERM and SIGINT drain)");
    serving->add_option("--config", file, "the configuration, a YAML file")->required();
    CLI::App* const checking = app.add_subcommand("check", "say what is wrong with a configuration; exit 0 or 2");
    checking->add_option("--config", file, "the configuration, a YAML file")->required();
    CLI::App* const listing = app.add_subcommand("profiles", "list the shipped provider profiles, or print one");
    listing->add_option("name", profile, "the profile to print");

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : faulty_input;
    }
    if (serving->parsed()) return serve(file);
    if (checking->parsed()) return check(file);
    return print_profiles(profile);
}
