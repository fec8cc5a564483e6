// Writing log lines to a descriptor whose reader may be slow, stuck or gone.
#pragma once

#include <spdlog/sinks/base_sink.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>

namespace rollcall::gateway {

/// Writes to `descriptor`, which must stay open. Lines that follow each other closely go out together, so that a busy
/// log costs the machine neither a call nor a wake-up for each. A reader that takes nothing is waited for once, for
/// `patience`; from then on lines are dropped until it reads again, so that a stuck reader holds up neither requests
/// nor the end of the process.
class descriptor_sink final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    static constexpr int patience_ms = 1000;
    /// How long lines are gathered for after some have been written.
    static constexpr std::chrono::milliseconds gathering{5};

    /// `is_followed` says whether another line waits to be written, `on_lost` is told how many were not written as a
    /// whole. Both are called on the thread that writes.
    descriptor_sink(int descriptor, std::function<bool()> is_followed, std::function<void(std::size_t)> on_lost)
        : descriptor_(descriptor), is_followed_(std::move(is_followed)), on_lost_(std::move(on_lost)) {}

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override { write_gathered(); }

  private:
    void write_gathered();
    [[nodiscard]] bool write(std::string_view text);
    [[nodiscard]] bool writable();

    int descriptor_;
    std::function<bool()> is_followed_;
    std::function<void(std::size_t)> on_lost_;
    spdlog::memory_buf_t gathered_;
    std::size_t lines_ = 0;  ///< of which there are so many
    bool stuck_ = false;
};

}  // namespace rollcall::gateway
