// Answers that the simulator sends as they are written, and faults that hit only some of the requests.
#include "tests/end_to_end/simulator_calls.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace rollcall::testing {
namespace {

constexpr std::string_view list_request = "GET /api/v1/agents HTTP/1.1\r\nHost: x\r\n\r\n";

}  // namespace

TEST_CASE("a raw answer is sent as it is written, and its connection ends as the fault says") {
    simulators simulators{{"heppu:agents=5"}};
    const auto sent = [&](std::string_view fault, std::chrono::milliseconds timeout = default_timeout) {
        simulators.set_fault("heppu", fault);
        return raw_exchange(simulators.port("heppu"), list_request, timeout);
    };
    const raw_answer closed = sent(R"({"mode":"raw","body":"HTTP/1.1 2"})");
    CHECK(closed.bytes == "HTTP/1.1 2");
    CHECK(closed.end == exchange_end::closed);
    const raw_answer half = sent(R"({"mode":"raw","body":"x","end":"half_close"})");
    CHECK(half.bytes == "x");
    CHECK(half.end == exchange_end::closed);
    CHECK(sent(R"({"mode":"raw","body":"","end":"reset"})").end == exchange_end::reset);
    const raw_answer open = sent(R"({"mode":"raw","body":"x","end":"hang"})", std::chrono::milliseconds{100});
    CHECK(open.bytes == "x");
    CHECK(open.end == exchange_end::timed_out);
    const raw_answer endless = sent(R"({"mode":"raw","body":"a","repeat":"bc"})", std::chrono::milliseconds{100});
    CHECK(endless.bytes.starts_with("abcbcbcbc"));
    CHECK(endless.end == exchange_end::timed_out);
    CHECK_THROWS(simulators.set_fault("heppu", R"({"mode":"raw","body":"","end":"nonsense"})"));
}

TEST_CASE("a flapping provider fails every so manieth request, beginning with the first") {
    simulators simulators{{"heppu:agents=5"}};
    connection connection{simulators.url("heppu")};
    const auto statuses = [&](std::string_view fault) {
        simulators.set_fault("heppu", fault);
        std::vector<unsigned> all;
        for (int i = 0; i < 6; ++i)
            all.push_back(connection.get("/api/v1/agents?limit=1", heppu_key).status);
        return all;
    };
    using list = std::vector<unsigned>;
    CHECK(statuses(R"({"mode":"status","status":500,"every":2})") == list{500, 200, 500, 200, 500, 200});
    CHECK(statuses(R"({"mode":"status","status":500,"every":3,"after":1,"times":1})") ==
          list{200, 500, 200, 200, 200, 200});
    CHECK_THROWS(simulators.set_fault("heppu", R"({"mode":"status","every":0})"));
}

}  // namespace rollcall::testing
