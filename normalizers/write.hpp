// Writing one item in its shape from the slots that were found for it.
#pragma once

#include "normalizers/page.hpp"
#include "normalizers/plan.hpp"
#include "normalizers/slot.hpp"

#include <string>
#include <string_view>

namespace rollcall::normalizers {

/// Native ids longer than this are no ids: they have to fit into paths and cursors.
inline constexpr std::size_t longest_native_id = 512;

/// Writes items of one shape. `slots`, `lists` (the text of the rewritten arrays) and `subject` (the JSON of the fields
/// of that kind) must outlive it.
class item_writer {
  public:
    item_writer(const shape& shape, const slots& slots, std::string_view lists, std::string_view subject)
        : shape_(shape), slots_(slots), lists_(lists), subject_(subject) {}

    /// Appends the item to `page`; `source` is its own object in page.body. An item without an id is dropped and
    /// counted; in a shape without ids, only what is no object is dropped.
    void append_to(page& page, std::string_view source);

    /// Appends the shape's members as a JSON object, for the elements of a list. Returns how many values were of a
    /// wrong type.
    std::uint32_t append_object(std::string& out);

  private:
    bool write(std::string& out, const output& output);  // each says whether there is more than null or []
    bool write_id(std::string& out, const output& output);
    bool write_reference(std::string& out, const output& output);
    bool write_text(std::string& out, const output& output);
    bool write_choice(std::string& out, const output& output);
    bool write_as_sent(std::string& out, const output& output, token expected);
    bool write_time(std::string& out, const output& output);
    bool write_renamed(std::string& out, const output& output);
    bool write_list(std::string& out, const output& output);
    bool write_record(std::string& out, const output& output);
    const slot* first_there(const output& output) const;
    std::size_t append_native_id(std::string& strings, const output& id) const;
    choice choice_from(const output& output);

    const shape& shape_;
    const slots& slots_;
    std::string_view lists_;
    std::string_view subject_;
    std::uint32_t wrong_types_ = 0;
};

}  // namespace rollcall::normalizers
