// Writing one item in its shape: each kind of field from checked slices of the provider's own bytes.
#include "normalizers/write.hpp"

#include "normalizers/scalar.hpp"
#include "normalizers/snake_case.hpp"
#include "normalizers/time.hpp"

#include <string>
#include <utility>

namespace rollcall::normalizers {
namespace {

constexpr std::string_view null = "null";

bool is_list(kind kind) {
    return kind == kind::text_list || kind == kind::reference_list || kind == kind::record_list;
}

/// Marks `count` fields, and what stands behind them for nothing: a block at a time is a few instructions.
void put_marks(std::uint32_t* __restrict marks, const std::uint32_t* __restrict offsets, std::uint32_t base,
               std::uint32_t count) {
    for (const std::uint32_t* const end = offsets + count; offsets < end; offsets += mark_block, marks += mark_block) {
        for (std::size_t i = 0; i < mark_block; ++i)
            marks[i] = base + offsets[i];
    }
}

bool is_number_as_text(const step& step, const slot& slot) {
    return step.to_string && slot.kind == token::number && is_integer(slot.raw);
}

}  // namespace

[[gnu::always_inline]] inline char* item_writer::literal(char* at, std::string_view text) {
    return copy_padded(out_->with_room(at, text.size()), text);
}

/// The value of the first source that is there; null: none is.
[[gnu::always_inline]] inline const slot* item_writer::first_there(const step& step) const {
    if (!step.has_source) return nullptr;
    if (slots_.there(step.source)) return &slots_.at(step.source);
    for (const slot_index source : step.more_sources) {
        if (slots_.there(source)) return &slots_.at(source);
    }
    return nullptr;
}

/// Appends the id that `id` finds to `strings`: a text, or an integer's digits where the profile allows it; nothing
/// where it is none.
void item_writer::append_native_id(text_buffer& strings, const step& id) const {
    const slot* const slot = first_there(id);
    if (slot == nullptr) return;
    const std::size_t before = strings.size();
    if (slot->escaped) {
        strings.append(unescaped(slot->inside()).view());
    } else if (slot->kind == token::text) {
        strings.append_padded(slot->inside());
    } else if (is_number_as_text(id, *slot)) {
        strings.append_padded(slot->raw);
    }
    if (strings.size() - before > longest_native_id) strings.shrink(before);
}

/// Keeps what the strings of `array` say for the filter by tags. They stand there without white space in between.
void item_writer::keep_tags(draft& draft, item& item, std::string_view array) {
    item.first_tag = static_cast<std::uint32_t>(draft.tags.size());
    const bool any_escape = array.find('\\') != std::string_view::npos;
    for (std::size_t at = 1; at < array.size() && array[at] == '"';) {
        const std::string_view inside = inside_from(array.data() + at + 1);
        const bool escaped = any_escape && inside.find('\\') != std::string_view::npos;
        const std::size_t begin = draft.strings.size();
        draft.strings.append(escaped ? unescaped(inside).view() : inside);
        draft.tags.push_back(
            {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(draft.strings.size() - begin)});
        ++item.tag_count;
        at += inside.size() + 3;  // its two quotes and the comma
    }
}

void item_writer::append_to(draft& draft, const char* body, std::string_view source) {
    const program& program = shape_.program;
    slice native_id{static_cast<std::uint32_t>(draft.strings.size()), 0};
    if (program.id_field) {
        if (program.id) append_native_id(draft.strings, program.steps[*program.id]);
        native_id.size = static_cast<std::uint32_t>(draft.strings.size()) - native_id.at;
        if (native_id.size == 0) {
            ++draft.schema_faults[*program.id_field];
            return;
        }
    } else if (!source.starts_with('{')) {
        return;
    }
    // Made where it stays: one that is copied is loaded as a whole before its parts have been stored, and waiting for
    // that took a fifteenth of the time of a page of HyperRep's.
    item& item = draft.items.emplace_back();
    item.native_id = native_id;
    item.source = {static_cast<std::uint32_t>(source.data() - body), static_cast<std::uint32_t>(source.size())};
    item.first_mark = static_cast<std::uint32_t>(draft.marks.size());
    std::uint32_t* marks = draft.marks.open(program.fields + 1);
    const std::uint32_t* offsets = program.marks.data();
    const auto mark_fields = [&](const char* at, std::uint32_t count) {
        put_marks(marks, offsets, static_cast<std::uint32_t>(out_->place_of(at)), count);
        marks += count;
        offsets += count;
    };

    type_ = program.type;
    status_ = program.status;
    out_ = &draft.text;
    char* at = out_->open();
    for (const step& step : program.steps) {
        mark_fields(at, step.marks);
        at = literal(at, step.before.view());
        const std::size_t begin = out_->place_of(at);
        at = value(at, step);
        if (wrong_types_ != 0) draft.schema_faults[step.field] += std::exchange(wrong_types_, 0);
        if (step.tags) keep_tags(draft, item, {out_->at(begin), at});
    }
    mark_fields(at, program.marks_after);
    at = literal(at, program.after.view());
    *marks = static_cast<std::uint32_t>(out_->place_of(at));
    out_->close(at);
    item.type = type_;
    item.status = status_;
}

std::uint32_t item_writer::append_object(text_buffer& out) {
    out_ = &out;
    wrong_types_ = 0;
    char* at = out.open();
    for (const step& step : shape_.program.steps)
        at = value(literal(at, step.before.view()), step);
    out.close(literal(at, shape_.program.after.view()));
    return wrong_types_;
}

std::size_t item_writer::size_of_values(std::span<const step> steps) const {
    std::size_t size = 0;
    for (const step& step : steps) {
        size += size_of_values(step.steps);
        const slot* const found = first_there(step);
        if (found != nullptr) size += found->rewritten ? found->end - found->begin : found->raw.size();
    }
    return size;
}

std::size_t item_writer::size_of_renamed() const {
    std::size_t size = 0;
    for (const step& step : shape_.program.steps) {
        const slot* const found = step.kind == kind::renamed_object ? first_there(step) : nullptr;
        if (found != nullptr) size += found->raw.size();
    }
    return size;
}

char* item_writer::nothing(char* at, std::string_view text) {
    there_ = false;
    at = out_->with_room(at, text.size());
    text.copy(at, text.size());
    return at + text.size();
}

char* item_writer::wrong_type(char* at) {
    ++wrong_types_;
    return nothing(at, null);
}

/// Writes a value that needs no slot, or whose slots are all empty.
char* item_writer::without_source(char* at, const step& step) {
    if (step.kind == kind::record) return record(at, step);
    if (step.kind != kind::subject) return nothing(at, is_list(step.kind) ? "[]" : null);
    there_ = subject_ != null;
    at = out_->with_room(at, subject_.size());
    subject_.copy(at, subject_.size());
    return at + subject_.size();
}

char* item_writer::value(char* at, const step& step) {
    const slot* const found = first_there(step);
    if (found == nullptr) return without_source(at, step);
    const slot& slot = *found;
    there_ = true;
    switch (step.kind) {
        case kind::id:
        case kind::native_id:
            return literal(at, slot.kind == token::number ? slot.raw : slot.inside());
        case kind::reference:
            return reference(at, step, slot);
        case kind::text:
            return text(at, step, slot);
        case kind::type:
        case kind::status:
            return choice_of(at, step, slot);
        case kind::number:
            return as_sent(at, slot, token::number);
        case kind::flag:
            return as_sent(at, slot, token::boolean);
        case kind::object:
            return as_sent(at, slot, token::object);
        case kind::time:
            return time(at, step, slot);
        case kind::renamed_object:
            return renamed(at, slot);
        case kind::text_list:
        case kind::reference_list:
        case kind::record_list:
            return list(at, slot);
        case kind::provider:
        case kind::subject:
        case kind::record:
            break;
    }
    return nothing(at, null);
}

char* item_writer::reference(char* at, const step& step, const slot& slot) {
    std::string_view id;
    if (slot.kind == token::text) id = slot.inside();
    if (is_number_as_text(step, slot)) id = slot.raw;
    if (id.empty()) return wrong_type(at);
    const std::string& prefix = shape_.id_prefix;
    at = out_->with_room(at, prefix.size() + id.size());
    prefix.copy(at, prefix.size());
    at = copy_padded(at + prefix.size(), id);
    *at = '"';
    return at + 1;
}

char* item_writer::text(char* at, const step& step, const slot& slot) {
    if (slot.kind == token::text) return literal(at, slot.raw);
    if (!is_number_as_text(step, slot)) return wrong_type(at);
    at = out_->with_room(at, slot.raw.size());
    *at = '"';
    at = copy_padded(at + 1, slot.raw);
    *at = '"';
    return at + 1;
}

char* item_writer::choice_of(char* at, const step& step, const slot& slot) {
    const bool is_type = step.kind == kind::type;
    choice& choice = is_type ? type_ : status_;
    if (slot.kind != token::text) {
        choice = no_choice;
        return wrong_type(at);
    }
    const std::uint16_t known =
        slot.escaped ? step.theirs.find(unescaped(slot.inside()).view()) : step.theirs.find(slot.inside());
    if (known != name_table::none) {
        choice = step.ours[known];
    } else {
        choice = is_type ? no_choice : unknown_status;
    }
    if (choice == no_choice) return nothing(at, null);
    const std::string_view name = is_type ? agent_types[choice] : agent_statuses[choice];
    *at = '"';
    name.copy(at + 1, name.size());
    at += 1 + name.size();
    *at = '"';
    return at + 1;
}

/// A number, a flag or an object, byte for byte.
char* item_writer::as_sent(char* at, const slot& slot, token expected) {
    return slot.kind == expected ? literal(at, slot.raw) : wrong_type(at);
}

char* item_writer::time(char* at, const step& step, const slot& slot) {
    at = out_->with_room(at, longest_utc);
    char* end = nullptr;
    *at = '"';
    if (step.time != time_form::rfc3339) {
        if (slot.kind == token::number) end = write_utc_of_epoch(at + 1, slot.raw, step.time);
    } else if (slot.kind == token::text) {
        // Some JSON writers escape the plus sign of an offset.
        end = slot.escaped ? write_utc(at + 1, unescaped(slot.inside()).view()) : write_utc(at + 1, slot.inside());
    }
    if (end == nullptr) return wrong_type(at);
    *end = '"';
    return end + 1;
}

char* item_writer::renamed(char* at, const slot& slot) {
    if (slot.kind != token::object) return wrong_type(at);
    std::string object = "{";
    append_members_in_snake_case(object, slot.raw);
    object += '}';
    at = out_->with_room(at, object.size());
    object.copy(at, object.size());
    return at + object.size();
}

char* item_writer::list(char* at, const slot& slot) {
    if (!slot.rewritten) {
        ++wrong_types_;
        return nothing(at, "[]");
    }
    wrong_types_ += slot.wrong_elements;
    return literal(at, lists_.view().substr(slot.begin, slot.end - slot.begin));
}

char* item_writer::record(char* at, const step& step) {
    if (!slots_.any_of(step.source_set) && !step.always) return nothing(at, null);
    const std::size_t begin = out_->place_of(at);
    bool any = step.any_constant;
    for (const auto& part : step.steps) {
        at = value(literal(at, part.before.view()), part);
        any |= there_;
        if (step.first_required && !there_ && &part == step.steps.data()) return nothing(out_->at(begin), null);
    }
    if (!any) return nothing(out_->at(begin), null);
    there_ = true;
    return literal(at, step.after.view());
}

}  // namespace rollcall::normalizers
