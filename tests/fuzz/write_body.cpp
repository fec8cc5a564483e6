// The bodies of writes: what a client may write comes to a body that its provider can read, and every refusal is told
// in valid JSON. An input is the number of a profile, 0 (create) or 1 (update), and the body.
#include "gateway/api/agent_body.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/shipped.hpp"
#include "tests/fuzz/strict_json.hpp"

#include <algorithm>
#include <set>

namespace {

using namespace rollcall;
using adapters::operation_kind;
using fuzz::check;
using fuzz::strict_json;

constexpr std::string_view configured[] = {"heppu", "reps"};
constexpr std::size_t plain_depth = 100;  // where both parsers agree for sure

void check_refusal(const gateway::problem& problem) {
    check(gateway::kind_of(problem.code).status / 100 == 4, "a bad body is the client's fault");
    check(problem.errors.size() <= gateway::most_body_faults, "the faults that are told are few");
    gateway::response response;
    gateway::write_problem(response, problem, "id");
    check(strict_json(response.body).has_value(), "a problem is valid JSON");
}

void check_fields(const adapters::written_fields& fields, const adapters::provider& provider,
                  operation_kind operation) {
    std::set<std::string_view> names;
    for (const auto& [name, value] : fields) {
        check(names.insert(name).second, "a field is written once");
        check(strict_json(value).has_value(), "a field's value is valid JSON");
    }
    for (const auto& [name, rule] : provider.profile().write)
        check(operation != operation_kind::create || !rule.required || names.contains(name),
              "what is required is there");
    const auto body = strict_json(provider.write_body(fields));
    check(body && body->is_object() && !body->get_object().empty(), "what a provider is told is a JSON object");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static normalizers::reader reader;
    fuzz::input input{bytes, size};
    const auto& providers = fuzz::shipped_providers();
    const adapters::provider& provider = providers[input.below(providers.size())];
    const auto operation = input.below(2) == 0 ? operation_kind::create : operation_kind::update;
    const std::string_view body = input.rest();

    const auto members = gateway::members_of_body(reader, body);
    const auto value = strict_json(body, plain_depth);
    if (members.has_error()) {
        check_refusal(members.error());
        check(!value || !value->is_object(), "a JSON object is read");
        return 0;
    }
    for (const auto& member : *members) {
        check(strict_json(member.raw).has_value(), "a member is valid JSON");
        check(fuzz::is_utf8(member.name), "a member's name is UTF-8");
    }
    const auto named = gateway::named_provider(reader, *members, configured);
    if (named.has_value()) {
        check(std::ranges::find(configured, *named) != std::end(configured), "a provider is one that there is");
    } else {
        check_refusal(named.error());
    }
    if (provider.profile().write.empty()) return 0;
    const auto fields = gateway::fields_to_write(*members, operation, provider.name(), provider.profile());
    if (fields.has_value()) {
        check_fields(*fields, provider, operation);
    } else {
        check_refusal(fields.error());
    }
    return 0;
}
