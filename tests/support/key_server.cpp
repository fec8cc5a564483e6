// One connection after the other, each for one request, on a thread of its own.
#include "tests/support/key_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <sys/socket.h>
#include <thread>

namespace rollcall::testing {

namespace asio = boost::asio;
using asio::ip::tcp;

struct key_server::state {
    asio::io_context context;
    tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), 0}};
    std::optional<asio::ssl::context> tls;
    std::mutex mutex;
    std::condition_variable changed;
    std::string body;
    unsigned status = 200;
    int requests = 0;
    std::string last_head;
    bool stopping = false;
    int connected = -1;  ///< the descriptor of the client that is being answered; -1: none is
    std::thread thread;

    void run() {
        for (;;) {
            boost::system::error_code error;
            tcp::socket socket{context};
            acceptor.accept(socket, error);
            {
                const std::lock_guard lock{mutex};
                if (stopping) return;
                connected = error ? -1 : socket.native_handle();
            }
            if (error) continue;
            talk(socket);
        }
    }

    void talk(tcp::socket& socket) {
        if (tls) {
            boost::system::error_code error;
            asio::ssl::stream<tcp::socket&> stream{socket, *tls};
            stream.handshake(asio::ssl::stream_base::server, error);
            if (!error) serve(stream);
        } else {
            serve(socket);
        }
        const std::lock_guard lock{mutex};
        connected = -1;
    }

    template<class Stream>
    void serve(Stream& stream) {
        boost::system::error_code error;
        asio::streambuf buffer;
        asio::read_until(stream, buffer, "\r\n\r\n", error);
        if (error) return;
        const auto bytes = buffer.data();
        std::string answer;
        {
            const std::lock_guard lock{mutex};
            ++requests;
            last_head = {asio::buffers_begin(bytes), asio::buffers_end(bytes)};
            answer = "HTTP/1.1 " + std::to_string(status) +
                     " Told\r\nLocation: http://127.0.0.1:1/\r\nConnection: close\r\nContent-Length: " +
                     std::to_string(body.size()) + "\r\n\r\n" + body;
        }
        changed.notify_all();
        asio::write(stream, asio::buffer(answer), error);
    }
};

key_server::key_server(std::string body, const std::optional<std::filesystem::path>& certificate,
                       const std::optional<std::filesystem::path>& key)
    : state_(std::make_unique<state>()) {
    state_->body = std::move(body);
    if (certificate) {
        state_->tls.emplace(asio::ssl::context::tls_server);
        state_->tls->use_certificate_chain_file(certificate->string());
        state_->tls->use_private_key_file(key.value().string(), asio::ssl::context::pem);
    }
    state_->thread = std::thread{[state = state_.get()] { state->run(); }};
}

key_server::~key_server() {
    {
        const std::lock_guard lock{state_->mutex};
        state_->stopping = true;
        // A client that was stopped between connecting and asking leaves its connection open.
        if (state_->connected >= 0) ::shutdown(state_->connected, SHUT_RDWR);
    }
    // What it waits for otherwise is a connection.
    boost::system::error_code ignored;
    asio::io_context context;
    tcp::socket waking{context};
    waking.connect(state_->acceptor.local_endpoint(), ignored);
    state_->thread.join();
}

std::string key_server::url() const {
    return (state_->tls ? "https://127.0.0.1:" : "http://127.0.0.1:") +
           std::to_string(state_->acceptor.local_endpoint().port()) + "/keys?tenant=a";
}

void key_server::answer(std::string body, unsigned status) {
    const std::lock_guard lock{state_->mutex};
    state_->body = std::move(body);
    state_->status = status;
}

int key_server::requests() const {
    const std::lock_guard lock{state_->mutex};
    return state_->requests;
}

std::string key_server::last_head() const {
    const std::lock_guard lock{state_->mutex};
    return state_->last_head;
}

bool key_server::wait_for(int requests) const {
    std::unique_lock lock{state_->mutex};
    return state_->changed.wait_for(lock, std::chrono::seconds{10}, [&] { return state_->requests >= requests; });
}

}  // namespace rollcall::testing
