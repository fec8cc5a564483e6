// The one timer of the house: on the steady clock and on the house's executor, named concretely as executor.hpp says.
#pragma once

#include "base/clock.hpp"
#include "base/executor.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

namespace rollcall {

/// What asio::steady_timer is, without any_io_executor. One that never expires (`time_point::max()`) is an event: a
/// coroutine waits on it until another cancels it.
using steady_timer = asio::basic_waitable_timer<steady_clock, asio::wait_traits<steady_clock>, executor>;

}  // namespace rollcall
