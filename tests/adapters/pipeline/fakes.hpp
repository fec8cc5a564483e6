// What the tests of the pipeline's layers share: an observer that counts, a next layer by script, and answers to give.
#pragma once

#include "adapters/pipeline/layer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace rollcall::adapters::tests {

class counting_observer : public upstream_observer {
  public:
    void exchanged(operation_kind, std::optional<fault>, steady_clock::duration) override { ++exchanges; }
    void retried(operation_kind) override { ++retries; }
    void hedged(bool won) override { ++(won ? hedges_won : hedges_lost); }
    void cached(cache_event event) override { ++events_[static_cast<std::size_t>(event)]; }
    void breaker_changed(breaker_state now) override { breaker = now; }
    void shed(shed_reason reason) override { ++sheds_[static_cast<std::size_t>(reason)]; }
    void connections_changed(int by) override { connections += by; }
    void schema_faults(std::string_view, std::uint32_t count) override { faults += count; }

    [[nodiscard]] unsigned count(cache_event event) const { return events_[static_cast<std::size_t>(event)]; }
    [[nodiscard]] unsigned count(shed_reason reason) const { return sheds_[static_cast<std::size_t>(reason)]; }

    std::atomic<unsigned> exchanges{0};
    std::atomic<unsigned> retries{0};
    std::atomic<unsigned> hedges_won{0};
    std::atomic<unsigned> hedges_lost{0};
    std::atomic<unsigned> faults{0};
    std::atomic<int> connections{0};
    std::atomic<breaker_state> breaker{breaker_state::closed};

  private:
    std::array<std::atomic<unsigned>, std::size(cache_event_names)> events_{};
    std::array<std::atomic<unsigned>, std::size(shed_reason_names)> sheds_{};
};

/// Answers at once, as `respond` says.
class scripted_layer : public layer {
  public:
    using script = std::function<result<answer>(const request&)>;
    explicit scripted_layer(script respond) : respond_(std::move(respond)) {}

    awaitable<result<answer>> call(const request& request, deadline) override {
        ++calls;
        co_return respond_(request);
    }

    unsigned calls = 0;

  private:
    script respond_;
};

/// An answer whose body is `body`, received at `received_at`.
inline std::shared_ptr<const content> content_of(std::string body,
                                                 steady_clock::time_point received_at = steady_clock::now()) {
    auto made = std::make_shared<content>();
    made->page.body = std::move(body);
    made->received_at = received_at;
    return made;
}

inline request request_for(std::string target) {
    request request;
    request.target = std::move(target);
    return request;
}

/// Runs one call to its end.
inline result<answer> run(layer& layer, const request& request,
                          deadline until = steady_clock::now() + std::chrono::minutes{1}) {
    asio::io_context io;
    std::optional<result<answer>> outcome;
    asio::co_spawn(io, layer.call(request, until), [&](const std::exception_ptr& thrown, result<answer> returned) {
        if (thrown) std::rethrow_exception(thrown);
        outcome = std::move(returned);
    });
    io.run();
    return *std::move(outcome);
}

}  // namespace rollcall::adapters::tests
