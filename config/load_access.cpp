// `access` of the configuration.
#include "config/load_access.hpp"

#include "config/certificate_name.hpp"
#include "config/load_issuers.hpp"
#include "config/load_limits.hpp"
#include "config/near_miss.hpp"
#include "config/syntax.hpp"
#include "config/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

namespace rollcall::config {
namespace {

constexpr std::string_view key_rule =
    "must be what `rollcall key new` prints for the configuration: rc_ and ten letters or digits, a colon, and the 64 "
    "hexadecimal digits of the key's SHA-256";

/// What a client may refer to, and where each of what only one may have was seen first.
struct surroundings {
    const std::vector<provider>& providers;
    bool certificates_are_asked_for;
    const std::vector<token_issuer>& issuers;
    std::map<std::string, std::string> key_prefixes{};
    std::map<std::string, std::string, certificate_name_order> certificate_names{};
    std::map<std::string, std::string> tokens{};
};

bool is_hexadecimal(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char digit) { return std::isxdigit(digit) != 0; });
}

void read_hash(const yaml::value& value, client_key& out) {
    std::string text;
    if (!value.text(text)) return;
    if (!prefix_of_key(text).empty())
        return value.fault(
            "is a key itself, which is no secret any more: make another with `rollcall key new`, and put "
            "here the line that it prints for the configuration");
    const std::string_view all{text};
    const std::string_view prefix = all.substr(0, key_prefix_length);
    const std::string_view digits = all.substr(std::min(prefix.size() + 1, all.size()));
    if (!is_key_prefix(prefix) || all.substr(prefix.size(), 1) != ":" || digits.size() != 2 * out.sha256.size() ||
        !is_hexadecimal(digits)) {
        return value.fault(std::string{key_rule});
    }
    out.prefix = prefix;
    for (std::size_t i = 0; i < out.sha256.size(); ++i)
        out.sha256[i] = static_cast<unsigned char>(std::stoi(std::string{digits.substr(2 * i, 2)}, nullptr, 16));
}

void read_expiry(const yaml::value& value, client_key& out) {
    std::string text;
    if (!value.text(text)) return;
    out.expires = parse_moment(text);
    if (!out.expires) value.fault("expected a moment such as 2027-01-31T00:00:00Z");
}

/// A key is its hash alone, or a map of the hash and more. `value` is hidden.
client_key read_key(const yaml::value& value) {
    client_key key;
    if (value.kind() == yaml::node::kind::scalar) {
        read_hash(value, key);
        return key;
    }
    const auto keys = value.keys({"hash", "expires"});
    read_hash(keys.require("hash"), key);
    read_expiry(keys["expires"], key);
    return key;
}

/// `places` is where each prefix of the file was seen first.
std::vector<client_key> read_keys(const yaml::value& value, std::map<std::string, std::string>& places) {
    std::vector<client_key> keys;
    for (const auto& entry : value.list()) {
        client_key key = read_key(entry.hidden());
        if (!key.prefix.empty()) {
            const auto [first, is_new] = places.emplace(key.prefix, entry.path());
            if (!is_new)
                entry.fault(fmt::format("begins as {} does; each key must have a beginning of its own", first->second));
        }
        keys.push_back(std::move(key));
    }
    if (value.empty()) value.fault("must hold at least one key");
    return keys;
}

std::vector<std::string> read_certificate_names(const yaml::value& value, surroundings& around) {
    std::vector<std::string> names;
    for (const auto& entry : value.list()) {
        std::string name;
        if (!entry.text(name)) continue;
        if (const std::string problem = certificate_name_problem(name); !problem.empty()) {
            entry.fault(fmt::format("{}, found {}", problem, entry.found()));
            continue;
        }
        const auto [first, is_new] = around.certificate_names.emplace(name, entry.path());
        if (!is_new) entry.fault(fmt::format("is the name that {} is; each may stand once", first->second));
        names.push_back(std::move(name));
    }
    if (value.empty()) value.fault("must hold at least one name");
    if (!around.certificates_are_asked_for)
        value.fault("needs server.tls.client_ca, or nobody is asked for a certificate");
    return names;
}

