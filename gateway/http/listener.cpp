// Accepting clients: the acceptor's loop, what is done beyond the limit of connections, and the drain.
#include "gateway/http/listener.hpp"

#include "base/timer.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/refuse_handshakes.hpp"
#include "gateway/http/session.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/intrusive/list.hpp>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <new>
#include <stdexcept>
#include <sys/socket.h>

namespace rollcall::gateway {
namespace {

using boost::system::error_code;
constexpr asio::use_awaitable_t<executor> use_awaitable{};
using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

/// How long nothing is accepted after a failure such as the lack of file descriptors, which only time can mend.
constexpr std::chrono::milliseconds accept_pause{50};

using tcp_acceptor = asio::basic_socket_acceptor<asio::ip::tcp, executor>;

void open_and_bind(tcp_acceptor& acceptor, const config::address& address, bool share_port) {
    try {
        const asio::ip::tcp::endpoint endpoint{asio::ip::make_address(address.host), address.port};
        acceptor.open(endpoint.protocol());
        acceptor.set_option(asio::socket_base::reuse_address(true));
        if (share_port) acceptor.set_option(reuse_port(true));
        acceptor.bind(endpoint);
    } catch (const boost::system::system_error& error) {
        throw std::runtime_error(fmt::format("{} port {}: {}", address.host, address.port, error.code().message()));
    }
}

}  // namespace

std::shared_ptr<listener_load> make_listener_load() {
    return std::make_shared<listener_load>();
}

class listener::implementation : public std::enable_shared_from_this<implementation> {
  public:
    implementation(const executor& executor, std::shared_ptr<session_environment> environment)
        : environment_(std::move(environment)),
          acceptor_(executor),
          pause_(executor),
          handshakes_(environment_->sweeper, [this] { stop_accepting(); }) {
        open_and_bind(acceptor_, environment_->options.address, environment_->options.share_port);
        acceptor_.listen();
        acceptor_.non_blocking(true);
        environment_->load->admission.set_limit(environment_->policy->limits.in_flight);
    }

    void start() {
        auto on_end = [self = shared_from_this()](const std::exception_ptr& thrown) {
            if (thrown) self->environment_->observer.failed({}, "Accepting connections has ended by an exception.");
        };
        asio::co_spawn(acceptor_.get_executor(), accept_clients(), std::move(on_end));
    }

    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    [[nodiscard]] bool is_drained() const { return !acceptor_.is_open() && environment_->sessions == 0; }

    void adopt(std::shared_ptr<const listener_policy> policy) {
        environment_->load->admission.set_limit(policy->limits.in_flight);
        environment_->policy = std::move(policy);
    }

    void adopt_tls(std::shared_ptr<const tls_context> tls) { environment_->tls = std::move(tls); }

    void announce_end() { environment_->ending = true; }

    void drain() {
        environment_->ending = environment_->draining = true;
        for_each_session([](session& session) { session.drain(); });
        const auto handshake = environment_->options.timeouts.handshake;
        if (handshake.count() > 0 && refuse_handshakes(acceptor_.native_handle())) {
            handshakes_.arm(steady_clock::now() + handshake);
        } else {
            stop_accepting();
        }
    }

    void abort() {
        close();
        for_each_session([](session& session) { session.abort(); });
    }

  private:
    /// `act` may end the session that it is given.
    template<class Act>
    void for_each_session(Act act) {
        for (auto at = sessions_.begin(); at != sessions_.end();)
            act(*at++);
    }

    awaitable<void> accept_clients();
    void stop_accepting();
    void accept_the_waiting();
    void admit(tcp_socket socket);
    void turn_away(tcp_socket socket);
    void close();

