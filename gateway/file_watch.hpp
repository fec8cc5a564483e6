// Noticing that files have changed, for what reads them anew while the gateway runs: certificates, key sets. They are
// looked at and not watched: a watch would have to follow every folder and link on the way to them, and sees nothing of
// network file systems.
#pragma once

#include "base/clock.hpp"
#include "base/executor.hpp"
#include "base/timer.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rollcall::gateway {

/// What tells one state of a file from another, without reading it. Through a symbolic link it is the target's, so that
/// a swapped link, as Kubernetes updates a secret, is a change.
struct file_stamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t bytes = -1;  ///< -1: there is no such file
    std::int64_t changed_ns = 0;

    [[nodiscard]] bool operator==(const file_stamp&) const = default;
};

/// On the housekeeping thread, but for its construction and the first `watch`.
class file_watch {
  public:
    /// `on_change` is called when the files have changed, and two looks, a second apart, have found them the same: one
    /// that is being written, or a certificate whose key is on its way, is left in peace. It may call `watch` and
    /// `stop`.
    file_watch(const executor& housekeeping, std::function<void()> on_change);
    file_watch(const file_watch&) = delete;
    file_watch& operator=(const file_watch&) = delete;

    /// Looks after these and no others from now on, of which an empty path is none. To be called before they are read,
    /// so that no change in between is missed.
    void watch(std::vector<std::string> paths);
    void stop();
    /// Says within `on_change` that the files could not be read: it is called once more, a second later.
    void try_again() { read_.clear(); }

  private:
    using stamps = std::vector<file_stamp>;

    [[nodiscard]] stamps stamps_now() const;
    void look_again();
    void look();

    steady_timer timer_;
    std::function<void()> on_change_;
    std::vector<std::string> paths_;
    stamps read_;  ///< of the files as they were last read
    stamps seen_;  ///< …as they were last looked at
    // A handler holds it weakly, because one may already be queued when the watch is destroyed.
    std::shared_ptr<file_watch*> self_ = std::make_shared<file_watch*>(this);
};

}  // namespace rollcall::gateway
