// Reading the body of a provider's answer that is a success, whoever it came from. Judging its status is exchange.
#pragma once

#include "adapters/pipeline/layer.hpp"
#include "adapters/provider.hpp"
#include "normalizers/read.hpp"

#include <string>

namespace rollcall::adapters {

/// The page that `body` holds as the answer to `request`; fails as normalizers::reader does.
[[nodiscard]] result<normalizers::page> read_answer(const provider& provider, normalizers::reader& reader,
                                                    const request& request, unsigned status, std::string body);

}  // namespace rollcall::adapters
