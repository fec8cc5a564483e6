// rollcall-simulator: wires providers, listeners and control together and announces where they listen.
#include "tests/simulator/control.hpp"
#include "tests/simulator/dialect.hpp"
#include "tests/simulator/provider.hpp"
#include "tests/simulator/server.hpp"
#include "tests/simulator/settings.hpp"
#include "tests/simulator/spelling.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <sys/resource.h>
#include <vector>

namespace {

using namespace rollcall::simulator;

// A benchmark holds thousands of connections; the soft limit is often 1024.
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

// Written aside and renamed, so that a reader sees all of it or nothing.
void write_port_file(const std::string& path, const boost::json::object& addresses) {
    const std::string aside = path + ".new";
    std::ofstream{aside} << write_json(addresses) << '\n';
    std::filesystem::rename(aside, path);
}

void run(const settings& settings) {
    std::vector<std::unique_ptr<provider>> providers;
    control control;
    server server{settings.threads};
    boost::json::object addresses;
    const auto announce = [&](const std::string& name, const listener& listener) {
        addresses[name] = listener.url();
        std::cout << "listening " << name << ' ' << listener.url() << '\n';
    };
    for (const auto& chosen : settings.providers) {
        const dialect_settings data{chosen.agents, settings.seed, chosen.key};
        providers.push_back(std::make_unique<provider>(make_dialect(chosen.kind, data)));
        listener& listener = server.listen(settings.listen, chosen.port, chosen.tls, *providers.back());
        control.add(chosen.name, *providers.back(), listener);
        announce(chosen.name, listener);
    }
    if (settings.control) {
        announce("control", server.listen(settings.listen, *settings.control, std::nullopt, control));
    }
    if (!settings.port_file.empty()) write_port_file(settings.port_file, addresses);
    std::cout << "ready" << std::endl;
    server.run();
}

}  // namespace

int main(int argc, char** argv) {
    const command_line line = read_command_line(argc, argv);
    if (line.exit_code) return *line.exit_code;
    raise_descriptor_limit();
    try {
        run(line.chosen);
        return 0;
    } catch (const std::exception& failure) {
        std::cerr << "rollcall-simulator: " << failure.what() << '\n';
        return 1;
    }
}
