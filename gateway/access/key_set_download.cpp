// Asking a URL for a key set.
#include "gateway/access/key_set_download.hpp"

#include "config/key_set_url.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <exception>
#include <utility>

namespace rollcall::gateway {
namespace {

/// A host's name is looked up for so long before the question counts as one that failed.
constexpr std::chrono::seconds address_wait{5};
constexpr std::chrono::milliseconds address_check{10};

constexpr unsigned http_ok = 200;

adapters::origin origin_of(const config::key_set_url& url, const std::string& ca_file) {
    adapters::origin origin;
    origin.tls = url.tls;
    origin.host = url.host;
    origin.port = url.port;
    origin.ca_file = ca_file;
    origin.answer_bytes = key_set::bytes_maximum;
    origin.connections = 1;
    const std::string shown = origin.to_string();
    origin.fixed_headers = "Host: " + shown.substr(shown.find("//") + 2) +
                           "\r\nAccept: application/jwk-set+json, application/json\r\nUser-Agent: rollcall\r\n";
    return origin;
}

}  // namespace

key_set_download::key_set_download(const executor& housekeeping, sweeper& sweeper, const config::issuer_keys& settings,
                                   key_set_intake intake)
    : key_set_download(housekeeping, sweeper, config::parse_key_set_url(settings.url), settings, std::move(intake)) {}

key_set_download::key_set_download(const executor& housekeeping, sweeper& sweeper, const config::key_set_url& url,
                                   const config::issuer_keys& settings, key_set_intake intake)
    : timer_(housekeeping),
      intake_(std::move(intake)),
      schedule_(pace(settings.refresh)),
      target_(url.target),
      addresses_(housekeeping, url.host, url.port),
      tls_(url.tls ? std::make_unique<adapters::tls_context>(url.host, settings.ca_file) : nullptr),
      transport_(housekeeping, sweeper, origin_of(url, settings.ca_file), addresses_, tls_.get()) {
    request_.target = target_;
}

void key_set_download::begin() {
    intake_.held()->on_asked([weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->hurry();
    });
    asio::post(timer_.get_executor(), [self = shared_from_this()] { self->ask(); });
}

void key_set_download::hurry() {
    // Many tokens of a new key come at once; one message for all of them is enough.
    if (hurried_.exchange(true)) return;
    asio::post(timer_.get_executor(), [self = shared_from_this()] {
        self->hurried_ = false;
        if (!self->asking_) self->ask_at(self->schedule_.hurried(steady_clock::now()));
    });
}

void key_set_download::ask() {
    if (asking_) return;
    asking_ = true;
    address_until_ = steady_clock::now() + address_wait;
    await_address();
}

/// A name that has just been configured is still being looked up.
void key_set_download::await_address() {
    if (!addresses_.snapshot() && steady_clock::now() < address_until_) {
        timer_.expires_after(address_check);
        timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
            const auto self = weak.lock();
            if (!cancelled && self) self->await_address();
        });
        return;
    }
    asio::co_spawn(timer_.get_executor(), transport_.exchange(request_, steady_clock::now() + question_wait),
                   [self = shared_from_this()](const std::exception_ptr& failed, result<adapters::incoming> answer) {
                       if (failed) answer = failure{fault::error, "the question was broken off"};
                       self->answered(std::move(answer));
                   });
}

void key_set_download::answered(result<adapters::incoming> answer) {
    asking_ = false;
    const bool done = take(std::move(answer));
    const auto now = steady_clock::now();
    ask_at(done ? schedule_.succeeded(now) : schedule_.failed(now));
}

bool key_set_download::take(result<adapters::incoming> answer) {
    if (!answer.has_value()) {
        intake_.failed(answer.error().detail);
        return false;
    }
    if (answer->status != http_ok) {
        intake_.failed(fmt::format("the URL answered with the status {}", answer->status));
        return false;
    }
    key_set::reading read = key_set::read(std::move(answer->body));
    if (!read.problem.empty()) read.problem = "the URL's answer " + read.problem;
    return intake_.take(read);
}

void key_set_download::ask_at(steady_clock::time_point moment) {
    timer_.expires_at(moment);
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
        const auto self = weak.lock();
        if (!cancelled && self) self->ask();
    });
}

}  // namespace rollcall::gateway
