// The rules of one record: from where each field of a shape is read.
#include "adapters/profile/load_rules.hpp"

#include "adapters/profile/pointer.hpp"
#include "config/near_miss.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::adapters {

using config::yaml::members_of_map;
using config::yaml::node;
using config::yaml::value;
using normalizers::field;
using normalizers::field_rule;
using normalizers::field_rules;
using normalizers::json_pointer;
using normalizers::kind;
using normalizers::time_form;

namespace {

/// The keys of a rule that a field of this kind may have.
std::vector<std::string_view> keys_of(kind kind) {
    switch (kind) {
        case kind::id:
        case kind::reference:
            return {"from", "to_string"};
        case kind::text:
            return {"from", "const", "to_string"};
        case kind::type:
        case kind::status:
            return {"from", "const", "values"};
        case kind::time:
            return {"from", "time"};
        case kind::record_list:
            return {"each", "fields"};
        default:
            return {"from"};
    }
}

std::string_view name_of(kind kind) {
    switch (kind) {
        case kind::id:
            return "an id";
        case kind::type:
            return "a type";
        case kind::status:
            return "a status";
        case kind::number:
            return "a number";
        case kind::time:
            return "a time";
        case kind::flag:
            return "a flag";
        case kind::object:
        case kind::renamed_object:
            return "an object";
        case kind::text_list:
            return "a list of texts";
        case kind::reference:
            return "the id of another record";
        case kind::reference_list:
            return "a list of ids";
        case kind::record_list:
            return "a list of objects";
        default:
            return "a text";
    }
}

std::span<const std::string_view> our_values(kind kind) {
    if (kind == kind::type) return normalizers::agent_types;
    if (kind == kind::status) return normalizers::agent_statuses;
    return {};
}

/// Why no rule can be given for a field that the gateway fills in; empty: one can.
std::string_view filled_in_by_us(kind kind) {
    if (kind == kind::provider) return "is the provider's name in the configuration and cannot be mapped";
    if (kind == kind::native_id) return "is read by the rule of id and cannot be mapped itself";
    if (kind == kind::subject) return "is the agent that the call was about and cannot be mapped";
    return {};
}

/// Is the array of such a field rewritten while it is passed?
bool is_rewritten(kind kind) {
    return kind == kind::text_list || kind == kind::reference_list || kind == kind::record_list;
}

bool is_ours(kind kind, std::string_view text) {
    const auto known = our_values(kind);
    return known.empty() || std::find(known.begin(), known.end(), text) != known.end();
}

class rules_reader {
  public:
    /// Reads the rules of `fields`; `scope` names the list whose elements the pointers start at (empty: the item).
    field_rules read(const value& place, std::span<const field> fields, const std::string& scope) {
        field_rules rules;
        std::vector<std::string_view> names;
        for (const auto& known : fields) {
            if (filled_in_by_us(known.kind).empty()) names.push_back(known.name);
        }
        for (const auto& entry : place.members()) {
            const auto known = std::find_if(fields.begin(), fields.end(),
                                            [&](const field& candidate) { return candidate.name == entry.name; });
            if (known == fields.end()) {
                entry.key.fault("unknown field" + config::did_you_mean(entry.name, names));
            } else if (const auto reason = filled_in_by_us(known->kind); !reason.empty()) {
                entry.key.fault(std::string{reason});
            } else {
                rules.emplace(entry.name, read_rule(entry.of, *known, scope));
            }
        }
        return rules;
    }

    /// The number of different places that the rules name.
    [[nodiscard]] std::size_t pointers() const { return pointers_.size(); }

  private:
    field_rule read_rule(const value& place, const field& of, const std::string& scope) {
        if (of.kind == kind::record) return read_record(place, of, scope);
        if (of.kind == kind::record_list) return read_record_list(place, of, scope);
        field_rule rule;
        const bool splices = of.kind == kind::object || of.kind == kind::renamed_object;
        const auto whole = splices ? whole_value::allowed : whole_value::refused;
        if (place.kind() != node::kind::map) {
            json_pointer pointer;
            if (read_pointer(place, whole, pointer)) rule.from.push_back(std::move(pointer));
            if (!our_values(of.kind).empty()) place.fault("needs {from: …, values: {theirs: ours}}");
        } else {
            read_full_rule(place, of, whole, rule);
        }
        count(rule, scope);
        if (is_rewritten(of.kind)) claim_arrays(place, of.kind, rule, scope);
        return rule;
    }

