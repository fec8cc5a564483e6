// Which parts of an agent a client wants to see, and writing just those: by copying slices of finished bytes.
#pragma once

#include "gateway/api/parameters.hpp"
#include "normalizers/page.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::gateway {

class projection {
  public:
    /// Reads `fields` and `include` from the query; without them it is the whole agent.
    explicit projection(parameters& parameters);

    /// Appends `{…}` of one agent.
    void append(std::string& out, const normalizers::page& page, const normalizers::item& item) const;

  private:
    std::vector<std::pair<std::size_t, std::size_t>> ranges_;  ///< of the schema's fields, [from, to), in its order
    bool source_ = false;
};

}  // namespace rollcall::gateway
