// One client's connection as a coroutine: answering, and clients that leave. Reading is session_read.cpp, what is read
// becomes a request in session_request.cpp, and sending and closing is session_write.cpp.
// Every wait ends by bytes, by the session's one watch, or by its cancellation.
#include "gateway/http/session.hpp"

#include "gateway/http/client_address.hpp"
#include "gateway/http/problem.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>

namespace rollcall::gateway {
namespace {

using boost::system::error_code;

constexpr std::size_t kept_bytes = 64 * 1024;  // of a request's body, for the next one of the connection

std::string_view message_of(const std::exception_ptr& thrown, std::string& memory) {
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& exception) {
        memory = exception.what();
    } catch (...) {
        memory = "something that is no std::exception";
    }
    return memory;
}

/// Tells the observer of one request's waiting, however it ends.
class told_waiting {
  public:
    explicit told_waiting(request_observer& observer) : observer_(observer) { observer_.request_waits(true); }
    told_waiting(const told_waiting&) = delete;
    told_waiting& operator=(const told_waiting&) = delete;
    ~told_waiting() { observer_.request_waits(false); }

  private:
    request_observer& observer_;
};

asio::ip::address peer_of(const tcp_socket& socket) {
    error_code gone;
    return plain_address(socket.remote_endpoint(gone).address());
}

}  // namespace

/// Counts one request from its arrival to its end, however it ends.
class session::exchange {
  public:
    exchange(session& session, steady_clock::time_point began) : session_(session), began_(began) {
        session_.environment_->observer.request_started();
    }
    exchange(const exchange&) = delete;
    exchange& operator=(const exchange&) = delete;
    ~exchange() {
        if (!told_) tell(client_closed_request, client_closed_request_name, 0);
        session_.request_.turn.reset();
    }

    void answered(unsigned status, std::size_t bytes) {
        told_ = true;
        tell(status, session_.response_.code, bytes);
    }

    std::string route;    ///< a copy, because a session that dies with its io_context may outlive the router
    bool let_in = false;  ///< the gatekeeper has nothing against it

  private:
    /// The one place that every request passes at its end, so that no change is refused in silence. What was decided
    /// of it counts, also where the client did not wait to hear that.
    void tell(unsigned status, std::string_view code, std::size_t bytes) {
        const request& request = session_.request_;
        const response& response = session_.response_;
        request_observer& observer = session_.environment_->observer;
        const bool known = let_in || request.client != nullptr;
        if (known && !is_safe(request.method) && !response.audited) {
            const bool decided = !response.code.empty();
            observer.change_unmade(request, decided ? response.status : status, decided ? response.code : code);
        }
        observer.request_finished(request, route, status, bytes, steady_clock::now() - began_);
    }

    session& session_;
    steady_clock::time_point began_;
    bool told_ = false;
};

session::session(tcp_socket socket, std::shared_ptr<session_environment> environment, place connection)
    : environment_(std::move(environment)),
      connection_(std::move(connection)),
      peer_(peer_of(socket)),
      stream_(std::move(socket), environment_->tls),
      watch_(environment_->sweeper, [this] { on_time_up(); }),
      body_held_(environment_->load->body_bytes) {
    ++environment_->sessions;
    environment_->observer.connection_opened();
}

session::~session() {
    --environment_->sessions;
    environment_->observer.connection_closed();
}

void session::start() {
    auto on_end = [self = shared_from_this()](const std::exception_ptr& thrown) {
        if (!thrown || self->client_gone_) return;
        std::string memory;
        self->environment_->observer.failed(self->request_id_, message_of(thrown, memory));
    };
    asio::co_spawn(stream_.socket().get_executor(), run(),
                   asio::bind_cancellation_slot(cancellation_.slot(), std::move(on_end)));
}

void session::drain() {
    const auto last_request = environment_->options.timeouts.last_request;
    if (phase_ == phase::idle) watch_.arm(idle_since_ + last_request);
    if (phase_ == phase::handshake) watch_.arm(steady_clock::now() + last_request);
}

void session::abort() {
    client_gone_ = true;
    stream_.close();
    cancellation_.emit(asio::cancellation_type::terminal);
}

awaitable<void> session::run() {
    for (bool open = true; open;) {
        const arrival arrived = co_await read_request();
        if (arrived == arrival::none) co_return;

        const auto now = steady_clock::now();
        begin_exchange(now);
        exchange exchange(*this, now);
        if (arrived != arrival::faulty) {
            co_await dispatch(exchange, arrived);
        } else {
            const problem refusal{.code = fault_.code, .detail = std::string(fault_.detail)};
            write_problem(response_, refusal, request_.id);
        }
        if (policy_->cross_origin) policy_->cross_origin->mark(request_, response_);
        policy_.reset();
        if (client_gone_) co_return;
        // Before the client can have its answer: its next request, maybe on another thread, finds the place free.
        request_.turn.reset();

        const connection_option connection = settle_connection(arrived, open);
        const bool bodiless = is_bodiless(response_.status);
        if (bodiless) response_.body.clear();
        if (const tls_context* const tls = stream_.tls(); tls != nullptr && !tls->hsts().empty()) {
            response_.add_header("Strict-Transport-Security", tls->hsts());
        }
        write_answer_head(answer_head_, response_, request_.id, environment_->date.at(system_clock::now()), connection);
        const std::string_view body = request_.method == method::head ? std::string_view{} : response_.body;
        const bool sent = co_await send(answer_head_, body);
        if (!sent) co_return;
        exchange.answered(response_.status, body.size());
        buffer_.consume(used_);
        give_back_memory();
    }
    co_await linger();
}

