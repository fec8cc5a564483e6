// One connection to Redis, plain or TLS: opening it, logging in, and moving a conversation's bytes. When it is opened
// anew is client's matter.
#pragma once

#include "adapters/transport/addresses.hpp"
#include "adapters/transport/tls_context.hpp"
#include "config/settings.hpp"
#include "store/conversation.hpp"

#include <memory>
#include <string>

namespace rollcall::store {

/// Where Redis is, and who we are there.
struct server {
    const config::redis& settings;
    adapters::addresses& addresses;
    adapters::tls_context* tls;  ///< null: without TLS
    std::string channel{};       ///< subscribed to; no other command but PING is allowed then. Empty: to none
};

/// Not thread-safe. It must be held by a shared_ptr while one of its coroutines runs. What those throw, for want of
/// memory or out of a handler, leaves it to be closed, and its `talk` to be ended.
class connection {
  public:
    virtual ~connection() = default;

    /// Connects, shakes hands and logs in. Fails with a sentence for people; then it may only be destroyed.
    [[nodiscard]] virtual awaitable<result<void>> open(deadline until) = 0;

    /// Sends and receives until the connection is lost; everybody who waits for a reply has been told then.
    [[nodiscard]] virtual awaitable<void> run() = 0;
    /// Why it was lost, for people.
    [[nodiscard]] virtual const std::string& end() const = 0;

    /// Ends it from without; `run` returns soon.
    virtual void close() = 0;

    virtual conversation& talk() = 0;
};

/// Everything must outlive it. `events` has no `has_output` and no `hangs`: those are the connection's own.
[[nodiscard]] std::shared_ptr<connection> make_connection(const executor& executor, sweeper& sweeper,
                                                          const server& server, conversation::events events);

}  // namespace rollcall::store
