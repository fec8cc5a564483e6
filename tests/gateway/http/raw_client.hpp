// A client that sends exactly the bytes it is given, for tests of what a well-behaved client would never send.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::gateway::testing {

struct raw_answer {
    unsigned status = 0;
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;

    [[nodiscard]] std::string header(const std::string& name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string() : found->second;
    }
};

enum class pace { one_segment, byte_by_byte };

/// A blocking TCP connection to 127.0.0.1. Every wait ends after ten seconds.
class raw_client {
  public:
    explicit raw_client(std::uint16_t port);
    ~raw_client();
    raw_client(const raw_client&) = delete;
    raw_client& operator=(const raw_client&) = delete;

    /// Sends what the server takes; a server that has closed already is no error.
    void send(std::string_view bytes, pace pace = pace::one_segment);
    void half_close();  ///< ends this side only
    void reset();       ///< closes with RST
    void shrink_receive_window();

    /// Reads one answer; `to_head` has no body whatever its Content-Length. Empty where the connection ends before.
    [[nodiscard]] std::optional<raw_answer> read(bool to_head = false);

    /// Whether the server closes in an orderly way with nothing more sent.
    [[nodiscard]] bool closed();

  private:
    bool receive();

    int socket_;
    std::string received_;
    bool broken_ = false;  ///< by a reset or a timeout, not an orderly close
};

}  // namespace rollcall::gateway::testing
