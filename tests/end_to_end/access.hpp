// Clients with keys before a gateway that knows them: what the tests of access start from.
#pragma once

#include "tests/end_to_end/deployment.hpp"
#include "tests/support/command.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace rollcall::testing {

struct client_key {
    std::string key;   ///< what the client sends
    std::string hash;  ///< what the configuration holds

    header_list header() const { return {{"x-api-key", key}}; }
    std::string prefix() const { return hash.substr(0, hash.find(':')); }
};

/// What `rollcall key new` makes.
inline client_key new_key() {
    const command_result made = run({"key", "new"});
    REQUIRE(made.exit_code == 0);
    const auto from = made.output.find("\"rc_") + 1;
    return {made.output.substr(0, made.output.find('\n')),
            made.output.substr(from, made.output.find('"', from) - from)};
}

struct client_setup {
    std::string name;
    std::vector<client_key> keys;
    std::string more = {};  ///< such as `, allow: [write]`
};

/// The section of the configuration. By default no test finds that too many of its refusals come from one address.
inline std::string access_of(const std::vector<client_setup>& clients,
                             const std::string& unauthenticated = "{requests: 1000000}") {
    std::string text = "access:\n  unauthenticated: " + unauthenticated + "\n  clients:\n";
    for (const client_setup& client : clients) {
        text += "    - {name: " + client.name + ", keys: [";
        for (const client_key& key : client.keys)
            text += '"' + key.hash + "\", ";
        text += ']' + client.more + "}\n";
    }
    return text;
}

/// As `headers`, with those of `more`.
inline header_list joined(header_list headers, const header_list& more) {
    headers.insert(headers.end(), more.begin(), more.end());
    return headers;
}

}  // namespace rollcall::testing
