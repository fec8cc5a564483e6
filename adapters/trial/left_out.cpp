// Which members of a provider's agents no rule reads.
#include "adapters/trial/trial.hpp"

#include <simdjson.h>

#include <algorithm>
#include <map>

namespace rollcall::adapters {
namespace {

using normalizers::field_rules;
using normalizers::json_pointer;
using simdjson::dom::element_type;

/// What is read below one place of an item.
struct use {
    bool whole = false;
    std::map<std::string, use, std::less<>> members{};
    std::vector<use> elements{};  ///< of the list that stands here: one, or none where it is not read as a list
};

void mark(use& base, const field_rules& rules) {
    for (const auto& [name, rule] : rules) {
        if (rule.from.empty()) mark(base, rule.fields);  // a record, whose pointers begin where the item does
        for (const json_pointer& pointer : rule.from) {
            use* place = &base;
            for (const std::string& part : pointer)
                place = &place->members[part];
            if (rule.fields.empty()) {
                place->whole = true;
            } else {
                if (place->elements.empty()) place->elements.emplace_back();
                mark(place->elements.front(), rule.fields);
            }
        }
    }
}

/// `part` as it stands in a JSON pointer (RFC 6901, section 3).
std::string escaped(std::string_view part) {
    std::string out;
    for (const char letter : part) {
        if (letter == '~') out += "~0";
        if (letter == '/') out += "~1";
        if (letter != '~' && letter != '/') out += letter;
    }
    return out;
}

class search {
  public:
    void look(const simdjson::dom::element& value, const use& used, const std::string& pointer) {
        if (used.whole) return;
        if (value.type() == element_type::OBJECT && !used.members.empty()) {
            const simdjson::dom::object members = value.get_object().value_unsafe();
            for (const auto& [name, member] : members)
                look_at_member(member, used, name, pointer);
        } else if (value.type() == element_type::ARRAY && !used.elements.empty()) {
            const simdjson::dom::array elements = value.get_array().value_unsafe();
            for (const auto& element : elements)
                look(element, used.elements.front(), pointer + "/*");
        }
    }

    [[nodiscard]] std::vector<left_out> take() { return std::move(found_); }

  private:
    void look_at_member(const simdjson::dom::element& member, const use& used, std::string_view name,
                        const std::string& pointer) {
        const std::string place = pointer + '/' + escaped(name);
        const auto known = used.members.find(name);
        if (known != used.members.end()) return look(member, known->second, place);
        const auto before = std::ranges::find(found_, place, &left_out::pointer);
        if (before != found_.end()) {
            ++before->count;
        } else {
            found_.push_back({place, 1, simdjson::minify(member)});
        }
    }

    std::vector<left_out> found_;
};

}  // namespace

std::vector<left_out> members_left_out(const field_rules& rules, std::span<const std::string_view> items) {
    use used;
    mark(used, rules);
    search search;
    simdjson::dom::parser parser;
    for (const std::string_view item : items) {
        simdjson::dom::element element;
        if (parser.parse(item.data(), item.size()).get(element) == simdjson::SUCCESS) search.look(element, used, {});
    }
    return search.take();
}

}  // namespace rollcall::adapters
