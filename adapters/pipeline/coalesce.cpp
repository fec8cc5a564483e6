// Equal calls in flight are made once: those who wait, and the flight they wait for.
#include "adapters/pipeline/coalesce.hpp"

#include "base/timer.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace rollcall::adapters {

/// One caller. Touched on its own thread only, but for `executor`.
struct waiter {
    explicit waiter(const rollcall::executor& where)
        : executor(where), landed(where, steady_clock::time_point::max()) {}

    rollcall::executor executor;
    /// An event rather than a timer: it never expires, and is cancelled when the answer is there.
    steady_timer landed;
    std::optional<result<answer>> outcome;
};

flight_board::boarding flight_board::join(std::string key, const std::shared_ptr<waiter>& waiter,
                                          const executor& where) {
    const std::lock_guard lock{mutex_};
    auto flight = find(key);
    const bool first = !flight;
    if (first) flight = add(std::move(key), where);
    flight->waiters.push_back(waiter);
    return {std::move(flight), first};
}

std::shared_ptr<flight> flight_board::open(std::string key, const executor& where) {
    const std::lock_guard lock{mutex_};
    if (find(key)) return nullptr;
    auto flight = add(std::move(key), where);
    flight->goes_on = true;
    return flight;
}

std::shared_ptr<flight> flight_board::find(std::string_view key) const {
    const auto found = flights_.find(key);
    return found == flights_.end() ? nullptr : found->second;
}

std::shared_ptr<flight> flight_board::add(std::string key, const executor& where) {
    auto flight = std::make_shared<adapters::flight>(std::move(key), where);
    flights_.emplace(flight->key, flight);
    return flight;
}

bool flight_board::leave(flight& flight, const std::shared_ptr<waiter>& waiter) {
    const std::lock_guard lock{mutex_};
    if (std::erase(flight.waiters, waiter) == 0 || !flight.waiters.empty() || flight.goes_on) return false;
    remove(flight);
    return true;
}

void flight_board::outlast(flight& flight) {
    const std::lock_guard lock{mutex_};
    if (flight.goes_on || outlasting_ == most_outlasting) return;
    flight.goes_on = flight.outlasts = true;
    ++outlasting_;
}

std::vector<std::shared_ptr<waiter>> flight_board::land(flight& flight) {
    const std::lock_guard lock{mutex_};
    remove(flight);
    if (std::exchange(flight.outlasts, false)) --outlasting_;
    return std::exchange(flight.waiters, {});
}

void flight_board::remove(const flight& flight) {
    const auto found = flights_.find(flight.key);
    if (found != flights_.end() && found->second.get() == &flight) flights_.erase(found);
}

namespace {

/// One caller's place on a flight. Whichever way the caller goes, being unwound included, the place is given up, and a
/// flight that nobody is left on is stopped, unless it goes on.
struct seat {
    flight_board& board;
    std::shared_ptr<waiter> self;
    flight_board::boarding boarding;

    ~seat() {
        if (self->outcome || !board.leave(*boarding.flight, self)) return;
        asio::post(boarding.flight->executor,
                   [flight = boarding.flight] { flight->signal.emit(asio::cancellation_type::terminal); });
    }
};

/// The end of a flight: hands its outcome to all who wait. A flight that is destroyed under way, as its thread's event
/// loop is at the end of the program, leaves the board too, so that nobody stops it any more.
class arrival {
  public:
    arrival(flight_board& board, std::shared_ptr<flight> flight) : board_(board), flight_(std::move(flight)) {}
    arrival(arrival&&) = default;
    ~arrival() {
        if (flight_) (void)board_.land(*flight_);
    }

    void operator()(const std::exception_ptr& thrown, const result<answer>& returned) {
        const auto flight = std::exchange(flight_, nullptr);
        // A flight that was stopped in the middle ends with asio's exception; nobody waits for that one.
        const result<answer> outcome =
            thrown ? result<answer>{failure{fault::cancelled, "the call was stopped"}} : returned;
        for (auto& waiter : board_.land(*flight)) {
            const executor where = waiter->executor;
            asio::post(where, [waiter = std::move(waiter), outcome] {
                waiter->outcome = outcome;
                waiter->landed.cancel();
            });
        }
    }

  private:
    flight_board& board_;
    std::shared_ptr<flight> flight_;
};

}  // namespace

std::string coalesce_layer::key_of(const request& request) const {
    // Who wants a fresh answer must not be given one that another's call found in the cache.
    return request.key(std::to_string(writes_.load()) + (request.fresh ? "\nfresh\n" : "\n"));
}

awaitable<result<answer>> coalesce_layer::call(const request& request, deadline until) {
    const auto self = std::make_shared<waiter>(executor_);
    const seat seat{board_, self, board_.join(key_of(request), self, executor_)};
    if (seat.boarding.first) {
        start(request, seat.boarding.flight);
    } else {
        observer_.cached(cache_event::coalesced);
    }

    watch watch{sweeper_, [&self] { self->landed.cancel(); }};
    watch.arm(until);
    boost::system::error_code woken;
    const asio::use_awaitable_t<rollcall::executor> token;
    co_await self->landed.async_wait(asio::redirect_error(token, woken));
    if (self->outcome) co_return *std::move(self->outcome);
    if (watch.expired()) {
        board_.outlast(*seat.boarding.flight);
        co_return failure{fault::timeout, "it did not answer in time"};
    }
    co_return failure{fault::cancelled, "nobody waits for the answer any more"};
}

void coalesce_layer::refresh(const request& request) {
    const auto flight = board_.open(key_of(request), executor_);
    if (!flight) return;
    adapters::request asked = request;
    asked.refresh = true;
    start(asked, flight);
}

awaitable<result<answer>> coalesce_layer::fly(request request) {
    co_return co_await next_.call(request, steady_clock::now() + timeout_);
}

void coalesce_layer::start(const request& request, const std::shared_ptr<flight>& flight) {
    arrival arrival{board_, flight};
    asio::co_spawn(executor_, fly(request), asio::bind_cancellation_slot(flight->signal.slot(), std::move(arrival)));
}

}  // namespace rollcall::adapters
