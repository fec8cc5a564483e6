// Sockets: listeners that can be closed and reopened, and connections that carry out deliveries, plain or over TLS.
#pragma once

#include "tests/simulator/service.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace rollcall::simulator {

/// PEM files of a certificate chain, leaf first, and of its private key.
struct tls_files {
    std::filesystem::path chain;
    std::filesystem::path key;
};

class listener;

/// Runs every listener on the threads that call `run`.
class server {
  public:
    explicit server(int threads);
    ~server();
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    /// Opens a listener on `port` (0: any that is free). `service` must outlive the server.
    /// Throws std::runtime_error where the address or the certificate cannot be used.
    listener& listen(const std::string& address, std::uint16_t port, const std::optional<tls_files>& tls,
                     service& service);
    /// Returns on SIGTERM or SIGINT.
    void run();

    struct state;

  private:
    std::unique_ptr<state> state_;
};

/// Safe for several threads.
class listener {
  public:
    virtual ~listener() = default;
    /// http://127.0.0.1:PORT, or https.
    virtual std::string url() const = 0;
    /// Listens again on the same port; nothing where it already does.
    virtual void open() = 0;
    /// Closes the listening socket and ends every connection that it accepted: from now on connections are refused.
    virtual void close() = 0;
};

}  // namespace rollcall::simulator
