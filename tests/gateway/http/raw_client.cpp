// A client that sends exactly the bytes it is given: POSIX sockets, blocking.
#include "tests/gateway/http/raw_client.hpp"

#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <system_error>
#include <unistd.h>

namespace rollcall::gateway::testing {

raw_client::raw_client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        const int error = errno;
        ::close(socket_);
        throw std::system_error(error, std::system_category(), "connect");
    }
}

raw_client::~raw_client() {
    ::close(socket_);
}

void raw_client::send(std::string_view bytes, pace pace) {
    while (!bytes.empty()) {
        const std::size_t part = pace == pace::byte_by_byte ? 1 : bytes.size();
        const auto sent = ::send(socket_, bytes.data(), part, MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void raw_client::half_close() {
    ::shutdown(socket_, SHUT_WR);
}

void raw_client::reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(socket_);
    socket_ = -1;
}

void raw_client::shrink_receive_window() {
    const int bytes = 4096;
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

bool raw_client::receive() {
    std::array<char, 65536> part;
    const auto count = ::recv(socket_, part.data(), part.size(), 0);
    if (count < 0) broken_ = true;
    if (count <= 0) return false;
    received_.append(part.data(), static_cast<std::size_t>(count));
    return true;
}

std::optional<raw_answer> raw_client::read(bool to_head) {
    std::size_t head_end = 0;
    while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
        if (!receive()) return std::nullopt;
    }
    raw_answer answer;
    answer.status = static_cast<unsigned>(std::stoul(received_.substr(9, 3)));
    std::size_t line = received_.find("\r\n") + 2;
    while (line < head_end) {
        const std::size_t end = received_.find("\r\n", line);
        const std::size_t colon = received_.find(": ", line);
        std::string name = received_.substr(line, colon - line);
        for (char& byte : name)
            byte = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
        if (!answer.headers.emplace(name, received_.substr(colon + 2, end - colon - 2)).second) {
            throw std::runtime_error("the answer has two fields named " + name);
        }
        line = end + 2;
    }
    received_.erase(0, head_end + 4);
    const std::size_t length =
        to_head || answer.header("content-length").empty() ? 0 : std::stoul(answer.header("content-length"));
    while (received_.size() < length) {
        if (!receive()) return std::nullopt;
    }
    answer.body = received_.substr(0, length);
    received_.erase(0, length);
    return answer;
}

bool raw_client::closed() {
    while (receive()) {}
    return received_.empty() && !broken_;
}

}  // namespace rollcall::gateway::testing
