// A throw-away certificate authority for tests, and certificates from it, as PEM files.
#pragma once

#include "tests/support/temporary_file.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace rollcall::testing {

/// PEM files of a certificate and of its private key.
struct issued_certificate {
    std::filesystem::path chain;
    std::filesystem::path key;
};

enum class validity {
    current,  // from an hour ago to an hour from now
    expired,  // ended an hour ago
};

class certificate_authority {
  public:
    certificate_authority();
    ~certificate_authority();

    /// The authority's own certificate: what a client must trust.
    std::filesystem::path ca_file() const;
    /// A certificate for a host name or an IP address. The files live as long as the authority.
    issued_certificate issue(const std::string& host, validity validity = validity::current);
    /// A certificate for a client with these subject alternative names, as OpenSSL's configuration writes them:
    /// `URI:spiffe://a/b,DNS:c`.
    issued_certificate issue_client(const std::string& names, validity validity = validity::current);

    struct state;

  private:
    issued_certificate issue(const std::string& common_name, const std::string& names, const std::string& usage,
                             validity validity);

    temporary_directory directory_;
    std::unique_ptr<state> state_;
};

}  // namespace rollcall::testing
