// The log's sink before a pipe: a reader that reads, one that is stuck, and one that has gone.
#include "gateway/telemetry/descriptor_sink.hpp"

#include "gateway/telemetry/access_log.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>

namespace {

using namespace rollcall;

struct pipe_pair {
    pipe_pair() { REQUIRE(::pipe(ends.data()) == 0); }
    ~pipe_pair() {
        close_reader();
        close_writer();
    }
    void close_reader() { close_end(0); }
    void close_writer() { close_end(1); }
    void close_end(std::size_t end) {
        if (ends[end] >= 0) ::close(ends[end]);
        ends[end] = -1;
    }

    std::array<int, 2> ends{};
};

}  // namespace

TEST_CASE("lines arrive whole and in order where the reader reads") {
    pipe_pair pipe;
    {
        gateway::access_log log{config::log{}, pipe.ends[1]};
        log.log(config::log_level::info, "first");
        log.log(config::log_level::info, "second");
    }
    std::array<char, 4096> buffer{};
    const ssize_t size = ::read(pipe.ends[0], buffer.data(), buffer.size());
    REQUIRE(size > 0);
    const std::string text{buffer.data(), static_cast<std::size_t>(size)};
    CHECK(text.find("\"message\":\"first\"") < text.find("\"message\":\"second\""));
    CHECK(std::ranges::count(text, '\n') == 2);
}

TEST_CASE("lines that come together are written together, each of them whole") {
    pipe_pair pipe;
    constexpr int lines = 2000;
    std::string all;
    int pieces = 0;
    int broken_lines = 0;
    std::thread reader{[&] {
        std::array<char, 65536> buffer{};
        for (ssize_t size = 0; (size = ::read(pipe.ends[0], buffer.data(), buffer.size())) > 0;) {
            all.append(buffer.data(), static_cast<std::size_t>(size));
            ++pieces;
            if (all.back() != '\n') ++broken_lines;
        }
    }};
    {
        gateway::access_log log{config::log{}, pipe.ends[1]};
        for (int i = 0; i < lines; ++i)
            log.log(config::log_level::info, std::string(700, 'x'), {{"number", std::int64_t{i}}});
    }
    pipe.close_writer();
    reader.join();
    CHECK(pieces < lines / 2);
    CHECK(broken_lines == 0);
    CHECK(std::ranges::count(all, '\n') == lines);
    std::size_t at = 0;
    for (int i = 0; i < lines; ++i) {
        at = all.find("\"number\":" + std::to_string(i) + '}', at);
        REQUIRE(at != std::string::npos);
    }
}

TEST_CASE("a stuck reader holds up neither the lines behind nor the end") {
    pipe_pair pipe;
    const auto began = steady_clock::now();
    {
        gateway::access_log log{config::log{}, pipe.ends[1]};
        for (int i = 0; i < 5000; ++i)
            log.log(config::log_level::info, std::string(200, 'x'));
    }
    // One patience of a second, not one for each of the lines that do not fit the pipe.
    CHECK(steady_clock::now() - began < std::chrono::seconds{30});
}

TEST_CASE("a reader that has gone loses its lines, which are counted, and nothing else") {
    std::signal(SIGPIPE, SIG_IGN);
    pipe_pair pipe;
    pipe.close_reader();
    {
        gateway::access_log log{config::log{}, pipe.ends[1]};
        log.log(config::log_level::info, "nobody reads this");
        const auto until = steady_clock::now() + std::chrono::seconds{30};
        while (log.lines_lost() == 0 && steady_clock::now() < until)
            std::this_thread::yield();
        CHECK(log.lines_lost() == 1);
    }
    CHECK(::write(pipe.ends[1], "x", 1) == -1);
}
