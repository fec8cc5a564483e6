// A Redis of a test's own, on a free port of 127.0.0.1 and without a file, gone when the test is.
#pragma once

#include "tests/support/process.hpp"
#include "tests/support/temporary_file.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rollcall::testing {

class redis_server {
  public:
    /// Runs redis-server with these further arguments, such as `{"--requirepass", "x"}`, and returns when it listens.
    /// With `tls` it speaks nothing else; the arguments name its certificate. Throws std::runtime_error with its output
    /// where it does not start.
    explicit redis_server(std::vector<std::string> arguments = {}, bool tls = false);

    int port() const { return port_; }
    std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }

    void kill();    ///< SIGKILL; returns when it is gone
    void start();   ///< after `kill`: on the same port, with nothing of what it knew
    void freeze();  ///< it takes connections, and answers nothing
    void thaw();

    /// What `redis-cli` says to these words, without the line break at its end.
    std::string ask(const std::vector<std::string>& words) const;

  private:
    bool listens();

    temporary_directory directory_;
    std::vector<std::string> arguments_;
    bool tls_;
    int port_ = 0;
    std::optional<process> process_;
};

}  // namespace rollcall::testing
