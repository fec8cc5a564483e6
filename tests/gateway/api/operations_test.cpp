// Which operations clients can have of a provider, and how the others are refused.
#include "gateway/api/operations.hpp"

#include "tests/adapters/profile/texts.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <vector>

namespace rollcall::gateway {
namespace {

using adapters::operation_kind;

adapters::provider provider_with(std::initializer_list<operation_kind> kinds) {
    auto [profile, faults] = adapters::load_text(adapters::profile_text({}));
    REQUIRE(faults == "");
    for (const operation_kind kind : kinds)
        profile.operations[static_cast<std::size_t>(kind)].emplace().path = "/agents/{id}";
    config::provider settings;
    settings.name = "mine";
    return adapters::provider{settings, profile};
}

using kinds = std::vector<operation_kind>;

}  // namespace

TEST_CASE("a provider with nothing but a list offers one agent and its status as well") {
    const auto provider = provider_with({});
    CHECK(operations_of(provider) == kinds{operation_kind::list, operation_kind::get, operation_kind::status});
    CHECK(can_have(provider, operation_kind::get));
    CHECK(can_have(provider, operation_kind::status));
    for (const operation_kind kind :
         {operation_kind::create, operation_kind::update, operation_kind::delete_, operation_kind::insights,
          operation_kind::conversations, operation_kind::sales, operation_kind::analytics,
          operation_kind::analytics_conversations, operation_kind::analytics_sales}) {
        CHECK_FALSE(can_have(provider, kind));
    }
}

TEST_CASE("what a profile describes is offered, in one order, each once") {
    const auto provider = provider_with({operation_kind::insights, operation_kind::delete_, operation_kind::get});
    CHECK(operations_of(provider) == kinds{operation_kind::list, operation_kind::get, operation_kind::delete_,
                                           operation_kind::status, operation_kind::insights});
}

TEST_CASE("a refusal names the operation, the provider, and what there is instead") {
    const auto provider = provider_with({operation_kind::delete_});
    const problem refusal = unsupported_operation(provider, operation_kind::analytics_sales);
    CHECK(refusal.code == problem_code::unsupported_operation);
    CHECK(refusal.provider == "mine");
    CHECK(refusal.detail == "mine does not offer analytics_sales; it offers list, get, delete, status");
}

}  // namespace rollcall::gateway
