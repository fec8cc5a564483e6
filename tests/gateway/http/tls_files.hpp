// Certificates for a listener, and a context made of them.
#pragma once

#include "gateway/http/tls_context.hpp"
#include "tests/support/certificates.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace rollcall::gateway::testing {

using rollcall::testing::certificate_authority;
using rollcall::testing::issued_certificate;

inline config::server_tls settings_of(const issued_certificate& issued) {
    config::server_tls settings;
    settings.certificate = issued.chain;
    settings.key = issued.key;
    return settings;
}

inline std::shared_ptr<const tls_context> context_of(
    const config::server_tls& settings, std::shared_ptr<ticket_keys> tickets = std::make_shared<ticket_keys>()) {
    std::vector<config::fault> faults;
    auto context = tls_context::read(settings, std::move(tickets), faults);
    REQUIRE_MESSAGE(context, (faults.empty() ? std::string() : config::to_string(faults.front())));
    return context;
}

/// A context with a new certificate, of a new authority, for 127.0.0.1.
inline std::shared_ptr<const tls_context> any_context() {
    certificate_authority authority;
    return context_of(settings_of(authority.issue("127.0.0.1")));
}

}  // namespace rollcall::gateway::testing
