// Attempts at several addresses side by side: the sockets, and the one that waits for them.
#include "adapters/transport/connect.hpp"

#include "adapters/transport/connect_schedule.hpp"
#include "base/timer.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace rollcall::adapters {
namespace {

using step = connect_schedule::step;

/// The attempts of one connection. Their handlers share it with the one that waits.
class contest : public std::enable_shared_from_this<contest> {
  public:
    contest(const executor& where, std::size_t addresses, steady_clock::time_point now, deadline until)
        : schedule(addresses, now, until), changed(where, steady_clock::time_point::max()) {
        attempts_.reserve(addresses);
    }

    void start(std::size_t index, const asio::ip::tcp::endpoint& endpoint) {
        attempts_.emplace_back(changed.get_executor());
        attempts_.back().async_connect(
            endpoint,
            [self = shared_from_this(), index](const boost::system::error_code& error) { self->ended(index, error); });
    }

    void close_all() {
        boost::system::error_code ignored;
        for (plain_stream& attempt : attempts_)
            attempt.close(ignored);
    }

    [[nodiscard]] plain_stream& attempt(std::size_t index) { return attempts_[index]; }

    connect_schedule schedule;
    /// An event rather than a timer: it never expires, and is cancelled when there is something new.
    steady_timer changed;
    std::optional<std::size_t> winner;
    boost::system::error_code last_error;

  private:
    void ended(std::size_t index, const boost::system::error_code& error) {
        if (error) {
            last_error = error;
            schedule.failed(index);
        } else if (!winner) {
            winner = index;
        }
        changed.cancel();
    }

    std::vector<plain_stream> attempts_;  // never grows beyond what was reserved, so that none moves while it connects
};

/// However the waiting ends, being unwound included, no attempt goes on behind it.
struct closing {
    contest& attempts;
    ~closing() { attempts.close_all(); }
};

}  // namespace

awaitable<result<asio::ip::tcp::endpoint>> connect_to_first(plain_stream& socket, sweeper& sweeper,
                                                            const addresses::list& endpoints, deadline until) {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    const auto attempts =
        std::make_shared<contest>(socket.get_executor(), endpoints.size(), steady_clock::now(), until);
    const closing closing{*attempts};
    watch watch{sweeper, [&attempts] { attempts->changed.cancel(); }};
    const asio::use_awaitable_t<executor> token;
    while (!attempts->winner) {
        const auto now = steady_clock::now();
        if (now >= until) co_return failure{fault::timeout, "no connection before the deadline"};
        const step step = attempts->schedule.next(now);
        if (step.what == step::kind::lost) co_return connect_failure(attempts->last_error);
        if (step.what == step::kind::start) {
            attempts->start(step.index, endpoints[step.index]);
            continue;
        }
        watch.arm(std::min(step.until, until));
        boost::system::error_code woken;
        co_await attempts->changed.async_wait(asio::redirect_error(token, woken));
        if (cancellation.cancelled() != asio::cancellation_type::none) {
            co_return failure{fault::cancelled, "nobody waits for the answer any more"};
        }
    }
    socket = std::move(attempts->attempt(*attempts->winner));
    co_return endpoints[*attempts->winner];
}

failure connect_failure(const boost::system::error_code& error) {
    const bool ours = error == boost::system::errc::too_many_files_open ||
                      error == boost::system::errc::too_many_files_open_in_system;
    return {ours ? fault::overloaded : fault::unreachable, "no connection: " + error.message()};
}

}  // namespace rollcall::adapters
