// Turns the bytes of one HTTP/1 answer into an `incoming`. It has no socket and no clock, and decides only what the
// bytes mean: whole, more to come, or broken.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace rollcall::adapters {

struct incoming;

/// Reads one answer after the other of one connection into a buffer that is kept. Stricter than Beast's parser where
/// that is lenient: one transfer coding, chunked, and only in HTTP/1.1; no content coding; headers of at most 64 KiB
/// in all; at most eight 1xx answers before the final one.
class answer_reader {
  public:
    enum class step {
        more,    ///< the answer has not ended
        whole,   ///< `take` has it
        broken,  ///< `fault` says why; the connection is of no more use
    };

    /// Bodies over `body_limit` bytes are broken.
    explicit answer_reader(std::size_t body_limit);
    ~answer_reader();
    answer_reader(const answer_reader&) = delete;
    answer_reader& operator=(const answer_reader&) = delete;

    /// Begins the next answer and forgets everything of the one before.
    void start();

    /// Where the next bytes are to be put; never empty while the last step was `more`. Valid until the next call.
    [[nodiscard]] std::span<char> room();

    /// The first `count` bytes of `room` have been filled.
    [[nodiscard]] step received(std::size_t count);

    /// The peer has ended the connection in order, which is the end of an answer without a length.
    [[nodiscard]] step ended();

    /// The connection broke; `fault` then says how far the answer had come.
    void cut_off();

    [[nodiscard]] bool begun() const;  ///< a byte has come since `start`
    /// After `whole`: the peer keeps the connection open, and nothing stands behind the answer.
    [[nodiscard]] bool reusable() const;
    [[nodiscard]] const std::string& fault() const;
    /// After `whole`, once: the answer; simdjson's padding fits behind its body.
    [[nodiscard]] incoming take();

  private:
    class parser;
    struct state;
    [[nodiscard]] bool must_wait() const;
    step parse();
    step fail(std::string why);

    std::unique_ptr<state> state_;
};

}  // namespace rollcall::adapters
