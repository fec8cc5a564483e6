// What makes a token of one issuer good: its keys, its rules, and which client each of its subjects is.
#pragma once

#include "config/settings.hpp"
#include "gateway/access/held_key_set.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace rollcall::gateway {

struct client;

/// A client by one of its tokens' names.
struct token_owner {
    std::string name;  ///< `ISSUERNAME:SUBJECT`, as it is configured: what the log shows
    const gateway::client* client = nullptr;
};

/// Immutable but for the keys.
struct token_issuer {
    config::token_issuer settings;
    std::shared_ptr<const held_key_set> keys;
    std::map<std::string, token_owner, std::less<>> owners{};  ///< by what `client_claim` says
};

}  // namespace rollcall::gateway
