// One client's connection as a coroutine: answering, closing, and clients that leave. Reading is session_read.cpp.
// Every wait ends by bytes, by the session's one watch, or by its cancellation.
#include "gateway/http/session.hpp"

#include "gateway/http/client_address.hpp"
#include "gateway/http/client_timeout.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/text.hpp"
#include "gateway/telemetry/trace_context.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rollcall::gateway {
namespace {

using boost::system::error_code;
constexpr asio::use_awaitable_t<executor> use_awaitable{};

constexpr std::size_t linger_read = 16 * 1024;
constexpr std::size_t most_lingering_bytes = 4 * 1024 * 1024;
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
        if (!told_) tell(client_closed_request, 0);
        session_.request_.turn.reset();
    }

    void answered(unsigned status, std::size_t bytes) {
        told_ = true;
        tell(status, bytes);
    }

    std::string route;  ///< a copy, because a session that dies with its io_context may outlive the router

  private:
    void tell(unsigned status, std::size_t bytes) {
        session_.environment_->observer.request_finished(session_.request_, route, status, bytes,
                                                         steady_clock::now() - began_);
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
      watch_(environment_->sweeper, [this] { on_time_up(); }) {
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
    if (policy_->cross_origin && policy_->cross_origin->answer_preflight(request_, response_)) co_return;
    if (gatekeeper_ && !gatekeeper_->admit(request_, response_)) co_return;
    if (arrived == arrival::unread) {
        const problem late{.code = problem_code::rate_limited,
                           .detail = "The body was not waited for; what kept the request from being made has passed.",
                           .retry_after = std::chrono::seconds(1),
                           .extensions = "\"retry_after_s\":1"};
        write_problem(response_, late, request_.id);
        co_return;
    }
    match found = policy_->router.find(request_.method, request_.path);
    if (found.malformed) {
        const problem malformed{problem_code::malformed_request, "The path's percent-encoding is broken."};
        write_problem(response_, malformed, request_.id);
        co_return;
    }
    if (found.found == nullptr) {
        const problem missing{problem_code::not_found, "No resource has this path."};
        write_problem(response_, missing, request_.id);
        co_return;
    }
    exchange.route = found.found->path;
    if (found.handler == nullptr) {
        const auto allowed = router::allow(*found.found);
        const problem refused{problem_code::method_not_allowed, "This resource offers " + allowed + "."};
        write_problem(response_, refused, request_.id);
        response_.add_header("Allow", allowed);
        co_return;
    }
    if (wrong_timeout_) {
        write_problem(response_, *wrong_timeout_, request_.id);
        co_return;
    }
    half_closed_at_.reset();
    auto place = environment_->load->admission.enter();
    if (!place) {
        place = co_await wait_for_place();
        if (client_gone_) co_return;
    }
    if (!place) {
        environment_->observer.overloaded(client_limit::requests_in_flight);
        const problem overloaded{.code = problem_code::overloaded,
                                 .detail = "Too many requests are being answered.",
                                 .retry_after = std::chrono::seconds(1)};
        write_problem(response_, overloaded, request_.id);
        co_return;
    }

    request_.record = std::move(found.record);
    response_.body = environment_->bodies.take();
    wait_for(phase::answering, environment_->options.timeouts.client_check);
    std::exception_ptr thrown;
    try {
        awaitable<void> answering = (*found.handler)(request_, response_);
        co_await std::move(answering);
    } catch (...) {
        thrown = std::current_exception();
    }
    watch_.disarm();
    if (!thrown || client_gone_) co_return;
    std::string memory;
    environment_->observer.failed(request_.id, message_of(thrown, memory));
    const problem failed{problem_code::internal_error, "The gateway failed to answer; its log has the reason."};
    write_problem(response_, failed, request_.id);
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

/// Sends both parts; false where the client does not take them. The non-blocking write comes first and nearly always
/// suffices.
awaitable<bool> session::send(std::string_view head, std::string_view body) {
    const session_timeouts& timeouts = environment_->options.timeouts;
    std::array<asio::const_buffer, 2> parts{asio::const_buffer(head.data(), head.size()),
                                            asio::const_buffer(body.data(), body.size())};
    std::optional<steady_clock::time_point> stalled_first;
    std::size_t taken_since = 0;
    for (;;) {
        error_code error;
        std::size_t count = stream_.write_some(parts, error);
        if (stalled_first) taken_since += count;
        for (asio::const_buffer& part : parts) {
            const std::size_t taken = std::min(count, part.size());
            part += taken;
            count -= taken;
        }
        if (parts[0].size() + parts[1].size() == 0) co_return true;
        if (!error) continue;
        if (error != asio::error::would_block) co_return false;
        const auto now = steady_clock::now();
        if (!stalled_first) stalled_first = now;
        const deadline too_slow = timeouts.write_rate.too_slow_from(*stalled_first, taken_since);
        if (now >= too_slow) co_return false;
        wait_until(phase::writing, std::min(now + timeouts.write, too_slow));
        auto token = asio::redirect_error(use_awaitable, error);
        co_await stream_.socket().async_wait(stream_.awaited(), token);
        if (error || client_gone_ || watch_.expired()) co_return false;
        watch_.disarm();
    }
}

/// Lets the client read the last answer: closing at once, with its bytes still unread, would reset the connection.
awaitable<void> session::linger() {
    wait_for(phase::lingering, environment_->options.timeouts.linger);
    error_code error;
    auto token = asio::redirect_error(use_awaitable, error);
    while (stream_.end_sending() == asio::error::would_block) {
        co_await stream_.socket().async_wait(stream_.awaited(), token);
        if (error || client_gone_ || watch_.expired()) co_return;
    }
    for (std::size_t dropped = 0; dropped < most_lingering_bytes;) {
        dropped += buffer_.bytes().size();
        buffer_.consume(buffer_.bytes().size());
        buffer_.make_room(linger_read);
        const bool received = co_await receive();
        if (!received) co_return;
    }
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

void session::begin_exchange(steady_clock::time_point now) {
    request_.method = head_.method;
    request_.path = head_.path;
    request_.query = head_.query;
    request_.headers = head_.fields;
    request_.body = body_view_;
    request_.certificate = stream_.names();
    request_.arrived = now;
    request_.address = origin();
    gatekeeper_ = policy_->gatekeeper;
    request_.client = nullptr;
    request_.key = {};
    request_.record.clear();
    request_.deadline = now + policy_->request_timeout;
    adopt_headers(head_.fields, now);
    response_.rate_limit = {};
    response_.status = 200;
    response_.content_type = "application/json";
    response_.cache_control = "no-store";
    response_.headers.clear();
    response_.body.clear();
}

asio::ip::address session::origin() const {
    return policy_->proxies.origin_of(head_.fields, peer_);
}

/// X-Request-Id, traceparent and X-Request-Timeout-Ms, in one pass over the fields.
void session::adopt_headers(const std::vector<header_field>& fields, steady_clock::time_point now) {
    constexpr std::string_view id_name = "x-request-id";
    constexpr std::string_view trace_name = "traceparent";
    const header_field* id = nullptr;
    const header_field* trace = nullptr;
    unsigned traces = 0;
    unsigned timeouts = 0;
    wrong_timeout_.reset();
    for (const header_field& field : fields) {
        if (id == nullptr && equals_ignoring_case(field.name, id_name)) id = &field;
        if (equals_ignoring_case(field.name, trace_name)) {
            trace = &field;
            ++traces;
        }
        if (equals_ignoring_case(field.name, client_timeout_name)) {
            shorten_deadline(field.value, now);
            if (++timeouts == 2) refuse_timeout("it is given more than once");
        }
    }
    adopt_identity(id, traces == 1 ? trace : nullptr);
}

void session::adopt_identity(const header_field* id, const header_field* trace) {
    if (id != nullptr && is_request_id(id->value)) {
        request_id_ = id->value;
    } else {
        environment_->identifiers.write_request_id(request_id_);
    }
    request_.id = request_id_;

    traceparent_.clear();
    const auto context = trace != nullptr ? read_traceparent(trace->value) : std::nullopt;
    if (context) write_traceparent(traceparent_, *context, environment_->identifiers.next());
    request_.traceparent = traceparent_;
}

void session::shorten_deadline(std::string_view timeout, steady_clock::time_point now) {
    const auto time = read_client_timeout(timeout);
    if (!time) return refuse_timeout("it must be a whole number of milliseconds, at least 1");
    request_.deadline = std::min(request_.deadline, now + *time);
}

void session::refuse_timeout(std::string_view detail) {
    const std::string name{client_timeout_name};
    wrong_timeout_.emplace(
        problem{.code = problem_code::invalid_parameter, .detail = fmt::format("{}: {}", name, detail)});
    wrong_timeout_->errors.push_back({.name = name, .detail = std::string{detail}});
}

connection_option session::settle_connection(arrival arrived, bool& open) const {
    open = arrived == arrival::complete && head_.keep_alive && !environment_->ending && !stream_.certificate_lapsed();
    if (!open) return connection_option::close;
    return head_.http_1_0 ? connection_option::keep_alive : connection_option::unsaid;
}

void session::give_back_memory() {
    if (body_.capacity() > kept_bytes) std::string().swap(body_);
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
