// Which calls may use a connection, and in which order the others wait for one. Plain counting: no socket, no timer;
// the waiting itself is the transport's.
#pragma once

#include <boost/intrusive/list.hpp>

#include <cstddef>

namespace rollcall::adapters {

/// A number of places, taken and given back, and a queue of those who wait for one: first come, first served. While
/// anybody waits no place is free, so that no newcomer overtakes. Not thread-safe. Nothing is allocated.
class place_queue {
  public:
    /// One who waits. It stays where it is in memory while it is in the queue, and has to `give_up` before it goes.
    class waiter : public boost::intrusive::list_base_hook<> {
      public:
        [[nodiscard]] bool waits() const { return is_linked(); }
        [[nodiscard]] bool called() const { return called_; }  ///< it has waited, and a place is its own

      private:
        friend class place_queue;
        bool called_ = false;
    };

    enum class turn {
        go,    ///< a place is the caller's own, to `leave` later
        wait,  ///< none is free, but there is room in the queue, to `join`
        full,  ///< neither
    };

    /// At most `places` are taken at a time, and at most `length` wait.
    place_queue(std::size_t places, std::size_t length) : places_(places), length_(length) {}

    [[nodiscard]] turn arrive() {
        if (taken_ < places_) {
            ++taken_;
            return turn::go;
        }
        return waiting_.size() < length_ ? turn::wait : turn::full;
    }

    /// After `turn::wait`, before anything else happens.
    void join(waiter& newcomer) { waiting_.push_back(newcomer); }

    /// Gives a place back: to the first who waits, who is returned to be woken, or else (null) to whoever comes next.
    [[nodiscard]] waiter* leave() {
        if (waiting_.empty()) {
            --taken_;
            return nullptr;
        }
        waiter& first = waiting_.front();
        waiting_.pop_front();
        first.called_ = true;
        return &first;
    }

    /// One who still waits does not wait any more.
    void give_up(waiter& waiter) { waiting_.erase(waiting_.iterator_to(waiter)); }

    [[nodiscard]] std::size_t taken() const { return taken_; }
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  private:
    std::size_t places_;
    std::size_t length_;
    std::size_t taken_ = 0;
    boost::intrusive::list<waiter> waiting_;
};

}  // namespace rollcall::adapters
