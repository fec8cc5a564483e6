// A TLS client for tests that sends exactly what it is given, and tells what the handshake came to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

typedef struct ssl_session_st SSL_SESSION;

namespace rollcall::testing {

enum class tls_version : std::uint8_t { tls_1_1, tls_1_2, tls_1_3 };

/// What a session is resumed by.
using tls_session = std::shared_ptr<SSL_SESSION>;

struct tls_wishes {
    tls_version oldest = tls_version::tls_1_2;
    tls_version newest = tls_version::tls_1_3;
    std::string protocols{};              ///< ALPN, as it is sent: each with its length before it
    std::string ciphers{};                ///< of TLS 1.2; empty: OpenSSL's default
    std::filesystem::path certificate{};  ///< empty: it has none
    std::filesystem::path key{};
    std::optional<std::filesystem::path> trusted{};  ///< none: whatever the server shows is good
    tls_session session{};
    int receive_buffer = 0;  ///< bytes; 0: the system's default
};

/// A blocking connection to 127.0.0.1. Every wait ends after ten seconds. It does what its own system allows only.
class tls_client {
  public:
    explicit tls_client(int port, tls_wishes wishes = {});
    ~tls_client();
    tls_client(const tls_client&) = delete;
    tls_client& operator=(const tls_client&) = delete;

    /// Whether the handshake came to its end. With TLS 1.3 a server may refuse the client's certificate after it.
    [[nodiscard]] bool connected() const;
    /// Why it did not, or why the last reading ended: OpenSSL's words, such as `tlsv1 alert no application protocol`;
    /// `closed` after a farewell, `cut` where the connection ended without one, `timeout`.
    [[nodiscard]] const std::string& end() const;
    [[nodiscard]] std::string protocol() const;  ///< chosen by ALPN
    [[nodiscard]] tls_version version() const;
    [[nodiscard]] std::string cipher() const;
    [[nodiscard]] std::string certificate() const;  ///< the server's, as PEM
    [[nodiscard]] bool resumed() const;
    /// The last session that the server has given; with TLS 1.3 it comes behind the handshake, with what is read.
    [[nodiscard]] tls_session session() const;

    void send(std::string_view bytes);
    void send_without_tls(std::string_view bytes);
    /// So many KeyUpdates of TLS 1.3 (RFC 8446, section 4.6.3) as records, for send_without_tls. Nothing else may be
    /// sent before they are.
    [[nodiscard]] std::string key_updates(int count);
    /// Sends only the first `count` bytes of the record that `bytes` come to.
    void send_part_of_record(std::string_view bytes, std::size_t count);
    void half_close();  ///< the farewell
    void cut();         ///< ends the TCP connection's sending side without it
    /// One reading of at most `most` bytes; empty at the end.
    [[nodiscard]] std::string read_some(std::size_t most = 65536);
    /// One answer, head and body, with Content-Length; empty where the connection ends before its end.
    [[nodiscard]] std::optional<std::string> read_answer();
    [[nodiscard]] std::string read_all();

    struct state;

  private:
    std::unique_ptr<state> state_;
};

}  // namespace rollcall::testing
