// One write at one provider, from its call to the answer that clients get. What may be written is checked before
// (agent_body); who waits for the answer is agent_writes.
#pragma once

#include "adapters/upstream.hpp"
#include "gateway/api/write_answer.hpp"

namespace rollcall::gateway {

/// A checked create, update or delete_, ready to be made.
struct agent_write {
    adapters::upstream* upstream = nullptr;  ///< must outlive the write
    adapters::request request{};
    deadline client_until{};  ///< how long its client waits; it may go on after that
};

struct write_end {
    shared_write_answer answer{};
    bool final = true;  ///< it is, or may have been, done: making it again could do it twice
};

/// Makes the write within its provider's timeout, and reads the agent again, because providers answer writes with a
/// part of it; where that fails, or while the client waits would take too long, the part is the answer. Cancelling it
/// breaks it off.
[[nodiscard]] awaitable<write_end> make_write(agent_write write);

/// The end of a write that was broken off: nobody knows how far it came.
[[nodiscard]] write_end broken_off();

}  // namespace rollcall::gateway
