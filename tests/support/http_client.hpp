// A small synchronous HTTP/1.1 client for tests. Every wait is bounded. It follows nothing and retries nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::testing {

inline constexpr std::chrono::milliseconds default_timeout{10'000};

using header_list = std::vector<std::pair<std::string, std::string>>;

/// Where to send: a port of 127.0.0.1, or http://HOST:PORT, or https://HOST:PORT (HOST may be [::1]).
struct address {
    address(int port);
    address(std::string_view url);
    address(const std::string& url) : address(std::string_view{url}) {}
    address(const char* url) : address(std::string_view{url}) {}

    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    bool secure = false;
    /// For https: the PEM file of the authority to trust; the certificate must be for `host`. None: nothing is checked.
    std::optional<std::filesystem::path> trusted = std::nullopt;
};

struct response {
    unsigned status = 0;
    header_list headers;
    std::string body;

    /// The first header of that name, in whatever case; empty where there is none.
    std::string_view header(std::string_view name) const;
    bool has(std::string_view name) const;
    /// How many headers have that name.
    std::size_t count(std::string_view name) const;
};

enum class exchange_end {
    refused,    // nobody listens
    reset,      // RST
    closed,     // the end of the connection before the end of the answer
    timed_out,  // no answer in time
    malformed,  // the answer is not HTTP
    other,      // certificates, names, …: see what()
};

/// Why an exchange has no answer.
class exchange_failure : public std::runtime_error {
  public:
    exchange_failure(exchange_end why, const std::string& what) : std::runtime_error(what), why_(why) {}
    exchange_end why() const { return why_; }

  private:
    exchange_end why_;
};

/// One connection, kept alive between requests. Connects with the first request. For one thread.
class connection {
  public:
    explicit connection(address address, std::chrono::milliseconds timeout = default_timeout);
    ~connection();
    connection(connection&&) noexcept;
    connection& operator=(connection&&) noexcept;

    /// Host and, where there is a body, Content-Length are added. Throws exchange_failure; after that the connection
    /// is closed, and so is it after an answer that ends it: the next request opens a new one.
    response request(std::string_view method, std::string_view target, const header_list& headers = {},
                     std::string_view body = {});
    response get(std::string_view target, const header_list& headers = {}) { return request("GET", target, headers); }
    bool is_open() const;

    struct state;

  private:
    std::unique_ptr<state> state_;
};

/// One request on a connection of its own.
response request(std::string_view method, const address& where, std::string_view target,
                 const header_list& headers = {}, std::string_view body = {},
                 std::chrono::milliseconds timeout = default_timeout);
response get(const address& where, std::string_view target, const header_list& headers = {});

struct raw_answer {
    std::string bytes;  // everything received
    exchange_end end;   // closed, reset or timed_out
};

/// Sends the bytes as they are to 127.0.0.1 and reads until the peer ends the connection or the time is over.
raw_answer raw_exchange(int port, std::string_view bytes, std::chrono::milliseconds timeout = default_timeout);

}  // namespace rollcall::testing