    std::shared_ptr<session_environment> environment_;
    tcp_acceptor acceptor_;
    steady_timer pause_;
    watch handshakes_;  // armed while those that had begun before the drain are waited for
    boost::intrusive::list<session, boost::intrusive::constant_time_size<false>> sessions_;
};

awaitable<void> listener::implementation::accept_clients() {
    while (acceptor_.is_open()) {
        error_code error;
        auto token = asio::redirect_error(use_awaitable, error);
        tcp_socket socket = co_await acceptor_.async_accept(token);
        if (!error) {
            admit(std::move(socket));
        } else if (error != asio::error::operation_aborted && error != asio::error::connection_aborted) {
            pause_.expires_after(accept_pause);
            co_await pause_.async_wait(token);
        }
    }
}

void listener::implementation::stop_accepting() {
    accept_the_waiting();
    close();
}

/// Clients whose connection the kernel has made already would be reset by closing the acceptor.
void listener::implementation::accept_the_waiting() {
    error_code error;
    while (acceptor_.is_open() && !error) {
        tcp_socket socket(acceptor_.get_executor());
        acceptor_.accept(socket, error);
        if (!error) admit(std::move(socket));
    }
}

/// Whatever is thrown concerns this client only: accepting goes on.
void listener::implementation::admit(tcp_socket socket) try {
    error_code error;
    socket.non_blocking(true, error);
    if (error) return;
    error_code ignored;  // an answer that is sent late is still an answer
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    auto connection = place::take(environment_->load->connections, environment_->policy->limits.connections);
    if (!connection) {
        environment_->observer.overloaded(client_limit::connections);
        turn_away(std::move(socket));
        return;
    }
    const auto admitted = std::make_shared<session>(std::move(socket), environment_, std::move(*connection));
    sessions_.push_back(*admitted);
    admitted->start();
} catch (const std::bad_alloc&) {
    return;  // This client is dropped, and the next one may find memory again. Saying so would need some, too.
} catch (const std::exception& failure) {
    environment_->observer.failed({}, failure.what());
}

/// Says 503 as far as that goes without waiting, and closes. Over TLS nothing could be said without a handshake, which
/// costs more than an answer.
void listener::implementation::turn_away(tcp_socket socket) {
    if (environment_->tls) return;
    std::string id;
    environment_->identifiers.write_request_id(id);
    const problem overloaded{.code = problem_code::overloaded,
                             .detail = "Too many connections are open.",
                             .retry_after = std::chrono::seconds(1)};
    response response;
    write_problem(response, overloaded, id);
    std::string answer;
    write_answer_head(answer, response, id, environment_->date.at(system_clock::now()), connection_option::close);
    answer += response.body;

    error_code ignored;
    socket.write_some(asio::const_buffer(answer.data(), answer.size()), ignored);
    socket.shutdown(tcp_socket::shutdown_send, ignored);
    // What the client has sent already must be read, or closing resets the connection before it reads the answer.
    std::array<char, 4096> dropped;
    socket.read_some(asio::mutable_buffer(dropped.data(), dropped.size()), ignored);
}

void listener::implementation::close() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    handshakes_.disarm();
}

void refuse_taken_address(const executor& executor, const config::address& address) {
    tcp_acceptor probe(executor);
    open_and_bind(probe, address, false);
}

listener::listener(const executor& executor, sweeper& sweeper, const listener_options& options,
                   std::shared_ptr<const listener_policy> policy, request_observer& observer,
                   std::shared_ptr<listener_load> load)
    : implementation_(std::make_shared<implementation>(
          executor,
          std::make_shared<session_environment>(sweeper, options, std::move(policy), observer, std::move(load)))) {}

listener::~listener() {
    implementation_->abort();
}

void listener::start() {
    implementation_->start();
}

std::uint16_t listener::port() const {
    return implementation_->port();
}

void listener::adopt(std::shared_ptr<const listener_policy> policy) {
    implementation_->adopt(std::move(policy));
}

void listener::adopt_tls(std::shared_ptr<const tls_context> tls) {
    implementation_->adopt_tls(std::move(tls));
}

void listener::announce_end() {
    implementation_->announce_end();
}

void listener::drain() {
    implementation_->drain();
}

bool listener::is_drained() const {
    return implementation_->is_drained();
}

}  // namespace rollcall::gateway
