// A child process whose output is kept, and which never outlives its owner.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::testing {

class process {
  public:
    /// Starts `program` with these arguments; `environment` is added to the test's own.
    /// Throws std::system_error where it cannot be started.
    explicit process(const std::string& program, const std::vector<std::string>& arguments = {},
                     const std::map<std::string, std::string>& environment = {});
    /// Kills the process if it still runs, and reaps it.
    ~process();
    process(process&&) noexcept;
    process& operator=(process&&) = delete;

    /// The first whole line of standard output, seen already or still to come, that `matches`. Nothing when the
    /// time is over, or when the output has ended without one.
    std::optional<std::string> wait_for_line(const std::function<bool(std::string_view)>& matches,
                                             std::chrono::milliseconds timeout = std::chrono::seconds{10});
    /// The same for a line that begins with `prefix`.
    std::optional<std::string> wait_for_line(std::string_view prefix,
                                             std::chrono::milliseconds timeout = std::chrono::seconds{10});

    /// SIGTERM.
    void terminate();
    void signal(int number);
    /// Waits for the end: the exit code, or 128 + n after signal n, or nothing when the time is over.
    std::optional<int> exit_code(std::chrono::milliseconds timeout = std::chrono::seconds{10});

    int id() const;
    /// Everything written so far; all of it once exit_code has given a code.
    std::string output() const;
    std::string errors() const;

    struct state;

  private:
    std::unique_ptr<state> state_;
};

}  // namespace rollcall::testing
