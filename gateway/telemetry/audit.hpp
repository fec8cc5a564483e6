// What is written down of every write that a client asks for: who, what, at which provider, and what came of it.
#pragma once

#include "gateway/http/message.hpp"

#include <optional>
#include <string_view>

namespace rollcall::gateway {

/// Texts may be a client's own; whoever writes them down escapes and bounds them.
struct audited_write {
    std::string_view client;      ///< its name; empty: access is open
    std::string_view key;         ///< what it was known by, such as its key's prefix; may be empty
    std::string_view operation;   ///< `create`, `update` or `delete`
    std::string_view provider{};  ///< the configured name; empty where the request names none that its client sees
    std::string_view record{};    ///< the agent's id, as the client gave it or as it is now; empty: there is none
    std::string_view path;        ///< as sent
    std::string_view request_id;
    unsigned status = 0;      ///< of the answer
    std::string_view code{};  ///< of the answer's problem; empty: it was done
    bool replayed = false;    ///< the answer of an earlier request with the same Idempotency-Key
};

/// What is written down of a request that was over before its resource had read it: refused on its way there, failed,
/// or left by its client. Empty where it asks for no write of an agent, and where it was one too many (429): what holds
/// a client back must not let it write as many lines as it likes. `code` must outlive what is returned, as the request.
[[nodiscard]] std::optional<audited_write> unmade_write(const request& request, unsigned status, std::string_view code);

class audit_log {
  public:
    virtual ~audit_log() = default;
    /// Any thread.
    virtual void wrote(const audited_write& write) = 0;
};

}  // namespace rollcall::gateway
