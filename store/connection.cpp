// One connection to Redis: its socket, with TLS or without.
#include "store/connection.hpp"

#include "adapters/transport/stream.hpp"
#include "base/timer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <utility>

namespace rollcall::store {
namespace {

using adapters::plain_stream;
using adapters::tls_stream;

constexpr std::size_t read_size = 16 * 1024;

// Operations are awaited directly, without a coroutine of their own, and give their error instead of throwing it.
constexpr asio::as_tuple_t<asio::deferred_t> as_result{asio::deferred};

template<class Stream>
class stream_connection final : public connection, public std::enable_shared_from_this<stream_connection<Stream>> {
  public:
    stream_connection(const executor& executor, sweeper& sweeper, const server& server, conversation::events events)
        : server_(server),
          sweeper_(sweeper),
          stream_(adapters::make_stream<Stream>(executor, server.tls)),
          has_output_(executor, steady_clock::time_point::max()),
          talk_(sweeper, own(std::move(events))),
          deadline_(sweeper, [this] { close(); }) {}

    awaitable<result<void>> open(deadline until) override;
    awaitable<void> run() override;
    const std::string& end() const override { return end_; }
    conversation& talk() override { return talk_; }

    void close() override {
        closed_ = true;
        boost::system::error_code ignored;
        socket().close(ignored);
        has_output_.cancel();
    }

  private:
    plain_stream& socket() { return adapters::socket_of(stream_); }

    conversation::events own(conversation::events events) {
        events.has_output = [this] { has_output_.cancel(); };
        events.hangs = [this] {
            hung_ = true;
            close();
        };
        return events;
    }

    awaitable<result<void>> connect(deadline until);
    awaitable<result<void>> shake_hands(deadline until);
    awaitable<result<void>> log_in(deadline until);
    void introduce(deadline until);
    void ask_first(std::initializer_list<std::string_view> words, deadline until);
    void start_writing();
    awaitable<void> write();
    awaitable<bool> read_some();

