// prepared-upstreams: providers that answer from memory, so that what is measured is not they. Each listens on a port
// of its own before an origin: a provider, whose answer to a request is asked for once and replayed from then on, or a
// file, which is the answer to everything. Tells over a control port what was asked. One thread, bare epoll.
#include "bench/floor/sockets.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <unordered_map>
#include <utility>

namespace {

using namespace rollcall::bench;

constexpr std::size_t read_bytes = 64 * 1024;

struct upstream {
    std::uint16_t origin = 0;                                 // where unknown requests go; 0: nowhere
    std::string fixed = {};                                   // the answer to everything, where there is no origin
    std::uint64_t asked = 0;                                  // requests so far
    int socket = -1;                                          // that listens
    std::string last = {};                                    // the last request, as it came
    std::unordered_map<std::string, std::string> known = {};  // request line (and body) to whole answer
};

struct connection {
    int socket = -1;
    upstream* whose = nullptr;  // null: the control's
    std::string received = {};  // what is not a whole request yet
    std::string own = {};       // an answer that nobody keeps
    std::string_view unsent = {};
};

// What epoll hands back: a listening socket of an upstream or of the control, or a connection.
struct source {
    upstream* listens_for = nullptr;
    bool is_listener = false;
    connection peer = {};
};

// What a provider says of its quota was true when it said so, and would be heeded.
std::string without_quota(std::string answer) {
    constexpr std::string_view line = "\r\nX-RateLimit-";
    for (auto at = answer.find(line); at < head_bytes(answer); at = answer.find(line, at))
        answer.erase(at, answer.find("\r\n", at + 2) - at);
    return answer;
}

std::string ask(std::uint16_t origin, std::string_view request) {
    const int socket = connect_to(origin);
    check(static_cast<int>(::send(socket, request.data(), request.size(), MSG_NOSIGNAL)), "send to the origin");
    std::string answer;
    std::string part(read_bytes, '\0');
    while (message_bytes(answer) == 0) {
        const ssize_t got = ::recv(socket, part.data(), part.size(), 0);
        if (got <= 0) give_up("the origin's answer");
        answer.append(part, 0, static_cast<std::size_t>(got));
    }
    ::close(socket);
    return without_quota(std::move(answer));
}

const std::string& answer_of(upstream& upstream, std::string_view request) {
    ++upstream.asked;
    upstream.last = request;
    if (upstream.origin == 0) return upstream.fixed;
    std::string key{request.substr(0, request.find("\r\n"))};
    key += request.substr(head_bytes(request));
    auto known = upstream.known.find(key);
    if (known == upstream.known.end()) known = upstream.known.emplace(key, ask(upstream.origin, request)).first;
    return known->second;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '\r') {
            out += "\\r";
        } else if (c == '\n') {
            out += "\\n";
        } else {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
    }
    return out + '"';
}

std::string report(const std::deque<upstream>& upstreams) {
    std::string body = "[";
    for (const upstream& upstream : upstreams) {
        if (body.size() > 1) body += ',';
        body += R"({"asked":)" + std::to_string(upstream.asked) + R"(,"last":)" + quoted(upstream.last) + '}';
    }
    body += ']';
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class server {
  public:
    explicit server(std::deque<upstream>& upstreams) : upstreams_(upstreams) {
        for (upstream& upstream : upstreams_)
            listen(upstream.socket = listen_anywhere(), &upstream);
        listen(control_ = listen_anywhere(), nullptr);
    }

    void announce() const {
        std::cout << R"({"control":)" << port_of(control_) << R"(,"ports":[)";
        for (const upstream& upstream : upstreams_)
            std::cout << (&upstream == &upstreams_.front() ? "" : ",") << port_of(upstream.socket);
        std::cout << "]}" << std::endl;
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 64> events;
        while (true) {
            const int ready = ::epoll_wait(poll_, events.data(), events.size(), -1);
            if (ready < 0 && errno != EINTR) give_up("epoll_wait");
            for (int i = 0; i < ready; ++i)
                serve(*static_cast<source*>(events[static_cast<std::size_t>(i)].data.ptr));
        }
    }

  private:
    void listen(int socket, upstream* whose) {
        auto* listener = new source{whose, true};
        listener->peer.socket = socket;
        watch(poll_, EPOLL_CTL_ADD, socket, EPOLLIN, listener);
    }

    void serve(source& source) {
        if (source.is_listener) return accept(source);
        connection& peer = source.peer;
        if (!peer.unsent.empty()) {
            if (!send(source)) return;
            watch(poll_, EPOLL_CTL_MOD, peer.socket, EPOLLIN, &source);
        }
        const ssize_t got = ::recv(peer.socket, part_.data(), part_.size(), MSG_DONTWAIT);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) return drop(source);
        peer.received.append(part_, 0, static_cast<std::size_t>(got));
        answer(source);
    }

    void accept(const source& listener) {
        const int socket = check(::accept4(listener.peer.socket, nullptr, nullptr, SOCK_NONBLOCK), "accept");
        send_at_once(socket);
        auto* accepted = new source;
        accepted->peer.socket = socket;
        accepted->peer.whose = listener.listens_for;
        watch(poll_, EPOLL_CTL_ADD, socket, EPOLLIN, accepted);
    }

    void answer(source& source) {
        connection& peer = source.peer;
        while (const std::size_t whole = message_bytes(peer.received)) {
            const std::string_view request{peer.received.data(), whole};
            if (peer.whose == nullptr) peer.own = report(upstreams_);
            peer.unsent = peer.whose == nullptr ? peer.own : answer_of(*peer.whose, request);
            peer.received.erase(0, whole);
            if (!send(source)) return watch(poll_, EPOLL_CTL_MOD, peer.socket, EPOLLOUT, &source);
        }
    }

    // Whether nothing is left to be sent.
    static bool send(source& source) {
        connection& peer = source.peer;
        const ssize_t sent = ::send(peer.socket, peer.unsent.data(), peer.unsent.size(), MSG_NOSIGNAL);
        if (sent > 0) peer.unsent.remove_prefix(static_cast<std::size_t>(sent));
        if (sent < 0 && errno != EAGAIN) peer.unsent = {};  // its end is read next
        return peer.unsent.empty();
    }

    static void drop(source& source) {
        ::close(source.peer.socket);
        delete &source;
    }

    std::deque<upstream>& upstreams_;
    int poll_ = check(::epoll_create1(0), "epoll_create1");
    int control_ = -1;
    std::string part_ = std::string(read_bytes, '\0');
};

upstream read_origin(const std::string& argument) {
    upstream upstream;
    if (argument.find_first_not_of("0123456789") == std::string::npos) {
        upstream.origin = static_cast<std::uint16_t>(std::stoul(argument));
        return upstream;
    }
    std::ifstream file{argument, std::ios::binary};
    std::ostringstream text;
    if (!(text << file.rdbuf())) give_up(argument.c_str());
    upstream.fixed = text.str();
    return upstream;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: prepared-upstreams ORIGIN...   a port of the loopback, or a file with a whole answer\n";
        return 2;
    }
    std::deque<upstream> upstreams;
    std::transform(argv + 1, argv + argc, std::back_inserter(upstreams), read_origin);
    server server{upstreams};
    server.announce();
    server.run();
}
