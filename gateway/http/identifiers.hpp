// Random identifiers: request ids and span ids. They tell requests apart and protect nothing.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace rollcall::gateway {

/// One thread's generator.
class identifiers {
  public:
    identifiers() : engine_(seeded()) {}

    [[nodiscard]] std::uint64_t next() { return engine_(); }

    /// Makes `out` 128 random bits as 32 lower-case hexadecimal digits.
    void write_request_id(std::string& out);

  private:
    static std::mt19937_64 seeded();

    std::mt19937_64 engine_;
};

/// Appends 16 lower-case hexadecimal digits.
void append_hex(std::string& out, std::uint64_t value);

/// Whether a client's X-Request-Id is taken over: 1 to 128 visible ASCII characters.
[[nodiscard]] bool is_request_id(std::string_view text);

}  // namespace rollcall::gateway
