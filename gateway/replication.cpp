// This process among its replicas.
#include "gateway/replication.hpp"

#include "gateway/limits/client_limiter.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace rollcall::gateway {
namespace {

std::string made_up_name() {
    std::array<unsigned char, 8> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("OpenSSL has no random bytes");
    return fmt::format("{:02x}", fmt::join(bytes, ""));
}

}  // namespace

replication::replication(const executor& housekeeping, sweeper& sweeper, const config::redis& settings,
                         store::observer& observer, running running)
    : settings_(settings),
      addresses_(housekeeping, settings_.host, settings_.port),
      tls_(),
      place_{settings_, addresses_, settings_.tls ? &tls_.emplace(settings_.host, settings_.ca_file) : nullptr,
             observer, made_up_name()},
      running_(std::move(running)),
      subscription_(housekeeping, sweeper, place_,
                    {[this](std::string_view pages) { forget_pages(pages); }, [this] { forget_pages({}); }}),
      spending_(housekeeping, sweeper, place_, [this] { return purses(); }) {}

void replication::wait_until_resolved(std::chrono::milliseconds timeout) const {
    (void)addresses_.wait_until_resolved(timeout);
}

void replication::close() {
    subscription_.close();
    spending_.close();
}

std::vector<store::purse> replication::purses() const {
    std::vector<store::purse> purses;
    const auto& clients = running_().clients;
    if (!clients) return purses;
    for (const client& client : clients->clients()) {
        const std::shared_ptr<client_limiter> limiter = client.limiter;
        if (!limiter || !limiter->limits().rate) continue;
        purses.push_back({client.name, [limiter] { return limiter->take_spent(); },
                          [limiter](std::uint64_t tokens) { limiter->spent_elsewhere(tokens); }});
    }
    return purses;
}

/// Of every provider where none is named: when the store has been away, nobody knows what was missed.
void replication::forget_pages(std::string_view pages) {
    for (const auto& state : running_().providers) {
        if (pages.empty() || state->replicas->pages == pages) ++state->writes;
    }
}

}  // namespace rollcall::gateway
