// Making the kernel leave new connections alone while those under way are finished.
#pragma once

namespace rollcall::gateway {

/// Has the kernel drop what begins a connection to `listening_socket` (a SYN), without an answer: the client tries
/// again in a second, and meets whoever listens then. Handshakes that have begun go on. False where the kernel cannot.
[[nodiscard]] bool refuse_handshakes(int listening_socket);

}  // namespace rollcall::gateway
