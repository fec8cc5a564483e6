// Stepping through an object or array that a reader has checked. Nothing is checked again: other text must not come
// here.
#pragma once

#include "normalizers/slot.hpp"

#include <string_view>

namespace rollcall::normalizers {

/// for (bool more = json.enter(); more; more = json.next()) { json.name(); json.value(); }
class checked_json {
  public:
    /// `text` is an object or array and must outlive it, as must whatever it gives.
    explicit checked_json(std::string_view text) : at_(text.data()) {}

    /// What stands next.
    [[nodiscard]] token kind();

    /// Steps into the object or array that stands next. False: it is empty and has been passed.
    bool enter();

    /// Steps over the comma behind a value. False: it was a closing bracket instead.
    bool next();

    /// Steps over a member's name and gives its inside; the member's value stands next then.
    std::string_view name();

    /// Steps over the value that stands next and gives it as it is written.
    std::string_view value();

  private:
    void skip_white_space();
    void skip_brackets();

    const char* at_;
};

}  // namespace rollcall::normalizers
