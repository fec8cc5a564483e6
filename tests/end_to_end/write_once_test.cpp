// That nothing is written twice and nothing is lost: idempotency keys, unknown ends, clients that leave, many threads.
#include "tests/end_to_end/converra_deployment.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace rollcall::testing {

TEST_CASE("the same key gives the same answer and makes nothing twice") {
    converra_deployment deployment;
    const auto first = deployment.create(support_agent, with_key("key-1"));
    REQUIRE(first.status == 201);
    CHECK_FALSE(first.has("idempotent-replayed"));
    for (int i = 0; i < 5; ++i) {
        const auto again = deployment.create(support_agent, with_key("key-1"));
        CHECK(again.status == 201);
        CHECK(again.header("idempotent-replayed") == "true");
        CHECK(again.header("location") == first.header("location"));
        CHECK(again.header("x-rollcall-complete") == "true");
        CHECK(again.body == first.body);
    }
    CHECK(deployment.sent("POST").size() == 1);

    const std::string id = text_of(object_in(first), "id");
    CHECK(problem_of(deployment.create(R"({"provider": "converra", "name": "b", "instructions": "b", "model": "b"})",
                                       with_key("key-1"))) == "422 idempotency_key_reused");
    CHECK(problem_of(deployment.remove(id, with_key("key-1", {}))) == "422 idempotency_key_reused");
    CHECK(deployment.sent("POST").size() == 1);
    CHECK(deployment.sent("DELETE").empty());

    CHECK(deployment.remove(id, with_key("key-2", {})).status == 204);
    const auto deleted_again = deployment.remove(id, with_key("key-2", {}));
    CHECK(deleted_again.status == 204);
    CHECK(deleted_again.header("idempotent-replayed") == "true");
    CHECK(deployment.sent("DELETE").size() == 1);
    CHECK(problem_of(deployment.remove(id, with_key("key-3", {}))) == "404 not_found");
    CHECK(deployment.create(support_agent).status == 201);
    CHECK(deployment.sent("POST").size() == 2);
}

TEST_CASE("requests with one key that come at once make one agent") {
    converra_deployment deployment;
    deployment.providers.set_fault("converra", R"({"mode": "delay", "ms": 400})");
    std::mutex mutex;
    std::vector<response> answers;
    std::vector<std::thread> clients;
    for (int i = 0; i < 8; ++i) {
        clients.emplace_back([&] {
            auto answer = deployment.create(support_agent, with_key("twins"));
            const std::lock_guard lock{mutex};
            answers.push_back(std::move(answer));
        });
    }
    for (auto& client : clients)
        client.join();
    CHECK(deployment.sent("POST").size() == 1);
    int replayed = 0;
    for (const auto& answer : answers) {
        CHECK(answer.status == 201);
        CHECK(answer.body == answers.front().body);
        replayed += answer.has("idempotent-replayed") ? 1 : 0;
    }
    CHECK(replayed == 7);
}

TEST_CASE("a write whose end is not known is told as that, never made again, and the same key says so again") {
    const std::vector<std::pair<std::string_view, std::string_view>> cases = {
        {R"({"mode": "hang"})", "504 upstream_timeout"},
        {R"({"mode": "reset"})", "502 upstream_unreachable"},
        {R"({"mode": "close"})", "502 upstream_unreachable"},
        {R"({"mode": "truncate"})", "502 upstream_invalid_response"},
        {R"({"mode": "garbage"})", "502 upstream_invalid_response"},
        {R"({"mode": "status", "status": 500})", "502 upstream_error"},
        {R"({"mode": "status", "status": 503, "retry_after": 0})", "502 upstream_error"},
    };
    for (const auto& [fault, expected] : cases) {
        CAPTURE(fault);
        converra_deployment deployment{"    timeout: 400ms\n"};
        // A kept connection tempts to send again what found it closed.
        CHECK(deployment.gateway.get("/agents").status == 200);
        deployment.providers.set_fault("converra", fault);
        const auto first = deployment.create(support_agent, with_key("unsure"));
        CHECK(problem_of(first) == expected);
        CHECK(contains(detail_of(first), "may have been done"));
        deployment.providers.clear_fault("converra");
        const auto again = deployment.create(support_agent, with_key("unsure"));
        CHECK(problem_of(again) == expected);
        CHECK(again.header("idempotent-replayed") == "true");
        CHECK(deployment.sent("POST").size() == 1);
        const auto other = deployment.create(support_agent, with_key("another"));
        CHECK(other.status == 201);
        CHECK_FALSE(other.has("idempotent-replayed"));
        CHECK(deployment.sent("POST").size() == 2);
    }
}

TEST_CASE("a write that was certainly not done leaves its key free") {
    for (const std::string_view fault :
         {R"({"mode": "unauthorized"})", R"({"mode": "rate_limited"})", R"({"mode": "status", "status": 400})",
          R"({"mode": "status", "status": 405})"}) {
        CAPTURE(fault);
        converra_deployment deployment;
        deployment.providers.set_fault("converra", fault);
        const auto first = deployment.create(support_agent, with_key("key"));
        CHECK(first.status >= 400);
        CHECK_FALSE(contains(detail_of(first), "may have been done"));
        deployment.providers.clear_fault("converra");
        CHECK_FALSE(deployment.create(support_agent, with_key("key")).has("idempotent-replayed"));
    }
    converra_deployment deployment;
    const std::string bad_model =
        R"({"provider": "converra", "name": "a", "instructions": "b", "model": "no such model!"})";
    CHECK(problem_of(deployment.create(bad_model, with_key("key"))) == "400 invalid_body");
    CHECK(deployment.create(support_agent, with_key("key")).status == 201);
}

