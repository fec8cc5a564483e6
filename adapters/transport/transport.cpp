// The pool of one thread's connections to one provider: which one a request takes, and which are kept.
#include "adapters/transport/transport.hpp"

#include "adapters/transport/connection.hpp"

#include <algorithm>
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

template<class Stream>
class pool final : public transport::implementation {
  public:
    pool(const executor& executor, sweeper& sweeper, origin&& origin, addresses& addresses, tls_context* tls)
        : executor_(executor),
          sweeper_(sweeper),
          origin_(std::move(origin)),
          head_(" HTTP/1.1\r\n" + origin_.fixed_headers),
          addresses_(addresses),
          tls_(tls),
          idle_watch_(sweeper, [this] { close_idle(); }) {}

    awaitable<result<incoming>> exchange(std::shared_ptr<implementation> self, const outgoing& request,
                                         deadline until) override;

    [[nodiscard]] std::size_t open_connections() const override { return open_; }

  private:
    using link = connection<Stream>;

    std::unique_ptr<link> take_kept();
    awaitable<result<void>> open(link& fresh, deadline until);
    void keep(std::unique_ptr<link> used);
    void close_idle();

    executor executor_;
    sweeper& sweeper_;
    origin origin_;
    std::string head_;  // what every request's head has behind its target
    addresses& addresses_;
    tls_context* tls_;
    std::size_t open_ = 0;                     // kept or in use
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
    bool unsent = true;
    if (until <= steady_clock::now()) {
        co_return marked_unsent({fault::timeout, "no time was left to ask"}, unsent);
    }
    auto used = take_kept();
    if (used) {
        auto answer = co_await used->talk(request, head_, until);
        if (answer) {
            keep(std::move(used));
            co_return answer;
        }
        unsent = used->unsent();
        const bool once_more = request.idempotent && used->went_silently();
        if (!once_more) co_return marked_unsent(std::move(answer).error(), unsent);
        used.reset();
    }
    if (open_ >= origin_.connections) {
        co_return marked_unsent({fault::overloaded, "every connection to it is busy"}, unsent);
    }
    used = std::make_unique<link>(executor_, sweeper_, tls_, origin_.answer_bytes, open_);
    if (auto opened = co_await open(*used, until); !opened) co_return marked_unsent(opened.error(), unsent);
    auto answer = co_await used->talk(request, head_, until);
    if (!answer) co_return marked_unsent(std::move(answer).error(), unsent && used->unsent());
    keep(std::move(used));
    co_return answer;
}

template<class Stream>
std::unique_ptr<connection<Stream>> pool<Stream>::take_kept() {
    while (!idle_.empty()) {
        auto latest = std::move(idle_.back());
        idle_.pop_back();
        if (latest->quiet()) return latest;
    }
    return nullptr;
}

template<class Stream>
awaitable<result<void>> pool<Stream>::open(link& fresh, deadline until) {
    const auto known = addresses_.snapshot();
    if (!known) co_return failure{fault::unreachable, "its host name is not resolved yet"};
    auto opened = co_await fresh.open(*known, until);
    if (!opened && opened.error().kind != fault::cancelled) addresses_.report_unreachable();
    co_return opened;
}

template<class Stream>
void pool<Stream>::keep(std::unique_ptr<link> used) {
    const auto now = steady_clock::now();
    if (!used->reusable() || now - used->opened_at() >= origin_.lifetime) return;
    used->idle_since = now;
    idle_.push_back(std::move(used));
    if (!idle_watch_.armed()) idle_watch_.arm(now + origin_.idle_timeout);
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

transport::transport(const executor& executor, sweeper& sweeper, origin origin, addresses& addresses,
                     tls_context* tls) {
    if (origin.tls) {
        implementation_ = std::make_shared<pool<tls_stream>>(executor, sweeper, std::move(origin), addresses, tls);
    } else {
        implementation_ = std::make_shared<pool<plain_stream>>(executor, sweeper, std::move(origin), addresses, tls);
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
