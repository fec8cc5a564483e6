// Finding one agent of a provider: by its own call where it has one, else by walking its list.
#pragma once

#include "adapters/upstream.hpp"

#include <string_view>

namespace rollcall::gateway {

/// An agent among others of its provider, kept alive by `answer`.
struct found_agent {
    adapters::answer answer;
    const normalizers::item* item = nullptr;
};

/// A list is walked for one agent at most this far.
inline constexpr std::size_t most_pages_for_one_agent = 100;

/// The agent with that native id. `fresh` and `traceparent` are as in adapters::request. Fails with not_found where the
/// provider has no such agent, with error where its list is too long to be walked, or as the call does.
[[nodiscard]] awaitable<result<found_agent>> find_agent(adapters::upstream& upstream, std::string_view native_id,
                                                        bool fresh, std::string_view traceparent, deadline until);

}  // namespace rollcall::gateway
