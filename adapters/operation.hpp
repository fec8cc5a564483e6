// What can be asked of a provider. Bounded, because the names are label values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rollcall::adapters {

enum class operation_kind : std::uint8_t {
    list,
    get,
    create,
    update,
    delete_,
    status,
    insights,
    conversations,
    sales,
    analytics,
    analytics_conversations,
    analytics_sales,
};

/// As profiles, clients and metrics know them.
inline constexpr std::string_view operation_names[] = {"list",
                                                       "get",
                                                       "create",
                                                       "update",
                                                       "delete",
                                                       "status",
                                                       "insights",
                                                       "conversations",
                                                       "sales",
                                                       "analytics",
                                                       "analytics_conversations",
                                                       "analytics_sales"};
inline constexpr std::size_t operation_count = std::size(operation_names);

[[nodiscard]] constexpr std::string_view name_of(operation_kind kind) {
    return operation_names[static_cast<std::size_t>(kind)];
}

/// Does it change something at the provider? Such a call is never repeated, shared or kept.
[[nodiscard]] constexpr bool is_write(operation_kind kind) {
    return kind == operation_kind::create || kind == operation_kind::update || kind == operation_kind::delete_;
}

/// Does it answer a list that comes in pages?
[[nodiscard]] constexpr bool is_list(operation_kind kind) {
    return kind == operation_kind::list || kind == operation_kind::conversations || kind == operation_kind::sales;
}

}  // namespace rollcall::adapters
