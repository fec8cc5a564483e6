// The filter that drops SYNs, in the instructions that every Linux kernel runs on a socket.
#include "gateway/http/refuse_handshakes.hpp"

#include <array>
#include <linux/filter.h>
#include <sys/socket.h>

namespace rollcall::gateway {
namespace {

constexpr unsigned tcp_flags = 13;  // where they stand in a TCP header, with which a TCP socket's filter begins
constexpr unsigned syn_flag = 0x02;
constexpr unsigned whole_packet = 0xffff'ffff;

}  // namespace

bool refuse_handshakes(int listening_socket) {
    std::array<sock_filter, 4> code{{{BPF_LD | BPF_B | BPF_ABS, 0, 0, tcp_flags},
                                     {BPF_JMP | BPF_JSET | BPF_K, 0, 1, syn_flag},
                                     {BPF_RET | BPF_K, 0, 0, 0},
                                     {BPF_RET | BPF_K, 0, 0, whole_packet}}};
    const sock_fprog program{code.size(), code.data()};
    return ::setsockopt(listening_socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

}  // namespace rollcall::gateway
