// The store of idempotency keys: what a key comes to, what is kept, and its bounds.
#include "gateway/api/idempotency.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace rollcall::gateway {
namespace {

using namespace std::chrono_literals;
using step = idempotency_store::beginning::step;

const steady_clock::time_point start{1000h};

shared_write_answer answer_of(std::string body) {
    auto answer = std::make_shared<write_answer>();
    answer->status = 201;
    answer->body = std::move(body);
    return answer;
}

request_fingerprint print_of(std::string_view body) {
    request request;
    request.method = method::post;
    request.path = "/agents";
    request.body = body;
    return fingerprint_of(request);
}

/// A store and requests whose waiters nobody looks at.
struct scene {
    explicit scene(idempotency_limits limits = {}) : store(limits) {}

    idempotency_store::beginning begin(std::string_view key, std::string_view body = "{}",
                                       steady_clock::duration after = {}) {
        return store.begin({}, key, print_of(body), waiter, start + after);
    }

    idempotency_store::beginning begin_for(std::string_view client, std::string_view key,
                                           steady_clock::duration after = {}) {
        return store.begin(client, key, print_of("{}"), waiter, start + after);
    }

    /// Keys that the client begins and finishes with such answers until it gets no more.
    std::size_t fill(const std::string& client, std::size_t answer_bytes = 0) {
        for (std::size_t taken = 0;; ++taken) {
            const auto begun = begin_for(client, "key-" + std::to_string(taken));
            if (begun.is == step::full) return taken;
            store.settle(begun.place, answer_of(std::string(answer_bytes, 'x')), true);
        }
    }

    asio::io_context io{1};
    std::shared_ptr<answer_waiter> waiter = std::make_shared<answer_waiter>(io.get_executor());
    idempotency_store store;
};

}  // namespace

TEST_CASE("a key is 1 to 255 visible characters") {
    for (const std::string& key : {std::string{"a"}, std::string(255, '~'), std::string{"\"8e03978e-40d5\""}}) {
        CAPTURE(key);
        CHECK(is_idempotency_key(key));
    }
    for (const std::string& key : {std::string{}, std::string(256, 'a'), std::string{"a b"}, std::string{"a\tb"},
                                   std::string{"ä"}, std::string(1, '\0'), std::string{"a\x7f"}}) {
        CAPTURE(key);
        CHECK_FALSE(is_idempotency_key(key));
    }
}

TEST_CASE("requests that differ in method, path or body have different fingerprints") {
    std::set<request_fingerprint> prints;
    std::size_t made = 0;
    for (const method method : {method::post, method::patch, method::delete_}) {
        for (const std::string_view path : {"/agents", "/agents/a", "/agents/a%20b"}) {
            for (const std::string_view body : {"", "{}", "{} ", "/agents"}) {
                request request;
                request.method = method;
                request.path = path;
                request.body = body;
                prints.insert(fingerprint_of(request));
                CHECK(fingerprint_of(request) == fingerprint_of(request));
                ++made;
            }
        }
    }
    CHECK(prints.size() == made);
}

TEST_CASE("the first request makes the write, and later ones get its answer") {
    scene scene;
    const auto first = scene.begin("key");
    REQUIRE(first.is == step::first);
    CHECK(scene.begin("key").is == step::under_way);
    CHECK(scene.begin("other").is == step::first);
    const auto answer = answer_of("agent");
    scene.store.settle(first.place, answer, true);
    const auto again = scene.begin("key", "{}", 23h);
    CHECK(again.is == step::finished);
    CHECK(again.answer == answer);
}

TEST_CASE("a key belongs to one request, finished or not") {
    scene scene;
    const auto first = scene.begin("key", "{\"a\": 1}");
    CHECK(scene.begin("key", "{\"a\": 2}").is == step::other);
    scene.store.settle(first.place, answer_of("agent"), true);
    CHECK(scene.begin("key", "{\"a\": 2}").is == step::other);
    CHECK(scene.begin("KEY", "{\"a\": 2}").is == step::first);
}