    server server_;
    sweeper& sweeper_;
    Stream stream_;
    /// An event rather than a timer: it never expires, and is cancelled when there is something to send.
    steady_timer has_output_;
    conversation talk_;
    watch deadline_;
    std::array<char, read_size> received_{};
    std::string end_;             // why nothing can be read any more
    std::string refused_;         // why Redis does not let us in
    std::size_t unanswered_ = 0;  // of the commands that log in
    bool closed_ = false;
    bool hung_ = false;
};

template<class Stream>
awaitable<result<void>> stream_connection<Stream>::open(deadline until) {
    if (auto connected = co_await connect(until); !connected) co_return connected;
    if (auto greeted = co_await shake_hands(until); !greeted) co_return greeted;
    co_return co_await log_in(until);
}

template<class Stream>
awaitable<result<void>> stream_connection<Stream>::connect(deadline until) {
    const auto known = server_.addresses.snapshot();
    if (!known) co_return failure{fault::unreachable, "its host name is not resolved yet"};
    auto connected = co_await adapters::connect_to_first(socket(), sweeper_, *known, until);
    if (!connected) {
        server_.addresses.report_unreachable();
        co_return std::move(connected).error();
    }
    if (closed_) co_return failure{fault::cancelled, "it was closed"};
    boost::system::error_code ignored;
    socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    socket().set_option(asio::socket_base::keep_alive(true), ignored);
    co_return result<void>{};
}

template<class Stream>
awaitable<result<void>> stream_connection<Stream>::shake_hands(deadline until) {
    if constexpr (adapters::has_tls<Stream>) {
        deadline_.arm(until);
        server_.tls->prepare(*stream_.native_handle());
        auto greeting = stream_.async_handshake(asio::ssl::stream_base::client, as_result);
        const auto [error] = co_await std::move(greeting);
        deadline_.disarm();
        if (error) {
            co_return failure{fault::unreachable,
                              "no TLS connection: " + server_.tls->refusal(*stream_.native_handle(), error)};
        }
    }
    (void)until;
    co_return result<void>{};
}

template<class Stream>
awaitable<result<void>> stream_connection<Stream>::log_in(deadline until) {
    start_writing();
    introduce(until);
    bool open = true;
    while (open && unanswered_ > 0 && refused_.empty())
        open = co_await read_some();
    if (open && refused_.empty()) co_return result<void>{};
    const std::string why = refused_.empty() ? end_ : refused_;
    close();
    talk_.end(why);
    co_return failure{fault::unreachable, why};
}

template<class Stream>
void stream_connection<Stream>::introduce(deadline until) {
    const config::redis& settings = server_.settings;
    const std::string_view password = settings.password.reveal();
    if (!password.empty() && !settings.username.empty()) {
        ask_first({"AUTH", settings.username, password}, until);
    } else if (!password.empty()) {
        ask_first({"AUTH", password}, until);
    }
    if (settings.database != 0) ask_first({"SELECT", std::to_string(settings.database)}, until);
    if (!server_.channel.empty()) ask_first({"SUBSCRIBE", server_.channel}, until);
    // One that is loading its data, or whose master is away, accepts connections and says so only now.
    ask_first({"PING"}, until);
}

template<class Stream>
void stream_connection<Stream>::ask_first(std::initializer_list<std::string_view> words, deadline until) {
    ++unanswered_;
    talk_.send(command_of(words), until, [this](const result<reply>& answer) {
        --unanswered_;
        if (!refused_.empty()) return;
        if (answer.has_error()) {
            refused_ = answer.error().detail;
        } else if (answer->is == reply::kind::error) {
            refused_ = "Redis says: " + answer->text;
        }
        // Of a deadline nobody hears who reads.
        if (!refused_.empty()) close();
    });
}

template<class Stream>
void stream_connection<Stream>::start_writing() {
    // Who reads finds the connection closed, and tells those who wait.
    auto on_end = [self = this->shared_from_this()](const std::exception_ptr& thrown) {
        if (thrown) self->close();
    };
    asio::co_spawn(
        socket().get_executor(),
        [](std::shared_ptr<stream_connection> self) -> awaitable<void> {
            co_await self->write();
        }(this->shared_from_this()),
        std::move(on_end));
}

/// What was asked for within one turn of the event loop goes out together.
template<class Stream>
awaitable<void> stream_connection<Stream>::write() {
    while (!closed_) {
        const std::string output = talk_.take_output();
        if (output.empty()) {
            auto waiting = has_output_.async_wait(as_result);
            co_await std::move(waiting);
            continue;
        }
        auto writing = asio::async_write(stream_, asio::buffer(output), as_result);
        const auto [error, count] = co_await std::move(writing);
        (void)count;
        if (error) close();
    }
}

template<class Stream>
awaitable<bool> stream_connection<Stream>::read_some() {
    auto reading = stream_.async_read_some(asio::buffer(received_), as_result);
    const auto [error, count] = co_await std::move(reading);
    if (error) {
        end_ = hung_ ? "Redis does not answer" : "the connection to Redis ended: " + error.message();
        co_return false;
    }
    if (!talk_.received({received_.data(), count})) {
        end_ = "what answers is no Redis: " + talk_.fault();
        co_return false;
    }
    co_return true;
}

template<class Stream>
awaitable<void> stream_connection<Stream>::run() {
    for (bool open = true; open;)
        open = co_await read_some();
    close();
    talk_.end(end_);
}

}  // namespace

std::shared_ptr<connection> make_connection(const executor& executor, sweeper& sweeper, const server& server,
                                            conversation::events events) {
    if (server.tls != nullptr) {
        return std::make_shared<stream_connection<tls_stream>>(executor, sweeper, server, std::move(events));
    }
    return std::make_shared<stream_connection<plain_stream>>(executor, sweeper, server, std::move(events));
}

}  // namespace rollcall::store
