// Reading of the command line.
#include "tests/simulator/settings.hpp"

#include "tests/simulator/dialect.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <limits>
#include <set>
#include <stdexcept>

namespace rollcall::simulator {
namespace {

constexpr std::size_t most_agents = 1'000'000;
constexpr int bad_arguments = 2;

std::size_t read_number(std::string_view key, std::string_view text, std::size_t most) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number > most) {
        throw std::invalid_argument(std::string{key} + ": must be a number from 0 to " + std::to_string(most));
    }
    return number;
}

void read_setting(provider_settings& provider, std::string_view key, std::string_view value) {
    if (key == "agents") {
        provider.agents = read_number(key, value, most_agents);
    } else if (key == "port") {
        provider.port = static_cast<std::uint16_t>(read_number(key, value, std::numeric_limits<std::uint16_t>::max()));
    } else if (key == "key") {
        provider.key = value;
    } else if (key == "tls") {
        const auto half = value.find(';');
        if (half == std::string_view::npos) throw std::invalid_argument("tls: must be CERT.pem;KEY.pem");
        provider.tls = tls_files{value.substr(0, half), value.substr(half + 1)};
    } else if (key == "cert" || key == "tlskey") {
        if (!provider.tls) provider.tls.emplace();
        (key == "cert" ? provider.tls->chain : provider.tls->key) = value;
    } else {
        throw std::invalid_argument("unknown key: " + std::string{key});
    }
}

void check(const settings& settings) {
    if (settings.providers.empty()) throw std::invalid_argument("no provider: give --provider or --demo");
    std::set<std::string> names{"control"};
    for (const auto& provider : settings.providers) {
        if (!names.insert(provider.name).second) throw std::invalid_argument("name used twice: " + provider.name);
    }
}

}  // namespace

provider_settings read_provider(std::string_view text) {
    const std::string_view head = text.substr(0, text.find(':'));
    const auto at = head.find('@');
    provider_settings provider;
    provider.kind = head.substr(0, at);
    provider.name = at == std::string_view::npos ? provider.kind : std::string{head.substr(at + 1)};
    if (make_dialect(provider.kind, {0, 0, {}}) == nullptr) {
        throw std::invalid_argument("unknown kind: " + provider.kind + " (known: " + std::string{known_kinds()} + ")");
    }
    if (provider.name.empty()) throw std::invalid_argument("no name after @");
    provider.key = default_key(provider.kind);
    std::string_view rest = head.size() == text.size() ? std::string_view{} : text.substr(head.size() + 1);
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find(','));
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos) throw std::invalid_argument("not key=value: " + std::string{pair});
        read_setting(provider, pair.substr(0, equals), pair.substr(equals + 1));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    }
    if (provider.tls && (provider.tls->chain.empty() || provider.tls->key.empty())) {
        throw std::invalid_argument("tls needs both a certificate and a key");
    }
    return provider;
}

settings demo_settings() {
    settings demo;
    for (const std::string_view provider : {"hyperrep:port=9101,agents=37", "heppu:port=9102,agents=113",
                                            "converra:port=9103,agents=64", "agenthuman:port=9104,agents=29"}) {
        demo.providers.push_back(read_provider(provider));
    }
    demo.control = 9100;
    return demo;
}

command_line read_command_line(int argc, char** argv) {
    CLI::App app{"Plays agent providers, each on a port of its own.", "rollcall-simulator"};
    std::vector<std::string> providers;
    settings settings;
    bool demo = false;
    auto* provider = app.add_option("--provider", providers,
                                    "KIND[@NAME][:agents=N,port=N,key=SECRET,cert=PEM,tlskey=PEM]; may be repeated");
    provider->type_name("PROVIDER")->allow_extra_args(false);
    auto* control = app.add_option("--control", settings.control, "Port of the control listener, 0 for any");
    app.add_flag("--demo", demo, "The four providers at ports 9101 to 9104, control at 9100")
        ->excludes(provider)
        ->excludes(control);
    app.add_option("--seed", settings.seed, "What the data is made from")->capture_default_str();
    app.add_option("--listen", settings.listen, "Address to listen on")->capture_default_str();
    app.add_option("--threads", settings.threads, "Threads to serve with")
        ->capture_default_str()
        ->check(CLI::Range(1, 256));
    app.add_option("--port-file", settings.port_file, "File to write the listening addresses to, as JSON");
    try {
        app.parse(argc, argv);
        if (demo) {
            auto chosen = demo_settings();
            settings.providers = std::move(chosen.providers);
            settings.control = chosen.control;
        }
        for (const auto& text : providers) {
            try {
                settings.providers.push_back(read_provider(text));
            } catch (const std::invalid_argument& fault) {
                throw std::invalid_argument("--provider " + text + ": " + fault.what());
            }
        }
        check(settings);
    } catch (const CLI::ParseError& error) {
        const bool asked_for_help = app.exit(error) == 0;
        return {asked_for_help ? 0 : bad_arguments, {}};
    } catch (const std::invalid_argument& fault) {
        std::cerr << "rollcall-simulator: " << fault.what() << '\n';
        return {bad_arguments, {}};
    }
    return {std::nullopt, std::move(settings)};
}

}  // namespace rollcall::simulator
