// The names by which clients are known that show a certificate: how they are written, and which two are the same.
// Whose a name is, is gateway/access.
#pragma once

#include <string>
#include <string_view>

namespace rollcall::config {

/// What is wrong with a subject alternative name (RFC 5280, section 4.2.1.6), written as `DNS:NAME`, `URI:URI` or
/// `email:ADDRESS`; empty: nothing. A name in a certificate that this refuses can be nobody's.
[[nodiscard]] std::string certificate_name_problem(std::string_view text);

/// An order in which two names are equivalent where they are the same, each with its kind before it. Host names are
/// compared ignoring the case of ASCII letters: all of a DNS name (RFC 6125, section 6.4.1) and what stands behind the
/// `@` of an email address, of which the rest must be equal (RFC 5280, section 7.5). URIs are equal byte for byte,
/// which is stricter than RFC 5280, section 7.4. Names are compared as a whole: a wildcard (RFC 6125, section 6.4.3)
/// stands for nothing else.
struct certificate_name_order {
    using is_transparent = void;
    [[nodiscard]] bool operator()(std::string_view left, std::string_view right) const;
};

}  // namespace rollcall::config
