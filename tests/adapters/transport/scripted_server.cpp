// The scripted server over blocking sockets.
#include "tests/adapters/transport/scripted_server.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <charconv>

namespace rollcall::testing {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using tls_stream = asio::ssl::stream<tcp::socket&>;

template<class Stream>
class stream_peer final : public peer {
  public:
    /// Who closes the socket holds `closing`, because the server's end looks at the socket from another thread.
    stream_peer(Stream& stream, tcp::socket& socket, std::mutex& closing)
        : stream_(stream), socket_(socket), closing_(closing) {}

    void send(std::string_view bytes) override {
        boost::system::error_code gone;
        asio::write(stream_, asio::buffer(bytes), gone);
    }

    void reset() override {
        boost::system::error_code ignored;
        socket_.set_option(tcp::socket::linger(true, 0), ignored);
        const std::lock_guard lock(closing_);
        socket_.close(ignored);
    }

    void close() override {
        boost::system::error_code ignored;
        if constexpr (std::is_same_v<Stream, tls_stream>) {
            // Only our half: waiting for the client's would hang on one that just closes.
            SSL_set_quiet_shutdown(stream_.native_handle(), 0);
            socket_.non_blocking(true, ignored);
            stream_.shutdown(ignored);
        }
        socket_.shutdown(tcp::socket::shutdown_both, ignored);
    }

  protected:
    std::string read_some() override {
        std::array<char, 16384> buffer;
        boost::system::error_code error;
        const auto count = stream_.read_some(asio::buffer(buffer), error);
        return {buffer.data(), error ? 0 : count};
    }

  private:
    Stream& stream_;
    tcp::socket& socket_;
    std::mutex& closing_;
};

std::size_t body_length(std::string_view head) {
    constexpr std::string_view name = "Content-Length: ";
    const auto at = head.find(name);
    std::size_t length = 0;
    if (at != head.npos) std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
    return length;
}

}  // namespace

std::string peer::read_request() {
    for (;;) {
        const auto end = unread_.find("\r\n\r\n");
        if (end != std::string::npos) {
            const auto whole = end + 4 + body_length(std::string_view(unread_).substr(0, end + 2));
            if (unread_.size() >= whole) {
                auto request = unread_.substr(0, whole);
                unread_.erase(0, whole);
                return request;
            }
        }
        const auto more = read_some();
        if (more.empty()) return {};
        unread_ += more;
    }
}

void peer::wait_for_close() {
    while (!read_some().empty()) {}
}

void peer::send_bytewise(std::string_view bytes) {
    for (const char& byte : bytes)
        send({&byte, 1});
}

scripted_server::scripted_server(script script, asio::ssl::context* tls)
    : acceptor_(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      port_(acceptor_.local_endpoint().port()),
      script_(std::move(script)),
      tls_(tls),
      acceptor_thread_([this] { accept(); }) {}

scripted_server::~scripted_server() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (const auto& socket : sockets_) {
            if (socket->is_open()) ::shutdown(socket->native_handle(), SHUT_RDWR);
        }
    }
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    acceptor_thread_.join();
    for (auto& player : players_)
        player.join();
}

void scripted_server::wait_for_ended(unsigned count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ >= count; });
}

void scripted_server::accept() {
    for (;;) {
        auto socket = std::make_shared<tcp::socket>(context_);
        boost::system::error_code error;
        acceptor_.accept(*socket, error);
        const std::lock_guard lock(mutex_);
        if (error || stopping_) return;
        socket->set_option(tcp::no_delay(true), error);
        sockets_.push_back(socket);
        players_.emplace_back([this, socket, number = connections_++] { play(socket, number); });
    }
}

void scripted_server::play(const std::shared_ptr<tcp::socket>& socket, unsigned number) {
    if (tls_ != nullptr) {
        tls_stream stream(*socket, *tls_);
        boost::system::error_code refused;
        stream.handshake(asio::ssl::stream_base::server, refused);
        if (!refused) {
            if (SSL_session_reused(stream.native_handle()) == 1) ++resumed_;
            stream_peer<tls_stream> peer(stream, *socket, mutex_);
            script_(peer, number);
        }
    } else {
        stream_peer<tcp::socket> peer(*socket, *socket, mutex_);
        script_(peer, number);
    }
    const std::lock_guard lock(mutex_);
    boost::system::error_code ignored;
    socket->close(ignored);
    ++ended_;
    changed_.notify_all();
}

}  // namespace rollcall::testing
