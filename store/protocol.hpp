// Redis's protocol as text: commands written, replies read, both by hiredis. Bounded, and without a socket.
#pragma once

#include "store/reply.hpp"

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rollcall::store {

/// One command as it is sent. Words may hold any bytes.
[[nodiscard]] std::string command_of(std::span<const std::string_view> words);
[[nodiscard]] std::string command_of(std::initializer_list<std::string_view> words);

/// Reads replies from a stream of bytes, which may come in any pieces. A stream that is not the protocol, or holds more
/// than the limits allow, is broken for good. Not thread-safe.
class reply_reader {
  public:
    struct limits {
        std::size_t bytes = 2 * 1024 * 1024;  ///< of one reply as it is received
        std::size_t elements = 64;            ///< of one list
    };

    reply_reader();
    explicit reply_reader(const limits& limits);
    ~reply_reader();
    reply_reader(const reply_reader&) = delete;
    reply_reader& operator=(const reply_reader&) = delete;

    /// Takes in what was received. Nothing once it is broken.
    void feed(std::string_view bytes);

    /// The next whole reply; empty: it has not all come yet, or the stream is broken.
    [[nodiscard]] std::optional<reply> next();

    /// Why the stream is broken, for people; empty: it is not.
    [[nodiscard]] const std::string& fault() const { return fault_; }

  private:
    struct parser;
    std::unique_ptr<parser> parser_;
    limits limits_;
    std::size_t unread_ = 0;  // bytes since the end of the last whole reply, roughly: never fewer than there are
    std::string fault_;
};

}  // namespace rollcall::store
