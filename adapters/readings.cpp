// Compiling how a provider's answers are read.
#include "adapters/readings.hpp"

namespace rollcall::adapters {
namespace {

const normalizers::field_rules& rules_of(const profile& profile, operation_kind kind) {
    static const normalizers::field_rules none;
    switch (kind) {
        case operation_kind::list:
        case operation_kind::get:
        case operation_kind::create:
        case operation_kind::update:
            return profile.agent;
        case operation_kind::status:
            return profile.status;
        case operation_kind::conversations:
            return profile.conversation;
        case operation_kind::sales:
            return profile.sale;
        case operation_kind::analytics:
        case operation_kind::analytics_conversations:
        case operation_kind::analytics_sales:
            // A half of the record takes the rules of its own fields only.
            return profile.analytics;
        case operation_kind::delete_:
        case operation_kind::insights:
            break;
    }
    return none;
}

reading compile(const profile& profile, operation_kind kind, const operation& operation, std::string_view provider,
                const normalizers::error_plan& errors) {
    const normalizers::record* const record = record_of(kind);
    if (record == nullptr) return normalizers::compile_acknowledgement(operation.success, errors);
    const normalizers::field_rules& rules = rules_of(profile, kind);
    if (!is_list(kind)) {
        return normalizers::compile_one(record->fields, rules, operation.at, operation.success, provider, errors);
    }
    const paging& paging = profile.paging;
    const normalizers::list_pointers pointers{operation.at, operation.success, paging.has_more,
                                              paging.next,  paging.total,      paging.total_pages};
    return normalizers::compile_list(record->fields, rules, pointers, provider, errors);
}

}  // namespace

const normalizers::record* record_of(operation_kind kind) {
    switch (kind) {
        case operation_kind::list:
        case operation_kind::get:
        case operation_kind::create:
        case operation_kind::update:
            return &normalizers::agent_record;
        case operation_kind::status:
            return &normalizers::status_record;
        case operation_kind::insights:
            return &normalizers::insights_record;
        case operation_kind::conversations:
            return &normalizers::conversation_record;
        case operation_kind::sales:
            return &normalizers::sale_record;
        case operation_kind::analytics:
            return &normalizers::analytics_record;
        case operation_kind::analytics_conversations:
            return &normalizers::conversation_analytics_record;
        case operation_kind::analytics_sales:
            return &normalizers::sales_analytics_record;
        case operation_kind::delete_:
            break;
    }
    return nullptr;
}

readings compile_readings(const profile& profile, std::string_view provider, const normalizers::error_plan& errors) {
    readings readings;
    for (std::size_t i = 0; i < operation_count; ++i) {
        const auto& operation = profile.operations[i];
        if (operation) readings[i] = compile(profile, static_cast<operation_kind>(i), *operation, provider, errors);
    }
    return readings;
}

}  // namespace rollcall::adapters
