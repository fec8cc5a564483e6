// The bodies of writes: each member held against what may be written, by anybody and by one provider.
#include "gateway/api/agent_body.hpp"

#include "config/near_miss.hpp"
#include "normalizers/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace rollcall::gateway {
namespace {

using adapters::operation_kind;
using adapters::writable_field;
using normalizers::member;
using normalizers::token;
using field_type = enum writable_field::type;

constexpr std::string_view provider_field = "provider";
constexpr std::size_t longest_name_told = 64;
constexpr double largest_whole_number = 9007199254740991;  // 2^53 - 1: beyond it JSON numbers lose their last digits

const writable_field* find_writable(std::string_view name) {
    const auto found = std::ranges::find(adapters::writable_fields, name, &writable_field::name);
    return found == std::end(adapters::writable_fields) ? nullptr : &*found;
}

bool is_agent_field(std::string_view name) {
    const auto fields = normalizers::agent_record.fields;
    return std::ranges::find(fields, name, &normalizers::field::name) != fields.end();
}

/// A name that a client made up, cut at a character so that the problem stays small.
std::string told_name(std::string_view name) {
    if (name.size() <= longest_name_told) return std::string{name};
    std::size_t end = longest_name_told;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80)
        --end;
    return std::string{name.substr(0, end)} + "…";
}

std::string_view words_of(token kind) {
    switch (kind) {
        case token::text:
            return "a string";
        case token::number:
            return "a number";
        case token::boolean:
            return "true or false";
        case token::object:
            return "an object";
        case token::array:
            return "an array";
        case token::missing:
        case token::null:
            break;
    }
    return "null";
}

std::string_view words_of(field_type type) {
    switch (type) {
        case field_type::text_list:
            return "an array of strings";
        case field_type::number:
            return "a number";
        case field_type::whole_number:
            return "a whole number";
        case field_type::text:
            break;
    }
    return "a string";
}

token token_of(field_type type) {
    switch (type) {
        case field_type::text_list:
            return token::array;
        case field_type::number:
        case field_type::whole_number:
            return token::number;
        case field_type::text:
            break;
    }
    return token::text;
}

/// Such as ` from 0 to 2`; empty where all numbers are taken.
std::string range_of(const adapters::write_rule& rule) {
    if (rule.minimum && rule.maximum) return fmt::format(" from {} to {}", *rule.minimum, *rule.maximum);
    if (rule.minimum) return fmt::format(" from {}", *rule.minimum);
    if (rule.maximum) return fmt::format(" up to {}", *rule.maximum);
    return {};
}

bool fits_number(std::string_view text, const writable_field& field, const adapters::write_rule* rule) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return false;
    if (field.type == field_type::whole_number &&
        (std::trunc(number) != number || std::abs(number) > largest_whole_number)) {
        return false;
    }
    if (rule == nullptr) return true;
    return number >= rule->minimum.value_or(number) && number <= rule->maximum.value_or(number);
}

/// What is wrong with the value of a field; empty: nothing. `rule` is null where the provider is not known.
std::string fault_of(const member& member, const writable_field& field, const adapters::write_rule* rule) {
    if (member.kind != token_of(field.type))
        return fmt::format("it must be {}, not {}", words_of(field.type), words_of(member.kind));
    switch (field.type) {
        case field_type::text:
            if (rule != nullptr && rule->required && member.raw == R"("")") return "it must not be empty";
            break;
        case field_type::text_list:
            if (!member.of_texts) return "it must be an array of strings, and holds something else";
            break;
        case field_type::number:
        case field_type::whole_number:
            if (!fits_number(member.raw, field, rule))
                return fmt::format("it must be {}{}", words_of(field.type),
                                   rule == nullptr ? std::string{} : range_of(*rule));
            break;
    }
    return {};
}

/// What is found wrong with one body.
class faults {
  public:
    [[nodiscard]] bool full() const { return items_.size() == most_body_faults; }

    void add(std::string_view field, std::string detail) {
        if (!full()) items_.push_back({problem_item::place::field, told_name(field), std::move(detail)});
    }

    [[nodiscard]] bool empty() const { return items_.empty(); }

    [[nodiscard]] problem told(problem_code code) && {
        problem told{code, fmt::format("{}: {}", items_.front().name, items_.front().detail)};
        told.errors = std::move(items_);
        return told;
    }

  private:
    std::vector<problem_item> items_;
};

/// What a JSON string says. The reader unescapes the names of members, so it is read as one.
std::string text_of(normalizers::reader& reader, std::string_view raw) {
    if (raw.find('\\') == std::string_view::npos) return std::string{raw.substr(1, raw.size() - 2)};
    const auto members = reader.read_members(fmt::format("{{{}:null}}", raw));
    return members.has_value() && members->size() == 1 ? members->front().name : std::string{};
}

/// Holds the members of one body against what may be written. Without a profile only what is wrong at every provider is
/// found.
class body_check {
  public:
    body_check(operation_kind operation, std::string_view provider, const adapters::profile* profile)
        : operation_(operation), provider_(provider), profile_(profile) {
        if (operation == operation_kind::create) known_.push_back(provider_field);
        for (const writable_field& field : adapters::writable_fields) {
            if (profile == nullptr || profile->write.contains(field.name)) taken_.push_back(field.name);
        }
        known_.insert(known_.end(), taken_.begin(), taken_.end());
    }

