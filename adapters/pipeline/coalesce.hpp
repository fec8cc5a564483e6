// Equal calls in flight are made once, over all threads; each caller waits for the one answer with its own deadline.
#pragma once

#include "adapters/pipeline/layer.hpp"
#include "base/sweeper.hpp"
#include "base/timer.hpp"
#include "config/settings.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rollcall::adapters {

struct waiter;

/// One call under way, and who waits for it.
struct flight {
    flight(std::string key, const rollcall::executor& where) : key(std::move(key)), executor(where) {}

    const std::string key;                         ///< the board finds it by this
    adapters::request request;                     ///< what is asked; set by who starts it, and read by the call
    rollcall::executor executor;                   ///< where it runs
    asio::cancellation_signal signal;              ///< stops it; used on its executor's thread only
    std::vector<std::shared_ptr<waiter>> waiters;  ///< guarded by the board
    bool goes_on = false;                          ///< even where nobody waits for it; guarded by the board
    bool outlasts = false;                         ///< it goes on because a waiter's time was over; likewise
};

/// The calls to one provider that are under way, shared by the threads. Thread-safe.
class flight_board {
  public:
    /// So many go on at once although the time of those who wanted them is over: enough to learn how the provider does,
    /// and too few for clients in a hurry to take its connections from the others.
    static constexpr unsigned most_outlasting = 16;

    struct boarding {
        std::shared_ptr<adapters::flight> flight;
        bool first = false;  ///< nobody else makes this call: the caller has to start it
    };
    /// Makes `waiter` wait for the flight of `key`, which is made, to run on `where`, if there is none.
    [[nodiscard]] boarding join(std::string key, const std::shared_ptr<waiter>& waiter, const executor& where);

    /// Makes the flight of `key`, to run on `where` and to go on whoever leaves it, for the caller to start. Null:
    /// there is one already.
    [[nodiscard]] std::shared_ptr<flight> open(std::string key, const executor& where);

    /// `waiter` gives up. True: it was the last, and the flight, which nobody can join any more, should be stopped.
    [[nodiscard]] bool leave(flight& flight, const std::shared_ptr<waiter>& waiter);

    /// The time of one of its waiters is over: the flight goes on whoever leaves it, if not too many do already.
    void outlast(flight& flight);

    /// The flight has ended: nobody can join it any more. Returns who waited for it.
    [[nodiscard]] std::vector<std::shared_ptr<waiter>> land(flight& flight);

  private:
    // With the mutex held.
    [[nodiscard]] std::shared_ptr<flight> find(std::string_view key) const;
    std::shared_ptr<flight> add(std::string key, const executor& where);
    void remove(const flight& flight);

    std::mutex mutex_;
    std::unordered_map<std::string_view, std::shared_ptr<flight>> flights_;  ///< the views are of the flights' keys
    unsigned outlasting_ = 0;
};

/// Who began a call of a call_group, and is told how it has ended.
class call_end {
  public:
    virtual ~call_end() = default;
    /// On the group's thread, once for each call. It may begin the next one.
    virtual void ended(result<answer> outcome) = 0;
};

/// The calls that one caller has under way at once, whatever layers they were begun with: one deadline and one
/// coroutine wait for them all. It lives on one thread. Destroying it gives up the places on all that is still under
/// way.
class call_group {
  public:
    /// `sweeper` must outlive it.
    call_group(rollcall::sweeper& sweeper, deadline until) : sweeper_(sweeper), until_(until) {}
    ~call_group();
    call_group(const call_group&) = delete;
    call_group& operator=(const call_group&) = delete;

    [[nodiscard]] bool under_way() const { return !under_way_.empty(); }

    /// The deadline has ended a wait, so that what is begun now would be given up at once.
    [[nodiscard]] bool time_is_up() const { return time_is_up_; }
    /// What a call is told that has to be given up then.
    [[nodiscard]] static failure too_late();

    /// Ends when each call has ended, those begun meanwhile included. What is under way when the time is up, or when
    /// this is cancelled, is given up and told so. Throws what a call_end has thrown.
    [[nodiscard]] awaitable<void> wait();

  private:
    friend class coalesce_layer;
    friend struct waiter;

    void make_room();
    void landed(const std::shared_ptr<waiter>& waiter, result<answer> outcome);
    void give_up(const failure& why);
    void tell(call_end& end, result<answer> outcome);

    rollcall::sweeper& sweeper_;
    deadline until_;
    std::vector<std::shared_ptr<waiter>> under_way_;
    std::optional<steady_timer> all_ended_;  ///< an event rather than a timer: it never expires, and is cancelled
    std::exception_ptr thrown_;              ///< by the first call_end that threw
    bool time_is_up_ = false;
};

/// One for each provider and thread. A call that it starts runs on its thread with the provider's whole timeout,
/// whatever the time that the first caller has left, and is stopped when the last caller leaves; but not a refresh,
/// nor, within most_outlasting, where a caller's time was over. So the provider has its time however hasty its callers
/// are: if they all gave up sooner, nobody would ever learn that it hangs, nor get the answer of one that is merely
/// slow.
class coalesce_layer : public layer {
  public:
    /// `writes` counts the provider's ended writes: who calls after one does not join a call begun before. Everything
    /// must outlive it.
    coalesce_layer(layer& next, flight_board& board, const std::atomic<std::uint64_t>& writes, const executor& executor,
                   sweeper& sweeper, const std::chrono::milliseconds& timeout, upstream_observer& observer)
        : next_(next),
          board_(board),
          writes_(writes),
          executor_(executor),
          sweeper_(sweeper),
          timeout_(timeout),
          observer_(observer) {}

    [[nodiscard]] awaitable<result<answer>> call(const request& request, deadline until) override;

    /// The same as one of several calls. `end`, which must outlive the group, is told how it has ended, later than this
    /// returns.
    void begin(const request& request, call_group& group, call_end& end);

    /// Begins to fetch anew what the cache has of `request`, unless an equal call is under way on whatever thread.
    /// Nobody waits for it: a failure shows to no client, and it ends by itself within the provider's timeout, or with
    /// the event loop. Equal calls that come meanwhile join it, but for those that want it fresh.
    void refresh(const request& request);

  private:
    [[nodiscard]] std::string key_of(const request& request) const;
    void start(const std::shared_ptr<flight>& flight, const request& request);

    layer& next_;
    flight_board& board_;
    const std::atomic<std::uint64_t>& writes_;
    executor executor_;
    sweeper& sweeper_;
    std::chrono::milliseconds timeout_;
    upstream_observer& observer_;
};

}  // namespace rollcall::adapters
