// Keeping one connection to Redis: opening it, watching whether it answers, and opening it anew.
#include "store/client.hpp"

#include "store/reconnect_schedule.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <random>
#include <utility>

namespace rollcall::store {
namespace {

/// How long a connection may take until it is logged in. No call waits for it.
constexpr std::chrono::milliseconds open_patience{1000};

/// A connection on which nothing is said is asked so often whether it is still there.
constexpr std::chrono::milliseconds heartbeat{1000};

command_outcome outcome_of(const result<reply>& answer) {
    if (answer.has_value()) return answer->is == reply::kind::error ? command_outcome::error : command_outcome::ok;
    return answer.error().kind == fault::timeout ? command_outcome::timeout : command_outcome::lost;
}

}  // namespace

class client::supervisor : public std::enable_shared_from_this<supervisor> {
  public:
    supervisor(const executor& executor, sweeper& sweeper, const server& server, observer& observer,
               listeners listeners)
        : executor_(executor),
          sweeper_(sweeper),
          server_(server),
          observer_(observer),
          listeners_(std::move(listeners)),
          pause_(executor),
          heartbeat_(sweeper, [this] { beat(); }) {}

    void start() {
        auto failed = [](const std::exception_ptr& thrown) {
            if (thrown) std::rethrow_exception(thrown);
        };
        asio::co_spawn(
            executor_,
            [](std::shared_ptr<supervisor> self) -> awaitable<void> { co_await self->run(); }(shared_from_this()),
            std::move(failed));
    }

    [[nodiscard]] bool ready() const { return logged_in_ && !connection_->talk().late(); }

    void send(std::string_view command, deadline until, handler done) {
        if (!ready()) {
            observer_.commanded(command_outcome::unavailable, {});
            done(failure{fault::unreachable, "Redis cannot be asked now"});
            return;
        }
        auto told = [this, weak = weak_from_this(), done = std::move(done),
                     began = steady_clock::now()](result<reply> answer) {
            const auto alive = weak.lock();
            if (!alive || closed_) return;
            observer_.commanded(outcome_of(answer), steady_clock::now() - began);
            judge(answer);
            done(std::move(answer));
        };
        connection_->talk().send(command, until, std::move(told));
    }

    void close() {
        closed_ = true;
        logged_in_ = false;
        heartbeat_.disarm();
        pause_.cancel();
        if (connection_) connection_->close();
    }

  private:
    awaitable<void> run() {
        while (!closed_) {
            connection_ = make_connection(executor_, sweeper_, server_, events());
            const auto connection = connection_;
            const auto opened = co_await connection->open(steady_clock::now() + open_patience);
            if (closed_) break;
            if (opened.has_error()) {
                tell_failed(opened.error().detail);
            } else {
                became_ready();
                co_await connection->run();
                if (closed_) break;
                lost(connection->end());
            }
            pause_.expires_after(schedule_.failed(std::uniform_real_distribution<double>{0, 1}(random_)));
            boost::system::error_code closed;
            const asio::use_awaitable_t<executor> token;
            co_await pause_.async_wait(asio::redirect_error(token, closed));
        }
    }

    conversation::events events() {
        conversation::events events;
        events.is_late = [this](bool late) {
            if (!logged_in_ || closed_) return;
            if (late) return tell_failed("Redis does not answer in time");
            tell_ready();
            if (listeners_.on_ready) listeners_.on_ready(false);
        };
        events.on_message = listeners_.on_message;
        return events;
    }

    void became_ready() {
        logged_in_ = true;
        tell_ready();
        heartbeat_.arm(steady_clock::now() + heartbeat);
        if (listeners_.on_ready) listeners_.on_ready(true);
    }

    /// One that no longer takes writes has handed over to another, to which its name may lead by now.
    void judge(const result<reply>& answer) {
        if (!answer.has_value()) return;
        const bool demoted = answer->is == reply::kind::error &&
                             (answer->text.starts_with("READONLY") || answer->text.starts_with("MASTERDOWN"));
        if (!demoted) return schedule_.worked();
        server_.addresses.report_unreachable();
        connection_->close();
    }

    void lost(const std::string& why) {
        logged_in_ = false;
        heartbeat_.disarm();
        tell_failed(why);
    }

    void tell_ready() {
        told_ready_ = true;
        observer_.ready();
    }

    void tell_failed(const std::string& why) { observer_.failed(std::exchange(told_ready_, false), why); }

    void beat() {
        if (connection_->talk().idle()) {
            auto heard = [this](const result<reply>& answer) {
                if (answer.has_value()) schedule_.worked();
            };
            connection_->talk().send(command_of({"PING"}), steady_clock::now() + heartbeat, std::move(heard));
        }
        if (ready() && listeners_.on_beat) listeners_.on_beat();
        heartbeat_.arm(steady_clock::now() + heartbeat);
    }

    executor executor_;
    sweeper& sweeper_;
    server server_;
    observer& observer_;
    listeners listeners_;
    reconnect_schedule schedule_;
    std::minstd_rand random_{std::random_device{}()};
    asio::basic_waitable_timer<steady_clock, asio::wait_traits<steady_clock>, executor> pause_;
    watch heartbeat_;
    std::shared_ptr<connection> connection_;
    bool logged_in_ = false;
    bool told_ready_ = false;
    bool closed_ = false;
};

client::client(const executor& executor, sweeper& sweeper, const server& server, observer& observer,
               listeners listeners)
    : supervisor_(std::make_shared<supervisor>(executor, sweeper, server, observer, std::move(listeners))) {
    supervisor_->start();
}

client::~client() {
    close();
}

bool client::ready() const {
    return supervisor_->ready();
}

void client::send(std::string_view command, deadline until, handler done) {
    supervisor_->send(command, until, std::move(done));
}

void client::close() {
    supervisor_->close();
}

}  // namespace rollcall::store