    void read_full_rule(const value& place, const field& of, whole_value whole, field_rule& rule) {
        const auto keys = keys_for(place, of.kind);
        const auto constant = keys["const"];
        if (constant) {
            read_constant(constant, of.kind, rule);
            for (const auto name : {"from", "values", "to_string"})
                keys[name].fault("does not go with const");
            return;
        }
        read_pointers(keys.require("from"), whole, rule.from);
        keys["to_string"].boolean(rule.to_string);
        keys["time"].choice<time_form>(rule.time, {{"rfc3339", time_form::rfc3339},
                                                   {"epoch_seconds", time_form::epoch_seconds},
                                                   {"epoch_milliseconds", time_form::epoch_milliseconds}});
        if (!our_values(of.kind).empty()) read_values(keys.require("values"), of.kind, rule);
    }

    /// The members of a rule, where those that another kind of field would have are faults of their own.
    static members_of_map keys_for(const value& place, kind kind) {
        constexpr std::string_view all[] = {"from", "const", "values", "to_string", "time", "each", "fields"};
        const auto possible = keys_of(kind);
        const auto keys = place.keys(all);
        for (const auto name : all) {
            if (std::find(possible.begin(), possible.end(), name) != possible.end()) continue;
            keys[name].fault(
                fmt::format("does not go with {}, which takes {}", name_of(kind), fmt::join(possible, ", ")));
        }
        return keys;
    }

    static void read_constant(const value& constant, kind kind, field_rule& rule) {
        std::string text;
        if (!constant.text(text)) return;
        if (!is_ours(kind, text)) {
            constant.fault(fmt::format("{} is not one of {}", constant.found(), fmt::join(our_values(kind), ", ")));
        }
        rule.constant = std::move(text);
    }

    static void read_values(const value& values, kind kind, field_rule& rule) {
        if (values.empty()) values.fault("must hold at least one value");
        for (const auto& entry : values.members()) {
            std::string ours;
            if (!entry.of.text(ours)) continue;
            if (is_ours(kind, ours)) {
                rule.values.emplace(entry.name, std::move(ours));
            } else {
                entry.of.fault(fmt::format("{} is not one of {}", entry.of.found(), fmt::join(our_values(kind), ", ")));
            }
        }
    }

    field_rule read_record(const value& place, const field& of, const std::string& scope) {
        field_rule rule;
        rule.fields = read(place, of.fields, scope);
        if (place.kind() != node::kind::map) return rule;
        if (of.null_without_first && !rule.fields.contains(std::string{of.fields.front().name})) {
            place.fault(fmt::format("needs {0}: without it {1} is always null", of.fields.front().name, of.name));
        } else if (place.empty()) {
            place.fault("must map at least one field");
        }
        return rule;
    }

    field_rule read_record_list(const value& place, const field& of, const std::string& scope) {
        field_rule rule;
        const auto keys = keys_for(place, of.kind);
        read_pointers(keys.require("each"), whole_value::refused, rule.from);
        count(rule, scope);
        claim_arrays(place, of.kind, rule, scope);
        const auto fields = keys.require("fields");
        rule.fields = read(fields, of.fields, scope + std::string{of.name} + '/');
        if (fields.empty()) fields.fault("must map at least one field");
        return rule;
    }

    void count(const field_rule& rule, const std::string& scope) {
        for (const auto& pointer : rule.from)
            pointers_.emplace(scope, pointer);
    }

    /// An array is rewritten while it is passed, so it makes objects for one field, or the same for any number.
    void claim_arrays(const value& place, kind kind, const field_rule& rule, const std::string& scope) {
        for (const auto& pointer : rule.from) {
            const auto [claimed, first] = arrays_.emplace(std::pair{scope, pointer}, kind);
            if (!first && (kind == kind::record_list || claimed->second != kind)) {
                place.fault("another field is read from the same array, and the two make different things of it");
            }
        }
    }

    std::set<std::pair<std::string, json_pointer>> pointers_;
    std::map<std::pair<std::string, json_pointer>, kind> arrays_;
};

}  // namespace

field_rules read_rules(const value& place, const normalizers::record& record) {
    rules_reader reader;
    auto rules = reader.read(place, record.fields, {});
    const bool has_id = std::ranges::any_of(record.fields, [](const field& field) { return field.kind == kind::id; });
    if (place.kind() == node::kind::map && has_id && !rules.contains("id")) place.missing("id");
    if (reader.pointers() > pointer_maximum) {
        place.fault(fmt::format("names {} different JSON pointers; at most {}", reader.pointers(), pointer_maximum));
    }
    return rules;
}

}  // namespace rollcall::adapters
