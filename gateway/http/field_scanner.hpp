// Reading the values of fields piece by piece: tokens, quoted strings and parameters (RFC 9110, section 5.6). What a
// field's pieces mean is its reader's matter.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rollcall::gateway {

/// `name=value`; the value still has its quotation marks, if it came with any.
struct field_parameter {
    std::string_view name;  ///< empty: there was none, which is allowed where a parameter may be left out
    std::string_view value;
};

/// Takes a field's value apart from its front. What it gives are slices of the text, which must outlive them.
class field_scanner {
  public:
    explicit field_scanner(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    void skip_space();

    /// Whether `byte` came next, which is taken then.
    bool take(char byte);

    /// Empty where there is none.
    std::string_view token();

    /// Empty where there is something else than a parameter or none.
    std::optional<field_parameter> parameter();

  private:
    std::string_view value();
    std::string_view taken(std::size_t size);

    std::string_view rest_;
};

/// What a parameter's value says: without the quotation marks around it and the backslashes before its bytes.
[[nodiscard]] std::string unquoted(std::string_view value);

}  // namespace rollcall::gateway
