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

constexpr field status_fields[] = {
    {"id", kind::id},
    {"provider", kind::provider},
    {"name", kind::text},
    {"status", kind::status},
    {"optimization_state", kind::text},
    {"metrics", kind::renamed_object},
    {"last_optimized_at", kind::time},
};

constexpr field insights_fields[] = {{"agent_id", kind::subject}, {"provider", kind::provider}};

constexpr field conversation_fields[] = {
    {"id", kind::id},
    {"provider", kind::provider},
    {"native_id", kind::native_id},
    {"agent_id", kind::subject},
    {"contact_id", kind::reference},
    {"folder", kind::text},
    {"is_read", kind::flag},
    {"started_at", kind::time},
    {"last_activity_at", kind::time},
};

// Money is a decimal string, as the provider wrote it.
constexpr field contact_fields[] = {{"id", kind::reference}, {"is_primary", kind::flag}};
constexpr field product_fields[] = {{"name", kind::text}, {"quantity", kind::number}, {"unit_price", kind::text}};
constexpr field quote_fields[] = {
    {"currency", kind::text}, {"total_price", kind::text}, {"products", kind::record_list, product_fields}};
constexpr field stage_fields[] = {{"label", kind::text}, {"status", kind::text}, {"changed_at", kind::time}};

constexpr field sale_fields[] = {
    {"id", kind::id},
    {"provider", kind::provider},
    {"native_id", kind::native_id},
    {"agent_id", kind::subject},
    {"company_id", kind::reference},
    {"owner_id", kind::reference},
    {"conversation_ids", kind::reference_list},
    {"contacts", kind::record_list, contact_fields},
    {"quote", kind::record, quote_fields},
    {"notes", kind::text},
    {"status", kind::record, stage_fields},
    {"status_history", kind::record_list, stage_fields},
    {"created_at", kind::time},
    {"last_activity_at", kind::time},
};

constexpr field conversation_counts[] = {{"responded_to", kind::number}, {"messages_sent", kind::number}};
constexpr field pipeline_fields[] = {
    {"name", kind::text}, {"status", kind::text}, {"volume", kind::number}, {"value", kind::text}};
constexpr field sales_counts[] = {{"pipeline", kind::record_list, pipeline_fields}, {"sales_rate", kind::number}};

constexpr field conversations_half = {"conversations", kind::record, conversation_counts};
constexpr field sales_half = {"sales", kind::record, sales_counts};
constexpr field analytics_fields[] = {conversations_half, sales_half};

constexpr const record* records[] = {&agent_record,
                                     &status_record,
                                     &insights_record,
                                     &conversation_record,
                                     &sale_record,
                                     &analytics_record,
                                     &conversation_analytics_record,
                                     &sales_analytics_record};

}  // namespace

const record agent_record{"agent", agent_fields};
const record status_record{"status", status_fields};
const record insights_record{"insights", insights_fields};
const record conversation_record{"conversation", conversation_fields};
const record sale_record{"sale", sale_fields};
const record analytics_record{"analytics", analytics_fields};
const record conversation_analytics_record{"analytics_conversations", {&conversations_half, 1}};
const record sales_analytics_record{"analytics_sales", {&sales_half, 1}};
const std::span<const record* const> all_records{records};

std::string label_of(const record& record, const field& field) {
    if (&record == &agent_record) return std::string{field.name};
    return std::string{record.name} + '.' + std::string{field.name};
}

}  // namespace rollcall::normalizers
