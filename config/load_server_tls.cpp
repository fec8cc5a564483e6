// `server.tls` of the configuration.
#include "config/load_server_tls.hpp"

#include "config/text_file.hpp"

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds longest_hsts = 24h * 365 * 2;

std::string read_path(const yaml::value& value, const std::string& file) {
    std::string text;
    if (!value.text(text)) return {};
    if (text.empty()) value.fault("must be the path of a file");
    return resolved_against(file, text);
}

}  // namespace

std::optional<server_tls> read_server_tls(const yaml::value& value, const std::string& file) {
    if (value.absent()) return std::nullopt;
    server_tls out;
    const auto keys = value.keys({"certificate", "key", "client_ca", "client_certificate", "hsts"});
    out.certificate = read_path(keys.require("certificate"), file);
    out.key = read_path(keys.require("key"), file);
    out.client_ca = read_path(keys["client_ca"], file);
    const auto asked = keys["client_certificate"];
    asked.choice<client_certificate>(
        out.client_certificate, {{"request", client_certificate::request}, {"require", client_certificate::require}});
    if (asked && keys["client_ca"].absent()) asked.fault("needs client_ca, which says whose certificates count");
    keys["hsts"].duration<std::chrono::seconds>(out.hsts, 0s, longest_hsts);
    for (const auto name : {"certificate", "key", "client_ca"})
        out.places.emplace(name, keys[name] ? keys[name].where() : value.where());
    return out;
}

}  // namespace rollcall::config