std::vector<std::string> read_provider_names(const yaml::value& value, const std::vector<provider>& providers) {
    std::vector<std::string_view> known;
    for (const provider& provider : providers)
        known.push_back(provider.name);
    std::vector<std::string> names;
    for (const auto& entry : value.list()) {
        std::string name;
        if (!entry.text(name)) continue;
        if (std::ranges::find(known, name) == known.end()) {
            entry.fault(fmt::format("no provider has the name {}{}", entry.found(), did_you_mean(name, known)));
        } else if (std::ranges::find(names, name) != names.end()) {
            entry.fault("is given twice");
        } else {
            names.push_back(std::move(name));
        }
    }
    if (value.empty()) value.fault("must name at least one provider; left out, the client may use all of them");
    return names;
}

void read_allow(const yaml::value& value, client& out) {
    if (value.absent()) return;
    out.may_read = out.may_write = false;
    enum class operation { read, write };
    for (const auto& entry : value.list()) {
        operation allowed{};
        if (!entry.choice<operation>(allowed, {{"read", operation::read}, {"write", operation::write}})) continue;
        (allowed == operation::read ? out.may_read : out.may_write) = true;
    }
    if (value.empty()) value.fault("must hold read, write or both");
}

client read_client(const yaml::value& entry, surroundings& around) {
    client out;
    const auto keys = entry.keys({"name", "keys", "certificates", "tokens", "providers", "allow", "limits"});
    const auto name = keys.require("name");
    if (std::string text; name.text(text)) {
        if (is_name(text)) {
            out.name = std::move(text);
        } else {
            name.fault(fmt::format("{}, found {}", name_rule, name.found()));
        }
    }
    if (const auto own = keys["keys"]) out.keys = read_keys(own, around.key_prefixes);
    if (const auto own = keys["certificates"]) out.certificates = read_certificate_names(own, around);
    if (const auto own = keys["tokens"]) out.tokens = read_client_tokens(own, around.issuers, around.tokens);
    if (entry.kind() == yaml::node::kind::map && keys["keys"].absent() && keys["certificates"].absent() &&
        keys["tokens"].absent()) {
        entry.fault("must have keys, certificates, tokens or several of them");
    }
    if (const auto names = keys["providers"]) out.providers = read_provider_names(names, around.providers);
    read_allow(keys["allow"], out);
    out.limits = read_client_limits(keys["limits"]);
    return out;
}

/// `access: {open: true, …}`: as the word `open`, with what else may be said of it.
void read_open(const yaml::members_of_map& keys, access& out) {
    bool open = true;
    if (keys["open"].boolean(open) && !open) keys["open"].fault("must be true, or be left out where there are clients");
    for (const std::string_view name : {"clients", "issuers", "limits"})
        keys[name].fault("has no meaning where access is open");
    if (const auto limits = keys["unauthenticated"]) out.unauthenticated = read_unauthenticated_limits(limits);
}

}  // namespace

void read_access(const yaml::value& value, const std::vector<provider>& providers, const std::optional<server_tls>& tls,
                 access& out) {
    if (value.absent()) return;
    out.stated = true;
    if (std::string word; value.kind() != yaml::node::kind::map) {
        const auto shown = value.hidden();
        if (value.kind() != yaml::node::kind::scalar || !shown.text(word) || word != "open")
            value.fault(fmt::format("expected open or a map with clients, found {}", shown.found()));
        return;
    }
    std::map<std::string, std::string> paths;
    const auto keys = value.keys({"clients", "issuers", "limits", "unauthenticated", "open"});
    if (keys["open"]) return read_open(keys, out);
    const auto limits = read_client_limits(keys["limits"]);
    out.unauthenticated = read_unauthenticated_limits(keys["unauthenticated"]);
    out.issuers = read_issuers(keys["issuers"], value.where().file);
    surroundings around{providers, tls && !tls->client_ca.empty(), out.issuers};
    const auto clients = keys.require("clients");
    for (const auto& entry : clients.list()) {
        client read = read_client(entry, around);
        if (!read.name.empty()) {
            const auto [first, is_new] = paths.emplace(read.name, entry.path());
            if (!is_new) entry.fault(fmt::format("its name is taken by {}", first->second));
        }
        if (!read.limits) read.limits = limits;
        out.clients.push_back(std::move(read));
    }
    if (clients.empty()) clients.fault("must hold at least one client; to let everybody in write `access: open`");
}

}  // namespace rollcall::config