TEST_CASE("a write that cannot have been done leaves its key free") {
    scene scene;
    scene.store.settle(scene.begin("key", "{\"a\": 1}").place, answer_of("refused"), false);
    CHECK(scene.store.entries() == 0);
    CHECK(scene.store.bytes() == 0);
    CHECK(scene.begin("key", "{\"a\": 2}").is == step::first);
}

TEST_CASE("a key is free again when its time is over, and not before") {
    scene scene;
    scene.store.settle(scene.begin("key").place, answer_of("agent"), true);
    CHECK(scene.begin("key", "{}", 24h - 1ns).is == step::finished);
    CHECK(scene.begin("key", "{}", 24h).is == step::first);
    CHECK(scene.store.entries() == 1);
}

TEST_CASE("a write that ends after its key's time does not disturb the key's next one") {
    scene scene;
    const auto late = scene.begin("key");
    const auto next = scene.begin("key", "{}", 25h);
    REQUIRE(next.is == step::first);
    scene.store.settle(late.place, answer_of("late"), true);
    CHECK(scene.begin("key", "{}", 25h).is == step::under_way);
    scene.store.settle(late.place, answer_of("late"), false);
    CHECK(scene.begin("key", "{}", 25h).is == step::under_way);
    scene.store.settle(next.place, answer_of("next"), true);
    CHECK(scene.begin("key", "{}", 25h).answer->body == "next");
    CHECK(scene.store.entries() == 1);
}

TEST_CASE("a full store refuses new keys and keeps its promises to the old") {
    scene scene{{.entries = 3}};
    for (const std::string key : {"a", "b", "c"})
        scene.store.settle(scene.begin(key).place, answer_of(key), true);
    CHECK(scene.begin("d").is == step::full);
    CHECK(scene.begin("a").answer->body == "a");
    CHECK(scene.begin("d", "{}", 24h).is == step::first);
}

