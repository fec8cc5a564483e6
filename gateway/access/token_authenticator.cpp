// Judging tokens: the signature first, because nothing else in a token is to be believed before.
#include "gateway/access/token_authenticator.hpp"

#include "gateway/access/credential.hpp"

#include <algorithm>
#include <optional>

namespace rollcall::gateway {
namespace {

using normalizers::token;

/// Is the token for us? `aud` is a string or a list of strings (RFC 7519, section 4.1.3); empty: it is neither.
std::optional<bool> is_for(const json_object& claims, const std::vector<std::string>& audiences) {
    const auto* const claim = claims.find("aud");
    if (claim == nullptr) return false;
    std::vector<std::string> named;
    if (claim->kind == token::array) {
        auto texts = texts_of(*claim);
        if (!texts) return std::nullopt;
        named = *std::move(texts);
    } else {
        auto text = text_of(*claim);
        if (!text) return std::nullopt;
        named.push_back(*std::move(text));
    }
    return std::ranges::find_first_of(named, audiences) != named.end();
}

/// Reads `exp`, which must be there, `nbf` and `iat`. False: one of them is no moment.
bool read_times(const json_object& claims, verified_token& out) {
    const auto* const end = claims.find("exp");
    const auto expires = end == nullptr ? std::nullopt : time_of(*end);
    if (!expires) return false;
    out.expires = *expires;
    for (const std::string_view name : {"nbf", "iat"}) {
        const auto* const claim = claims.find(name);
        if (claim == nullptr) continue;
        const auto moment = time_of(*claim);
        if (!moment) return false;
        out.not_before = std::max(out.not_before, *moment);
    }
    return true;
}

/// Judged each time that a token comes, kept or not. Empty: it is its time.
std::optional<unauthenticated> untimely(const verified_token& token, std::chrono::seconds skew,
                                        system_clock::time_point now) {
    // In milliseconds, since the year 9999 is none that nanoseconds reach.
    const token_time at = std::chrono::floor<std::chrono::milliseconds>(now);
    if (at >= token.expires + skew) return unauthenticated::expired;
    if (at + skew < token.not_before) return unauthenticated::not_yet_valid;
    return std::nullopt;
}

identity identity_of(const verified_token& token) {
    return {token.owner->client, token.owner->name, token.reads, token.writes};
}

}  // namespace

token_authenticator::token_authenticator(const std::vector<token_issuer>& issuers)
    : issuers_(issuers), seen_(issuers.size()) {}

std::variant<identity, unauthenticated> token_authenticator::authenticate(const request& request,
                                                                          system_clock::time_point now) const {
    const auto credential = credential_of(request);
    if (const auto* why = std::get_if<unauthenticated>(&credential)) return *why;
    const auto& shown = std::get<shown_credential>(credential);
    if (!shown.may_be_token()) return unauthenticated::missing;
    if (shown.text.size() > json_web_token::longest) return unauthenticated::malformed;

    const token_digest digest = cache_.digest_of(shown.text);
    if (const verified_token* const kept = cache_.find(digest)) {
        const token_issuer& issuer = issuers_[kept->issuer];
        if (kept->key_version == issuer.keys->version() && issuer.keys->counts_at(now)) {
            if (const auto why = untimely(*kept, issuer.settings.clock_skew, now)) return *why;
            return identity_of(*kept);
        }
    }
    const verification verified = verify(shown.text, now);
    if (const auto* why = std::get_if<unauthenticated>(&verified)) return *why;
    const auto& good = std::get<verified_token>(verified);
    cache_.put(digest, good);
    return identity_of(good);
}

token_authenticator::verification token_authenticator::verify(std::string_view text,
                                                              system_clock::time_point now) const {
    const auto token = json_web_token::read(reader_, text);
    if (!token) return unauthenticated::malformed;
    const auto found = issuer_of(token->claims);
    if (const auto* why = std::get_if<unauthenticated>(&found)) return *why;

    verified_token good;
    good.issuer = std::get<std::size_t>(found);
    const token_issuer& issuer = issuers_[good.issuer];
    if (!issuer.keys->counts_at(now)) {
        issuer.keys->ask_for_newer();
        return unauthenticated::keys_unavailable;
    }
    good.key_version = keys_of(good.issuer).version;
    if (unauthenticated why{}; !is_signed(*token, good.issuer, why)) return why;

    const auto for_us = is_for(token->claims, issuer.settings.audiences);
    if (!for_us) return unauthenticated::malformed;
    if (!*for_us) return unauthenticated::wrong_audience;
    if (!read_times(token->claims, good)) return unauthenticated::malformed;
    if (const auto why = untimely(good, issuer.settings.clock_skew, now)) return *why;

    const auto* const claim = token->claims.find(issuer.settings.client_claim);
    const auto subject = claim == nullptr ? std::nullopt : text_of(*claim);
    const auto owner = subject ? issuer.owners.find(*subject) : issuer.owners.end();
    if (owner == issuer.owners.end()) return unauthenticated::unknown_subject;
    good.owner = &owner->second;
    if (const auto& scopes = issuer.settings.scopes) {
        good.reads = has_scope(token->claims, scopes->read);
        good.writes = has_scope(token->claims, scopes->write);
    }
    return good;
}

/// The issuer that the token claims to be of, by which the keys are chosen that can prove it (RFC 8725, section 3.8).
std::variant<std::size_t, unauthenticated> token_authenticator::issuer_of(const json_object& claims) const {
    const auto* const claim = claims.find("iss");
    const auto name = claim == nullptr ? std::nullopt : text_of(*claim);
    if (!name) return unauthenticated::malformed;
    const auto found =
        std::ranges::find(issuers_, *name, [](const token_issuer& issuer) { return issuer.settings.issuer; });
    if (found == issuers_.end()) return unauthenticated::unknown_issuer;
    return static_cast<std::size_t>(found - issuers_.begin());
}

const token_authenticator::seen_keys& token_authenticator::keys_of(std::size_t issuer) const {
    const held_key_set& held = *issuers_[issuer].keys;
    seen_keys& seen = seen_[issuer];
    if (const auto version = held.version(); version != seen.version) seen = {version, held.now().keys};
    return seen;
}

bool token_authenticator::is_signed(const json_web_token& token, std::size_t issuer, unauthenticated& why) const {
    const held_key_set& held = *issuers_[issuer].keys;
    const key_set& keys = *keys_of(issuer).keys;
    const auto candidates = keys.candidates(token.algorithm, token.key);
    const bool verified = std::ranges::any_of(
        candidates, [&](const json_web_key* key) { return key->verifies(token.signed_part, token.signature); });
    if (verified) return true;
    // A token that names a key of another algorithm is forged, one that names a key that is not there may be of a key
    // that is new, and of one that names none nobody knows.
    const bool known = token.key && keys.has(*token.key);
    if (!known) held.ask_for_newer();
    why = known || !candidates.empty() ? unauthenticated::bad_signature : unauthenticated::unknown_key;
    return false;
}

}  // namespace rollcall::gateway
