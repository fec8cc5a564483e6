// A provider that answers when a test wants it to.
#pragma once

#include "tests/adapters/transport/scripted_server.hpp"

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace rollcall::testing {

/// Answers each request when a test lets it, in the order in which they came, and remembers their targets.
class held_server {
  public:
    explicit held_server(bool closes = false) : closes_(closes) {}
    ~held_server() { let(1000); }

    void let(unsigned count) {
        const std::lock_guard lock(mutex_);
        allowed_ += count;
        changed_.notify_all();
    }
    [[nodiscard]] std::string targets() {
        const std::lock_guard lock(mutex_);
        std::string all;
        for (const std::string& target : targets_)
            all += target;
        return all;
    }
    [[nodiscard]] unsigned short port() const { return server_.port(); }
    [[nodiscard]] unsigned connections() const { return server_.connections(); }

  private:
    void play(peer& peer) {
        for (auto request = peer.read_request(); !request.empty(); request = peer.read_request()) {
            const auto from = request.find(' ') + 1;
            const std::string target = request.substr(from, request.find(' ', from) - from);
            {
                std::unique_lock lock(mutex_);
                targets_.push_back(target);
                changed_.notify_all();
                changed_.wait(lock, [&] { return allowed_ > 0; });
                --allowed_;
            }
            peer.send("HTTP/1.1 200 OK\r\n" + std::string{closes_ ? "Connection: close\r\n" : ""} +
                      "Content-Length: " + std::to_string(target.size()) + "\r\n\r\n" + target);
            if (closes_) return;
        }
    }

    bool closes_;
    std::mutex mutex_;
    std::condition_variable changed_;
    unsigned allowed_ = 0;
    std::vector<std::string> targets_;
    scripted_server server_{[this](peer& peer, unsigned) { play(peer); }};
};

}  // namespace rollcall::testing
