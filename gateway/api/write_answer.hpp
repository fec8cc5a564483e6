// How a write ended, as its client is told, once or again; and waiting for that. Giving it to clients is agent_writes.
#pragma once

#include "base/clock.hpp"
#include "base/executor.hpp"
#include "base/timer.hpp"
#include "gateway/http/problem.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace rollcall::gateway {

/// Immutable once it is shared.
struct write_answer {
    unsigned status = 200;
    std::string headers{};  ///< lines that the write added, each ended by CRLF
    std::string body{};
    std::string record{};  ///< the id of the agent that it is about, where it was done
    /// It failed. A problem rather than bytes, because each telling names its own request's id.
    std::optional<gateway::problem> problem{};

    /// Bytes of memory that it holds, about.
    [[nodiscard]] std::size_t memory() const;
};

using shared_write_answer = std::shared_ptr<const write_answer>;

/// One request that waits for the end of a write, which another coroutine makes, maybe on another thread. Made by
/// std::make_shared and touched on its executor's thread only, but for `deliver`.
class answer_waiter : public std::enable_shared_from_this<answer_waiter> {
  public:
    explicit answer_waiter(const executor& executor) : executor_(executor), delivered_(executor) {}

    /// The answer, or null where none has come before `until` or the wait was cancelled; then the caller's next
    /// co_await may throw. It must outlive the wait.
    [[nodiscard]] awaitable<shared_write_answer> wait(deadline until);

    /// Wakes whoever waits. Any thread, while the executor's context is there.
    void deliver(const shared_write_answer& answer);

  private:
    executor executor_;
    /// Cancelled when the answer is there. A timer of its own, because writes are few.
    steady_timer delivered_;
    shared_write_answer answer_;
};

}  // namespace rollcall::gateway
