// What a connection reads and writes, with TLS or without: making it, and the socket beneath. Opening it is
// connect_to_first's matter and its user's.
#pragma once

#include "adapters/transport/connect.hpp"
#include "adapters/transport/tls_context.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <type_traits>

namespace rollcall::adapters {

using tls_stream = asio::ssl::stream<plain_stream>;

template<class Stream>
constexpr bool has_tls = std::is_same_v<Stream, tls_stream>;

/// A closed one. `tls` counts for a tls_stream only; it must then be there, and outlive the stream.
template<class Stream>
[[nodiscard]] Stream make_stream(const executor& executor, [[maybe_unused]] tls_context* tls) {
    if constexpr (has_tls<Stream>) {
        return Stream(plain_stream(executor), tls->context());
    } else {
        return Stream(executor);
    }
}

template<class Stream>
[[nodiscard]] plain_stream& socket_of(Stream& stream) {
    if constexpr (has_tls<Stream>) {
        return stream.next_layer();
    } else {
        return stream;
    }
}

}  // namespace rollcall::adapters
