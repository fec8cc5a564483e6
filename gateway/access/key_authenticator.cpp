// Reading the key of a request.
#include "gateway/access/key_authenticator.hpp"

#include "base/text.hpp"

#include <optional>

namespace rollcall::gateway {
namespace {

/// What stands behind the scheme; empty where that is another than Bearer, or nothing does.
std::string_view key_of_authorization(std::string_view value) {
    constexpr std::string_view scheme = "bearer ";
    if (!equals_ignoring_case(value.substr(0, scheme.size()), scheme)) return {};
    return trimmed(value.substr(scheme.size()));
}

unauthenticated told(key_fault fault) {
    switch (fault) {
        case key_fault::malformed:
            return unauthenticated::malformed;
        case key_fault::unknown:
            return unauthenticated::unknown;
        case key_fault::expired:
            return unauthenticated::expired;
        case key_fault::wrong:
            break;
    }
    return unauthenticated::wrong;
}

}  // namespace

std::variant<identity, unauthenticated> key_authenticator::authenticate(const request& request,
                                                                        system_clock::time_point now) const {
    std::optional<std::string_view> shown;
    for (const header_field& field : request.headers) {
        const bool authorizes = equals_ignoring_case(field.name, "authorization");
        if (!authorizes && !equals_ignoring_case(field.name, "x-api-key")) continue;
        const auto key = authorizes ? key_of_authorization(field.value) : field.value;
        if (shown && *shown != key) return unauthenticated::several;
        shown = key;
    }
    if (!shown) return unauthenticated::missing;
    const auto found = ring_.find(*shown, now);
    if (const auto* fault = std::get_if<key_fault>(&found)) return told(*fault);
    const held_key& held = *std::get<const held_key*>(found);
    return identity{held.owner, held.prefix};
}

}  // namespace rollcall::gateway
