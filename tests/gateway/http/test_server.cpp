// A listener on a thread of its own, for tests over real sockets.
#include "tests/gateway/http/test_server.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <csignal>
#include <stdexcept>

namespace rollcall::gateway::testing {
namespace {

constexpr std::chrono::seconds patience{10};

awaitable<void> tell(const request& request, response& response) {
    response.body += std::string(name_of(request.method)) + ' ' + std::string(request.path);
    if (!request.query.empty()) response.body += '?' + std::string(request.query);
    response.body += "\nrecord=" + request.record + "\ntraceparent=" + std::string(request.traceparent) + '\n';
    for (const header_field& field : request.headers) {
        response.body += std::string(field.name) + '=' + std::string(field.value) + '\n';
    }
    const auto left = request.deadline - steady_clock::now();
    for (const std::string& name : request.certificate)
        response.body += "certificate=" + name + '\n';
    response.body +=
        "left_ms=" + std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(left).count()) + '\n';
    response.body += "body=" + std::string(request.body);
    response.content_type = "text/plain";
    response.add_header("X-Told", "yes");
    response.audited = true;
    co_return;
}

awaitable<void> fail(const request&, response& response) {
    response.body = "half an answer";
    response.add_header("X-Half", "yes");
    throw std::runtime_error("the handler broke");
    co_return;
}

awaitable<void> answer_largely(const request&, response& response) {
    response.body.assign(test_server::large_bytes, 'x');
    co_return;
}

awaitable<void> answer_nothing(const request&, response& response) {
    response.status = 204;
    co_return;
}

}  // namespace

void recording_observer::change(const std::function<void(record&)>& change) {
    {
        const std::lock_guard lock(mutex_);
        change(record_);
    }
    changed_.notify_all();
}

void recording_observer::connection_opened() {
    change([](record& record) { ++record.connections; });
}

void recording_observer::connection_closed() {
    change([](record& record) { --record.connections; });
}

void recording_observer::tls_handshake(tls_outcome outcome, std::string_view) {
    change([outcome](record& record) { record.handshakes.push_back(outcome); });
}

void recording_observer::overloaded(client_limit reached) {
    change([reached](record& record) { record.overloaded.push_back(reached); });
}

void recording_observer::request_started() {
    change([](record& record) {
        ++record.started;
        ++record.in_flight;
    });
}

void recording_observer::request_waits(bool waits) {
    change([waits](record& record) { record.waiting += waits ? 1 : -1; });
}

void recording_observer::request_finished(const request& request, std::string_view route, unsigned status,
                                          std::size_t bytes, steady_clock::duration) {
    change([&](record& record) {
        --record.in_flight;
        record.finished.push_back(
            {std::string(request.id), std::string(request.path), std::string(route), status, bytes});
    });
}

void recording_observer::change_unmade(const request& request, unsigned status, std::string_view code) {
    change([&](record& record) {
        record.unmade.push_back(std::string(name_of(request.method)) + ' ' + std::string(request.path) + ' ' +
                                std::to_string(status) + ' ' + std::string(code));
    });
}

void recording_observer::failed(std::string_view, std::string_view what) {
    change([&](record& record) { record.failures.emplace_back(what); });
}

recording_observer::record recording_observer::now() const {
    const std::lock_guard lock(mutex_);
    return record_;
}

bool recording_observer::wait(const std::function<bool(const record&)>& wanted) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return wanted(record_); });
}

test_server::test_server(config::limits limits, session_timeouts timeouts, std::shared_ptr<const tls_context> tls)
    : context_(std::make_unique<asio::io_context>(1)) {
    std::signal(SIGPIPE, SIG_IGN);  // as main does
    const executor executor = context_->get_executor();
    sweeper_ = std::make_unique<sweeper>(executor);
    gate_ = std::make_unique<steady_timer>(executor);
    gate_->expires_at(steady_clock::time_point::max());
    work_ = std::make_unique<asio::executor_work_guard<rollcall::executor>>(executor);
    listener_options options;
    options.address = {"127.0.0.1", 0};
    options.timeouts = timeouts;
    options.tls = std::move(tls);
    auto policy = std::make_shared<const listener_policy>(limits, std::chrono::seconds{3}, routes());
    policy_ = policy;
    listener_ = std::make_unique<listener>(executor, *sweeper_, options, std::move(policy), observer, load_);
    port_ = listener_->port();
    listener_->start();
    thread_ = std::thread([this] { context_->run(); });
}

test_server::~test_server() {
    stop();
}

void test_server::stop() {
    if (!thread_.joinable()) return;
    context_->stop();
    thread_.join();
    listener_.reset();
    work_.reset();
    gate_.reset();
    sweeper_.reset();
    context_.reset();
}

bool test_server::wait_for_body_bytes(std::size_t bytes) const {
    const auto until = steady_clock::now() + patience;
    while (load_->body_bytes != bytes && steady_clock::now() < until)
        std::this_thread::yield();
    return load_->body_bytes == bytes;
}

void test_server::run(std::function<void()> action) {
    std::promise<void> done;
    asio::post(*context_, [&] {
        action();
        done.set_value();
    });
    done.get_future().wait();
}

void test_server::release() {
    run([this] { gate_->cancel(); });
}

void test_server::adopt(const config::limits& limits, std::chrono::milliseconds request_timeout) {
    run([&] {
        auto policy = std::make_shared<const listener_policy>(limits, request_timeout, routes());
        policy_ = policy;
        listener_->adopt(std::move(policy));
    });
}

void test_server::adopt_tls(std::shared_ptr<const tls_context> tls) {
    run([&] { listener_->adopt_tls(std::move(tls)); });
}

void test_server::announce_end() {
    run([this] { listener_->announce_end(); });
}

void test_server::drain(const std::function<void()>& before) {
    run([&] {
        before();
        listener_->drain();
    });
}

void test_server::close_listener() {
    run([this] { listener_.reset(); });
}

bool test_server::is_drained() {
    bool drained = false;
    run([&] { drained = listener_->is_drained(); });
    return drained;
}

void test_server::wait_for_held(int count) {
    std::unique_lock lock(mutex_);
    if (!held_changed_.wait_for(lock, patience, [&] { return held_ >= count; })) {
        throw std::runtime_error("no request came to /held");
    }
}

awaitable<void> test_server::hold(const request&, response& response) {
    {
        const std::lock_guard lock(mutex_);
        ++held_;
    }
    held_changed_.notify_all();
    boost::system::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable_t<executor>{}, error);
    co_await gate_->async_wait(token);
    response.body = "held";
}

std::vector<route> test_server::routes() {
    const handler hold_request = [this](const request& request, response& response) { return hold(request, response); };
    return {{"/agents", {{method::get, tell}, {method::post, tell}}},
            {"/agents/{id}", {{method::get, tell}, {method::patch, tell}}},
            {"/agents/{id}/status", {{method::get, tell}}},
            {"/held", {{method::get, hold_request}}},
            {"/throws", {{method::get, fail}, {method::post, fail}}},
            {"/large", {{method::get, answer_largely}}},
            {"/empty", {{method::get, answer_nothing}}}};
}

}  // namespace rollcall::gateway::testing
