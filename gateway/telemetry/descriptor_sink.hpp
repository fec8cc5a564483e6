// Writing log lines to a descriptor whose reader may be slow, stuck or gone.
#pragma once

#include <spdlog/sinks/base_sink.h>

#include <mutex>

namespace rollcall::gateway {

/// Writes to `descriptor`, which must stay open. A reader that takes nothing is waited for once, for `patience`; from
/// then on lines are dropped until it reads again, so that a stuck reader holds up neither requests nor the end of the
/// process. Of each line that is not written as a whole the logger is told, by a spdlog_ex.
class descriptor_sink final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    static constexpr int patience_ms = 1000;

    explicit descriptor_sink(int descriptor) : descriptor_(descriptor) {}

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override {}

  private:
    [[nodiscard]] bool writable();

    int descriptor_;
    bool stuck_ = false;
};

}  // namespace rollcall::gateway