    void add_all(std::span<const member> members) {
        for (const member& member : members) {
            if (faults_.full()) return;
            if (is_repeated(member.name)) continue;
            add(member);
        }
    }

    void require_fields() {
        for (const std::string_view name : taken_) {
            if (profile_->write.find(name)->second.required && !seen(name)) faults_.add(name, "it is missing");
        }
    }

    [[nodiscard]] faults& found() { return faults_; }
    [[nodiscard]] written_fields& fields() { return fields_; }
    [[nodiscard]] const std::vector<std::string_view>& taken() const { return taken_; }

  private:
    struct name_seen {
        std::string_view name;
        bool told = false;
    };

    [[nodiscard]] bool seen(std::string_view name) const {
        return std::ranges::find(seen_, name, &name_seen::name) != seen_.end();
    }

    // There are few names: whatever is not known is a fault, and those are few.
    [[nodiscard]] bool is_repeated(std::string_view name) {
        const auto found = std::ranges::find(seen_, name, &name_seen::name);
        if (found == seen_.end()) {
            seen_.push_back({name});
            return false;
        }
        if (!found->told) faults_.add(name, "it is there more than once");
        found->told = true;
        return true;
    }

    void add(const member& member) {
        if (member.name == provider_field && operation_ == operation_kind::create) return;
        const writable_field* const field = find_writable(member.name);
        if (field == nullptr) return add_unwritable(member.name);
        const adapters::write_rule* rule = nullptr;
        if (profile_ != nullptr) {
            const auto found = profile_->write.find(member.name);
            if (found == profile_->write.end()) {
                return faults_.add(member.name,
                                   fmt::format("{} does not take it; it takes {}", provider_, fmt::join(taken_, ", ")));
            }
            rule = &found->second;
        }
        if (auto wrong = fault_of(member, *field, rule); !wrong.empty()) {
            faults_.add(member.name, std::move(wrong));
        } else {
            // To JSON Schema 5.0 is as whole as 5, but not to every provider.
            const bool whole = field->type == field_type::whole_number;
            fields_.emplace_back(field->name, whole ? fmt::format("{:.0f}", std::stod(member.raw)) : member.raw);
        }
    }

    void add_unwritable(std::string_view name) {
        if (name == provider_field) {
            faults_.add(name, "an agent stays with its provider: the field cannot be changed");
        } else if (is_agent_field(name)) {
            faults_.add(name, "it can only be read");
        } else {
            faults_.add(name, "there is no such field to write" + config::did_you_mean(name, known_));
        }
    }

    operation_kind operation_;
    std::string_view provider_;
    const adapters::profile* profile_;
    std::vector<std::string_view> taken_;  ///< the fields that the provider writes
    std::vector<std::string_view> known_;  ///< and what else may stand in the body
    std::vector<name_seen> seen_;
    faults faults_;
    written_fields fields_;
};

}  // namespace

checked<std::vector<member>> members_of_body(normalizers::reader& reader, std::string_view body) {
    if (body.empty()) return problem{problem_code::invalid_body, "a JSON object is expected, and there is no body"};
    // The reader wants a copy of its own with room behind the text.
    auto members = reader.read_members(std::string{body});
    if (!members.has_value()) return problem{problem_code::invalid_body, std::move(members).error().detail};
    return *std::move(members);
}

checked<std::string_view> named_provider(normalizers::reader& reader, std::span<const member> members,
                                         std::span<const std::string_view> configured) {
    const auto given = std::ranges::find(members, provider_field, &member::name);
    std::string wrong;
    problem_code code = problem_code::invalid_body;
    if (given == members.end()) {
        wrong = fmt::format("it is missing: it names the provider that is to have the agent, one of {}",
                            fmt::join(configured, ", "));
    } else if (given->kind != token::text) {
        wrong = fmt::format("it must be a string, not {}", words_of(given->kind));
    } else {
        const std::string name = text_of(reader, given->raw);
        const auto found = std::ranges::find(configured, name);
        if (found != configured.end()) return *found;
        code = problem_code::unknown_provider;
        wrong = "no provider is configured by that name" + config::did_you_mean(name, configured);
    }
    body_check check{operation_kind::create, {}, nullptr};
    check.found().add(provider_field, std::move(wrong));
    check.add_all(members);
    return std::move(check.found()).told(code);
}

checked<written_fields> fields_to_write(std::span<const member> members, operation_kind operation,
                                        std::string_view provider, const adapters::profile& profile) {
    body_check check{operation, provider, &profile};
    check.add_all(members);
    if (operation == operation_kind::create) check.require_fields();
    if (!check.found().empty()) return std::move(check.found()).told(problem_code::invalid_body);
    if (check.fields().empty()) {
        return problem{problem_code::invalid_body, fmt::format("the body names no field to write; {} takes {}",
                                                               provider, fmt::join(check.taken(), ", "))};
    }
    return std::move(check.fields());
}

}  // namespace rollcall::gateway
