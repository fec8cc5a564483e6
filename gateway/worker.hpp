// One thread of the gateway: its event loop, its connections to the providers, its clients. A request lives and dies
// on one of these; what they share is handed in.
#pragma once

#include "adapters/upstream.hpp"
#include "gateway/api/routes.hpp"
#include "gateway/http/listener.hpp"
#include "gateway/roster/roster.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <random>
#include <vector>

namespace rollcall::gateway {

/// What all threads share; it must outlive them.
struct shared_state {
    listener_options listener;
    std::vector<adapters::shared_upstream> upstreams;
    std::vector<provider_entry> providers;
    const cursor_codec& cursors;
    idempotency_store& idempotency;
    const openapi_resource& openapi;
    request_observer& observer;
    partial_answer_counter on_partial;
    std::shared_ptr<listener_load> load;
};

class worker {
  public:
    /// Binds its listener at once; throws std::runtime_error where the address cannot be had.
    explicit worker(const shared_state& shared);

    [[nodiscard]] std::uint16_t port() const { return listener_->port(); }

    /// The thread's body: serves until drained.
    void run();

    /// Stops accepting, finishes what is being answered, and ends run() when nothing is left or `until` has come. Any
    /// thread.
    void drain(deadline until);

  private:
    void end_when_idle(deadline until);

    // The event loop outlives everything that is bound to it.
    asio::io_context io_{1};
    sweeper sweeper_{io_.get_executor()};
    asio::basic_waitable_timer<steady_clock, asio::wait_traits<steady_clock>, executor> drain_timer_{io_};
    normalizers::reader reader_;
    std::minstd_rand random_{std::random_device{}()};
    std::vector<std::unique_ptr<adapters::upstream>> upstreams_;
    roster roster_;
    agents_resource agents_;
    agent_resource agent_;
    agent_writes_resource writes_;
    agent_records_resource records_;
    agent_lists_resource lists_;
    providers_resource providers_;
    router router_;
    std::unique_ptr<listener> listener_;
};

}  // namespace rollcall::gateway
