// Memory of answers that have been sent, for the next ones of the same thread.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::gateway {

/// Idle connections would each keep the memory of their largest answer; here few strings serve them all, and the last
/// one given back, which the processor's cache still holds, is taken first. Not thread-safe.
class spare_bodies {
  public:
    static constexpr std::size_t most = 16;
    static constexpr std::size_t largest = 1024 * 1024;  ///< bytes; what is larger is not kept

    /// An empty string, with the memory of an earlier one where there is any.
    [[nodiscard]] std::string take() {
        if (spare_.empty()) return {};
        std::string body = std::move(spare_.back());
        spare_.pop_back();
        return body;
    }

    void give_back(std::string body) {
        if (spare_.size() == most || body.capacity() > largest) return;
        body.clear();
        spare_.push_back(std::move(body));
    }

  private:
    std::vector<std::string> spare_;
};

}  // namespace rollcall::gateway
