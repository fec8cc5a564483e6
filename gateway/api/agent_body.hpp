// The bodies of writes, checked wholly before anything is asked of a provider: the fields to write, or every fault at
// once.
#pragma once

#include "adapters/operation.hpp"
#include "adapters/profile/profile.hpp"
#include "adapters/write_body.hpp"
#include "gateway/http/problem.hpp"
#include "normalizers/read.hpp"

#include <boost/system/result.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::gateway {

template<class T>
using checked = boost::system::result<T, problem>;

/// How many faults of a body are told.
inline constexpr std::size_t most_body_faults = 16;

using adapters::written_fields;

/// The members of a body; its problem where it is empty, not valid JSON or no object.
[[nodiscard]] checked<std::vector<normalizers::member>> members_of_body(normalizers::reader& reader,
                                                                        std::string_view body);

/// Which of the `configured` names a new agent's body gives as its `provider`. The problem of one that gives none tells
/// what else is wrong with it whatever the provider: unknown_provider where the name is not configured, else
/// invalid_body.
[[nodiscard]] checked<std::string_view> named_provider(normalizers::reader& reader,
                                                       std::span<const normalizers::member> members,
                                                       std::span<const std::string_view> configured);

/// What create (all that the profile requires must be there) or update (something must be there) has to write. The
/// body's `provider` is for create alone. `provider` is the configured name, for people.
[[nodiscard]] checked<written_fields> fields_to_write(std::span<const normalizers::member> members,
                                                      adapters::operation_kind operation, std::string_view provider,
                                                      const adapters::profile& profile);

}  // namespace rollcall::gateway
