// A peer that plays Redis by a script for each connection, well or badly.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace rollcall::store::tests {

/// One accepted connection; every call blocks, and does nothing more once the client has gone.
class peer {
  public:
    explicit peer(boost::asio::ip::tcp::socket& socket) : socket_(socket) {}

    /// Waits until `word` has come, in whatever command, and forgets what was before it; whether it did.
    bool await(std::string_view word) {
        while (received_.find(word) == std::string::npos) {
            if (!receive()) return false;
        }
        received_.erase(0, received_.find(word) + word.size());
        return true;
    }
    /// Waits until one of two words has come, and says which; empty where the client has gone.
    std::string_view await_either(std::string_view one, std::string_view other) {
        while (true) {
            const auto first = std::min(received_.find(one), received_.find(other));
            if (first != std::string::npos) {
                const std::string_view found = received_.compare(first, one.size(), one) == 0 ? one : other;
                received_.erase(0, first + found.size());
                return found;
            }
            if (!receive()) return {};
        }
    }
    /// Whether it was all sent.
    bool send(std::string_view bytes) {
        boost::system::error_code error;
        boost::asio::write(socket_, boost::asio::buffer(bytes.data(), bytes.size()), error);
        return !error;
    }
    void wait_for_close() {
        while (await("\n")) {}
    }
    /// Answers the commands that log in, or one that asks whether it answers in time.
    bool welcome() { return await("PING") && send("+PONG\r\n"); }

  private:
    bool receive() {
        char bytes[4096];
        boost::system::error_code error;
        const auto count = socket_.read_some(boost::asio::buffer(bytes), error);
        received_.append(bytes, count);
        return !error;
    }

    boost::asio::ip::tcp::socket& socket_;
    std::string received_;
};

/// Plays `script` for one connection after the other.
class fake_redis {
  public:
    using script = std::function<void(peer&, int number)>;

    explicit fake_redis(script script) : script_(std::move(script)), thread_([this] { serve(); }) {}
    ~fake_redis() {
        stopping_ = true;
        // A connection of our own ends the wait for one.
        boost::system::error_code ignored;
        boost::asio::ip::tcp::socket last{context_};
        last.connect(acceptor_.local_endpoint(), ignored);
        thread_.join();
    }
    fake_redis(const fake_redis&) = delete;
    fake_redis& operator=(const fake_redis&) = delete;

    [[nodiscard]] std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }
    [[nodiscard]] int connections() const { return connections_; }

  private:
    void serve() {
        while (!stopping_) {
            boost::system::error_code error;
            boost::asio::ip::tcp::socket socket{context_};
            acceptor_.accept(socket, error);
            if (error || stopping_) return;
            peer peer{socket};
            script_(peer, connections_++);
        }
    }

    script script_;
    boost::asio::io_context context_;
    boost::asio::ip::tcp::acceptor acceptor_{context_, {boost::asio::ip::address_v4::loopback(), 0}};
    std::atomic<bool> stopping_{false};
    std::atomic<int> connections_{0};
    std::thread thread_;
};

}  // namespace rollcall::store::tests
