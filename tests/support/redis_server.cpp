// Starting and ending of a Redis.
#include "tests/support/redis_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <csignal>
#include <stdexcept>
#include <utility>

namespace rollcall::testing {
namespace {

// It finds the program that follows, and becomes it.
constexpr const char* finder = "/usr/bin/env";

int free_port() {
    using boost::asio::ip::tcp;
    boost::asio::io_context context;
    tcp::acceptor acceptor{context, {boost::asio::ip::address_v4::loopback(), 0}};
    return acceptor.local_endpoint().port();
}

}  // namespace

redis_server::redis_server(std::vector<std::string> arguments, bool tls) : arguments_(std::move(arguments)), tls_(tls) {
    // Redis takes no port 0, and somebody else may take the port that was free.
    constexpr int attempts = 10;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        port_ = free_port();
        if (listens()) return;
    }
    throw std::runtime_error("redis-server did not start: " + process_->output() + process_->errors());
}

bool redis_server::listens() {
    std::vector<std::string> arguments{"redis-server", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"};
    arguments.insert(arguments.end(), {"--dir", directory_.path().string()});
    arguments.insert(arguments.end(), {tls_ ? "--tls-port" : "--port", std::to_string(port_)});
    if (tls_) arguments.insert(arguments.end(), {"--port", "0"});
    arguments.insert(arguments.end(), arguments_.begin(), arguments_.end());
    process_.reset();
    process_.emplace(finder, arguments);
    const auto ready = [](std::string_view line) {
        return line.find("Ready to accept connections") != std::string_view::npos;
    };
    return process_->wait_for_line(ready).has_value();
}

void redis_server::kill() {
    process_->signal(SIGKILL);
    (void)process_->exit_code();
}

void redis_server::start() {
    if (!listens()) throw std::runtime_error("redis-server did not start again: " + process_->output());
}

void redis_server::freeze() {
    process_->signal(SIGSTOP);
}

void redis_server::thaw() {
    process_->signal(SIGCONT);
}

std::string redis_server::ask(const std::vector<std::string>& words) const {
    std::vector<std::string> arguments{"redis-cli", "-p", std::to_string(port_), "--no-auth-warning"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    process asking{finder, arguments};
    (void)asking.exit_code();
    std::string said = asking.output();
    while (said.ends_with('\n'))
        said.pop_back();
    return said;
}

}  // namespace rollcall::testing
