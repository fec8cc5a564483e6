// The bytes received on one connection and not used yet, in one recycled block. It reads no sockets.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace rollcall::gateway {

/// A block of memory with the unused bytes in its middle. Views into it die with `make_room`.
class read_buffer {
  public:
    [[nodiscard]] std::string_view bytes() const { return {block_.get() + begin_, end_ - begin_}; }
    [[nodiscard]] bool empty() const { return begin_ == end_; }
    [[nodiscard]] std::span<char> room() { return {block_.get() + end_, capacity_ - end_}; }

    /// Gives at least `wanted` bytes of room, moving the bytes or the block where needed.
    void make_room(std::size_t wanted) {
        if (capacity_ - end_ >= wanted) return;
        const std::size_t used = end_ - begin_;
        if (capacity_ - used < wanted) {
            const std::size_t capacity = std::max({capacity_ * 2, used + wanted, smallest_capacity});
            std::unique_ptr<char[]> larger(new char[capacity]);  // not zeroed: it is written before it is read
            if (used > 0) std::memcpy(larger.get(), block_.get() + begin_, used);
            block_ = std::move(larger);
            capacity_ = capacity;
        } else if (used > 0) {
            std::memmove(block_.get(), block_.get() + begin_, used);
        }
        begin_ = 0;
        end_ = used;
    }

    void received(std::size_t count) { end_ += count; }

    /// Drops bytes from the front.
    void consume(std::size_t count) {
        begin_ += count;
        if (begin_ == end_) begin_ = end_ = 0;
    }

    /// Drops everything behind the first `count` bytes.
    void keep(std::size_t count) { end_ = begin_ + count; }

  private:
    static constexpr std::size_t smallest_capacity = 4096;

    std::unique_ptr<char[]> block_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace rollcall::gateway
