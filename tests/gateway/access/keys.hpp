// Clients with keys that can be had, for the tests of access.
#pragma once

#include "config/settings.hpp"
#include "gateway/access/api_key.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace rollcall::gateway::testing {

/// The hash that is printed for the configuration, as the loader reads it.
inline config::client_key configured(std::string_view hash) {
    config::client_key key;
    key.prefix = hash.substr(0, config::key_prefix_length);
    const std::string_view digits = hash.substr(config::key_prefix_length + 1);
    for (std::size_t i = 0; i < key.sha256.size(); ++i)
        key.sha256[i] = static_cast<unsigned char>(std::stoi(std::string{digits.substr(2 * i, 2)}, nullptr, 16));
    return key;
}

/// `key` with another last letter: the same beginning, and not the same key.
inline std::string misspelt(std::string key) {
    key.back() = key.back() == 'a' ? 'b' : 'a';
    return key;
}

/// A key that begins as no other does.
inline std::string unheld() {
    return std::string{make_key().key.reveal()};
}

}  // namespace rollcall::gateway::testing
