// Certificates and keys as PEM text (RFC 7468), read with OpenSSL. What they are used for is tls_context.
#pragma once

#include "base/clock.hpp"

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::gateway {

struct free_pem {
    void operator()(X509* certificate) const;
    void operator()(EVP_PKEY* key) const;
};
using certificate_pointer = std::unique_ptr<X509, free_pem>;
using key_pointer = std::unique_ptr<EVP_PKEY, free_pem>;

struct pem_certificates {
    std::vector<certificate_pointer> list;  ///< at least one
    std::string problem;                    ///< what is wrong, to be read behind a file's name; empty: nothing is
};
/// Every certificate of the text, in its order. Other blocks and text between them are passed over.
[[nodiscard]] pem_certificates read_certificates(std::string_view text);

struct pem_key {
    key_pointer key;
    std::string problem;  ///< as above
};
/// The first private key of the text, which must not need a passphrase.
[[nodiscard]] pem_key read_private_key(std::string_view text);

[[nodiscard]] system_clock::time_point valid_from(const X509& certificate);
[[nodiscard]] system_clock::time_point valid_until(const X509& certificate);

/// The subject alternative names of a certificate that name somebody: `DNS:…`, `URI:…`, `email:…`, in their order.
/// Names that hold anything but visible ASCII characters are left out: they are compared as text.
[[nodiscard]] std::vector<std::string> names_of(const X509& certificate);

}  // namespace rollcall::gateway
