// Reads and writes through the whole pipeline over real sockets: a write is made once and alone, and after it nothing
// is given that was read before.
#include "adapters/upstream.hpp"

#include "tests/adapters/transport/scripted_server.hpp"
#include "tests/adapters/upstream_bench.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;
using kind = operation_kind;
using testing::peer;
using tests::pending_call;
using tests::shared_bench;
using tests::thread_bench;

std::string answer_with(unsigned status, const std::string& body) {
    return "HTTP/1.1 " + std::to_string(status) + " Any\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

std::string agent_named(const std::string& name) {
    return R"({"id":"x","name":")" + name + "\"}";
}

/// Counts requests, and may hold the answers to those of one method until they are released.
class counting_service {
  public:
    /// Answers each request of a connection: reads with an agent whose name says how many writes had come before.
    void operator()(peer& peer, unsigned) {
        for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request()) {
            const bool reads = request.starts_with("GET");
            const unsigned version = reads ? writes.load() : ++writes;
            if (reads) ++this->reads;
            wait_if_held(reads);
            const std::string agent = agent_named("v" + std::to_string(version));
            peer.send(answer_with(write_status && !reads ? write_status : 200,
                                  reads ? agent : R"({"done":true,"agent":)" + agent + "}"));
        }
    }

    void hold(bool reads) {
        const std::lock_guard lock{mutex_};
        (reads ? holding_reads_ : holding_writes_) = true;
    }
    void release() {
        const std::lock_guard lock{mutex_};
        holding_reads_ = holding_writes_ = false;
        changed_.notify_all();
    }

    std::atomic<unsigned> reads{0};
    std::atomic<unsigned> writes{0};
    unsigned write_status = 0;  ///< of the answers to writes; 0: a success

  private:
    void wait_if_held(bool reads) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return !(reads ? holding_reads_ : holding_writes_); });
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool holding_reads_ = false;
    bool holding_writes_ = false;
};

const auto much_later = [] { return steady_clock::now() + 30s; };

/// A provider played by a service, and one thread that calls it.
struct bench {
    request get() const { return about(kind::get); }
    request update() const { return about(kind::update); }
    request about(kind operation) const {
        call_arguments arguments;
        if (operation != kind::create) arguments.native_id = "x";
        return shared.provider.call_request(operation, arguments, is_write(operation) ? "{}" : "");
    }
    /// Lets a thread work until `done`, which has to come.
    template<class Condition>
    void run_until(Condition done, thread_bench& works) {
        const deadline limit = much_later();
        works.io.restart();
        while (!done() && steady_clock::now() < limit)
            works.io.poll();
        if (!done()) service.release();  // whoever waits for it must end all the same
        REQUIRE(done());
    }
    template<class Condition>
    void run_until(Condition done) {
        run_until(std::move(done), thread);
    }

    counting_service service;
    testing::scripted_server server{[this](peer& peer, unsigned number) { service(peer, number); }};
    shared_bench shared{server.port()};
    thread_bench thread{shared};
};

std::string name_in(const result<answer>& outcome) {
    REQUIRE(outcome.has_value());
    const normalizers::page& page = outcome->content->page;
    const std::string_view name = page.members(page.items.front(), 3, 4);
    return std::string{name.substr(8, name.size() - 9)};
}

}  // namespace

TEST_CASE("what was read before a write is not given after it") {
    bench bench;
    CHECK(name_in(bench.thread.read(bench.get())) == "v0");
    CHECK(name_in(bench.thread.read(bench.get())) == "v0");
    CHECK(bench.service.reads == 1);
    for (const kind write : {kind::create, kind::update, kind::delete_}) {
        CHECK(bench.thread.write(bench.about(write)).has_value());
        CHECK_FALSE(bench.thread.upstream.at_hand(bench.get()).content);
        CHECK(name_in(bench.thread.read(bench.get())) == "v" + std::to_string(bench.service.writes));
        CHECK(bench.thread.upstream.at_hand(bench.get()).content);
    }
    CHECK(bench.service.reads == 4);
}

