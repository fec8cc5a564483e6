// One thread of the gateway: its event loop, its clients, and what it answers them by. A request lives and dies on one
// of these, and by one generation.
#pragma once

#include "base/timer.hpp"
#include "gateway/serving.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <random>

namespace rollcall::gateway {

class worker {
  public:
    /// Binds its listener at once; throws std::runtime_error where the address cannot be had. `shared` and `observer`
    /// must outlive it.
    worker(const shared_state& shared, const listener_options& options, std::shared_ptr<const generation> first,
           request_observer& observer, std::shared_ptr<listener_load> load);
    ~worker();
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    [[nodiscard]] std::uint16_t port() const { return listener_->port(); }

    /// The thread's body: serves until drained.
    void run();

    /// Every request that arrives from now on is answered by `next`, and those that have begun end by what they began
    /// with. `done` is called on the worker's thread when that is so; never where the worker has ended. Any thread.
    void adopt(std::shared_ptr<const generation> next, std::function<void()> done);

    /// Connections that are accepted from now on begin with it; null: plainly. Any thread.
    void adopt_tls(std::shared_ptr<const tls_context> tls);

    /// Every answer from now on is the last one of its connection; clients go on being accepted. Any thread.
    void announce_end();

    /// Stops accepting, finishes what is being answered, and ends run() when nothing is left or `until` has come. Any
    /// thread.
    void drain(deadline until);

  private:
    using generations = std::list<std::shared_ptr<const generation>>;

    /// One that no new request is answered by.
    struct retired {
        std::unique_ptr<gateway::serving> serving;
        generations::iterator generation;
        std::optional<deadline> calls_end{};  ///< of those left when the last client had been answered
        int turns_left = 0;                   ///< of the event loop, once that has come
    };

    [[nodiscard]] adapters::thread_resources resources() {
        return {io_.get_executor(), sweeper_, reader_, random_, store_.get()};
    }
    [[nodiscard]] std::size_t writes_under_way() const;
    void retire(std::unique_ptr<serving> former, generations::iterator generation);
    [[nodiscard]] static bool is_over(retired& retired);
    void let_go();
    void break_off();
    void end_when_idle(deadline until);

    // What the event loop's last frames stand on outlives it; the loop outlives everything that is bound to it.
    generations generations_;                    // the last is the current one
    std::unique_ptr<store::redis_store> store_;  // closed before the loop ends; null: nothing is shared with replicas
    asio::io_context io_{1};
    sweeper sweeper_{io_.get_executor()};
    steady_timer drain_timer_{io_};
    normalizers::reader reader_;
    std::minstd_rand random_{std::random_device{}()};
    const shared_state& shared_;
    std::unique_ptr<serving> serving_;
    std::list<retired> retired_;
    watch retirement_{sweeper_, [this] { let_go(); }};
    std::unique_ptr<listener> listener_;
};

}  // namespace rollcall::gateway
