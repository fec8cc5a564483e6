// The `write` of a profile: where each writable field goes in the body of create and update.
#include "adapters/profile/load_write.hpp"

#include "adapters/profile/pointer.hpp"
#include "config/near_miss.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::adapters {

using config::yaml::members_of_map;
using config::yaml::node;
using config::yaml::value;

namespace {

bool is_number(const writable_field& field) {
    using type = enum writable_field::type;
    return field.type == type::number || field.type == type::whole_number;
}

void read_bound(const value& place, const writable_field& field, std::optional<double>& out) {
    if (place.absent()) return;
    if (!is_number(field)) {
        place.fault(fmt::format("is for numbers, which {} is not", field.name));
        return;
    }
    std::string text;
    if (!place.text(text)) return;
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) {
        place.fault(fmt::format("expected a number, found {}", place.found()));
        return;
    }
    out = number;
}

void read_full_rule(const value& place, const writable_field& field, bool may_be_required, write_rule& out) {
    const auto keys = place.keys({"to", "required", "minimum", "maximum"});
    (void)read_pointer(keys.require("to"), whole_value::refused, out.to);
    const auto required = keys["required"];
    if (required.boolean(out.required) && out.required && !may_be_required) {
        required.fault("is for operations.create, which is not there");
    }
    read_bound(keys["minimum"], field, out.minimum);
    read_bound(keys["maximum"], field, out.maximum);
    if (out.minimum && out.maximum && *out.minimum > *out.maximum) {
        keys["maximum"].fault(fmt::format("must be at least the minimum {}", *out.minimum));
    }
}

/// Does one of the two places lie in the other, or are they one?
bool overlap(const json_pointer& one, const json_pointer& other) {
    const auto shorter = std::min(one.size(), other.size());
    return std::equal(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(shorter), other.begin());
}

void read_rule(const value& place, const writable_field& field, profile& out) {
    write_rule rule;
    if (place.kind() == node::kind::map) {
        read_full_rule(place, field, out.of(operation_kind::create).has_value(), rule);
    } else {
        (void)read_pointer(place, whole_value::refused, rule.to);
    }
    if (rule.to.empty()) return;  // which is a fault already
    for (const auto& [name, earlier] : out.write) {
        if (overlap(earlier.to, rule.to)) {
            place.fault(fmt::format("{} is written to the same place, or one of the two inside the other", name));
        }
    }
    out.write.emplace(field.name, std::move(rule));
}

void check_operations(const value& write, const members_of_map& operations, const profile& profile) {
    bool used = false;
    for (const auto kind : {operation_kind::create, operation_kind::update}) {
        if (!profile.of(kind)) continue;
        used = true;
        if (!write) operations[name_of(kind)].fault("needs write, which says where its fields go");
    }
    if (!used) write.fault("is used by no operation");
}

}  // namespace

void read_write(const value& write, const members_of_map& operations, profile& out) {
    check_operations(write, operations, out);
    if (!write) return;
    std::vector<std::string_view> names;
    for (const auto& field : writable_fields)
        names.push_back(field.name);
    for (const auto& entry : write.members()) {
        const auto field = std::ranges::find(writable_fields, entry.name, &writable_field::name);
        if (field == std::end(writable_fields)) {
            entry.key.fault("is no field that clients may write" + config::did_you_mean(entry.name, names));
        } else {
            read_rule(entry.of, *field, out);
        }
    }
    if (write.empty()) write.fault("must name at least one field");
}

}  // namespace rollcall::adapters
