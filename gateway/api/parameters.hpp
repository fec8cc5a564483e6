// A request's query parameters, read strictly: what is unknown, given twice or out of range is named, all of it at
// once.
#pragma once

#include "gateway/http/problem.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::gateway {

class parameters {
  public:
    static constexpr std::size_t most_given = 32;   ///< in one query; each further one is a fault
    static constexpr std::size_t most_faults = 16;  ///< that are told

    /// Takes `query` (form-encoded, without its `?`) apart.
    explicit parameters(std::string_view query);

    /// The value of `name`; empty where it was not given. From then on the name is known.
    [[nodiscard]] std::optional<std::string> text(std::string_view name);

    /// The comma-separated values of `name`, without empty ones; a parameter that was given without any value is a
    /// fault.
    [[nodiscard]] std::vector<std::string> list(std::string_view name);

    /// A whole number within [least, most], else `fallback` and a fault.
    [[nodiscard]] std::uint32_t number(std::string_view name, std::uint32_t least, std::uint32_t most,
                                       std::uint32_t fallback);

    /// Says that the value of `name` is wrong.
    void fault(std::string_view name, std::string detail);

    /// Every fault, with those parameters that nobody asked for; empty: all is well. Call it last.
    [[nodiscard]] std::optional<problem> faults();

  private:
    struct parameter {
        std::string name;
        std::string value;
        bool known = false;
    };

    void add(std::string_view name, std::string_view value);

    std::vector<parameter> given_;
    std::vector<problem_item> faults_;
};

}  // namespace rollcall::gateway
