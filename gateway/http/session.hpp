// One client's connection: reading requests, having them answered in order, sending the answers, and closing well.
// What a head may say is head_check; what an answer says is the handlers' business.
#pragma once

#include "base/executor.hpp"
#include "base/sweeper.hpp"
#include "gateway/http/answer_head.hpp"
#include "gateway/http/client_stream.hpp"
#include "gateway/http/head_check.hpp"
#include "gateway/http/identifiers.hpp"
#include "gateway/http/listener.hpp"
#include "gateway/http/load.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/read_buffer.hpp"
#include "gateway/http/spare_bodies.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/intrusive/list_hook.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>

namespace rollcall::gateway {

/// What the sessions of one listener share. It lives on the listener's thread.
struct session_environment {
    rollcall::sweeper& sweeper;
    listener_options options;
    std::shared_ptr<const listener_policy> policy;
    request_observer& observer;
    std::shared_ptr<listener_load> load;
    std::shared_ptr<const tls_context> tls{options.tls};  ///< of the connections that are accepted from now on
    gateway::identifiers identifiers{};
    date_field date{};
    spare_bodies bodies{};  ///< of answers
    bool ending = false;    ///< every answer is the last one of its connection
    bool draining = false;  ///< `ending`, and idle connections are closed
    std::size_t sessions = 0;
};

/// Owned by its own coroutine; it ends with the connection.
class session : public std::enable_shared_from_this<session>,
                public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  public:
    /// `socket` must be non-blocking.
    session(tcp_socket socket, std::shared_ptr<session_environment> environment, place connection);
    ~session();
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    void start();
    /// Closes soon if no request begins; the environment's `draining` closes the others after their answer.
    void drain();
    void abort();  ///< breaks off whatever is going on

  private:
    /// What is waited for, which decides what a passed deadline means.
    enum class phase : std::uint8_t { handshake, idle, head, body, answering, writing, lingering };
    /// What reading a request came to.
    enum class arrival : std::uint8_t {
        none,    ///< the connection is over
        faulty,  ///< `fault_` says why; the answer is the last one
        unread,  ///< its body was not waited for, because the gatekeeper will refuse it
        shed,    ///< its body was not waited for to its end, because bodies take all the room that they may
        complete
    };
    class exchange;

    awaitable<void> run();
    awaitable<arrival> shake_hands();
    awaitable<boost::system::error_code> go_on_shaking_hands();
    awaitable<arrival> read_request();
    awaitable<arrival> read_body(std::size_t head_begin);
    awaitable<bool> receive();
    awaitable<std::size_t> receive_over_tls(boost::system::error_code& error);
    awaitable<void> dispatch(exchange& exchange, arrival arrived);
    const handler* admit(exchange& exchange, arrival arrived);
    void answer_failure(const std::exception_ptr& thrown);
    awaitable<std::optional<admission::pass>> wait_for_place();
    awaitable<bool> send(std::string_view head, std::string_view body);
    awaitable<void> linger();

    [[nodiscard]] bool is_welcome() const;
    bool receive_at_once();
    void wait_for(phase phase, std::chrono::milliseconds time);
    void wait_until(phase phase, deadline at);
    void wait_for_request();
    [[nodiscard]] deadline body_deadline() const;
    arrival refuse(head_fault fault);
    arrival refuse_late();
    arrival shed();
    void begin_exchange(steady_clock::time_point now);
    [[nodiscard]] asio::ip::address origin() const;
    void adopt_headers(const std::vector<header_field>& fields, steady_clock::time_point now);
    void shorten_deadline(std::string_view timeout, steady_clock::time_point now);
    void refuse_timeout(std::string_view detail);
    void turn_away(client_limit reached, std::string detail);
    void adopt_identity(const header_field* id, const header_field* trace);
    connection_option settle_connection(arrival arrived, bool& open) const;
    void give_back_memory();

    void on_time_up();
    bool client_waits();

    std::shared_ptr<session_environment> environment_;
    place connection_;
    asio::ip::address peer_;
    client_stream stream_;
    watch watch_;
    asio::cancellation_signal cancellation_;
    phase phase_ = phase::idle;
    steady_clock::time_point idle_since_ = steady_clock::now();
    bool client_gone_ = false;
    std::optional<steady_clock::time_point> half_closed_at_;

    read_buffer buffer_;
    std::shared_ptr<const listener_policy> policy_;  ///< the current request's; null while there is none
    std::shared_ptr<const gatekeeper> gatekeeper_;   ///< the one that knows the current request's client
    request_head head_;
    head_fault fault_{};
    std::size_t head_end_ = 0;  ///< of the head at the front of buffer_
    std::size_t used_ = 0;      ///< bytes of buffer_ that the current request takes
    std::string body_;          ///< of a request whose body does not stand in buffer_ as it is
    std::string_view body_view_;
    steady_clock::time_point body_began_;  ///< of the body that is being read, like the next
    std::size_t body_received_ = 0;        ///< with its framing
    held_bytes body_held_;                 ///< for as long as body_ is the current request's
    std::string request_id_;
    std::string traceparent_;
    std::optional<problem> wrong_timeout_;  ///< of the current request
    request request_;
    response response_;
    std::string answer_head_;
};

}  // namespace rollcall::gateway