TEST_CASE("a store is full by the bytes of its answers too, and counts them back to nothing") {
    scene scene{{.bytes = 10'000}};
    std::vector<idempotency_store::beginning> begun;
    for (const std::string key : {"a", "b"})
        begun.push_back(scene.begin(key));
    const std::size_t waiting = scene.store.bytes();
    scene.store.settle(begun[0].place, answer_of(std::string(20'000, 'x')), true);
    CHECK(scene.store.bytes() >= waiting + 20'000);
    CHECK(scene.begin("c").is == step::full);
    CHECK(scene.begin("a").is == step::finished);
    scene.store.settle(begun[1].place, answer_of("y"), false);
    CHECK(scene.begin("c").is == step::full);
    CHECK(scene.begin("c", "{}", 24h).is == step::first);
    CHECK(scene.store.entries() == 1);
    CHECK(scene.store.bytes() == waiting / 2);
}

TEST_CASE("a client's keys are its own, whatever another sends") {
    scene scene;
    scene.store.settle(scene.begin_for("crm", "key").place, answer_of("agent"), true);
    CHECK(scene.begin_for("crm", "key").is == step::finished);
    CHECK(scene.begin_for("reports", "key").is == step::first);
    CHECK(scene.begin("key").is == step::first);
}

TEST_CASE("a client has no more of the store than it leaves free, so that others get keys as well") {
    scene scene{{.entries = 100}};
    CHECK(scene.fill("crm") == 50);
    CHECK(scene.begin_for("crm", "key-0").is == step::finished);
    CHECK(scene.fill("reports") == 25);
    CHECK(scene.fill("desk") == 13);
    CHECK(scene.begin_for("crm", "another").is == step::full);
    // A day later what it had is free again.
    CHECK(scene.begin_for("crm", "another", 24h).is == step::first);
    CHECK(scene.store.entries() == 1);
}

TEST_CASE("the bytes of a client's answers are shared in the same way") {
    scene scene{{.bytes = 1'000'000}};
    scene.fill("crm", 10'000);
    CHECK(scene.store.bytes() >= 500'000);
    CHECK(scene.store.bytes() < 520'000);
    CHECK(scene.fill("reports", 10'000) > 20);
    CHECK(scene.store.bytes() < 780'000);
}

TEST_CASE("without clients the whole store is for everybody") {
    scene scene{{.entries = 100}};
    CHECK(scene.fill({}) == 100);
}

TEST_CASE("a request that waits for its twin gets the twin's answer, kept or not") {
    for (const bool keep : {true, false}) {
        scene scene;
        const auto first = scene.begin("key");
        const auto waiter = std::make_shared<answer_waiter>(scene.io.get_executor());
        REQUIRE(scene.store.begin({}, "key", print_of("{}"), waiter, start).is == step::under_way);
        std::future<shared_write_answer> told =
            asio::co_spawn(scene.io, waiter->wait(steady_clock::now() + 1h), asio::use_future);
        scene.io.poll();
        CHECK(told.wait_for(0s) == std::future_status::timeout);
        const auto answer = answer_of("agent");
        scene.store.settle(first.place, answer, keep);
        scene.io.run();
        CHECK(told.get() == answer);
    }
}

TEST_CASE("an answer that is there before anybody waits is not missed") {
    scene scene;
    const auto answer = answer_of("agent");
    scene.waiter->deliver(answer);
    scene.io.poll();
    scene.io.restart();
    std::future<shared_write_answer> told =
        asio::co_spawn(scene.io, scene.waiter->wait(steady_clock::now() + 1h), asio::use_future);
    scene.io.run();
    CHECK(told.get() == answer);
}

TEST_CASE("a request waits for its twin no longer than its own deadline") {
    scene scene;
    const auto first = scene.begin("key");
    const auto second = scene.begin("key");
    REQUIRE(second.is == step::under_way);
    std::future<shared_write_answer> told =
        asio::co_spawn(scene.io, scene.waiter->wait(steady_clock::now() - 1ms), asio::use_future);
    scene.io.run();
    CHECK(told.get() == nullptr);
    scene.store.leave(*second.place, scene.waiter);
    const auto told_late = scene.waiter.use_count();
    scene.store.settle(first.place, answer_of("agent"), true);
    CHECK(scene.waiter.use_count() == told_late);
}

TEST_CASE("of many threads with one key one makes the write, and all get its answer") {
    constexpr int threads = 8;
    constexpr int rounds = 2000;
    idempotency_store store;
    std::atomic<int> made = 0;
    std::atomic<int> wrong = 0;
    const auto client = [&](int number) {
        for (int round = 0; round < rounds; ++round) {
            // It ends with the round, so that whoever settles must have let go of the waiter by then, or else, now and
            // then, AddressSanitizer sees it.
            asio::io_context io{1};
            const std::string key = "round-" + std::to_string(round);
            const auto waiter = std::make_shared<answer_waiter>(io.get_executor());
            const auto begun = store.begin({}, key, print_of(key), waiter, start);
            shared_write_answer got = begun.answer;
            if (begun.is == step::first) {
                ++made;
                got = answer_of(key + std::to_string(number));
                store.settle(begun.place, got, true);
            } else if (begun.is == step::under_way) {
                auto told = asio::co_spawn(io, waiter->wait(steady_clock::now() + 1min), asio::use_future);
                io.run();
                got = told.get();
                store.leave(*begun.place, waiter);
            }
            const auto kept = store.begin({}, key, print_of(key), waiter, start);
            if (got == nullptr || kept.answer != got) ++wrong;
        }
    };
    std::vector<std::thread> running;
    for (int number = 0; number < threads; ++number)
        running.emplace_back(client, number);
    for (std::thread& thread : running)
        thread.join();
    CHECK(made == rounds);
    CHECK(wrong == 0);
    CHECK(store.entries() == rounds);
}

}  // namespace rollcall::gateway