awaitable<void> session::dispatch(exchange& exchange, arrival arrived) {
    const handler* const answer = admit(exchange, arrived);
    if (answer == nullptr) co_return;
    half_closed_at_.reset();
    auto place = environment_->load->admission.enter();
    if (!place) {
        place = co_await wait_for_place();
        if (client_gone_) co_return;
    }
    if (!place) {
        turn_away(client_limit::requests_in_flight, "Too many requests are being answered.");
        co_return;
    }

    response_.body = environment_->bodies.take();
    wait_for(phase::answering, environment_->options.timeouts.client_check);
    std::exception_ptr thrown;
    try {
        awaitable<void> answering = (*answer)(request_, response_);
        co_await std::move(answering);
    } catch (...) {
        thrown = std::current_exception();
    }
    watch_.disarm();
    if (thrown && !client_gone_) answer_failure(thrown);
}

/// What answers the request; null, with the answer written, where it is answered already or there is something against
/// it. It is no coroutine, because that would keep room for each of these answers.
const handler* session::admit(exchange& exchange, arrival arrived) {
    if (policy_->cross_origin && policy_->cross_origin->answer_preflight(request_, response_)) return nullptr;
    exchange.let_in = !gatekeeper_ || gatekeeper_->admit(request_, response_);
    if (!exchange.let_in) return nullptr;
    const auto refuse = [this](const problem& refusal) {
        write_problem(response_, refusal, request_.id);
        return nullptr;
    };
    if (arrived == arrival::unread) {
        return refuse({.code = problem_code::rate_limited,
                       .detail = "The body was not waited for; what kept the request from being made has passed.",
                       .retry_after = std::chrono::seconds(1),
                       .extensions = "\"retry_after_s\":1"});
    }
    if (arrived == arrival::shed) {
        turn_away(client_limit::bodies, "The bodies of other requests take all the room that there is.");
        return nullptr;
    }
    match found = policy_->router.find(request_.method, request_.path);
    if (found.malformed) {
        return refuse({problem_code::malformed_request, "The path's percent-encoding is broken."});
    }
    if (found.found == nullptr) return refuse({problem_code::not_found, "No resource has this path."});
    exchange.route = found.found->path;
    request_.record = std::move(found.record);
    if (found.handler == nullptr) {
        const auto allowed = router::allow(*found.found);
        refuse({problem_code::method_not_allowed, "This resource offers " + allowed + "."});
        response_.add_header("Allow", allowed);
        return nullptr;
    }
    if (wrong_timeout_) return refuse(*wrong_timeout_);
    return found.handler;
}

void session::answer_failure(const std::exception_ptr& thrown) {
    std::string memory;
    environment_->observer.failed(request_.id, message_of(thrown, memory));
    const problem failed{problem_code::internal_error, "The gateway failed to answer; its log has the reason."};
    write_problem(response_, failed, request_.id);
}

void session::turn_away(client_limit reached, std::string detail) {
    environment_->observer.overloaded(reached);
    const problem overloaded{
        .code = problem_code::overloaded, .detail = std::move(detail), .retry_after = std::chrono::seconds(1)};
    write_problem(response_, overloaded, request_.id);
}

/// Nobody looks whether the client still waits until its turn has come: thousands may be waiting, and the look is a
/// call of the kernel's for each.
awaitable<std::optional<admission::pass>> session::wait_for_place() {
    const auto until = std::min(steady_clock::now() + policy_->limits.in_flight_wait, request_.deadline);
    const told_waiting told(environment_->observer);
    auto place = co_await environment_->load->admission.wait_to_enter(until);
    client_gone_ = !client_waits();
    co_return place;
}

void session::wait_for(phase phase, std::chrono::milliseconds time) {
    wait_until(phase, steady_clock::now() + time);
}

void session::wait_until(phase phase, deadline at) {
    phase_ = phase;
    watch_.arm(at);
}

void session::wait_for_request() {
    const session_timeouts& timeouts = environment_->options.timeouts;
    idle_since_ = steady_clock::now();
    wait_until(phase::idle, idle_since_ + (environment_->draining ? timeouts.last_request : timeouts.idle));
}

/// It moves on with the bytes that come, but not for ever.
deadline session::body_deadline() const {
    const session_timeouts& timeouts = environment_->options.timeouts;
    return std::min(body_began_ + timeouts.body, timeouts.body_rate.too_slow_from(body_began_, body_received_));
}

connection_option session::settle_connection(arrival arrived, bool& open) const {
    open = arrived == arrival::complete && head_.keep_alive && !environment_->ending && !stream_.certificate_lapsed();
    if (!open) return connection_option::close;
    return head_.http_1_0 ? connection_option::keep_alive : connection_option::unsaid;
}

void session::give_back_memory() {
    if (body_.capacity() > kept_bytes) std::string().swap(body_);
    body_held_.give_back();
    environment_->bodies.give_back(std::move(response_.body));
}

void session::on_time_up() {
    error_code ignored;
    if (phase_ == phase::body && steady_clock::now() < body_deadline()) {
        watch_.arm(body_deadline());
    } else if (phase_ != phase::answering) {
        stream_.socket().cancel(ignored);
    } else if (client_waits()) {
        watch_.arm(steady_clock::now() + environment_->options.timeouts.client_check);
    } else {
        client_gone_ = true;
        cancellation_.emit(asio::cancellation_type::terminal);
    }
}

/// Looks, without reading, whether the client is still there. Requests that wait behind this one hide its end.
bool session::client_waits() {
    const client_stream::peer client = stream_.look();
    if (client != client_stream::peer::ended) return client == client_stream::peer::there;
    const auto now = steady_clock::now();
    if (!half_closed_at_) half_closed_at_ = now;
    return now - *half_closed_at_ < environment_->options.timeouts.half_closed;
}

}  // namespace rollcall::gateway
