// Name lookups on the housekeeping thread and the list that all threads read.
#include "adapters/transport/addresses.hpp"

#include "adapters/transport/address_order.hpp"
#include "base/timer.hpp"

#include <boost/asio/post.hpp>

#include <atomic>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace rollcall::adapters {
namespace {

using tcp = asio::ip::tcp;

std::shared_ptr<const addresses::list> literal(const std::string& host, const std::string& port) {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(host, error);
    std::uint16_t number = 0;
    const auto parsed = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error || parsed.ec != std::errc{} || parsed.ptr != port.data() + port.size()) return nullptr;
    return std::make_shared<addresses::list>(1, tcp::endpoint(address, number));
}

addresses::lookup ask_system(const executor& housekeeping, const std::string& host, const std::string& port) {
    using resolver = asio::ip::basic_resolver<tcp, executor>;
    return [asker = std::make_shared<resolver>(housekeeping), host, port](addresses::answer answer) {
        auto answered = [answer = std::move(answer)](const boost::system::error_code& error,
                                                     const resolver::results_type& results) {
            addresses::list found;
            for (const auto& entry : results)
                found.push_back(entry.endpoint());
            answer(error, std::move(found));
        };
        asker->async_resolve(host, port, resolver::numeric_service, std::move(answered));
    };
}

}  // namespace

/// Everything but `snapshot`, `version`, `wait` and the posting happens on the housekeeping thread.
class addresses::refresher : public std::enable_shared_from_this<refresher> {
  public:
    refresher(const executor& housekeeping, lookup lookup, std::shared_ptr<const list> known)
        : timer_(housekeeping), lookup_(std::move(lookup)), known_(std::move(known)) {}

    void start() {
        if (lookup_) post(&refresher::look);
    }

    void stop() {
        if (lookup_) post(&refresher::give_up);
    }

    void hurry() {
        // Many requests fail at once when a provider goes away; one message for all of them is enough.
        if (lookup_ && !hurried_.exchange(true)) post(&refresher::look_sooner);
    }

    [[nodiscard]] std::shared_ptr<const list> snapshot() const {
        const std::lock_guard lock(mutex_);
        return known_;
    }

    [[nodiscard]] std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

    [[nodiscard]] bool wait(std::chrono::milliseconds timeout) const {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, timeout, [this] { return known_ != nullptr; });
    }

  private:
    void post(void (refresher::*step)()) {
        asio::post(timer_.get_executor(), [self = shared_from_this(), step] { ((*self).*step)(); });
    }

    void look() {
        if (stopped_ || looking_) return;
        looking_ = true;
        lookup_([self = shared_from_this()](const boost::system::error_code& error, list found) {
            self->looked(error, std::move(found));
        });
    }

    void looked(const boost::system::error_code& error, list found) {
        looking_ = false;
        const auto now = steady_clock::now();
        if (error || found.empty()) {
            look_at(schedule_.failed(now));
            return;
        }
        let_families_take_turns(found);
        {
            const std::lock_guard lock(mutex_);
            known_ = std::make_shared<list>(std::move(found));
        }
        version_.fetch_add(1, std::memory_order_release);
        changed_.notify_all();
        look_at(schedule_.succeeded(now));
    }

    void look_sooner() {
        hurried_ = false;
        if (!looking_) look_at(schedule_.hurried(steady_clock::now()));
    }

    void look_at(steady_clock::time_point moment) {
        if (stopped_) return;
        timer_.expires_at(moment);
        timer_.async_wait([self = shared_from_this()](const boost::system::error_code& cancelled) {
            if (!cancelled) self->look();
        });
    }

    void give_up() {
        stopped_ = true;
        timer_.cancel();
    }

    steady_timer timer_;
    lookup lookup_;
    refresh_schedule schedule_{pace};
    bool looking_ = false;
    bool stopped_ = false;
    std::atomic<bool> hurried_ = false;

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::shared_ptr<const list> known_;
    std::atomic<std::uint64_t> version_ = 0;
};

addresses::addresses(const executor& housekeeping, const std::string& host, const std::string& port) {
    auto known = literal(host, port);
    auto lookup = known ? addresses::lookup{} : ask_system(housekeeping, host, port);
    refresher_ = std::make_shared<refresher>(housekeeping, std::move(lookup), std::move(known));
    refresher_->start();
}

addresses::addresses(const executor& housekeeping, lookup lookup)
    : refresher_(std::make_shared<refresher>(housekeeping, std::move(lookup), nullptr)) {
    refresher_->start();
}

addresses::~addresses() {
    refresher_->stop();
}

std::shared_ptr<const addresses::list> addresses::snapshot() const {
    return refresher_->snapshot();
}

std::uint64_t addresses::version() const {
    return refresher_->version();
}

bool addresses::wait_until_resolved(std::chrono::milliseconds timeout) const {
    return refresher_->wait(timeout);
}

void addresses::report_unreachable() {
    refresher_->hurry();
}

}  // namespace rollcall::adapters
