// floor-gateway: the least that a gateway can cost. For each request of a client it makes the same exchanges with the
// upstreams as Rollcall does, waits for all, checks status and length, and sends their bytes back, cut or filled up to
// the size of Rollcall's answer. Nothing is read of the JSON. One thread, bare epoll, no allocation once connected.
#include "bench/floor/sockets.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <sys/uio.h>
#include <vector>

namespace {

using namespace rollcall::bench;

constexpr std::size_t first_buffer_bytes = 64 * 1024;
constexpr std::size_t client_buffer_bytes = 16 * 1024;

struct target {
    std::uint16_t port = 0;
    std::string request = {};  // as Rollcall sends it
};

struct session;

// One end of a session: the client's, or that to one upstream.
struct end {
    session* whose = nullptr;
    int socket = -1;
    std::string buffer = {};
    std::size_t filled = 0;
    std::string_view body = {};  // once all of it is there

    [[nodiscard]] std::string_view received() const { return {buffer.data(), filled}; }
};

// A client's connection, with a connection to each upstream that nobody else uses.
struct session {
    end client;
    std::vector<end> upstreams;
    std::size_t awaited = 0;
};

// False: the peer is gone.
bool receive(end& from) {
    if (from.filled == from.buffer.size()) from.buffer.resize(2 * from.buffer.size());
    const ssize_t got =
        ::recv(from.socket, from.buffer.data() + from.filled, from.buffer.size() - from.filled, MSG_DONTWAIT);
    if (got > 0) from.filled += static_cast<std::size_t>(got);
    return got > 0 || (got < 0 && errno == EAGAIN);
}

class gateway {
  public:
    gateway(std::vector<target> targets, std::size_t answer_bytes)
        : targets_(std::move(targets)), filling_(answer_bytes, ' ') {
        head_ = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(answer_bytes) +
                "\r\n\r\n";
        watch(poll_, EPOLL_CTL_ADD, listener_, EPOLLIN, nullptr);
    }

    [[noreturn]] void run() {
        std::cout << port_of(listener_) << std::endl;
        std::array<epoll_event, 64> events;
        while (true) {
            const int ready = ::epoll_wait(poll_, events.data(), events.size(), -1);
            if (ready < 0 && errno != EINTR) give_up("epoll_wait");
            for (int i = 0; i < ready; ++i)
                serve(static_cast<end*>(events[static_cast<std::size_t>(i)].data.ptr));
            gone_.clear();
        }
    }

  private:
    void serve(end* ready) {
        if (ready == nullptr) return accept();
        session& session = *ready->whose;
        if (session.client.socket < 0) return;  // it went earlier in this turn
        if (ready != &session.client) return take_answer(session, *ready);
        if (!receive(*ready)) return drop(session);
        const std::size_t whole = head_bytes(ready->received());
        if (whole == 0) return;
        if (whole != ready->filled) give_up("a client that asks before it is answered");
        ready->filled = 0;
        ask_all(session);
    }

    void accept() {
        // It blocks, so that an answer that is larger than the socket's buffer goes out in one piece.
        const int socket = check(::accept(listener_, nullptr, nullptr), "accept");
        send_at_once(socket);
        auto* opened = new session;
        opened->client = {opened, socket, std::string(client_buffer_bytes, '\0')};
        watch(poll_, EPOLL_CTL_ADD, socket, EPOLLIN, &opened->client);
        for (const target& target : targets_)
            opened->upstreams.push_back({opened, connect_to(target.port), std::string(first_buffer_bytes, '\0')});
        for (end& upstream : opened->upstreams)
            watch(poll_, EPOLL_CTL_ADD, upstream.socket, EPOLLIN, &upstream);
    }

    void ask_all(session& session) {
        session.awaited = targets_.size();
        for (std::size_t i = 0; i < targets_.size(); ++i) {
            const std::string& request = targets_[i].request;
            const ssize_t sent = ::send(session.upstreams[i].socket, request.data(), request.size(), MSG_NOSIGNAL);
            if (sent != static_cast<ssize_t>(request.size())) give_up("sending to an upstream");
        }
        if (targets_.empty()) answer(session);
    }

    void take_answer(session& session, end& from) {
        if (!receive(from)) give_up("an upstream's answer");
        const std::string_view text = from.received();
        const std::size_t head = head_bytes(text);
        if (head == 0) return;
        if (!text.starts_with("HTTP/1.1 20")) give_up("an upstream's status");
        const auto length = content_length(text.substr(0, head));
        if (!length) give_up("an upstream's Content-Length");
        if (text.size() < head + *length) return;
        from.body = text.substr(head, *length);
        from.filled = 0;
        if (--session.awaited == 0) answer(session);
    }

    void answer(const session& session) {
        pieces_.clear();
        pieces_.push_back({head_.data(), head_.size()});
        std::size_t left = filling_.size();
        for (const end& upstream : session.upstreams)
            left -= add(upstream.body, left);
        add(filling_, left);
        msghdr message{};
        message.msg_iov = pieces_.data();
        message.msg_iovlen = pieces_.size();
        const ssize_t sent = ::sendmsg(session.client.socket, &message, MSG_NOSIGNAL);
        if (sent != static_cast<ssize_t>(head_.size() + filling_.size())) give_up("answering a client");
    }

    std::size_t add(std::string_view text, std::size_t most) {
        const std::size_t taken = std::min(text.size(), most);
        if (taken != 0) pieces_.push_back({const_cast<char*>(text.data()), taken});
        return taken;
    }

    void drop(session& session) {
        ::close(session.client.socket);
        session.client.socket = -1;
        for (const end& upstream : session.upstreams)
            ::close(upstream.socket);
        gone_.emplace_back(&session);
    }

    std::vector<target> targets_;
    std::string head_;
    std::string filling_;  // what an answer lacks, where the upstreams' bodies are shorter
    std::vector<iovec> pieces_;
    std::vector<std::unique_ptr<session>> gone_;  // in this turn, of which events may still be at hand
    int poll_ = check(::epoll_create1(0), "epoll_create1");
    int listener_ = listen_anywhere();
};

target read_target(std::uint16_t port, const char* path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    if (!(text << file.rdbuf())) give_up(path);
    return {port, text.str()};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2 || argc % 2 != 0) {
        std::cerr << "usage: floor-gateway ANSWER_BYTES [PORT REQUEST_FILE]...   without upstreams, from memory\n";
        return 2;
    }
    std::vector<target> targets;
    for (int i = 2; i + 1 < argc; i += 2)
        targets.push_back(read_target(static_cast<std::uint16_t>(std::stoul(argv[i])), argv[i + 1]));
    gateway{std::move(targets), std::stoul(argv[1])}.run();
}
