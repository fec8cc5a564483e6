// `access.issuers` of the configuration, and what of their tokens is a client's.
#include "config/load_issuers.hpp"

#include "config/key_set_url.hpp"
#include "config/near_miss.hpp"
#include "config/syntax.hpp"
#include "config/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

/// Of issuers, audiences, claims, scopes and subjects: names of things, which tokens of a few KiB must hold.
constexpr std::size_t longest_text = 256;

constexpr std::string_view token_rule =
    "must be the name of one of access.issuers, a colon, and the value of its client_claim, such as corporate:crm";

/// A text that is compared byte for byte with a claim's.
bool read_claim_text(const yaml::value& value, std::string& out) {
    std::string text;
    if (!value.text(text)) return false;
    if (text.empty() || text.size() > longest_text || text.find_first_of("\t\n") != std::string::npos) {
        value.fault(fmt::format("must have 1 to {} bytes on one line", longest_text));
        return false;
    }
    out = std::move(text);
    return true;
}

/// One text or a list of texts.
std::vector<std::string> read_audiences(const yaml::value& value) {
    std::vector<std::string> audiences;
    if (value.absent()) return audiences;
    if (std::string one; value.kind() != yaml::node::kind::list) {
        if (read_claim_text(value, one)) audiences.push_back(std::move(one));
        return audiences;
    }
    for (const auto& entry : value.list()) {
        std::string audience;
        if (!read_claim_text(entry, audience)) continue;
        if (std::ranges::find(audiences, audience) != audiences.end()) {
            entry.fault("is given twice");
        } else {
            audiences.push_back(std::move(audience));
        }
    }
    if (value.empty()) value.fault("must name at least one audience");
    return audiences;
}

std::string read_path(const yaml::value& value, const std::string& file) {
    std::string text;
    if (!value.text(text)) return {};
    if (text.empty()) value.fault("must be the path of a file");
    return resolved_against(file, text);
}

void read_url(const yaml::value& value, std::string& out) {
    std::string text;
    if (!value.text(text)) return;
    if (const std::string problem = key_set_url_problem(text); !problem.empty()) return value.fault(problem);
    out = std::move(text);
}

issuer_keys read_issuer_keys(const yaml::value& value, const std::string& file) {
    issuer_keys out;
    const auto keys = value.keys({"file", "url", "refresh", "stale", "ca_file"});
    const bool has_file = !keys["file"].absent();
    if (value.kind() == yaml::node::kind::map && has_file == !keys["url"].absent())
        value.fault("must have either file or url");
    if (has_file) out.file = read_path(keys["file"], file);
    read_url(keys["url"], out.url);
    if (keys["ca_file"]) out.ca_file = read_path(keys["ca_file"], file);
    keys["refresh"].duration<std::chrono::seconds>(out.refresh, 10s, 24h);
    keys["stale"].duration<std::chrono::seconds>(out.stale, 1min, 24h * 7);
    for (const auto name : {"url", "refresh", "stale", "ca_file"}) {
        if (has_file && std::string_view{name} != "url")
            keys[name].fault("belongs to url; a file is read anew when it changes");
    }
    if (keys["ca_file"] && out.url.starts_with("http://"))
        keys["ca_file"].fault("needs a url that begins with https://");
    for (const auto name : {"file", "ca_file"})
        out.places.emplace(name, keys[name] ? keys[name].where() : value.where());
    return out;
}

/// RFC 6749, section 3.3: visible ASCII but quote and backslash.
bool is_scope(std::string_view text) {
    return !text.empty() && text.size() <= longest_text && std::ranges::all_of(text, [](char byte) {
        return byte > ' ' && byte <= '~' && byte != '"' && byte != '\\';
    });
}

void read_scope(const yaml::value& value, std::string& out) {
    std::string text;
    if (!value.text(text)) return;
    if (!is_scope(text))
        return value.fault("must be one scope: visible ASCII without spaces, quotes and backslashes (RFC 6749)");
    out = std::move(text);
}

std::optional<token_scopes> read_scopes(const yaml::value& value) {
    if (value.absent()) return std::nullopt;
    token_scopes scopes;
    const auto keys = value.keys({"read", "write"});
    read_scope(keys.require("read"), scopes.read);
    read_scope(keys.require("write"), scopes.write);
    return scopes;
}

void read_name(const yaml::value& value, std::string& out) {
    std::string text;
    if (!value.text(text)) return;
    if (!is_name(text)) return value.fault(fmt::format("{}, found {}", name_rule, value.found()));
    out = std::move(text);
}

token_issuer read_issuer(const yaml::value& entry, const std::string& file) {
    token_issuer out;
    out.path = entry.path();
    const auto keys = entry.keys({"name", "issuer", "audience", "keys", "client_claim", "clock_skew", "scopes"});
    read_name(keys.require("name"), out.name);
    read_claim_text(keys.require("issuer"), out.issuer);
    out.audiences = read_audiences(keys.require("audience"));
    if (const auto where = keys.require("keys")) out.keys = read_issuer_keys(where, file);
    read_claim_text(keys["client_claim"], out.client_claim);
    keys["clock_skew"].duration<std::chrono::seconds>(out.clock_skew, 0s, 10min);
    out.scopes = read_scopes(keys["scopes"]);
    return out;
}

}  // namespace

std::vector<token_issuer> read_issuers(const yaml::value& value, const std::string& file) {
    std::vector<token_issuer> issuers;
    if (value.absent()) return issuers;
    std::map<std::string, std::string> names;
    std::map<std::string, std::string> claims;
    for (const auto& entry : value.list()) {
        token_issuer read = read_issuer(entry, file);
        if (!read.name.empty()) {
            const auto [first, is_new] = names.emplace(read.name, entry.path());
            if (!is_new) entry.fault(fmt::format("its name is taken by {}", first->second));
        }
        if (!read.issuer.empty()) {
            const auto [first, is_new] = claims.emplace(read.issuer, entry.path());
            if (!is_new) entry.fault(fmt::format("its issuer is that of {}; each may stand once", first->second));
        }
        issuers.push_back(std::move(read));
    }
    if (value.empty()) value.fault("must hold at least one issuer");
    return issuers;
}

std::vector<client_token> read_client_tokens(const yaml::value& value, const std::vector<token_issuer>& issuers,
                                             std::map<std::string, std::string>& places) {
    std::vector<std::string_view> known;
    for (const token_issuer& issuer : issuers)
        known.push_back(issuer.name);
    std::vector<client_token> tokens;
    for (const auto& shown : value.list()) {
        const auto entry = shown.hidden();
        std::string text;
        if (!read_claim_text(entry, text)) continue;
        const auto colon = text.find(':');
        const std::string name = text.substr(0, colon);
        if (colon == std::string::npos || colon + 1 == text.size() || !is_name(name)) {
            entry.fault(std::string{token_rule});
            continue;
        }
        if (std::ranges::find(known, name) == known.end()) {
            entry.fault(fmt::format("no issuer has the name {}{}", name,
                                    known.empty() ? std::string{} : did_you_mean(name, known)));
            continue;
        }
        const auto [first, is_new] = places.emplace(text, entry.path());
        if (!is_new) entry.fault(fmt::format("is what {} is; each may stand once", first->second));
        tokens.push_back({name, text.substr(colon + 1)});
    }
    if (value.empty()) value.fault("must hold at least one token's name");
    return tokens;
}

}  // namespace rollcall::config
