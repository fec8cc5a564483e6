// The names of the dialects.
#include "tests/simulator/dialect.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace rollcall::simulator {
namespace {

using maker = std::unique_ptr<dialect> (*)(const dialect_settings&);

constexpr std::array<std::pair<std::string_view, maker>, 7> makers{{{"hyperrep", make_hyperrep},
                                                                    {"heppu", make_heppu},
                                                                    {"converra", make_converra},
                                                                    {"agenthuman", make_agenthuman},
                                                                    {"freshdesk", make_freshdesk},
                                                                    {"retell", make_retell},
                                                                    {"assistants", make_assistants}}};

}  // namespace

std::unique_ptr<dialect> make_dialect(std::string_view kind, const dialect_settings& settings) {
    const auto found =
        std::find_if(makers.begin(), makers.end(), [&](const auto& entry) { return entry.first == kind; });
    return found == makers.end() ? nullptr : found->second(settings);
}

std::string_view known_kinds() {
    return "hyperrep, heppu, converra, agenthuman, freshdesk, retell, assistants";
}

std::string default_key(std::string_view kind) {
    // Freshdesk's credential is the user and the password of HTTP Basic.
    return "test-key-" + std::string{kind} + (kind == "freshdesk" ? ":X" : "");
}

}  // namespace rollcall::simulator
