// One caller of the public API: what it may do, and which providers there are for it.
#pragma once

#include "gateway/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::gateway {

class client_limiter;
class client_metrics;

/// What a client may be allowed.
enum class permission : std::uint8_t { read, write };
inline constexpr std::string_view permission_names[] = {"read", "write"};

/// Whatever does not only read writes.
[[nodiscard]] constexpr permission needed_for(method method) {
    return is_safe(method) ? permission::read : permission::write;
}

struct client {
    std::string name;
    bool may_read = true;
    bool may_write = false;
    std::vector<std::string> providers;       ///< the names of those that it sees, in the configured order
    std::vector<bool> visible;                ///< which those are of all that are configured
    client_metrics* requests = nullptr;       ///< what counts its requests; null: nothing does
    std::shared_ptr<client_limiter> limiter;  ///< null: it may ask as often as it likes

    [[nodiscard]] bool may(permission wanted) const { return wanted == permission::read ? may_read : may_write; }
};

/// Is the provider at that place of the configuration there for whom the request is from? To one without a client,
/// where access is open, all are.
[[nodiscard]] inline bool sees(const client* asking, std::size_t provider) {
    return asking == nullptr || asking->visible[provider];
}

/// Empty where access is open.
[[nodiscard]] inline std::string_view name_of(const client* asking) {
    return asking == nullptr ? std::string_view{} : std::string_view{asking->name};
}

/// What stands before a cursor's filters, so that they are one client's own. It ends where no other text can go on as
/// it does: names hold no line break.
[[nodiscard]] inline std::string bound_to(const client* asking) {
    return asking == nullptr ? std::string{} : asking->name + '\n';
}

}  // namespace rollcall::gateway
