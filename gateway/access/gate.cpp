// Admitting requests, and the answers to those that are not.
#include "gateway/access/gate.hpp"

#include "gateway/access/certificate_authenticator.hpp"
#include "gateway/access/key_authenticator.hpp"
#include "gateway/access/token_authenticator.hpp"
#include "gateway/http/problem.hpp"

#include <fmt/format.h>

namespace rollcall::gateway {
namespace {

/// What somebody is told who is not known.
struct refusal {
    problem_code code;
    std::string_view detail;
    std::string_view challenge;  ///< RFC 6750, section 3: no error is named to who shows nothing
};

/// One text for every key and token that is none, so that nobody learns which there are or were. A certificate that is
/// nobody's is as none: it may be there for another's sake.
refusal refusal_of(unauthenticated why) {
    switch (why) {
        case unauthenticated::missing:
        case unauthenticated::unknown_certificate:
        case unauthenticated::ambiguous_certificate:
            return {problem_code::unauthorized,
                    "a key is needed, as `Authorization: Bearer KEY` or as `x-api-key: KEY`, a token of a configured "
                    "issuer, as `Authorization: Bearer TOKEN`, or a client's certificate",
                    R"(Bearer realm="rollcall")"};
        case unauthenticated::several:
            return {problem_code::malformed_request, "the request carries more than one credential",
                    R"(Bearer realm="rollcall", error="invalid_request")"};
        case unauthenticated::malformed:
        case unauthenticated::unknown:
        case unauthenticated::wrong:
        case unauthenticated::expired:
        case unauthenticated::unknown_issuer:
        case unauthenticated::unknown_key:
        case unauthenticated::bad_signature:
        case unauthenticated::wrong_audience:
        case unauthenticated::not_yet_valid:
        case unauthenticated::unknown_subject:
        case unauthenticated::keys_unavailable:
            break;
    }
    return {problem_code::unauthorized, "the key or token is not valid",
            R"(Bearer realm="rollcall", error="invalid_token")"};
}

/// Does the credential, by which the client is known, leave that to it?
bool leaves(const identity& known, permission wanted) {
    return wanted == permission::read ? known.reads : known.writes;
}

}  // namespace

std::variant<identity, unauthenticated> gate::authenticate(const request& request) const {
    const auto now = clock_();
    for (const auto& authenticator : authenticators_) {
        auto found = authenticator->authenticate(request, now);
        const auto* const why = std::get_if<unauthenticated>(&found);
        if (why == nullptr || *why != unauthenticated::missing) return found;
    }
    return unauthenticated::missing;
}

gate::authenticators gate::authenticators_of(const client_registry& clients) {
    const bool takes_tokens = !clients.issuers().empty();
    authenticators made;
    made.push_back(std::make_unique<key_authenticator>(clients.keys(), takes_tokens));
    if (takes_tokens) made.push_back(std::make_unique<token_authenticator>(clients.issuers()));
    made.push_back(std::make_unique<certificate_authenticator>(clients.certificates()));
    return made;
}

bool gate::admit(request& request, response& response) const {
    const auto found = authenticate(request);
    if (const auto* why = std::get_if<unauthenticated>(&found)) {
        on_refused_(*why);
        if (!limits_.admit_unknown(request, response)) return false;
        const refusal told = refusal_of(*why);
        const problem refused{told.code, std::string{told.detail}};
        write_problem(response, refused, request.id);
        response.add_header("WWW-Authenticate", told.challenge);
        return false;
    }
    const identity& known = std::get<identity>(found);
    request.client = known.client;
    request.key = known.key;
    if (!admit_within_limits(request, response)) return false;
    const permission wanted = needed_for(request.method);
    const bool may = known.client->may(wanted);
    if (may && leaves(known, wanted)) return true;
    const auto name = permission_names[static_cast<std::size_t>(wanted)];
    const problem refused{problem_code::forbidden, fmt::format("the {} has no permission to {}",
                                                               may ? "scope of the client's token" : "client", name)};
    write_problem(response, refused, request.id);
    response.add_header("WWW-Authenticate", R"(Bearer realm="rollcall", error="insufficient_scope")");
    return false;
}

bool gate::would_admit(const request& request) const {
    const auto found = authenticate(request);
    const auto* known = std::get_if<identity>(&found);
    return known != nullptr && known->client->may(needed_for(request.method)) &&
           leaves(*known, needed_for(request.method)) && is_within_limits(*known->client, request.arrived);
}

}  // namespace rollcall::gateway
