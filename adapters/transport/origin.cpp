// An origin as text, as it stands in URLs and, without its scheme, in the Host header.
#include "adapters/transport/transport.hpp"

namespace rollcall::adapters {

std::string origin::to_string() const {
    std::string text = tls ? "https://" : "http://";
    const bool ipv6 = host.find(':') != std::string::npos;
    if (ipv6) text += '[';
    text += host;
    if (ipv6) text += ']';
    if (port != (tls ? "443" : "80")) text += ':' + port;
    return text;
}

}  // namespace rollcall::adapters