TEST_CASE("a write that fails may have worked, so it ends what was read before it too") {
    bench bench;
    (void)bench.thread.read(bench.get());
    bench.service.write_status = 500;
    CHECK_FALSE(bench.thread.write(bench.update()).has_value());
    CHECK(name_in(bench.thread.read(bench.get())) == "v1");
    CHECK(bench.shared.writes == 1);
}

TEST_CASE("a write that never left changes nothing, so what was read before it is given after it") {
    bench bench;
    (void)bench.thread.read(bench.get());
    shared_breaker& breaker = bench.shared.parts().breaker;
    const auto now = steady_clock::now();
    while (breaker.state() == breaker_state::closed)
        breaker.tell(breaker.ask(now), verdict::failed, now, 0);
    for (const kind write : {kind::create, kind::update, kind::delete_}) {
        const result<answer> refused = bench.thread.write(bench.about(write));
        REQUIRE(refused.has_error());
        CHECK(refused.error().kind == fault::circuit_open);
    }
    CHECK(bench.service.writes == 0);
    CHECK(bench.shared.writes == 0);
    CHECK(bench.thread.upstream.at_hand(bench.get()).content);
}

TEST_CASE("a write that is cancelled or runs out of time ends what was read before it") {
    bench bench;
    (void)bench.thread.read(bench.get());
    bench.service.hold(false);
    pending_call write;
    deadline until = much_later();
    bool cancelled = false;
    SUBCASE("cancelled") {
        cancelled = true;
    }
    SUBCASE("out of time") {
        until = steady_clock::now() + 100ms;
    }
    const request update = bench.update();
    bench.thread.begin(write, bench.thread.upstream.write(update, until));
    bench.run_until([&] { return bench.service.writes == 1; });
    CHECK(bench.shared.writes == 0);
    if (cancelled) write.gone.emit(asio::cancellation_type::terminal);
    bench.run_until([&] { return write.ended; });
    CHECK(bench.shared.writes == 1);
    CHECK(name_in(bench.thread.read(bench.get())) == "v1");
    bench.service.release();
}

TEST_CASE("equal writes at the same time are all made, and equal reads once") {
    bench bench;
    bench.service.hold(true);
    bench.service.hold(false);
    const request update = bench.update();
    const request get = bench.get();
    pending_call writes[3];
    pending_call reads[3];
    for (pending_call& write : writes)
        bench.thread.begin(write, bench.thread.upstream.write(update, much_later()));
    for (pending_call& read : reads)
        bench.thread.begin(read, bench.thread.upstream.call(get, much_later()));
    bench.run_until([&] { return bench.service.writes == 3 && bench.service.reads == 1; });
    bench.service.release();
    for (pending_call& call : writes)
        CHECK(bench.thread.finish(call).has_value());
    for (pending_call& call : reads)
        CHECK(bench.thread.finish(call).has_value());
    CHECK(bench.service.writes == 3);
    CHECK(bench.service.reads == 1);
    CHECK(bench.shared.observer.count(cache_event::coalesced) == 2);
}

TEST_CASE("a write is neither kept nor answered from what is kept") {
    bench bench;
    for (unsigned i = 1; i <= 3; ++i) {
        CHECK(name_in(bench.thread.write(bench.update())) == "v" + std::to_string(i));
        CHECK_FALSE(bench.thread.upstream.at_hand(bench.update()).content);
    }
}

TEST_CASE("a write that was sent is not made again, whatever the provider says") {
    for (const unsigned status : {500U, 502U, 503U, 504U, 429U, 409U, 404U}) {
        for (const kind write : {kind::create, kind::update, kind::delete_}) {
            CAPTURE(status);
            bench bench;
            bench.service.write_status = status;
            CHECK(bench.thread.write(bench.about(write)).error().upstream.status == status);
            CHECK(bench.service.writes == 1);
        }
    }
}

