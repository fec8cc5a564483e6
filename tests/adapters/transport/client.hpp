// A transport with all that it needs, driven from a test's own thread.
#pragma once

#include "adapters/transport/addresses.hpp"
#include "adapters/transport/tls_context.hpp"
#include "adapters/transport/transport.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <vector>

namespace rollcall::testing {

using namespace std::chrono_literals;

inline adapters::origin plain_origin(unsigned short port) {
    adapters::origin origin;
    origin.host = "127.0.0.1";
    origin.port = std::to_string(port);
    origin.fixed_headers = "Host: agents.example\r\n";
    return origin;
}

/// One exchange on its way.
struct pending {
    std::optional<result<adapters::incoming>> answer;
    asio::cancellation_signal cancel;
};

class client {
  public:
    explicit client(const adapters::origin& origin, adapters::tls_context* tls = nullptr,
                    adapters::upstream_observer* observer = nullptr)
        : addresses_(context.get_executor(), "127.0.0.1", origin.port),
          transport(context.get_executor(), sweeper_, origin, addresses_, tls, observer) {}

    client(const adapters::origin& origin, adapters::addresses::lookup lookup, adapters::tls_context* tls = nullptr)
        : addresses_(context.get_executor(), std::move(lookup)),
          transport(context.get_executor(), sweeper_, origin, addresses_, tls) {
        context.poll();  // the first lookup
    }

    /// Begins an exchange; the views of `request` must live until it has ended.
    void begin(pending& pending, const adapters::outgoing& request, deadline until) {
        auto ended = [&pending](const std::exception_ptr& thrown, result<adapters::incoming> answer) {
            if (thrown) std::rethrow_exception(thrown);
            pending.answer = std::move(answer);
        };
        asio::co_spawn(context, transport.exchange(request, until),
                       asio::bind_cancellation_slot(pending.cancel.slot(), std::move(ended)));
    }

    result<adapters::incoming> finish(pending& pending) {
        context.restart();
        while (!pending.answer)
            context.run_one();
        return std::move(*pending.answer);
    }

    result<adapters::incoming> send(const adapters::outgoing& request, std::chrono::milliseconds within = 30s) {
        pending one;
        begin(one, request, steady_clock::now() + within);
        return finish(one);
    }

    result<adapters::incoming> get(std::chrono::milliseconds within = 30s) {
        adapters::outgoing request;
        request.target = "/v1/agents?limit=5";
        return send(request, within);
    }

    /// Has the host's addresses looked up anew, at most once a second.
    void look_up() { addresses_.report_unreachable(); }

    asio::io_context context{1};

  private:
    rollcall::sweeper sweeper_{context.get_executor()};
    adapters::addresses addresses_;

  public:
    adapters::transport transport;
};

}  // namespace rollcall::testing
