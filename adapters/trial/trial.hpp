// One call of a provider's list and what its profile makes of the answer, for those who write profiles.
// Showing it to people is report.
#pragma once

#include "adapters/provider.hpp"
#include "base/failure.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace rollcall::adapters {

/// What became of one field of the one shape.
struct tried_field {
    std::string name;
    std::string from;        ///< where the profile reads it; empty: nowhere
    std::size_t filled = 0;  ///< agents in which it holds more than null or an empty list
    std::string example;     ///< the JSON of the first such value; empty: there is none
    std::uint32_t wrong_types = 0;
};

/// A member of the provider's agents that no field is read from.
struct left_out {
    std::string pointer;  ///< from the agent; `*` stands for the elements of a list
    std::size_t count = 0;
    std::string example;  ///< the JSON of the first
};

struct trial {
    std::string method;
    std::string url;      ///< what was asked for, without the credential
    unsigned status = 0;  ///< 0: there was no answer
    std::string content_type;
    std::chrono::milliseconds took{};
    std::string body;                 ///< where the answer could not be read
    std::optional<failure> failed{};  ///< why there is no page
    std::uint32_t received = 0;       ///< items that the provider sent
    std::size_t agents = 0;           ///< those that became agents
    std::vector<tried_field> fields{};
    std::vector<left_out> rest{};
    advance_result ahead{};  ///< where the list goes on
};

/// Calls the list of `provider` once. Blocks, at most for the provider's timeout and a name lookup of the same length.
/// Throws std::runtime_error where the trusted certificates cannot be read.
[[nodiscard]] trial try_list(const provider& provider);

/// Which members of `items` (JSON objects, checked) `rules` read nothing from, in the order in which they came.
[[nodiscard]] std::vector<left_out> members_left_out(const normalizers::field_rules& rules,
                                                     std::span<const std::string_view> items);

}  // namespace rollcall::adapters
