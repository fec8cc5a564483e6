// Writing one item in its shape from the slots that were found for it.
#pragma once

#include "normalizers/draft.hpp"
#include "normalizers/plan.hpp"
#include "normalizers/slot.hpp"
#include "normalizers/text_buffer.hpp"

#include <span>
#include <string_view>

namespace rollcall::normalizers {

/// Native ids longer than this are no ids: they have to fit into paths and cursors.
inline constexpr std::size_t longest_native_id = 512;

/// Writes items of one shape, one after the other. `slots`, `lists` (the text of the rewritten arrays) and `subject`
/// (the JSON of the fields of that kind) must outlive it. text_padding must be readable behind what the slots hold.
class item_writer {
  public:
    item_writer(const shape& shape, const slots& slots, const text_buffer& lists, std::string_view subject)
        : shape_(shape), slots_(slots), lists_(lists), subject_(subject) {}

    /// Appends the item to `draft`; `source` is its own object in `body`. An item without an id is dropped and counted;
    /// in a shape without ids, only what is no object is dropped.
    void append_to(draft& draft, const char* body, std::string_view source);

    /// Bytes of all values that would be written, as they were sent; what stands around them is not counted.
    [[nodiscard]] std::size_t size_of_values() const { return size_of_values(shape_.program.steps); }

    /// Bytes of the values among them whose members get other names.
    [[nodiscard]] std::size_t size_of_renamed() const;

    /// Appends the shape's members as a JSON object, for the elements of a list. Returns how many values were of a
    /// wrong type.
    std::uint32_t append_object(text_buffer& out);

  private:
    // Each writes at `at` and returns the place behind; null (or [] for a list) where `there_` is false afterwards.
    char* literal(char* at, std::string_view text);
    char* value(char* at, const step& step);
    char* without_source(char* at, const step& step);
    char* record(char* at, const step& step);
    char* reference(char* at, const step& step, const slot& slot);
    char* text(char* at, const step& step, const slot& slot);
    char* choice_of(char* at, const step& step, const slot& slot);
    char* as_sent(char* at, const slot& slot, token expected);
    char* time(char* at, const step& step, const slot& slot);
    char* renamed(char* at, const slot& slot);
    char* list(char* at, const slot& slot);
    char* nothing(char* at, std::string_view text);
    char* wrong_type(char* at);

    [[nodiscard]] std::size_t size_of_values(std::span<const step> steps) const;
    const slot* first_there(const step& step) const;
    void append_native_id(text_buffer& strings, const step& id) const;
    void keep_tags(draft& draft, item& item, std::string_view array);

    const shape& shape_;
    const slots& slots_;
    const text_buffer& lists_;
    std::string_view subject_;
    text_buffer* out_ = nullptr;
    bool there_ = false;
    std::uint32_t wrong_types_ = 0;
    choice type_ = no_choice;
    choice status_ = no_choice;
};

}  // namespace rollcall::normalizers
