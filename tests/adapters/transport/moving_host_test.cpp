// A host whose addresses change: what becomes of the connections to where it was.
#include "tests/adapters/transport/client.hpp"
#include "tests/adapters/transport/scripted_server.hpp"

#include <doctest/doctest.h>

#include <future>
#include <string>

using namespace rollcall;
using namespace rollcall::testing;
using adapters::addresses;
using adapters::outgoing;

namespace {

const outgoing get{.method = "GET", .target = "/", .body = {}, .extra_headers = {}};

/// Answers every request with the name.
scripted_server::script named(const std::string& name) {
    return [name](peer& peer, unsigned) {
        while (!peer.read_request().empty())
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(name.size()) + "\r\n\r\n" + name);
    };
}

asio::ip::tcp::endpoint at(const scripted_server& server) {
    return {asio::ip::address_v4::loopback(), server.port()};
}

/// A resolver whose answer a test changes, and the lookup of it that comes next.
struct resolver {
    addresses::list known;
    unsigned lookups = 0;

    addresses::lookup lookup() {
        return [this](const addresses::answer& answer) {
            ++lookups;
            answer({}, known);
        };
    }

    /// Has the host move, and the client's addresses looked up anew.
    void move(client& client, addresses::list there) {
        known = std::move(there);
        const unsigned before = lookups;
        client.look_up();
        client.context.restart();
        while (lookups == before)
            client.context.run_one();
    }
};

}  // namespace

TEST_CASE("a kept connection to an address that the host has left is closed and not used again") {
    scripted_server old_home(named("old"));
    scripted_server new_home(named("new"));
    resolver resolver{{at(old_home)}};
    client client(plain_origin(0), resolver.lookup());
    CHECK(client.get()->body == "old");
    resolver.move(client, {at(new_home)});
    CHECK(client.get()->body == "new");
    old_home.wait_for_ended(1);
    CHECK(client.transport.open_connections() == 1);
}

TEST_CASE("a kept connection to an address that the host still has is used on, wherever it stands in the list") {
    scripted_server home(named("home"));
    scripted_server other(named("other"));
    resolver resolver{{at(home)}};
    client client(plain_origin(0), resolver.lookup());
    CHECK(client.get()->body == "home");
    resolver.move(client, {at(other), at(home)});
    CHECK(client.get()->body == "home");
    CHECK(home.connections() == 1);
    CHECK(other.connections() == 0);
}

TEST_CASE("an exchange under way while the host moves ends well, and its connection is not kept") {
    std::promise<void> asked;
    std::promise<void> go;
    scripted_server old_home([&](peer& peer, unsigned) {
        peer.read_request();
        asked.set_value();
        go.get_future().wait();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold");
        peer.wait_for_close();
    });
    scripted_server new_home(named("new"));
    resolver resolver{{at(old_home)}};
    client client(plain_origin(0), resolver.lookup());
    pending one;
    client.begin(one, get, steady_clock::now() + 30s);
    auto sent = asked.get_future();
    while (sent.wait_for(0s) != std::future_status::ready)
        client.context.poll();
    resolver.move(client, {at(new_home)});
    CHECK(client.get()->body == "new");
    go.set_value();
    CHECK(client.finish(one)->body == "old");
    old_home.wait_for_ended(1);
    CHECK(client.get()->body == "new");
    CHECK(client.transport.open_connections() == 1);
    CHECK(new_home.connections() == 1);
}

TEST_CASE("a lookup that fails moves nothing") {
    scripted_server home(named("home"));
    resolver resolver{{at(home)}};
    client client(plain_origin(0), resolver.lookup());
    CHECK(client.get()->body == "home");
    resolver.move(client, {});
    CHECK(client.get()->body == "home");
    CHECK(home.connections() == 1);
}
