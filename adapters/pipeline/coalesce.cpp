// Equal calls in flight are made once: those who wait, and the flight they wait for.
#include "adapters/pipeline/coalesce.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace rollcall::adapters {

/// One call of a group, which waits for a flight. Touched on the group's thread only, but for `executor`.
struct waiter {
    rollcall::executor executor;
    call_group* group;  ///< null: it does not wait any more
    call_end& end;
    flight_board& board;
    std::shared_ptr<adapters::flight> flight{};

    static void landed(const std::shared_ptr<waiter>& self, result<answer> outcome) {
        if (self->group != nullptr) self->group->landed(self, std::move(outcome));
    }

    /// A flight that nobody is left on is stopped, unless it goes on.
    static void leave(const std::shared_ptr<waiter>& self) {
        self->group = nullptr;
        if (!self->board.leave(*self->flight, self)) return;
        asio::post(self->flight->executor,
                   [flight = self->flight] { flight->signal.emit(asio::cancellation_type::terminal); });
    }
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
    // One that has landed, of which its waiters have not heard yet, has nothing to go on with.
    if (flight.waiters.empty() || flight.goes_on || outlasting_ == most_outlasting) return;
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
            asio::post(where, [waiter = std::move(waiter), outcome = outcome]() mutable {
                waiter::landed(waiter, std::move(outcome));
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
    struct single final : call_end {
        void ended(result<answer> how) override { outcome = std::move(how); }
        result<answer> outcome{};
    };
    single end;
    call_group alone{sweeper_, until};
    begin(request, alone, end);
    co_await alone.wait();
    co_return std::move(end.outcome);
}

void coalesce_layer::begin(const request& request, call_group& group, call_end& end) {
    const auto self = std::make_shared<waiter>(waiter{executor_, &group, end, board_});
    group.make_room();
    auto boarding = board_.join(key_of(request), self, executor_);
    self->flight = std::move(boarding.flight);
    group.under_way_.push_back(self);
    if (boarding.first) {
        start(self->flight, request);
    } else {
        observer_.cached(cache_event::coalesced);
    }
}

void coalesce_layer::refresh(const request& request) {
    adapters::request asked = request;
    asked.refresh = true;
    if (const auto flight = board_.open(key_of(request), executor_)) start(flight, asked);
}

void coalesce_layer::start(const std::shared_ptr<flight>& flight, const request& request) {
    arrival arrival{board_, flight};  // first, so that one that cannot start leaves the board
    flight->request = request;
    auto call = next_.call(flight->request, steady_clock::now() + timeout_);
    asio::co_spawn(executor_, std::move(call), asio::bind_cancellation_slot(flight->signal.slot(), std::move(arrival)));
}

failure call_group::too_late() {
    return {fault::timeout, "it did not answer in time"};
}

call_group::~call_group() {
    for (const auto& waiter : under_way_)
        waiter::leave(waiter);
}

/// What has boarded must find its place here, so it is made before.
void call_group::make_room() {
    if (under_way_.size() == under_way_.capacity()) under_way_.reserve(2 * under_way_.size() + 4);
}

void call_group::landed(const std::shared_ptr<waiter>& waiter, result<answer> outcome) {
    waiter->group = nullptr;
    std::erase(under_way_, waiter);
    tell(waiter->end, std::move(outcome));
    if (under_way_.empty() && all_ended_) all_ended_->cancel();
}

void call_group::give_up(const failure& why) {
    time_is_up_ = why.kind == fault::timeout;
    const auto given_up = std::exchange(under_way_, {});
    for (const auto& waiter : given_up) {
        if (time_is_up_) waiter->board.outlast(*waiter->flight);
        waiter::leave(waiter);
    }
    for (const auto& waiter : given_up)
        tell(waiter->end, why);
}

void call_group::tell(call_end& end, result<answer> outcome) {
    try {
        end.ended(std::move(outcome));
    } catch (...) {
        if (!thrown_) thrown_ = std::current_exception();
    }
}

awaitable<void> call_group::wait() {
    const executor executor = co_await asio::this_coro::executor;
    all_ended_.emplace(executor, steady_clock::time_point::max());
    watch watch{sweeper_, [this] { all_ended_->cancel(); }};
    while (!under_way_.empty()) {
        watch.arm(until_);
        boost::system::error_code woken;
        const asio::use_awaitable_t<rollcall::executor> token;
        co_await all_ended_->async_wait(asio::redirect_error(token, woken));
        if (under_way_.empty()) break;
        if (watch.expired()) {
            give_up(too_late());
        } else {
            give_up({fault::cancelled, "nobody waits for the answer any more"});
            break;
        }
    }
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

}  // namespace rollcall::adapters
