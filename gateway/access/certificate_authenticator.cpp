// Finding whose a certificate is by its names.
#include "gateway/access/certificate_authenticator.hpp"

namespace rollcall::gateway {

std::variant<identity, unauthenticated> certificate_authenticator::authenticate(const request& request,
                                                                                system_clock::time_point) const {
    if (request.certificate.empty()) return unauthenticated::missing;
    identity known;
    for (const std::string& name : request.certificate) {
        const auto found = owners_.find(std::string_view{name});
        if (found == owners_.end()) continue;
        const auto& [configured, owner] = *found;
        if (known.client == nullptr) known = {owner, configured};
        if (known.client != owner) return unauthenticated::ambiguous_certificate;
    }
    if (known.client == nullptr) return unauthenticated::unknown_certificate;
    return known;
}

}  // namespace rollcall::gateway
