// Equal calls in flight over real threads.
#include "adapters/pipeline/coalesce.hpp"
#include "tests/adapters/pipeline/coalesce_bench.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <deque>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace rollcall::adapters {

using tests::content_of;
using tests::much_later;
using tests::request_for;

TEST_CASE("threads that join, leave and land at once all get the answer of their own call") {
    constexpr unsigned thread_count = 3;
    constexpr unsigned calls_each = 2'000;
    flight_board board;
    std::atomic<unsigned> wrong{0};
    std::atomic<unsigned> answered{0};
    std::atomic<unsigned> made{0};

    // Yields to the event loop once, so that others can board.
    class yielding_layer : public layer {
      public:
        yielding_layer(const executor& executor, std::atomic<unsigned>& made) : executor_(executor), made_(made) {}
        awaitable<result<answer>> call(const request& request, deadline) override {
            ++made_;
            const asio::use_awaitable_t<executor> token;
            co_await asio::post(executor_, token);
            co_return answer{content_of(request.target)};
        }

      private:
        executor executor_;
        std::atomic<unsigned>& made_;
    };

    struct place {
        explicit place(flight_board& board, std::atomic<unsigned>& made)
            : next(io.get_executor(), made), layer(next, board, writes, io.get_executor(), sweeps, timeout, observer) {}
        std::chrono::milliseconds timeout{60'000};
        std::atomic<std::uint64_t> writes{0};
        tests::counting_observer observer;
        asio::io_context io{1};
        sweeper sweeps{io.get_executor()};
        yielding_layer next;
        coalesce_layer layer;
    };

    const auto client_of = [&](place& place, unsigned seed) -> awaitable<void> {
        std::minstd_rand random{seed};
        for (unsigned i = 0; i < calls_each; ++i) {
            const request request = request_for("/" + std::to_string(random() % 3));
            const deadline until = random() % 8 == 0 ? steady_clock::now() : much_later();
            const result<answer> outcome = co_await place.layer.call(request, until);
            if (outcome.has_value()) {
                ++answered;
                if (outcome->content->page.body != request.target) ++wrong;
            } else if (outcome.error().kind != fault::timeout) {
                ++wrong;
            }
        }
    };

    std::deque<place> places;
    for (unsigned i = 0; i < thread_count; ++i)
        places.emplace_back(board, made);
    std::atomic<unsigned> clients{thread_count * 4};
    for (unsigned i = 0; i < thread_count * 4; ++i) {
        place& place = places[i % thread_count];
        asio::co_spawn(place.io, client_of(place, i + 1), [&](const std::exception_ptr& thrown) {
            if (thrown) ++wrong;
            if (--clients > 0) return;
            for (auto& each : places)
                each.io.stop();
        });
    }
    std::vector<asio::executor_work_guard<executor>> open;
    for (place& place : places)
        open.push_back(asio::make_work_guard(place.io));
    std::vector<std::thread> threads;
    for (place& place : places)
        threads.emplace_back([&place] { place.io.run(); });
    for (std::thread& thread : threads)
        thread.join();

    CHECK(wrong == 0);
    CHECK(answered > 0);
    CHECK(made <= thread_count * 4 * calls_each);
}

}  // namespace rollcall::adapters
