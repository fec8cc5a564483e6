// What the floor and the prepared upstreams share: loopback sockets, and as much of HTTP/1.1 as tells where a message
// ends. Bare system calls, because the floor is what these cost by themselves.
#pragma once

#include <arpa/inet.h>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <string>
#include <string_view>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace rollcall::bench {

/// Ends the program: there is nothing to be measured any more.
[[noreturn]] inline void give_up(const char* what) {
    std::perror(what);
    std::exit(1);
}

inline int check(int result, const char* what) {
    if (result < 0) give_up(what);
    return result;
}

inline sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

inline void send_at_once(int socket) {
    const int yes = 1;
    check(::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes), "TCP_NODELAY");
}

/// Listens on a port that the kernel chooses.
inline int listen_anywhere() {
    const int socket = check(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
    const sockaddr_in address = loopback(0);
    check(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
    check(::listen(socket, SOMAXCONN), "listen");
    return socket;
}

inline std::uint16_t port_of(int socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    check(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    return ntohs(address.sin_port);
}

/// Waits until it is connected; the socket blocks.
inline int connect_to(std::uint16_t port) {
    const int socket = check(::socket(AF_INET, SOCK_STREAM, 0), "socket");
    const sockaddr_in address = loopback(port);
    check(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), "connect");
    send_at_once(socket);
    return socket;
}

inline void watch(int poll, int action, int socket, std::uint32_t events, void* whose) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = whose;
    check(::epoll_ctl(poll, action, socket, &event), "epoll_ctl");
}

/// Bytes of the head that `text` begins with, its empty line included; 0 where it is not all there.
inline std::size_t head_bytes(std::string_view text) {
    const auto end = text.find("\r\n\r\n");
    return end == std::string_view::npos ? 0 : end + 4;
}

/// What Content-Length says; nothing where the head has none.
inline std::optional<std::size_t> content_length(std::string_view head) {
    constexpr std::string_view name = "\r\nContent-Length: ";
    for (std::size_t at = head.find("\r\n"); at + name.size() < head.size(); at = head.find("\r\n", at + 2)) {
        if (::strncasecmp(head.data() + at, name.data(), name.size()) != 0) continue;
        std::size_t length = 0;
        const auto [end, error] = std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
        if (error == std::errc{} && *end == '\r') return length;
    }
    return std::nullopt;
}

/// Bytes of the message that `text` begins with; 0 where it is not all there. One without a length has no body.
inline std::size_t message_bytes(std::string_view text) {
    const std::size_t head = head_bytes(text);
    if (head == 0) return 0;
    const std::size_t whole = head + content_length(text.substr(0, head)).value_or(0);
    return whole <= text.size() ? whole : 0;
}

}  // namespace rollcall::bench
