// Sealing and opening the session tickets of one context with keys that outlive it.
#pragma once

#include "gateway/http/ticket_keys.hpp"

#include <openssl/types.h>

namespace rollcall::gateway {

/// Makes the context give tickets and resume sessions by them: for as long as a key opens them, and no session of a
/// client whose certificate has expired since. `keys` must outlive the context.
void accept_tickets(SSL_CTX& context, ticket_keys& keys);

}  // namespace rollcall::gateway
