// The rules of a profile, record by record, and whether its operations read all of them and no others.
#include "adapters/profile/load_records.hpp"

#include "adapters/profile/load_rules.hpp"
#include "normalizers/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace rollcall::adapters {

using config::yaml::members_of_map;
using config::yaml::node;
using normalizers::field_rules;

namespace {

/// An operation and the rules by which its answer is read.
struct reader {
    operation_kind operation;
    std::string_view rules;
    std::string_view half;  ///< the one field of the record that the operation answers; empty: the whole record
};

constexpr reader readers[] = {
    {operation_kind::status, "status", {}},
    {operation_kind::conversations, "conversation", {}},
    {operation_kind::sales, "sale", {}},
    {operation_kind::analytics, "analytics", {}},
    {operation_kind::analytics_conversations, "analytics", "conversations"},
    {operation_kind::analytics_sales, "analytics", "sales"},
};

/// Reads the rules of the record that only some operations read.
void read_optional(const members_of_map& keys, const normalizers::record& record, const profile& profile,
                   field_rules& out) {
    const auto place = keys[record.name];
    if (!place) return;
    out = read_rules(place, record);
    const auto reads = [&](std::string_view field) {
        return std::ranges::any_of(readers, [&](const reader& reader) {
            return reader.rules == record.name && profile.of(reader.operation) &&
                   (field.empty() || reader.half.empty() || reader.half == field);
        });
    };
    if (!reads({})) {
        place.fault("is read by no operation");
        return;
    }
    for (const auto& [field, unused] : out) {
        if (!reads(field)) place.fault(fmt::format("{} is read by no operation", field));
    }
}

/// Faults about the operations that the profile has without the rules by which they are read.
void check_operations(const members_of_map& keys, const members_of_map& operations, const profile& profile) {
    for (const auto& reader : readers) {
        if (!profile.of(reader.operation)) continue;
        const auto rules = keys[reader.rules];
        if (rules && rules.kind() != node::kind::map) continue;  // which is a fault already
        const bool found = rules && (reader.half.empty() || profile.analytics.contains(std::string{reader.half}));
        if (found) continue;
        const auto needed =
            reader.half.empty() ? std::string{reader.rules} : fmt::format("{}.{}", reader.rules, reader.half);
        operations[name_of(reader.operation)].fault(fmt::format("needs {}, which says how its answer is read", needed));
    }
}

}  // namespace

void read_records(const members_of_map& keys, const members_of_map& operations, profile& out) {
    out.agent = read_rules(keys.require(normalizers::agent_record.name), normalizers::agent_record);
    read_optional(keys, normalizers::status_record, out, out.status);
    read_optional(keys, normalizers::conversation_record, out, out.conversation);
    read_optional(keys, normalizers::sale_record, out, out.sale);
    read_optional(keys, normalizers::analytics_record, out, out.analytics);
    check_operations(keys, operations, out);
}

}  // namespace rollcall::adapters
