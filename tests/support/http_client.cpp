// The client's sockets: one io_context for each connection, run for one operation at a time.
#include "tests/support/http_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>

namespace rollcall::testing {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

constexpr std::size_t most_header_bytes = 64 * 1024;

exchange_end end_of(error_code error) {
    if (error == asio::error::connection_refused) return exchange_end::refused;
    if (error == asio::error::connection_reset || error == asio::error::broken_pipe) return exchange_end::reset;
    if (error == beast::error::timeout) return exchange_end::timed_out;
    if (error == asio::error::eof || error == http::error::end_of_stream || error == http::error::partial_message ||
        error == asio::ssl::error::stream_truncated) {
        return exchange_end::closed;
    }
    const bool syntax = error.category() == http::make_error_code(http::error::bad_version).category();
    return syntax ? exchange_end::malformed : exchange_end::other;
}

void check(error_code error, std::string_view step) {
    if (error) throw exchange_failure(end_of(error), std::string{step} + ": " + error.message());
}

bool same_name(std::string_view a, std::string_view b) {
    return beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

std::uint16_t read_port(std::string_view text, std::string_view url) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size()) {
        throw std::invalid_argument("not http://HOST:PORT: " + std::string{url});
    }
    return port;
}

}  // namespace

address::address(int port) : port(static_cast<std::uint16_t>(port)) {}

address::address(std::string_view url) : secure(url.starts_with("https://")) {
    std::string_view rest = url;
    const auto slashes = rest.find("://");
    if (slashes != std::string_view::npos) rest.remove_prefix(slashes + 3);
    rest = rest.substr(0, rest.find('/'));
    const auto colon = rest.rfind(':');
    if (colon == std::string_view::npos) throw std::invalid_argument("not http://HOST:PORT: " + std::string{url});
    port = read_port(rest.substr(colon + 1), url);
    host = rest.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
}

std::string_view response::header(std::string_view name) const {
    const auto found =
        std::find_if(headers.begin(), headers.end(), [&](const auto& h) { return same_name(h.first, name); });
    return found == headers.end() ? std::string_view{} : std::string_view{found->second};
}

bool response::has(std::string_view name) const {
    return count(name) != 0;
}

std::size_t response::count(std::string_view name) const {
    return static_cast<std::size_t>(
        std::count_if(headers.begin(), headers.end(), [&](const auto& h) { return same_name(h.first, name); }));
}

struct connection::state {
    state(address address, std::chrono::milliseconds timeout) : where(std::move(address)), timeout(timeout) {}

    // Starts one asynchronous operation with a deadline, runs it to its end and throws on its failure.
    template<typename Start>
    void perform(std::string_view step, Start start) {
        error_code result;
        lowest().expires_after(timeout);
        start([&result](error_code error, auto&&...) { result = error; });
        io.restart();
        io.run();
        if (result) disconnect();
        check(result, step);
    }

    beast::tcp_stream& lowest() { return tls ? tls->next_layer() : *plain; }

    void disconnect() {
        tls.reset();
        plain.reset();
        buffer.clear();
    }

    void connect() {
        error_code error;
        auto resolver = asio::ip::tcp::resolver{io};
        const auto endpoints = resolver.resolve(where.host, std::to_string(where.port), error);
        check(error, "resolve");
        if (where.secure) {
            prepare_tls();
        } else {
            plain.emplace(io);
        }
        perform("connect", [&](auto done) { lowest().async_connect(endpoints, done); });
        if (!tls) return;
        perform("handshake", [&](auto done) { tls->async_handshake(asio::ssl::stream_base::client, done); });
    }

    void prepare_tls() {
        context.emplace(asio::ssl::context::tls_client);
        tls.emplace(io, *context);
        SSL_set_tlsext_host_name(tls->native_handle(), where.host.c_str());
        if (!where.trusted) return;
        context->load_verify_file(where.trusted->string());
        tls->set_verify_mode(asio::ssl::verify_peer);
        tls->set_verify_callback(asio::ssl::host_name_verification(where.host));
    }

    template<typename Stream>
    response exchange(Stream& stream, const http::request<http::string_body>& message) {
        perform("write", [&](auto done) { http::async_write(stream, message, done); });
        http::response_parser<http::string_body> parser;
        parser.body_limit(boost::none);
        parser.header_limit(most_header_bytes);
        parser.skip(message.method() == http::verb::head);
        perform("read", [&](auto done) { http::async_read(stream, buffer, parser, done); });
        response answer;
        auto& received = parser.get();
        answer.status = received.result_int();
        for (const auto& field : received) {
            answer.headers.emplace_back(std::string{field.name_string()}, std::string{field.value()});
        }
        answer.body = std::move(received.body());
        if (!parser.keep_alive()) disconnect();
        return answer;
    }

    address where;
    std::chrono::milliseconds timeout;
    asio::io_context io;
    std::optional<asio::ssl::context> context;
    std::optional<beast::tcp_stream> plain;
    std::optional<asio::ssl::stream<beast::tcp_stream>> tls;
    beast::flat_buffer buffer;
};

connection::connection(address address, std::chrono::milliseconds timeout)
    : state_(std::make_unique<state>(std::move(address), timeout)) {}
connection::~connection() = default;
connection::connection(connection&&) noexcept = default;
connection& connection::operator=(connection&&) noexcept = default;

bool connection::is_open() const {
    return state_->plain || state_->tls;
}

response connection::request(std::string_view method, std::string_view target, const header_list& headers,
                             std::string_view body) {
    http::request<http::string_body> message;
    message.method_string({method.data(), method.size()});
    message.target({target.data(), target.size()});
    const bool v6 = state_->where.host.find(':') != std::string::npos;
    const std::string host = v6 ? "[" + state_->where.host + "]" : state_->where.host;
    message.set(http::field::host, host + ":" + std::to_string(state_->where.port));
    for (const auto& [name, value] : headers)
        message.insert(name, value);
    message.body() = body;
    // Without a body a GET stays without Content-Length, as clients send it.
    if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH") message.content_length(body.size());
    if (!is_open()) state_->connect();
    return state_->tls ? state_->exchange(*state_->tls, message) : state_->exchange(*state_->plain, message);
}

response request(std::string_view method, const address& where, std::string_view target, const header_list& headers,
                 std::string_view body, std::chrono::milliseconds timeout) {
    return connection{where, timeout}.request(method, target, headers, body);
}

response get(const address& where, std::string_view target, const header_list& headers) {
    return request("GET", where, target, headers);
}

raw_answer raw_exchange(int port, std::string_view bytes, std::chrono::milliseconds timeout) {
    asio::io_context io;
    beast::tcp_stream stream{io};
    error_code error;
    stream.connect({asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(port)}, error);
    check(error, "connect");
    // The deadline is for the whole exchange. A peer that answers and closes early is read all the same.
    stream.expires_after(timeout);
    raw_answer answer{{}, exchange_end::closed};
    std::array<char, 16 * 1024> chunk;
    asio::async_write(stream, asio::buffer(bytes), [](error_code, std::size_t) {});
    std::function<void(error_code, std::size_t)> received = [&](error_code failure, std::size_t size) {
        answer.bytes.append(chunk.data(), size);
        if (failure) {
            answer.end = end_of(failure);
            return stream.close();
        }
        stream.async_read_some(asio::buffer(chunk), received);
    };
    stream.async_read_some(asio::buffer(chunk), received);
    io.run();
    return answer;
}

}  // namespace rollcall::testing
