// The end of a gateway that clients are still using: what SIGTERM turns at once, what it delays, and what it never
// costs.
#include "tests/end_to_end/reloading.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <mutex>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using namespace rollcall::testing;

/// The configuration with another first line.
std::string with_server(std::string text, const std::string& server) {
    return text.replace(0, text.find('\n'), "server: {admin: 127.0.0.1:0, threads: 2, " + server + "}");
}

/// A port that is kept for the gateways of a test: bound, so that nobody else gets it, but without listening.
class reserved_port {
  public:
    reserved_port() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const int on = 1;
        ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        ::setsockopt(socket_, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
        REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        number_ = ntohs(address.sin_port);
    }
    ~reserved_port() { ::close(socket_); }
    reserved_port(const reserved_port&) = delete;
    reserved_port& operator=(const reserved_port&) = delete;

    int number() const { return number_; }

  private:
    int socket_;
    int number_ = 0;
};

/// Clients that ask without pause, half of them over a new connection each time. A refused connection is tried again;
/// a request on one that was made must have its answer, and none is ever repeated.
class persistent_clients {
  public:
    persistent_clients(int port, int count) {
        for (int index = 0; index < count; ++index)
            threads_.emplace_back([this, port, index] { ask(port, index % 2 == 0); });
    }
    ~persistent_clients() { stop(); }

    void stop() {
        stopping_ = true;
        for (std::thread& thread : threads_)
            thread.join();
        threads_.clear();
    }

    void wait_for_answers(int more) const {
        const int wanted = answers_ + more;
        const auto until = std::chrono::steady_clock::now() + default_timeout;
        while (answers_ < wanted && std::chrono::steady_clock::now() < until)
            std::this_thread::yield();
    }

    int answers() const { return answers_; }
    int lost() const { return lost_; }
    std::string first_loss() const {
        const std::lock_guard lock{mutex_};
        return first_loss_;
    }

  private:
    void ask(int port, bool keeps) {
        connection connection{port};
        while (!stopping_) {
            try {
                const response answer =
                    connection.get("/agents?limit=5", {{"Connection", keeps ? "keep-alive" : "close"}});
                if (answer.status != 200) lose(answer.body);
                ++answers_;
            } catch (const exchange_failure& failure) {
                if (failure.why() != exchange_end::refused) lose(failure.what());
            }
        }
    }

    void lose(const std::string& why) {
        ++lost_;
        const std::lock_guard lock{mutex_};
        if (first_loss_.empty()) first_loss_ = why;
    }

    std::atomic<bool> stopping_{false};
    std::atomic<int> answers_{0};
    std::atomic<int> lost_{0};
    mutable std::mutex mutex_;
    std::string first_loss_;
    std::vector<std::thread> threads_;
};

}  // namespace

TEST_CASE("for the drain's delay it looks unready and serves on, until a second SIGTERM cuts that short") {
    simulators providers{{"heppu:agents=3"}};
    gateway gateway{
        with_server(heppu_configuration({{"heppu", providers.url("heppu")}}), "listen: 127.0.0.1:0, drain_delay: 10m")};
    connection kept{gateway.public_port()};
    connection idle{gateway.public_port()};
    CHECK_FALSE(kept.get("/agents").has("connection"));
    CHECK(idle.get("/agents").status == 200);
    gateway.child().signal(SIGTERM);
    log_line(gateway, "draining");
    CHECK(gateway.admin("/readyz").status == 503);
    CHECK(gateway.admin("/livez").status == 200);
    // Until each thread has heard of it, an answer may leave its connection open.
    for (const auto until = std::chrono::steady_clock::now() + default_timeout;
         kept.is_open() && std::chrono::steady_clock::now() < until;) {
        CHECK(kept.get("/agents").status == 200);
    }
    CHECK_FALSE(kept.is_open());
    const response fresh = kept.get("/agents");
    CHECK(fresh.status == 200);
    CHECK(fresh.header("connection") == "close");
    rewrite(gateway, "nothing that could be read: [");
    gateway.child().signal(SIGHUP);
    CHECK(idle.get("/agents").status == 200);
    gateway.child().signal(SIGTERM);
    CHECK(gateway.child().exit_code() == 0);
    CHECK(gateway.log().find("reload") == std::string::npos);
    CHECK_THROWS_AS(kept.get("/agents"), exchange_failure);
}

TEST_CASE("the drain's delay ends by itself") {
    simulators providers{{"heppu:agents=3"}};
    gateway gateway{with_server(heppu_configuration({{"heppu", providers.url("heppu")}}),
                                "listen: 127.0.0.1:0, drain_delay: 200ms")};
    CHECK(gateway.stop() == 0);
    CHECK(gateway.log().find("no longer accepting") != std::string::npos);
}

TEST_CASE("restarts under load cost no request whose connection was made") {
    constexpr int restarts = 10;
    simulators providers{{"heppu:agents=40"}};
    const reserved_port port;
    const std::string text = with_server(
        heppu_configuration({{"heppu", providers.url("heppu")}}, "cursor: {secret: a-secret-for-tests-only}\n"),
        "listen: 127.0.0.1:" + std::to_string(port.number()));
    auto running = std::make_unique<gateway>(text);
    persistent_clients clients{port.number(), 6};
    for (int at = 0; at < restarts; ++at) {
        clients.wait_for_answers(60);
        CHECK(running->stop() == 0);
        running = std::make_unique<gateway>(text);
    }
    clients.stop();
    CHECK_MESSAGE(clients.lost() == 0, clients.first_loss());
    CHECK(clients.answers() > restarts * 60);
}

TEST_CASE("a drain without any time breaks off what clients are at, and ends all the same") {
    simulators providers{{"heppu:agents=300"}};
    for (int round = 0; round < 5; ++round) {
        gateway gateway{with_server(heppu_configuration({{"heppu", providers.url("heppu")}}),
                                    "listen: 127.0.0.1:0, drain_timeout: 0s")};
        persistent_clients clients{gateway.public_port(), 6};
        clients.wait_for_answers(100);
        gateway.child().signal(SIGTERM);
        CHECK(gateway.child().exit_code() == 0);
        clients.stop();
    }
}
