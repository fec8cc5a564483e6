// A server that plays a script on each connection: given bytes in given pieces, well-formed or not.
// It knows nothing of HTTP beyond where a request ends.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace rollcall::testing {

/// One accepted connection as a script sees it. Every call blocks; a broken connection ends reads early and makes
/// writes do nothing.
class peer {
  public:
    virtual ~peer() = default;

    /// A request's head and the body that its Content-Length announces; empty when the client has closed.
    std::string read_request();
    /// Waits until the client has closed.
    void wait_for_close();
    virtual void send(std::string_view bytes) = 0;
    /// Each byte in a segment of its own.
    void send_bytewise(std::string_view bytes);
    /// Closes with a reset instead of an orderly end.
    virtual void reset() = 0;
    virtual void close() = 0;

  protected:
    /// None: the end.
    virtual std::string read_some() = 0;

  private:
    std::string unread_;
};

class scripted_server {
  public:
    /// Runs on a thread of its own for each connection; `number` counts from 0. The connection is closed behind it.
    using script = std::function<void(peer&, unsigned number)>;

    /// With a TLS context every connection begins with a handshake; those that fail never reach the script.
    explicit scripted_server(script script, boost::asio::ssl::context* tls = nullptr);
    ~scripted_server();
    scripted_server(const scripted_server&) = delete;
    scripted_server& operator=(const scripted_server&) = delete;

    [[nodiscard]] unsigned short port() const { return port_; }
    [[nodiscard]] unsigned connections() const { return connections_; }
    [[nodiscard]] unsigned resumed() const { return resumed_; }  ///< TLS sessions taken up again
    /// Blocks until so many scripts have ended.
    void wait_for_ended(unsigned count);

  private:
    void accept();
    void play(const std::shared_ptr<boost::asio::ip::tcp::socket>& socket, unsigned number);

    boost::asio::io_context context_;
    boost::asio::ip::tcp::acceptor acceptor_;
    unsigned short port_;
    script script_;
    boost::asio::ssl::context* tls_;
    std::atomic<unsigned> connections_ = 0;
    std::atomic<unsigned> resumed_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    unsigned ended_ = 0;
    bool stopping_ = false;
    std::vector<std::shared_ptr<boost::asio::ip::tcp::socket>> sockets_;
    std::vector<std::thread> players_;
    std::thread acceptor_thread_;
};

}  // namespace rollcall::testing
