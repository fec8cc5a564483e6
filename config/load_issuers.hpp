// `access.issuers` of the configuration, and a client's `tokens`. How a token is judged is gateway/access.
#pragma once

#include "config/settings.hpp"
#include "config/yaml.hpp"

#include <map>
#include <string>
#include <vector>

namespace rollcall::config {

/// Reads the issuers; `file` is the configuration's path, from whose folder those of key sets start. Nothing happens
/// where `value` is absent.
[[nodiscard]] std::vector<token_issuer> read_issuers(const yaml::value& value, const std::string& file);

/// Reads a client's tokens, written as `ISSUERNAME:VALUE`, whose issuers must be among `issuers`. `places` is where
/// each of the file was seen first. No fault shows what stands in the place of one, which may be a token itself.
[[nodiscard]] std::vector<client_token> read_client_tokens(const yaml::value& value,
                                                           const std::vector<token_issuer>& issuers,
                                                           std::map<std::string, std::string>& places);

}  // namespace rollcall::config
