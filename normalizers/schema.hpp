// The shapes that clients see, as tables: field names in the order they are written, and the kind of each.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rollcall::normalizers {

/// What a field of a shape may hold; everything but its own ids and the arrays may be null.
enum class kind : std::uint8_t {
    id,              ///< `<provider>:<native id>`; an item without it is dropped
    provider,        ///< the configured name
    native_id,       ///< the provider's own id, always a string
    text,            ///< a string
    type,            ///< one of agent_types; an unknown value is null
    status,          ///< one of agent_statuses; an unknown value is `unknown`
    number,          ///< any JSON number
    time,            ///< RFC 3339 in UTC
    object,          ///< the provider's own object, spliced in as it is
    text_list,       ///< an array of strings, `[]` where there is none
    record,          ///< an object of `fields`, null where all of them are or, with `null_without_first`, the first
    record_list,     ///< an array of objects of `fields`, `[]` where there is none
    flag,            ///< true or false
    reference,       ///< the id of another record, `<provider>:<its native id>`
    reference_list,  ///< an array of such ids, `[]` where there is none
    subject,         ///< the id of the agent that the call was about; no rule reads it
    renamed_object,  ///< the provider's own object, the names of its members in snake_case
};

struct field {
    std::string_view name;
    normalizers::kind kind = kind::text;
    std::span<const field> fields{};  ///< of a record or record_list
    bool null_without_first = false;  ///< a record: null unless its first field has a value (else: unless any has)
};

inline constexpr std::string_view agent_types[] = {"human", "voice", "chat", "avatar"};
inline constexpr std::string_view agent_statuses[] = {"active",   "inactive", "draft",      "training",
                                                      "deployed", "archived", "deprecated", "unknown"};

/// One of the shapes of the contract, section 3, its fields in its order.
struct record {
    std::string_view name;
    std::span<const field> fields;
};

extern const record agent_record;
extern const record status_record;
extern const record insights_record;  ///< what stands before the provider's own members
extern const record conversation_record;
extern const record sale_record;
extern const record analytics_record;
extern const record conversation_analytics_record;  ///< one half of it
extern const record sales_analytics_record;         ///< the other
extern const std::span<const record* const> all_records;

/// How a field is named in metrics: an agent's by its name alone, another's as `record.field`.
[[nodiscard]] std::string label_of(const record& record, const field& field);

}  // namespace rollcall::normalizers
