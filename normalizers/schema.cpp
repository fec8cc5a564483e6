// The shapes that clients see: the contract's tables, row by row.
#include "normalizers/schema.hpp"

namespace rollcall::normalizers {
namespace {

constexpr field tool_fields[] = {
    {"id", kind::text},       {"name", kind::text},     {"description", kind::text},
    {"category", kind::text}, {"config", kind::object},
};
constexpr field voice_fields[] = {{"id", kind::text}};
constexpr field avatar_fields[] = {{"id", kind::text}, {"name", kind::text}, {"url", kind::text}};
constexpr field usage_fields[] = {{"conversations", kind::number}, {"avg_duration_s", kind::number}};

constexpr field agent_fields[] = {
    {"id", kind::id},
    {"provider", kind::provider},
    {"native_id", kind::native_id},
    {"name", kind::text},
    {"type", kind::type},
    {"status", kind::status},
    {"description", kind::text},
    {"email", kind::text},
    {"language", kind::text},
    {"model", kind::text},
    {"instructions", kind::text},
    {"greeting", kind::text},
    {"tags", kind::text_list},
    {"tools", kind::record_list, tool_fields},
    {"phone_numbers", kind::text_list},
    {"voice", kind::record, voice_fields, true},
    {"avatar", kind::record, avatar_fields, true},
    {"config", kind::object},
    {"usage", kind::record, usage_fields},
    {"created_at", kind::time},
    {"updated_at", kind::time},
    {"last_used_at", kind::time},
};

}  // namespace

const std::span<const field> agent_schema{agent_fields};

}  // namespace rollcall::normalizers
