// Listeners, signals and threads.
#include "tests/simulator/server.hpp"

#include "tests/simulator/connection.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>

#include <csignal>
#include <stdexcept>
#include <thread>
#include <vector>

namespace rollcall::simulator {
namespace {

using tcp_acceptor = asio::basic_socket_acceptor<asio::ip::tcp, executor>;

class tcp_listener final : public listener {
  public:
    tcp_listener(asio::io_context& io, asio::ip::tcp::endpoint where, const std::optional<tls_files>& tls,
                 service& service)
        : acceptor_(io), endpoint_(std::move(where)), service_(service) {
        if (tls) {
            tls_.emplace(asio::ssl::context::tls_server);
            tls_->use_certificate_chain_file(tls->chain.string());
            tls_->use_private_key_file(tls->key.string(), asio::ssl::context::pem);
        }
        open();
        endpoint_ = acceptor_.local_endpoint();
    }

    std::string url() const override {
        const bool v6 = endpoint_.address().is_v6();
        const std::string host = endpoint_.address().to_string();
        return (tls_ ? "https://" : "http://") + (v6 ? "[" + host + "]" : host) + ":" +
               std::to_string(endpoint_.port());
    }

    void open() override {
        const std::lock_guard lock{mutex_};
        if (acceptor_.is_open()) return;
        acceptor_.open(endpoint_.protocol());
        acceptor_.set_option(asio::socket_base::reuse_address(true));
        acceptor_.bind(endpoint_);
        acceptor_.listen();
        ++opened_;
        accept();
    }

    void close() override {
        const std::lock_guard lock{mutex_};
        error_code ignored;
        acceptor_.close(ignored);
        connections_->shut_down_all();
    }

  private:
    // The lock is held.
    void accept() {
        acceptor_.async_accept([this, opened = opened_](error_code error, tcp_socket socket) {
            accepted(error, std::move(socket), opened);
        });
    }

    void accepted(error_code error, tcp_socket socket, std::size_t opened) {
        const std::lock_guard lock{mutex_};
        // What was accepted before the listener was closed is dropped, even if it has been opened again since.
        if (!acceptor_.is_open() || opened != opened_) return;
        if (!error) start(std::move(socket));
        accept();
    }

    void start(tcp_socket socket) {
        if (tls_) {
            std::make_shared<connection<asio::ssl::stream<tcp_socket>>>(std::move(socket), service_, connections_,
                                                                        *tls_)
                ->start();
        } else {
            std::make_shared<connection<tcp_socket>>(std::move(socket), service_, connections_)->start();
        }
    }

    std::mutex mutex_;
    tcp_acceptor acceptor_;
    asio::ip::tcp::endpoint endpoint_;
    service& service_;
    std::optional<asio::ssl::context> tls_;
    std::size_t opened_ = 0;
    std::shared_ptr<open_connections> connections_ = std::make_shared<open_connections>();
};

}  // namespace

struct server::state {
    explicit state(int threads) : io(threads), threads(threads) {
        signals.async_wait([this](error_code, int) { io.stop(); });
    }

    asio::io_context io;
    // Caught from the start, so that one that comes as soon as it says that it is ready is not missed.
    asio::signal_set signals{io, SIGTERM, SIGINT};
    int threads;
    std::vector<std::unique_ptr<tcp_listener>> listeners;
};

server::server(int threads) : state_(std::make_unique<state>(threads)) {}
server::~server() = default;

listener& server::listen(const std::string& address, std::uint16_t port, const std::optional<tls_files>& tls,
                         service& service) {
    error_code error;
    const auto where = asio::ip::make_address(address, error);
    if (error) throw std::runtime_error("--listen: not an address: " + address);
    try {
        const asio::ip::tcp::endpoint endpoint{where, port};
        state_->listeners.push_back(std::make_unique<tcp_listener>(state_->io, endpoint, tls, service));
    } catch (const boost::system::system_error& failure) {
        throw std::runtime_error(address + ":" + std::to_string(port) + ": " + failure.what());
    }
    return *state_->listeners.back();
}

void server::run() {
    std::vector<std::jthread> others;
    for (int i = 1; i < state_->threads; ++i)
        others.emplace_back([this] { state_->io.run(); });
    state_->io.run();
}

}  // namespace rollcall::simulator
