// How a provider answers, rightly or with its fault.
#include "tests/simulator/provider.hpp"

#include "tests/simulator/spelling.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace rollcall::simulator {
namespace {

namespace json = boost::json;

constexpr std::size_t remembered_requests = 100;
constexpr std::string_view default_retry_after = "1";

delivery plain(answer answer) {
    delivery delivery;
    delivery.what = std::move(answer);
    return delivery;
}

delivery nothing(ending end) {
    delivery delivery;
    delivery.send_head = false;
    delivery.end = end;
    return delivery;
}

delivery verbatim(const fault& fault) {
    delivery delivery;
    delivery.what.body = fault.body;
    delivery.verbatim = true;
    delivery.repeat = fault.repeat;
    delivery.end = fault.end;
    return delivery;
}

answer with_retry_after(answer answer, std::string_view retry_after) {
    if (!retry_after.empty()) answer.headers.push_back({"Retry-After", std::string{retry_after}});
    return answer;
}

// What was received need not be UTF-8, what is reported of it must be: otherwise ? stands for each byte beyond ASCII.
json::string printable(std::string_view bytes) {
    json::string text{bytes};
    boost::system::error_code error;
    json::parse(json::serialize(text), error);
    if (!error) return text;
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
    return text;
}

}  // namespace

void provider::connected() {
    const std::lock_guard lock{mutex_};
    ++connections_;
}

delivery provider::receive(request request) {
    const std::lock_guard lock{mutex_};
    ++count_;
    delivery delivery = respond(request);
    if (requests_.size() == remembered_requests) requests_.pop_front();
    requests_.push_back(std::move(request));
    return delivery;
}

delivery provider::respond(const request& request) {
    const auto fault = faults_.next(request);
    return fault ? misbehave(request, *fault) : plain(dialect_->handle(request, positions::moving));
}

delivery provider::misbehave(const request& request, const fault& fault) {
    switch (fault.mode) {
        case fault_mode::status:
            return plain(with_retry_after(dialect_->failure(fault.status, phrase_of(fault.status)), fault.retry_after));
        case fault_mode::rate_limited:
            return plain(with_retry_after(dialect_->failure(429, "Rate limit exceeded"),
                                          fault.retry_after.empty() ? default_retry_after : fault.retry_after));
        case fault_mode::unauthorized:
            return plain(dialect_->bad_key());
        case fault_mode::success_false:
            return plain(dialect_->failure_with_200());
        case fault_mode::garbage:
            return plain({200, R"({"success": true, "data": [{"id": "x", nope)"});
        case fault_mode::body:
            return plain({fault.status, fault.body, {}, fault.content_type});
        case fault_mode::raw:
            return verbatim(fault);
        case fault_mode::repeat_token:
            return plain(dialect_->handle(request, positions::stuck));
        case fault_mode::hang:
            return nothing(ending::hang);
        case fault_mode::reset:
            return nothing(ending::reset);
        case fault_mode::close:
            return nothing(ending::close);
        case fault_mode::delay:
        case fault_mode::truncate:
        case fault_mode::slow_body:
            break;
    }
    delivery late = plain(dialect_->handle(request, positions::moving));
    if (fault.mode == fault_mode::delay) {
        late.delay = fault.pause;
    } else if (fault.mode == fault_mode::slow_body) {
        late.pause_at = late.what.body.size() / 2;
        late.pause = fault.pause;
    } else {
        late.body_sent = late.what.body.size() / 2;
        late.end = ending::close;
    }
    return late;
}

void provider::set_fault(fault fault) {
    const std::lock_guard lock{mutex_};
    faults_.set(std::move(fault));
}

void provider::clear_fault() {
    const std::lock_guard lock{mutex_};
    faults_.clear();
}

std::string provider::requests() const {
    const std::lock_guard lock{mutex_};
    json::array list;
    for (const request& request : requests_) {
        json::object headers;
        for (const header& header : request.headers)
            headers[header.name] = printable(header.value);
        list.push_back(json::object{{"method", request.method},
                                    {"target", printable(request.target)},
                                    {"headers", std::move(headers)},
                                    {"body", printable(request.body)}});
    }
    return write_json(json::object{{"count", count_}, {"connections", connections_}, {"requests", std::move(list)}});
}

void provider::forget_requests() {
    const std::lock_guard lock{mutex_};
    count_ = 0;
    connections_ = 0;
    requests_.clear();
}

std::string provider::agents() const {
    const std::lock_guard lock{mutex_};
    return dialect_->agents();
}

}  // namespace rollcall::simulator
