// Starting, watching and reaping of child processes.
#include "tests/support/process.hpp"

#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace rollcall::testing {
namespace {

using namespace std::chrono;

void check(int error, const std::string& what) {
    if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

// A descriptor that closes itself.
class descriptor {
  public:
    descriptor() = default;
    explicit descriptor(int number) : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int number() const { return number_; }

  private:
    int number_ = -1;
};

struct pipe_ends {
    descriptor read;
    descriptor write;
};

pipe_ends make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) check(errno, "pipe2");
    return {descriptor{ends[0]}, descriptor{ends[1]}};
}

// What has come out of one pipe, read by a thread until the pipe ends.
class captured {
  public:
    explicit captured(descriptor source) : reader_([this, from = std::move(source)] { read(from.number()); }) {}

    std::string text() const {
        const std::lock_guard lock{mutex_};
        return text_;
    }

    std::optional<std::string> wait_for_line(const std::function<bool(std::string_view)>& matches,
                                             milliseconds timeout) {
        const auto deadline = steady_clock::now() + timeout;
        std::unique_lock lock{mutex_};
        for (std::size_t seen = 0;;) {
            for (auto end = text_.find('\n', seen); end != std::string::npos; end = text_.find('\n', seen)) {
                std::string line = text_.substr(seen, end - seen);
                if (matches(line)) return line;
                seen = end + 1;
            }
            if (ended_) return std::nullopt;
            const std::size_t size = text_.size();
            if (!changed_.wait_until(lock, deadline, [&] { return ended_ || text_.size() != size; })) {
                return std::nullopt;
            }
        }
    }

    void wait_for_end(milliseconds timeout) {
        std::unique_lock lock{mutex_};
        changed_.wait_for(lock, timeout, [this] { return ended_; });
    }

  private:
    void read(int from) {
        std::array<char, 4096> chunk;
        while (true) {
            const auto size = ::read(from, chunk.data(), chunk.size());
            if (size < 0 && errno == EINTR) continue;
            const std::lock_guard lock{mutex_};
            if (size > 0) text_.append(chunk.data(), static_cast<std::size_t>(size));
            ended_ = size <= 0;
            changed_.notify_all();
            if (ended_) return;
        }
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::string text_;
    bool ended_ = false;
    std::jthread reader_;  // last, so that it ends before what it writes to
};

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
    std::vector<char*> pointers;
    for (auto& string : strings)
        pointers.push_back(string.data());
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<std::string> joined_environment(const std::map<std::string, std::string>& more) {
    std::vector<std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        if (!more.contains(std::string{text.substr(0, text.find('='))})) all.emplace_back(text);
    }
    for (const auto& [name, value] : more)
        all.push_back(name + "=" + value);
    return all;
}

pid_t spawn(const std::string& program, const std::vector<std::string>& arguments,
            const std::map<std::string, std::string>& environment, int output, int errors) {
    std::vector<std::string> words{program};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> variables = joined_environment(environment);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    pid_t child = 0;
    const int error = posix_spawn(&child, program.c_str(), &actions, nullptr, pointers_to(words).data(),
                                  pointers_to(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    check(error, program);
    return child;
}

int code_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

struct process::state {
    state(pid_t child, descriptor output, descriptor errors)
        : child(child),
          watch(static_cast<int>(::syscall(SYS_pidfd_open, child, 0))),
          output(std::move(output)),
          errors(std::move(errors)) {}

    pid_t child;
    descriptor watch;  // readable once the child has ended
    captured output;
    captured errors;
    std::optional<int> code;
};

process::process(const std::string& program, const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment) {
    pipe_ends output = make_pipe();
    pipe_ends errors = make_pipe();
    const pid_t child = spawn(program, arguments, environment, output.write.number(), errors.write.number());
    state_ = std::make_unique<state>(child, std::move(output.read), std::move(errors.read));
}

process::process(process&&) noexcept = default;

process::~process() {
    if (!state_ || state_->code) return;
    signal(SIGKILL);
    int status = 0;
    while (::waitpid(state_->child, &status, 0) < 0 && errno == EINTR) {}
}

std::optional<std::string> process::wait_for_line(const std::function<bool(std::string_view)>& matches,
                                                  milliseconds timeout) {
    return state_->output.wait_for_line(matches, timeout);
}

std::optional<std::string> process::wait_for_line(std::string_view prefix, milliseconds timeout) {
    return wait_for_line([prefix](std::string_view line) { return line.starts_with(prefix); }, timeout);
}

void process::terminate() {
    signal(SIGTERM);
}

void process::signal(int number) {
    // After reaping, the id may belong to somebody else.
    if (!state_->code) ::kill(state_->child, number);
}

std::optional<int> process::exit_code(milliseconds timeout) {
    if (state_->code) return state_->code;
    pollfd watched{state_->watch.number(), POLLIN, 0};
    if (::poll(&watched, 1, static_cast<int>(timeout.count())) != 1) return std::nullopt;
    int status = 0;
    if (::waitpid(state_->child, &status, 0) != state_->child) return std::nullopt;
    state_->code = code_of(status);
    // The pipes end with the process, unless a grandchild holds them.
    state_->output.wait_for_end(timeout);
    state_->errors.wait_for_end(timeout);
    return state_->code;
}

int process::id() const {
    return state_->child;
}
std::string process::output() const {
    return state_->output.text();
}
std::string process::errors() const {
    return state_->errors.text();
}

}  // namespace rollcall::testing
