// An address at which connections are neither accepted nor refused, as behind a firewall that drops what comes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <vector>

namespace rollcall::testing {

/// A listener that accepts nothing: once its queue is full, the system drops what comes for it.
class silent_listener {
  public:
    silent_listener() {
        using boost::asio::ip::tcp;
        acceptor_.open(tcp::v4());
        acceptor_.bind({boost::asio::ip::address_v4::loopback(), 0});
        acceptor_.listen(0);
        for (int count = 0; count < 4; ++count)
            queued_.emplace_back(context_).async_connect(endpoint(), [](const boost::system::error_code&) {});
    }

    [[nodiscard]] boost::asio::ip::tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

  private:
    boost::asio::io_context context_;
    boost::asio::ip::tcp::acceptor acceptor_{context_};
    std::vector<boost::asio::ip::tcp::socket> queued_;
};

}  // namespace rollcall::testing
