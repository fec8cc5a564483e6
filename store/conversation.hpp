// What is said on one connection to Redis: commands in a row, replies in the same order, and a deadline for each. It
// has no socket; connection moves its bytes.
#pragma once

#include "base/failure.hpp"
#include "base/sweeper.hpp"
#include "store/protocol.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace rollcall::store {

/// Not thread-safe: it lives on its sweeper's thread.
class conversation {
  public:
    /// Is given what became of a command, once: its reply, Redis's errors included, or a failure: timeout, unreachable
    /// (the connection ended) or overloaded (too much is under way).
    using handler = std::function<void(result<reply>)>;

    struct events {
        std::function<void()> has_output;                         ///< there is something to send
        std::function<void(bool)> is_late;                        ///< a reply is overdue (true), or none is any more
        std::function<void()> hangs;                              ///< and it has been for `patience`
        std::function<void(const std::string& text)> on_message;  ///< of a channel that was subscribed to; may be empty
    };

    /// How long an overdue reply is waited for before the connection is given up.
    static constexpr std::chrono::milliseconds patience{1000};
    /// Bytes that are not sent yet, at most.
    static constexpr std::size_t output_limit = 8 * 1024 * 1024;
    /// Commands without a reply, at most.
    static constexpr std::size_t pending_limit = 4096;

    /// `sweeper` must outlive its commands.
    conversation(sweeper& sweeper, events events);
    ~conversation();
    conversation(const conversation&) = delete;
    conversation& operator=(const conversation&) = delete;

    /// Where `until` passes without a reply, `done` is told so, and the reply is dropped when it comes. Where this
    /// throws, for want of memory, nothing is sent and `done` is told nothing.
    void send(std::string_view command, deadline until, handler done);

    /// Takes in what came. False: the peer does not keep to the protocol, and `fault` says how.
    /// What a handler throws is thrown on; the conversation can only be ended then.
    [[nodiscard]] bool received(std::string_view bytes);
    [[nodiscard]] const std::string& fault() const { return fault_; }

    /// What is to be sent next; empty: nothing.
    [[nodiscard]] std::string take_output();

    /// The connection has ended: everybody who waits is told, whatever some of them throw.
    void end(const std::string& why);

    [[nodiscard]] bool idle() const { return pending_.empty(); }
    [[nodiscard]] bool late() const { return overdue_ > 0; }

  private:
    struct question;

    void overdue(question& question);
    void answered(reply reply);

    sweeper& sweeper_;
    events events_;
    reply_reader reader_;
    std::string output_;
    std::deque<std::unique_ptr<question>> pending_;
    std::size_t overdue_ = 0;
    watch hanging_;
    std::string fault_;
};

}  // namespace rollcall::store
