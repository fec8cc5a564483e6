// What the tests of a listener ask it, in a line: a request, its answer, and the end of all connections.
#pragma once

#include "tests/gateway/http/raw_client.hpp"
#include "tests/gateway/http/test_server.hpp"

#include <doctest/doctest.h>

#include <string>

namespace rollcall::gateway::testing {

inline std::string get(const std::string& path, const std::string& fields = {}) {
    return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

inline raw_answer ask(raw_client& client, const std::string& bytes, bool to_head = false) {
    client.send(bytes);
    auto answer = client.read(to_head);
    REQUIRE(answer);
    return *answer;
}

inline raw_answer ask(test_server& server, const std::string& bytes) {
    raw_client client(server.port());
    return ask(client, bytes);
}

inline bool all_gone(const recording_observer::record& record) {
    return record.connections == 0;
}

/// The status of the only request, as the observer is told of it at its end, which this waits for.
inline unsigned final_status(test_server& server) {
    REQUIRE(server.observer.wait([](const auto& record) { return record.finished.size() == 1; }));
    return server.observer.now().finished[0].status;
}

}  // namespace rollcall::gateway::testing
