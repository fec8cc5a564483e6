// Reading the key of a request.
#include "gateway/access/key_authenticator.hpp"

#include "gateway/access/credential.hpp"

namespace rollcall::gateway {
namespace {

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
    const auto credential = credential_of(request);
    if (const auto* why = std::get_if<unauthenticated>(&credential)) return *why;
    const auto& shown = std::get<shown_credential>(credential);
    if (leaves_tokens_ && shown.may_be_token()) return unauthenticated::missing;
    const auto found = ring_.find(shown.text, now);
    if (const auto* fault = std::get_if<key_fault>(&found)) return told(*fault);
    const held_key& held = *std::get<const held_key*>(found);
    return identity{held.owner, held.prefix};
}

}  // namespace rollcall::gateway
