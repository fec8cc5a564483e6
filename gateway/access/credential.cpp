// Finding the credential among a request's fields.
#include "gateway/access/credential.hpp"

#include "base/text.hpp"
#include "config/syntax.hpp"

#include <optional>

namespace rollcall::gateway {
namespace {

/// What stands behind the scheme; empty where that is another than Bearer, or nothing does.
std::string_view credential_of_authorization(std::string_view value) {
    constexpr std::string_view scheme = "bearer ";
    if (!equals_ignoring_case(value.substr(0, scheme.size()), scheme)) return {};
    return trimmed(value.substr(scheme.size()));
}

}  // namespace

bool shown_credential::may_be_token() const {
    return bearer && !text.empty() && !text.starts_with(config::key_mark);
}

std::variant<shown_credential, unauthenticated> credential_of(const request& request) {
    std::optional<shown_credential> shown;
    for (const header_field& field : request.headers) {
        const bool authorizes = equals_ignoring_case(field.name, "authorization");
        if (!authorizes && !equals_ignoring_case(field.name, "x-api-key")) continue;
        const auto text = authorizes ? credential_of_authorization(field.value) : field.value;
        if (shown && shown->text != text) return unauthenticated::several;
        shown = {text, authorizes && (!shown || shown->bearer)};
    }
    if (!shown) return unauthenticated::missing;
    return *shown;
}

}  // namespace rollcall::gateway
