// One thread's way to Redis: a connection that is opened anew when it is lost. What is said over it is up to the
// caller.
#pragma once

#include "store/connection.hpp"
#include "store/observer.hpp"

#include <functional>
#include <memory>
#include <string>

namespace rollcall::store {

/// Not thread-safe: everything happens on its executor's thread. While there is no connection, or the one there is has
/// a reply overdue, commands fail at once: so a Redis that hangs costs the calls under way their time, and no other.
/// After a command that had `config::redis::timeout` and was not answered in it, all fail until a pause is over
/// (reconnect_schedule) and Redis has then answered within that time: so one that is slower all the time costs hardly
/// any call its time.
class client {
  public:
    using handler = conversation::handler;

    /// Each may be empty.
    struct listeners {
        /// It may be asked: it is logged in `anew`, or the connection whose replies were overdue answers in time again.
        std::function<void(bool anew)> on_ready;
        std::function<void(const std::string& text)> on_message;  ///< of the server's channel
        std::function<void()> on_beat;                            ///< once a second while it may be asked
    };

    /// Begins to connect. All that is referred to must outlive it and its last coroutine, which ends with the event
    /// loop.
    client(const executor& executor, sweeper& sweeper, const server& server, observer& observer,
           listeners listeners = {});
    ~client();
    client(const client&) = delete;
    client& operator=(const client&) = delete;

    [[nodiscard]] bool ready() const;

    /// `done` is called once, perhaps before this returns; never where the client is closed first.
    void send(std::string_view command, deadline until, handler done);

    /// Ends the connection and asks for no other. The client may be destroyed then, and is used no more.
    void close();

  private:
    class supervisor;
    std::shared_ptr<supervisor> supervisor_;
};

}  // namespace rollcall::store
