// The limits of a process as its clients and its operators meet them.
#include "tests/end_to_end/reloading.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <string>
#include <thread>

namespace {

using namespace rollcall::testing;

}  // namespace

TEST_CASE("when every place is taken clients are told to come back, and the admin listener answers all the same") {
    simulators providers{{"heppu:agents=3"}};
    std::string text = heppu_configuration({{"heppu", providers.url("heppu")}});
    gateway gateway{text.replace(0, text.find('\n'),
                                 "server: {listen: 127.0.0.1:0, admin: 127.0.0.1:0, threads: 2, request_timeout: 20s, "
                                 "limits: {connections: 2, in_flight: 1, in_flight_wait: 100ms}}")};
    providers.set_fault("heppu", R"({"mode": "delay", "ms": 1500})");
    connection second{gateway.public_port()};
    CHECK(second.get("/providers").status == 200);
    response answer;
    std::thread first{[&] { answer = gateway.get("/agents"); }};
    while (providers.request_count("heppu") == 0)
        std::this_thread::yield();

    const response busy = second.get("/agents");
    CHECK(problem_of(busy) == "503 overloaded");
    CHECK(busy.header("retry-after") == "1");
    const response third = gateway.get("/agents");
    CHECK(problem_of(third) == "503 overloaded");
    CHECK(third.header("retry-after") == "1");
    CHECK(third.header("connection") == "close");
    std::deque<connection> operators;
    for (int at = 0; at < 5; ++at) {
        operators.emplace_back(gateway.admin_port());
        CHECK(operators.back().get("/livez").status == 200);
        CHECK(operators.back().get("/readyz").status == 200);
        CHECK(operators.back().get("/metrics").status == 200);
    }
    first.join();
    CHECK(answer.status == 200);
    CHECK(second.get("/agents").status == 200);
    CHECK(gateway.stop() == 0);
}
