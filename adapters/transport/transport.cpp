// The pool of one thread's connections to one provider: which one a request takes, which are kept, and waiting for one.
#include "adapters/transport/transport.hpp"

#include "adapters/transport/connection.hpp"
#include "adapters/transport/place_queue.hpp"
#include "base/timer.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace rollcall::adapters {

/// A pool of connections, plain or TLS.
class transport::implementation {
  public:
    implementation() = default;
    virtual ~implementation() = default;
    implementation(const implementation&) = delete;
    implementation& operator=(const implementation&) = delete;

    /// `self` keeps the pool alive while the exchange waits.
    virtual awaitable<result<incoming>> exchange(std::shared_ptr<implementation> self, const outgoing& request,
                                                 deadline until) = 0;
    [[nodiscard]] virtual std::size_t open_connections() const = 0;
};

namespace {

/// A call that waits for a place.
struct waiting_call : place_queue::waiter {
    explicit waiting_call(const executor& where) : called_up(where, steady_clock::time_point::max()) {}

    /// An event rather than a timer: it never expires, and is cancelled when there is a place.
    steady_timer called_up;
};

/// The right to one connection. Whichever way its call ends, being unwound included, it goes to the next.
class place {
  public:
    explicit place(place_queue& queue) : queue_(&queue) {}
    place(place&& other) noexcept : queue_(std::exchange(other.queue_, nullptr)) {}
    place& operator=(place&&) = delete;
    ~place() {
        if (queue_ == nullptr) return;
        // All that wait are waiting calls.
        if (auto* const next = static_cast<waiting_call*>(queue_->leave())) next->called_up.cancel();
    }

  private:
    place_queue* queue_;
};

/// A call's stay in the queue. One that goes at the moment in which it is called passes its place on.
class stay {
  public:
    stay(place_queue& queue, waiting_call& call) : queue_(queue), call_(call) { queue_.join(call_); }
    stay(const stay&) = delete;
    stay& operator=(const stay&) = delete;
    ~stay() {
        if (call_.waits()) queue_.give_up(call_);
        if (call_.called() && !taken_) const place passed_on{queue_};
    }

    [[nodiscard]] bool called() const { return call_.called(); }
    [[nodiscard]] place take() {
        taken_ = true;
        return place{queue_};
    }

  private:
    place_queue& queue_;
    waiting_call& call_;
    bool taken_ = false;
};

template<class Stream>
class pool final : public transport::implementation {
  public:
    pool(const executor& executor, sweeper& sweeper, origin&& origin, addresses& addresses, tls_context* tls,
         upstream_observer* observer)
        : executor_(executor),
          sweeper_(sweeper),
          origin_(std::move(origin)),
          head_(" HTTP/1.1\r\n" + origin_.fixed_headers),
          addresses_(addresses),
          tls_(tls),
          observer_(observer),
          queue_(origin_.connections, origin_.queue_length),
          idle_watch_(sweeper, [this] { close_idle(); }) {
        open_.observer = observer;
    }

    awaitable<result<incoming>> exchange(std::shared_ptr<implementation> self, const outgoing& request,
                                         deadline until) override;

    [[nodiscard]] std::size_t open_connections() const override { return open_.now; }

  private:
    using link = connection<Stream>;

    awaitable<result<place>> wait_for_place(deadline until);
    failure turned_away(const char* why);
    std::unique_ptr<link> take_kept();
    awaitable<result<void>> open(link& fresh, deadline until);
    void keep(std::unique_ptr<link> used);
    void follow_addresses();
    [[nodiscard]] bool leads_there(const link& used) const;
    [[nodiscard]] bool is_too_old(const link& used, steady_clock::time_point now) const;
    void close_idle();

