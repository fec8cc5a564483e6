// What one thread makes of a generation: its connections to the providers, and the resources that answer clients.
#pragma once

#include "gateway/access/gate.hpp"
#include "gateway/api/routes.hpp"
#include "gateway/generation.hpp"
#include "gateway/http/listener.hpp"
#include "gateway/roster/roster.hpp"
#include "store/redis_store.hpp"

#include <memory>
#include <vector>

namespace rollcall::gateway {

/// What all threads and generations share; it must outlive them.
struct shared_state {
    adapters::page_cache& cache;
    idempotency_store& idempotency;
    const openapi_resource& openapi;
    partial_answer_counter on_partial;
    audit_log& audit;
    gate::refusal_counter on_unauthenticated;
    address_limits::excess_counter on_address_limited;
    const store::place* place = nullptr;  ///< of the store that replicas share; null: this process is by itself
};

/// Lives on its thread. While clients are answered by it, and while calls that it began are under way, it must not go
/// away.
class serving {
  public:
    /// Everything must outlive it; the generation and `thread` also the thread's event loop.
    serving(const generation& generation, const shared_state& shared, const adapters::thread_resources& thread);

    /// What a listener answers its clients by.
    [[nodiscard]] const std::shared_ptr<const listener_policy>& policy() const { return policy_; }

    /// Of one whose policy no listener has any more: is a client still being answered by it, or a write under way?
    /// Once it is not, it never will be again; calls that several clients waited for may go on for their own time.
    [[nodiscard]] bool in_use() const { return policy_.use_count() > 1 || writes_under_way() > 0; }

    [[nodiscard]] std::size_t writes_under_way() const { return writes_.under_way(); }
    [[nodiscard]] std::chrono::milliseconds longest_call() const { return longest_call_; }

    /// Breaks off the writes; see agent_writes_resource::stop.
    void stop() { writes_.stop(); }

  private:
    std::chrono::milliseconds longest_call_;
    std::vector<std::unique_ptr<adapters::upstream>> upstreams_;
    roster roster_;
    cursor_codec cursors_;
    agents_resource agents_;
    agent_resource agent_;
    agent_writes_resource writes_;
    agent_records_resource records_;
    agent_lists_resource lists_;
    providers_resource providers_;
    std::shared_ptr<const listener_policy> policy_;
};

}  // namespace rollcall::gateway