TEST_CASE("a write that found no connection may be repeated with its key") {
    converra_deployment deployment;
    deployment.providers.close_listener("converra");
    const auto unreachable = deployment.create(support_agent, with_key("key"));
    CHECK(problem_of(unreachable) == "502 upstream_unreachable");
    CHECK_FALSE(contains(detail_of(unreachable), "may have been done"));
    deployment.providers.open_listener("converra");
    const auto repeated = deployment.create(support_agent, with_key("key"));
    CHECK(repeated.status == 201);
    CHECK_FALSE(repeated.has("idempotent-replayed"));
}

TEST_CASE("a write goes on when its client's time is over, and its key tells how it ended") {
    converra_deployment deployment{"    timeout: 8s\n"};
    deployment.providers.set_fault("converra", R"({"mode": "delay", "ms": 3600, "times": 1})");
    const auto late = deployment.create(support_agent, with_key("late"));
    CHECK(problem_of(late) == "504 upstream_timeout");
    CHECK(contains(detail_of(late), "goes on"));
    // The write is still under way: this waits for it.
    const auto told = deployment.create(support_agent, with_key("late"));
    CHECK(told.status == 201);
    CHECK(told.header("idempotent-replayed") == "true");
    CHECK(told.header("x-rollcall-complete") == "true");
    CHECK(deployment.sent("POST").size() == 1);
    CHECK(deployment.gateway.get(told.header("location")).status == 200);
}

TEST_CASE("a client that goes away does not break off its write") {
    converra_deployment deployment;
    deployment.providers.set_fault("converra", R"({"mode": "delay", "ms": 1200, "times": 1})");
    const auto nothing = raw_exchange(deployment.gateway.public_port(), raw_create("Idempotency-Key: gone\r\n"),
                                      std::chrono::milliseconds{200});
    CHECK(nothing.bytes.empty());
    const auto told = deployment.create(support_agent, with_key("gone"));
    CHECK(told.status == 201);
    CHECK(told.header("idempotent-replayed") == "true");
    CHECK(deployment.sent("POST").size() == 1);
}

TEST_CASE("a client without a key that goes away leaves an agent behind, as the next list shows") {
    converra_deployment deployment;
    CHECK(listed_ids(deployment.gateway).size() == 12);
    deployment.providers.set_fault("converra", R"({"mode": "delay", "ms": 300, "times": 1})");
    CHECK(raw_exchange(deployment.gateway.public_port(), raw_create(), std::chrono::milliseconds{50}).bytes.empty());
    // Asked again and again: what is kept is dropped when the write has ended, and not before.
    std::size_t count = 12;
    for (int tries = 0; tries < 5000 && count == 12; ++tries)
        count = listed_ids(deployment.gateway).size();
    CHECK(count == 13);
}

TEST_CASE("clients on several threads create, change and delete without loss or double") {
    converra_deployment deployment;
    constexpr int clients = 4;
    constexpr int rounds = 12;
    std::atomic<int> failed = 0;
    std::mutex mutex;
    std::set<std::string> kept;
    const auto client = [&](int number) {
        for (int round = 0; round < rounds; ++round) {
            const std::string name = std::to_string(number) + "-" + std::to_string(round);
            const auto created = deployment.create(
                R"({"provider": "converra", "name": ")" + name + R"(", "instructions": "i", "model": "m"})",
                with_key("create-" + name));
            if (created.status != 201 || created.header("x-rollcall-complete") != "true") {
                ++failed;
                continue;
            }
            const std::string id = text_of(object_in(created), "id");
            const auto updated = deployment.update(id, R"({"description": ")" + name + "\"}");
            const auto got = deployment.gateway.get("/agents/" + id);
            if (updated.status != 200 || got.status != 200 || got.body != updated.body ||
                object_in(got).at("description").as_string() != name || object_in(got).at("name").as_string() != name) {
                ++failed;
            }
            if (round % 2 == 0) {
                if (deployment.remove(id).status != 204 || deployment.gateway.get("/agents/" + id).status != 404)
                    ++failed;
                continue;
            }
            const std::lock_guard lock{mutex};
            kept.insert(id);
        }
    };
    std::vector<std::thread> running;
    for (int number = 0; number < clients; ++number)
        running.emplace_back(client, number);
    for (auto& thread : running)
        thread.join();
    CHECK(failed == 0);
    const auto listed = listed_ids(deployment.gateway);
    CHECK(listed.size() == 12 + kept.size());
    CHECK(std::ranges::includes(listed, kept));
}

TEST_CASE("a gateway that is told to end lets a write under way come to its end") {
    converra_deployment deployment{"    timeout: 8s\n"};
    deployment.providers.set_fault("converra", R"({"mode": "delay", "ms": 1000, "times": 1})");
    std::optional<response> answer;
    std::thread client{[&] { answer = deployment.create(); }};
    while (deployment.providers.request_count("converra") == 0)
        std::this_thread::yield();
    CHECK(deployment.gateway.stop() == 0);
    client.join();
    CHECK(answer->status == 201);
}

TEST_CASE("a gateway that is told to end waits for a write even when its client is gone") {
    converra_deployment deployment{"    timeout: 8s\n"};
    constexpr std::chrono::milliseconds answered_after{1500};
    deployment.providers.set_fault("converra", R"({"mode": "delay", "ms": 1500, "times": 1})");
    const auto began = std::chrono::steady_clock::now();
    CHECK(raw_exchange(deployment.gateway.public_port(), raw_create(), std::chrono::milliseconds{50}).bytes.empty());
    while (deployment.providers.request_count("converra") == 0)
        std::this_thread::yield();
    CHECK(deployment.gateway.stop() == 0);
    CHECK(std::chrono::steady_clock::now() - began >= answered_after);
}

}  // namespace rollcall::testing
