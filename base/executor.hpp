// The one executor type of the house. Naming it concretely, instead of any_io_executor, saved a quarter of
// the CPU of a fan-out; a request lives and dies on one thread, so no strand is needed.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace rollcall {

namespace asio = boost::asio;

using executor = asio::io_context::executor_type;

template<class T>
using awaitable = asio::awaitable<T, executor>;

}  // namespace rollcall