    executor executor_;
    sweeper& sweeper_;
    origin origin_;
    std::string head_;  // what every request's head has behind its target
    addresses& addresses_;
    std::shared_ptr<const addresses::list> known_;  // the addresses of `known_version_`; null: none yet
    std::uint64_t known_version_ = 0;
    tls_context* tls_;
    upstream_observer* observer_;
    open_count open_;                          // kept or in use
    place_queue queue_;                        // who holds a place uses, opens or is about to take a connection
    std::vector<std::unique_ptr<link>> idle_;  // the longest idle first
    watch idle_watch_;
};

failure marked_unsent(failure failure, bool unsent) {
    failure.unsent = unsent;
    return failure;
}

template<class Stream>
awaitable<result<incoming>> pool<Stream>::exchange(std::shared_ptr<implementation>, const outgoing& request,
                                                   deadline until) {
    if (until <= steady_clock::now()) {
        co_return marked_unsent({fault::timeout, "no time was left to ask"}, true);
    }
    const auto turn = queue_.arrive();
    if (turn == place_queue::turn::full) {
        co_return marked_unsent(turned_away("every connection to it is busy"), true);
    }
    std::optional<place> held;
    if (turn == place_queue::turn::go) {
        held.emplace(queue_);
    } else {
        auto waited = co_await wait_for_place(until);
        if (!waited) co_return marked_unsent(std::move(waited).error(), true);
        held.emplace(*std::move(waited));
    }
    auto used = take_kept();
    const bool was_kept = used != nullptr;
    if (!was_kept) {
        used = std::make_unique<link>(executor_, sweeper_, tls_, origin_.answer_bytes, open_);
        if (auto opened = co_await open(*used, until); !opened) co_return marked_unsent(opened.error(), true);
    }
    auto answer = co_await used->talk(request, head_, until);
    if (answer) {
        keep(std::move(used));
        co_return answer;
    }
    // The provider closes what it has kept, and a second attempt must not meet that again.
    if (was_kept && used->went_silently()) idle_.clear();
    co_return marked_unsent(std::move(answer).error(), used->unsent());
}

template<class Stream>
awaitable<result<place>> pool<Stream>::wait_for_place(deadline until) {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    waiting_call self{executor_};
    stay stay{queue_, self};
    watch watch{sweeper_, [&self] { self.called_up.cancel(); }};
    watch.arm(std::min(until, steady_clock::now() + origin_.queue_wait));
    boost::system::error_code woken;
    const asio::use_awaitable_t<executor> token;
    co_await self.called_up.async_wait(asio::redirect_error(token, woken));
    if (cancellation.cancelled() != asio::cancellation_type::none) {
        co_return failure{fault::cancelled, "nobody waits for the answer any more"};
    }
    if (!stay.called()) co_return turned_away("every connection to it stayed busy");
    co_return stay.take();
}

template<class Stream>
failure pool<Stream>::turned_away(const char* why) {
    if (observer_ != nullptr) observer_->shed(shed_reason::connections);
    return {fault::overloaded, why};
}

template<class Stream>
std::unique_ptr<connection<Stream>> pool<Stream>::take_kept() {
    follow_addresses();
    const auto now = steady_clock::now();
    while (!idle_.empty()) {
        auto latest = std::move(idle_.back());
        idle_.pop_back();
        if (!is_too_old(*latest, now) && latest->quiet()) return latest;
    }
    return nullptr;
}

template<class Stream>
awaitable<result<void>> pool<Stream>::open(link& fresh, deadline until) {
    follow_addresses();
    const auto known = known_;
    if (!known) co_return failure{fault::unreachable, "its host name is not resolved yet"};
    auto opened = co_await fresh.open(*known, until);
    if (!opened && opened.error().kind != fault::cancelled) addresses_.report_unreachable();
    co_return opened;
}

template<class Stream>
void pool<Stream>::keep(std::unique_ptr<link> used) {
    follow_addresses();
    const auto now = steady_clock::now();
    if (!used->reusable() || !leads_there(*used) || is_too_old(*used, now)) return;
    used->idle_since = now;
    const auto idle_until = used->idle_since + origin_.idle_timeout;
    idle_.push_back(std::move(used));
    if (!idle_watch_.armed()) idle_watch_.arm(idle_until);
}

/// Where the host has moved, the kept connections to where it was are closed.
template<class Stream>
void pool<Stream>::follow_addresses() {
    const auto version = addresses_.version();
    if (known_ && version == known_version_) return;
    known_version_ = version;
    known_ = addresses_.snapshot();
    std::erase_if(idle_, [this](const auto& kept) { return !leads_there(*kept); });
}

template<class Stream>
bool pool<Stream>::leads_there(const link& used) const {
    return std::find(known_->begin(), known_->end(), used.peer()) != known_->end();
}

template<class Stream>
bool pool<Stream>::is_too_old(const link& used, steady_clock::time_point now) const {
    return now - used.opened_at() >= origin_.lifetime;
}

template<class Stream>
void pool<Stream>::close_idle() {
    const auto stale = steady_clock::now() - origin_.idle_timeout;
    const auto fresh =
        std::find_if(idle_.begin(), idle_.end(), [&](const auto& kept) { return kept->idle_since > stale; });
    idle_.erase(idle_.begin(), fresh);
    if (!idle_.empty()) idle_watch_.arm(idle_.front()->idle_since + origin_.idle_timeout);
}

}  // namespace

transport::transport(const executor& executor, sweeper& sweeper, origin origin, addresses& addresses, tls_context* tls,
                     upstream_observer* observer) {
    if (origin.tls) {
        implementation_ =
            std::make_shared<pool<tls_stream>>(executor, sweeper, std::move(origin), addresses, tls, observer);
    } else {
        implementation_ =
            std::make_shared<pool<plain_stream>>(executor, sweeper, std::move(origin), addresses, tls, observer);
    }
}

transport::~transport() = default;

awaitable<result<incoming>> transport::exchange(const outgoing& request, deadline until) {
    return implementation_->exchange(implementation_, request, until);
}

std::size_t transport::open_connections() const {
    return implementation_->open_connections();
}

}  // namespace rollcall::adapters
