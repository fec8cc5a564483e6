// Opening a TCP connection to a host that has several addresses (RFC 8305, "Happy Eyeballs"). In which order they are
// tried, and when, is decided by addresses and connect_schedule.
#pragma once

#include "adapters/transport/addresses.hpp"
#include "base/clock.hpp"
#include "base/failure.hpp"
#include "base/sweeper.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/system/error_code.hpp>

namespace rollcall::adapters {

using plain_stream = asio::basic_stream_socket<asio::ip::tcp, executor>;

/// Connects `socket`, which must be closed, to that of `endpoints` which answers first, and says which; the other
/// attempts are closed. Fails with timeout, unreachable, overloaded (no descriptor is left) or cancelled. `endpoints`
/// must not be empty. `socket`, `sweeper` and `endpoints` must live until it has ended. It never throws; after it was
/// cancelled, the caller's next co_await does.
[[nodiscard]] awaitable<result<asio::ip::tcp::endpoint>> connect_to_first(plain_stream& socket, sweeper& sweeper,
                                                                          const addresses::list& endpoints,
                                                                          deadline until);

/// What a failed attempt means.
[[nodiscard]] failure connect_failure(const boost::system::error_code& error);

}  // namespace rollcall::adapters
