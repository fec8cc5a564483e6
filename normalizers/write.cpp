// Writing one item in its shape: each kind of field from checked slices of the provider's own bytes.
#include "normalizers/write.hpp"

#include "normalizers/scalar.hpp"
#include "normalizers/snake_case.hpp"
#include "normalizers/time.hpp"

#include <algorithm>

namespace rollcall::normalizers {
namespace {

constexpr std::string_view null = "null";

bool is_number_as_text(const output& output, const slot& slot) {
    return output.to_string && slot.kind == token::number && is_integer(slot.raw);
}

/// Keeps what the strings of `array` say for the filter by tags. They stand there without white space in between.
void keep_tags(page& page, item& item, std::string_view array) {
    item.first_tag = static_cast<std::uint32_t>(page.tags.size());
    for (std::size_t at = 1; at < array.size() && array[at] == '"';) {
        const std::string_view inside = inside_from(array.data() + at + 1);
        const std::size_t begin = page.strings.size();
        append_unescaped(page.strings, inside);
        page.tags.push_back(
            {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(page.strings.size() - begin)});
        ++item.tag_count;
        at += inside.size() + 3;  // its two quotes and the comma
    }
}

/// Appends the time that `slot` holds in UTC. False: it holds none.
bool append_time(std::string& out, const slot& slot, time_form form) {
    if (form != time_form::rfc3339) return slot.kind == token::number && append_utc_of_epoch(out, slot.raw, form);
    if (slot.kind != token::text) return false;
    if (slot.inside().find('\\') == std::string_view::npos) return append_utc(out, slot.inside());
    // Some JSON writers escape the plus sign of an offset.
    std::string unescaped;
    append_unescaped(unescaped, slot.inside());
    return append_utc(out, unescaped);
}

}  // namespace

const slot* item_writer::first_there(const output& output) const {
    for (const slot_index source : output.sources) {
        if (slots_[source].there()) return &slots_[source];
    }
    return nullptr;
}

/// Appends the id that `id` finds to `strings`: a text, or an integer's digits where the profile allows it. Returns its
/// size; 0: it is none.
std::size_t item_writer::append_native_id(std::string& strings, const output& id) const {
    const slot* const slot = first_there(id);
    const std::size_t before = strings.size();
    if (slot != nullptr && slot->kind == token::text) append_unescaped(strings, slot->inside());
    if (slot != nullptr && is_number_as_text(id, *slot)) strings += slot->raw;
    if (strings.size() - before > longest_native_id) strings.resize(before);
    return strings.size() - before;
}

void item_writer::append_to(page& page, std::string_view source) {
    const auto id = std::ranges::find(shape_.outputs, kind::id, &output::kind);
    item item;
    item.native_id.at = static_cast<std::uint32_t>(page.strings.size());
    if (id != shape_.outputs.end()) {
        item.native_id.size = static_cast<std::uint32_t>(append_native_id(page.strings, *id));
        if (item.native_id.size == 0) {
            ++page.schema_faults[static_cast<std::size_t>(id - shape_.outputs.begin())];
            return;
        }
    } else if (!source.starts_with('{')) {
        return;
    }
    item.source = {static_cast<std::uint32_t>(source.data() - page.body.data()),
                   static_cast<std::uint32_t>(source.size())};
    item.first_mark = static_cast<std::uint32_t>(page.marks.size());
    for (std::size_t i = 0; i < shape_.outputs.size(); ++i) {
        const output& output = shape_.outputs[i];
        const std::size_t begin = page.text.size();
        page.marks.push_back(static_cast<std::uint32_t>(begin));
        wrong_types_ = 0;
        write(page.text, output);
        page.schema_faults[i] += wrong_types_;
        if (output.kind == kind::type) item.type = choice_from(output);
        if (output.kind == kind::status) item.status = choice_from(output);
        if (output.tags) keep_tags(page, item, std::string_view{page.text}.substr(begin + output.key.size()));
        page.text += ',';
    }
    page.marks.push_back(static_cast<std::uint32_t>(page.text.size()));
    page.items.push_back(item);
}

std::uint32_t item_writer::append_object(std::string& out) {
    wrong_types_ = 0;
    char separator = '{';
    for (const output& output : shape_.outputs) {
        out += separator;
        write(out, output);
        separator = ',';
    }
    out += '}';
    return wrong_types_;
}

/// Writes `"name":value` and says whether the value is more than null.
bool item_writer::write(std::string& out, const output& output) {
    out += output.key;
    if (!output.constant.empty()) {
        out += output.constant;
        return true;
    }
    const std::size_t before = out.size();
    bool there = false;
    switch (output.kind) {
        case kind::id:
        case kind::native_id:
            there = write_id(out, output);
            break;
        case kind::provider:
            out += shape_.provider;
            return true;
        case kind::subject:
            out += subject_;
            return subject_ != null;
        case kind::reference:
            there = write_reference(out, output);
            break;
        case kind::text:
            there = write_text(out, output);
            break;
        case kind::type:
        case kind::status:
            there = write_choice(out, output);
            break;
        case kind::number:
            there = write_as_sent(out, output, token::number);
            break;
        case kind::flag:
            there = write_as_sent(out, output, token::boolean);
            break;
        case kind::time:
            there = write_time(out, output);
            break;
        case kind::object:
            there = write_as_sent(out, output, token::object);
            break;
        case kind::renamed_object:
            there = write_renamed(out, output);
            break;
        case kind::text_list:
        case kind::reference_list:
        case kind::record_list:
            return write_list(out, output);
        case kind::record:
            there = write_record(out, output);
            break;
    }
    if (!there) {
        out.resize(before);
        out += null;
    }
    return there;
}

bool item_writer::write_id(std::string& out, const output& output) {
    const slot* const slot = first_there(output);
    if (slot == nullptr) return false;
    out += output.kind == kind::id ? std::string_view{shape_.id_prefix} : std::string_view{"\""};
    out += slot->kind == token::number ? slot->raw : slot->inside();
    out += '"';
    return true;
}

bool item_writer::write_reference(std::string& out, const output& output) {
    const slot* const slot = first_there(output);
    if (slot == nullptr) return false;
    std::string_view id;
    if (slot->kind == token::text) id = slot->inside();
    if (is_number_as_text(output, *slot)) id = slot->raw;
    if (id.empty()) {
        ++wrong_types_;
        return false;
    }
    out += shape_.id_prefix;
    out += id;
    out += '"';
    return true;
}

bool item_writer::write_text(std::string& out, const output& output) {
    const slot* const slot = first_there(output);
    if (slot == nullptr) return false;
    if (slot->kind == token::text) {
        out += slot->raw;
        return true;
    }
    if (is_number_as_text(output, *slot)) {
        out += '"';
        out += slot->raw;
        out += '"';
        return true;
    }
    ++wrong_types_;
    return false;
}

choice item_writer::choice_from(const output& output) {
    if (!output.constant.empty()) return output.constant_choice;
    const slot* const slot = first_there(output);
    if (slot == nullptr || slot->kind != token::text) return no_choice;
    for (const auto& mapped : output.choices) {
        if (says(slot->inside(), mapped.theirs)) return mapped.ours;
    }
    return output.kind == kind::status ? *choice_of(agent_statuses, "unknown") : no_choice;
}

bool item_writer::write_choice(std::string& out, const output& output) {
    const slot* const slot = first_there(output);
    if (slot != nullptr && slot->kind != token::text) ++wrong_types_;
    const choice choice = choice_from(output);
    if (choice == no_choice) return false;
    out += '"';
    out += output.kind == kind::type ? agent_types[choice] : agent_statuses[choice];
    out += '"';
    return true;
}

/// A number, a flag or an object, byte for byte.
bool item_writer::write_as_sent(std::string& out, const output& output, token expected) {
    const slot* const slot = first_there(output);
    if (slot == nullptr) return false;
    if (slot->kind != expected) {
        ++wrong_types_;
        return false;
    }
    out += slot->raw;
    return true;
}

bool item_writer::write_time(std::string& out, const output& output) {
    const slot* const slot = first_there(output);
    if (slot == nullptr) return false;
    out += '"';
    const bool understood = append_time(out, *slot, output.time);
    out += '"';
    if (!understood) ++wrong_types_;
    return understood;
}

bool item_writer::write_renamed(std::string& out, const output& output) {
    const slot* const slot = first_there(output);
    if (slot == nullptr) return false;
    if (slot->kind != token::object) {
        ++wrong_types_;
        return false;
    }
    out += '{';
    append_members_in_snake_case(out, slot->raw);
    out += '}';
    return true;
}

bool item_writer::write_list(std::string& out, const output& output) {
    const slot* const slot = first_there(output);
    if (slot != nullptr && slot->rewritten) {
        out += lists_.substr(slot->begin, slot->end - slot->begin);
        wrong_types_ += slot->wrong_elements;
        return true;
    }
    if (slot != nullptr) ++wrong_types_;
    out += "[]";
    return false;
}

bool item_writer::write_record(std::string& out, const output& output) {
    bool any = false;
    char separator = '{';
    for (std::size_t i = 0; i < output.fields.size(); ++i) {
        out += separator;
        separator = ',';
        const bool there = write(out, output.fields[i]);
        any |= there;
        if (i == 0 && !there && output.null_without_first) return false;
    }
    out += '}';
    return any;
}

}  // namespace rollcall::normalizers
