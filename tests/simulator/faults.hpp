// What a provider is told to do wrong: one fault at a time, for some or all of the next requests.
// It decides which request is hit; the provider carries it out.
#pragma once

#include "tests/simulator/service.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace rollcall::simulator {

enum class fault_mode {
    status,         // `status` in the provider's error shape, `retry_after` if given
    delay,          // the right answer, `pause` later
    hang,           // the request is read and never answered
    reset,          // the request is read and the connection reset (RST)
    truncate,       // Content-Length of the whole, half of the body, then the end of the connection
    garbage,        // 200 and application/json with a body that is no JSON
    success_false,  // 200 with a body that says failure
    rate_limited,   // 429 with Retry-After
    unauthorized,   // what a wrong credential gets
    close,          // the connection ends without an answer
    body,           // `body` verbatim
    raw,            // `body` is all that is sent, head included; then `repeat` without end, or else `end`
    repeat_token,   // the next position that is named is always the same page
    slow_body,      // the head and half of the body, `pause`, then the rest
};

struct fault {
    fault_mode mode = fault_mode::status;
    unsigned status = 500;
    std::string retry_after;  // as in the header; empty: none
    std::chrono::milliseconds pause{0};
    std::string body;
    std::string content_type = "application/json";
    std::string repeat;
    ending end = ending::close;

    std::optional<std::size_t> times;  // how many requests are hit; none: all
    std::size_t after = 0;             // matching requests that pass first
    std::size_t every = 1;             // of those behind them: the first is hit, and then every so manieth
    std::string path_contains;         // only requests whose target holds this
};

/// Reads a fault from a JSON object such as {"mode": "delay", "ms": 200, "times": 3}.
/// Throws std::invalid_argument that says what is wrong with it.
fault read_fault(std::string_view json);

/// The fault that is set, and how much of it is used up.
class fault_switch {
  public:
    void set(fault fault) {
        fault_ = std::move(fault);
        matched_ = 0;
    }
    void clear() { fault_.reset(); }

    /// The fault that hits this request, or none. Counts the request.
    std::optional<fault> next(const request& request);

  private:
    std::optional<fault> fault_;
    std::size_t matched_ = 0;  // requests behind those that `after` let pass
};

}  // namespace rollcall::simulator
