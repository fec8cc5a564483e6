// Keeping one connection to Redis: opening it, watching whether it answers in time, staying away from one that does
// not, and opening it anew.
#include "store/client.hpp"

#include "base/timer.hpp"
#include "store/reconnect_schedule.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
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
          rest_(sweeper, [this] { probe(); }),
          heartbeat_(sweeper, [this] { beat(); }) {}

    void start() {
        // What is thrown on from there is not survived: a thread that shares nothing for good would go unnoticed.
        auto on_end = [](const std::exception_ptr& thrown) {
            if (thrown) std::rethrow_exception(thrown);
        };
        asio::co_spawn(
            executor_,
            [](std::shared_ptr<supervisor> self) -> awaitable<void> { co_await self->run(); }(shared_from_this()),
            std::move(on_end));
    }

    [[nodiscard]] bool ready() const { return logged_in_ && !resting_ && !connection_->talk().late(); }

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
            const auto took = steady_clock::now() - began;
            observer_.commanded(outcome_of(answer), took);
            judge(answer, took);
            done(std::move(answer));
        };
        connection_->talk().send(command, until, std::move(told));
    }

    void close() {
        closed_ = true;
        logged_in_ = false;
        heartbeat_.disarm();
        rest_.disarm();
        pause_.cancel();
        if (connection_) connection_->close();
    }

  private:
    awaitable<void> run() {
        while (!closed_) {
            try {
                co_await attend();
            } catch (const std::exception& thrown) {
                broke(thrown.what());
            }
            if (closed_) break;
            pause_.expires_after(reconnects_.failed(chance()));
            boost::system::error_code closed;
            const asio::use_awaitable_t<executor> token;
            co_await pause_.async_wait(asio::redirect_error(token, closed));
        }
    }

    /// One connection, from its beginning to its end.
    awaitable<void> attend() {
        connection_ = make_connection(executor_, sweeper_, server_, events());
        const auto connection = connection_;
        const auto opened = co_await connection->open(steady_clock::now() + open_patience);
        if (closed_) co_return;
        if (opened.has_error()) {
            tell_failed(opened.error().detail);
            co_return;
        }
        logged_in();
        co_await connection->run();
        if (!closed_) lost(connection->end());
    }

    /// Something was thrown, such as for want of memory: that ends the connection, and nothing else.
    void broke(const char* why) {
        if (connection_) {
            connection_->close();
            connection_->talk().end(why);
        }
        if (!closed_) lost(why);
    }

    double chance() { return std::uniform_real_distribution<double>{0, 1}(random_); }

    conversation::events events() {
        conversation::events events;
        events.is_late = [this](bool late) {
            if (!logged_in_ || closed_) return;
            if (late) return tell_failed("Redis does not answer in time");
            if (!resting_) return become_ready();
            if (!rest_.armed()) probe();
        };
        events.on_message = listeners_.on_message;
        return events;
    }

    void logged_in() {
        logged_in_ = true;
        is_new_ = true;
        heartbeat_.arm(steady_clock::now() + heartbeat);
        // That it lets us in says nothing of how long its replies take.
        if (in_doubt_) return rest();
        become_ready();
    }

    void become_ready() {
        resting_ = false;
        tell_ready();
        if (listeners_.on_ready) listeners_.on_ready(std::exchange(is_new_, false));
    }

    /// For a call, and mostly for several at once.
    void too_slow() {
        in_doubt_ = true;
        if (logged_in_ && !rest_.armed()) rest();
    }

    /// Nobody asks it for a while, which is the longer the more often it has been too slow since it was in time.
    void rest() {
        resting_ = true;
        rest_.arm(steady_clock::now() + rests_.failed(chance()));
    }

    /// It may be asked again once it answers this in time, so that no call has to find out.
    void probe() {
        if (connection_->talk().late()) return;  // it is asked when what is overdue has come
        auto heard = [this, weak = weak_from_this()](const result<reply>& answer) {
            const auto alive = weak.lock();
            if (!alive || !logged_in_ || !resting_ || rest_.armed()) return;
            if (answer.has_error()) {
                if (answer.error().kind == fault::timeout) rest();
            } else if (answer->is == reply::kind::error) {
                hand_over();
            } else {
                become_ready();
            }
        };
        connection_->talk().send(command_of({"PING"}), steady_clock::now() + server_.settings.timeout,
                                 std::move(heard));
    }

    void judge(const result<reply>& answer, steady_clock::duration took) {
        if (!answer.has_value()) {
            // A call that had less time than the timeout says nothing of Redis.
            const bool had_its_time = took + sweeper::resolution >= server_.settings.timeout;
            if (answer.error().kind == fault::timeout && had_its_time) too_slow();
            return;
        }
        if (took <= server_.settings.timeout) {
            in_doubt_ = false;
            rests_.worked();
        }
        const bool demoted = answer->is == reply::kind::error &&
                             (answer->text.starts_with("READONLY") || answer->text.starts_with("MASTERDOWN"));
        if (demoted) return hand_over();
        reconnects_.worked();
    }

    /// One that no longer does its work has handed over to another, to which its name may lead by now.
    void hand_over() {
        server_.addresses.report_unreachable();
        connection_->close();
    }

    void lost(const std::string& why) {
        logged_in_ = false;
        resting_ = false;
        heartbeat_.disarm();
        rest_.disarm();
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
                if (answer.has_value()) reconnects_.worked();
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
    reconnect_schedule reconnects_;
    reconnect_schedule rests_;
    std::minstd_rand random_{std::random_device{}()};
    steady_timer pause_;
    watch rest_;
    watch heartbeat_;
    std::shared_ptr<connection> connection_;
    bool logged_in_ = false;
    bool is_new_ = false;    ///< the connection has not been ready yet
    bool resting_ = false;   ///< logged in, and not to be asked until it has answered a probe
    bool in_doubt_ = false;  ///< it has been too slow for a call since it last answered one in time
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