TEST_CASE("a credential that the provider repeats in its complaints goes no further") {
    std::string complaint =
        R"({"code":"key-of-the-tests","message":"Bearer key-of-the-tests is bad: key-of-the-tests",)"
        R"("details":{"key-of-the-tests":"no key-of-the-tests"}})";
    unsigned status = 400;
    SUBCASE("refusing with a status") {}
    SUBCASE("failing with a success") {
        status = 200;
        complaint.insert(1, R"("done":false,)");
    }
    testing::scripted_server server{[&](peer& peer, unsigned) {
        (void)peer.read_request();
        peer.send(answer_with(status, complaint));
    }};
    shared_bench shared{server.port()};
    thread_bench thread{shared};
    const auto refused = thread.write(shared.provider.call_request(kind::delete_, {.native_id = "x"}));
    REQUIRE(refused.has_error());
    const upstream_error& said = refused.error().upstream;
    CHECK(said.code == "***");
    CHECK(said.message == "Bearer *** is bad: ***");
    REQUIRE(said.details.size() == 1);
    CHECK(said.details[0].member == "***");
    CHECK(said.details[0].why == "no ***");
}

TEST_CASE("a write whose connection breaks before the answer is not made again") {
    std::atomic<unsigned> requests{0};
    testing::scripted_server server{[&](peer& peer, unsigned) {
        if (!peer.read_request().empty()) ++requests;
    }};
    shared_bench shared{server.port()};
    thread_bench thread{shared};
    const auto outcome = thread.write(shared.provider.call_request(kind::create, {}, "{}"));
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().kind == fault::unreachable);
    CHECK_FALSE(outcome.error().unsent);
    CHECK(requests == 1);
}

TEST_CASE("an answer that was asked for before a write and comes after it reaches who waited, and nobody later") {
    bench bench;
    thread_bench other{bench.shared};
    bench.service.hold(true);
    const request get = bench.get();
    pending_call early;
    bench.thread.begin(early, bench.thread.upstream.call(get, much_later()));
    bench.run_until([&] { return bench.service.reads == 1; });
    CHECK(bench.thread.write(bench.update()).has_value());

    // Neither on its own thread nor on another is the read under way joined.
    pending_call late;
    other.begin(late, other.upstream.call(get, much_later()));
    bench.run_until([&] { return bench.service.reads == 2; }, other);
    bench.service.release();
    CHECK(name_in(bench.thread.finish(early)) == "v0");
    CHECK(name_in(other.finish(late)) == "v1");
    for (thread_bench* const thread : {&bench.thread, &other})
        CHECK(name_in(thread->read(get)) == "v1");
    CHECK(bench.service.reads == 2);
}

TEST_CASE("on any thread, a read that begins after a write has ended sees it") {
    constexpr unsigned write_count = 300;
    bench bench;
    std::atomic<unsigned> ended{0};
    std::atomic<unsigned> too_old{0};
    std::atomic<unsigned> read_count{0};
    const request get = bench.get();
    const request update = bench.update();
    const auto read_on = [&] {
        thread_bench thread{bench.shared};
        while (ended < write_count) {
            const unsigned floor = ended;
            const auto outcome = thread.read(get);
            if (!outcome.has_value()) continue;
            const normalizers::page& page = outcome->content->page;
            const std::string_view name = page.members(page.items.front(), 3, 4);
            if (std::stoul(std::string{name.substr(9, name.size() - 10)}) < floor) ++too_old;
            ++read_count;
        }
    };
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back(read_on);
    for (unsigned i = 1; i <= write_count; ++i) {
        CHECK(bench.thread.write(update).has_value());
        ended = i;
    }
    for (std::thread& reader : readers)
        reader.join();
    CHECK(too_old == 0);
    CHECK(read_count > 0);
    CHECK(bench.service.writes == write_count);
}

}  // namespace rollcall::adapters
