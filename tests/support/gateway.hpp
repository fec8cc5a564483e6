// The built gateway as a process, started from the text of a configuration.
#pragma once

#include "tests/support/http_client.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_file.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::testing {

class gateway {
  public:
    /// Runs `rollcall serve --config FILE` with this text and returns when it listens. The configuration should ask
    /// for port 0. Throws std::runtime_error with its output where it does not start.
    explicit gateway(std::string_view yaml, const std::map<std::string, std::string>& environment = {});

    int public_port() const { return public_port_; }
    int admin_port() const { return admin_port_; }
    response get(std::string_view target, const header_list& headers = {}) const;
    response request(std::string_view method, std::string_view target, const header_list& headers = {},
                     std::string_view body = {}) const;
    /// A GET on the admin listener.
    response admin(std::string_view target) const;

    /// The configuration file, which a test may rewrite before it sends SIGHUP.
    const std::filesystem::path& config_file() const { return config_file_; }
    /// Everything that it has written to standard output and standard error.
    std::string log() const;
    process& child() { return process_; }
    /// SIGTERM; its exit code, or nothing where it has not ended in time.
    std::optional<int> stop(std::chrono::milliseconds timeout = std::chrono::seconds{30});

  private:
    temporary_directory directory_;
    std::filesystem::path config_file_;
    process process_;
    int public_port_ = 0;
    int admin_port_ = 0;
};

}  // namespace rollcall::testing
