// What providers say with their failures: whatever they send, what is passed on is short and can be told in JSON.
// An input is the number of a profile and the body.
#include "adapters/pipeline/exchange.hpp"
#include "gateway/http/problem.hpp"
#include "normalizers/read.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/shipped.hpp"
#include "tests/fuzz/strict_json.hpp"

#include <algorithm>

namespace {

using namespace rollcall;
using fuzz::check;

constexpr std::size_t longest_message = 256;  // in characters
constexpr std::size_t most_details = 16;
constexpr std::string_view credential = "sk-0123456789abcdef";

void check_words(std::string_view words) {
    check(fuzz::is_utf8(words), "what a provider says is UTF-8");
    const auto characters =
        std::ranges::count_if(words, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; });
    check(static_cast<std::size_t>(characters) <= longest_message, "what a provider says is cut");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static normalizers::reader reader;
    fuzz::input input{bytes, size};
    const auto& providers = fuzz::shipped_providers();
    const adapters::provider& provider = providers[input.below(providers.size())];
    failure failure{fault::rejected, "it refuses the request"};
    failure.upstream = reader.read_error(provider.errors(), std::string{input.rest()});
    check_words(failure.upstream.code);
    check_words(failure.upstream.message);
    check(failure.upstream.details.size() <= most_details, "the details are few");
    for (const auto& detail : failure.upstream.details) {
        check(fuzz::is_utf8(detail.member), "a member's name is UTF-8");
        check_words(detail.why);
        const std::string_view field = provider.field_written_to(detail.member);
        check(field.empty() || provider.profile().write.contains(field), "a field that is named is written");
    }
    const adapters::authentication basic{"Authorization", adapters::authentication::scheme::basic};
    adapters::hide(secret{std::string{credential}}, basic, failure.upstream);
    check(failure.upstream.message.find(credential) == std::string::npos, "no credential is passed on");

    gateway::response response;
    gateway::write_problem(response, gateway::problem_of(failure, provider.name()), "id");
    check(fuzz::strict_json(response.body).has_value(), "a problem is valid JSON");
    return 0;
}
