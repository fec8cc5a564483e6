// What Redis answers to one command. Reading it from bytes is protocol, asking for it client.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::store {

/// One reply of the protocol RESP2.
struct reply {
    enum class kind : std::uint8_t { nothing, integer, text, error, list };

    reply::kind is = kind::nothing;
    std::int64_t integer = 0;
    std::string text;         ///< of a text, and the words of an error
    std::vector<reply> list;  ///< of a list

    [[nodiscard]] bool is_text(std::string_view expected) const { return is == kind::text && text == expected; }
};

}  // namespace rollcall::store
