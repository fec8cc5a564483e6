// Key sets of an issuer: what is taken of one is a bounded number of public keys, the same each time, of a text that
// another reader of JSON takes for a set as well. An input is a set's text.
#include "gateway/access/key_set.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/strict_json.hpp"

#include <string>

namespace {

using namespace rollcall::gateway;
using rollcall::fuzz::check;

constexpr std::string_view forged_signatures[] = {"", "x",
                                                  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};

void check_keys(const key_set& keys) {
    check(keys.size() > 0 && keys.size() <= key_set::keys_maximum, "a set has keys, and not too many");
    for (std::size_t at = 0; at < std::size(signature_algorithm_names); ++at) {
        const auto algorithm = static_cast<signature_algorithm>(at);
        const auto candidates = keys.candidates(algorithm, std::nullopt);
        check(candidates.size() <= key_set::tries_maximum, "few keys are tried");
        for (const json_web_key* const key : candidates) {
            check(key->algorithm() == algorithm, "a key is tried for its own algorithm");
            check(!key->id() || keys.has(*key->id()), "a key of the set is in the set");
            for (const std::string_view signature : forged_signatures)
                check(!key->verifies("text", signature), "what nobody signed is not signed");
        }
    }
}

/// By another reader than the gateway's, which takes the last of two members of one name.
void check_text(std::string_view text, std::size_t taken, std::size_t unused) {
    const auto value = rollcall::fuzz::strict_json(text);
    check(value && value->is_object(), "a set is a JSON object");
    const auto* const keys = value->get_object().if_contains("keys");
    check(keys != nullptr && keys->is_array(), "a set has its keys in a list");
    check(keys->get_array().size() == taken + unused, "every key is used or told of");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string text{rollcall::fuzz::input{bytes, size}.rest()};
    const key_set::reading read = key_set::read(text);
    check((read.keys == nullptr) != read.problem.empty(), "a set is read, or it is said why not");
    if (!read.keys) return 0;
    check(read.keys->text() == text, "a set is told apart by its text");
    if (!rollcall::fuzz::names_surrogate(text)) check_text(text, read.keys->size(), read.unused.size());
    check_keys(*read.keys);
    const key_set::reading again = key_set::read(' ' + text + '\n');
    check(again.keys && again.keys->size() == read.keys->size(), "white space around a set means nothing");
    return 0;
}
