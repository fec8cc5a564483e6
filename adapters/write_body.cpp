// Writing the body of create and update.
#include "adapters/write_body.hpp"

#include "base/json_text.hpp"

#include <algorithm>
#include <iterator>
#include <span>

namespace rollcall::adapters {
namespace {

struct entry {
    const json_pointer* to;
    std::string_view value;
};

/// Appends the object of `entries`, whose pointers lead to it with their first `depth` parts. The profile's loader has
/// made sure that none leads into another's place.
void append_object(std::string& out, std::span<const entry> entries, std::size_t depth) {
    const auto part_of = [depth](const entry& entry) -> const std::string& { return (*entry.to)[depth]; };
    std::vector<std::string_view> done;
    out += '{';
    for (const entry& first : entries) {
        const std::string& part = part_of(first);
        if (std::ranges::find(done, part) != done.end()) continue;
        done.push_back(part);
        std::vector<entry> inside;
        std::ranges::copy_if(entries, std::back_inserter(inside),
                             [&](const entry& entry) { return part_of(entry) == part; });
        append_json_key(out, part);
        if (first.to->size() == depth + 1) {
            out += first.value;
        } else {
            append_object(out, inside, depth + 1);
        }
    }
    out += '}';
}

std::string joined(const json_pointer& pointer, char separator) {
    std::string text;
    for (const std::string& part : pointer) {
        if (&part != &pointer.front()) text += separator;
        text += part;
    }
    return text;
}

}  // namespace

std::string write_body(const write_rules& rules, const written_fields& fields) {
    std::vector<entry> entries;
    entries.reserve(fields.size());
    for (const auto& [name, value] : fields)
        entries.push_back({&rules.find(name)->second.to, value});
    std::string out;
    append_object(out, entries, 0);
    return out;
}

std::string_view field_written_to(const write_rules& rules, std::string_view member) {
    const std::string_view path = member.starts_with('/') ? member.substr(1) : member;
    std::string_view by_last_part;
    bool several = false;
    for (const auto& [name, rule] : rules) {
        if (joined(rule.to, '.') == path || joined(rule.to, '/') == path) return name;
        if (rule.to.back() != member) continue;
        several = !by_last_part.empty();
        by_last_part = name;
    }
    return several ? std::string_view{} : by_last_part;
}

}  // namespace rollcall::adapters
