// POST /agents, PATCH and DELETE /agents/{id}: checking what the client wants before anything is asked of a provider,
// one call to one provider, and the whole agent as the answer.
#pragma once

#include "gateway/api/agent.hpp"
#include "gateway/api/agent_body.hpp"
#include "gateway/api/agent_write.hpp"
#include "gateway/api/idempotency.hpp"
#include "gateway/api/write_audit.hpp"
#include "normalizers/read.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <list>

namespace rollcall::gateway {

/// A write goes on to its end when its client stops waiting, so whoever ends the thread waits until none is under way,
/// or stops them.
class agent_writes_resource {
  public:
    /// More are refused: those whose clients are gone are not bounded by the clients.
    static constexpr std::size_t most_under_way = 1024;

    /// `store` and `audit` are shared by the threads; `reader` and `executor` belong to the thread. All must outlive
    /// it.
    agent_writes_resource(upstreams upstreams, idempotency_store& store, audit_log& audit, normalizers::reader& reader,
                          const executor& executor)
        : upstreams_(upstreams), store_(store), audit_(audit), reader_(reader), executor_(executor) {}
    agent_writes_resource(const agent_writes_resource&) = delete;
    agent_writes_resource& operator=(const agent_writes_resource&) = delete;

    [[nodiscard]] awaitable<void> create(const request& request, response& response);
    [[nodiscard]] awaitable<void> update(const request& request, response& response);
    [[nodiscard]] awaitable<void> remove(const request& request, response& response);

    /// The writes that the thread's providers have not answered yet.
    [[nodiscard]] std::size_t under_way() const { return under_way_.size(); }

    /// Breaks them off. They end when the thread's event loop runs next, which must be before the upstreams go away.
    void stop();

  private:
    checked<agent_write> checked_create(const request& request, write_audit& audit);
    checked<agent_write> checked_update(const request& request, write_audit& audit);
    checked<agent_write> checked_remove(const request& request, write_audit& audit);
    checked<agent_write> about_agent(const request& request, adapters::operation_kind operation, write_audit& audit);

    awaitable<void> answer(checked<agent_write> write, write_audit audit, const request& request, response& response);
    awaitable<void> make(agent_write write, write_audit audit, std::shared_ptr<answer_waiter> waiter,
                         std::shared_ptr<idempotency_store::entry> place, const request& request, response& response);
    awaitable<void> wait_for_twin(write_audit audit, std::shared_ptr<answer_waiter> waiter,
                                  std::shared_ptr<idempotency_store::entry> place, const request& request,
                                  response& response);

    upstreams upstreams_;
    idempotency_store& store_;
    audit_log& audit_;
    normalizers::reader& reader_;
    executor executor_;
    std::list<asio::cancellation_signal> under_way_;
};

}  // namespace rollcall::gateway
