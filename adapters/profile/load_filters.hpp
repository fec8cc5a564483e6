// The `filters` of a profile, and the names of a list call's parameters, which must all differ.
#pragma once

#include "adapters/profile/profile.hpp"
#include "config/yaml.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::adapters {

/// The parameters of a list call that have a name already.
class parameter_names {
  public:
    explicit parameter_names(const std::vector<std::pair<std::string, std::string>>& taken);

    /// Reads a name that is not taken yet.
    void read(const config::yaml::value& place, std::string& out);

  private:
    std::set<std::string> taken_;
};

/// Reads `filters` into `out`, whose `agent` must be read: a filter is pushed down only if it selects exactly the
/// agents that we would read as having the value.
void read_filters(const config::yaml::value& filters, parameter_names& names, profile& out);

}  // namespace rollcall::adapters
