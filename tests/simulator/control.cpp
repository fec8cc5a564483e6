// What the control listener answers.
#include "tests/simulator/control.hpp"

#include "tests/simulator/spelling.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <stdexcept>

namespace rollcall::simulator {
namespace {

namespace json = boost::json;

answer refusal(unsigned status, std::string_view message) {
    return {status, write_json(json::object{{"error", message}})};
}

answer done() {
    return {200, R"({"ok":true})"};
}

answer faults(const request& request, provider& provider) {
    if (request.method == "DELETE") {
        provider.clear_fault();
        return done();
    }
    if (request.method != "PUT") return refusal(405, "PUT or DELETE");
    try {
        provider.set_fault(read_fault(request.body));
        return done();
    } catch (const std::invalid_argument& fault) {
        return refusal(400, fault.what());
    }
}

answer requests(const request& request, provider& provider) {
    if (request.method == "GET") return {200, provider.requests()};
    if (request.method != "DELETE") return refusal(405, "GET or DELETE");
    provider.forget_requests();
    return done();
}

answer agents(const request& request, const provider& provider) {
    return request.method == "GET" ? answer{200, provider.agents()} : refusal(405, "GET");
}

answer listeners(const request& request, listener& listener) {
    if (request.method != "PUT") return refusal(405, "PUT");
    boost::system::error_code error;
    const json::value body = json::parse(request.body, error);
    const json::value* open = !error && body.is_object() ? body.get_object().if_contains("open") : nullptr;
    if (open == nullptr || !open->is_bool()) return refusal(400, "open: must be true or false");
    if (open->get_bool()) {
        listener.open();
    } else {
        listener.close();
    }
    return done();
}

}  // namespace

void control::add(const std::string& name, provider& provider, listener& listener) {
    providers_.emplace(name, controlled{&provider, &listener});
}

delivery control::receive(request request) {
    delivery delivery;
    const auto found = request.segments.size() == 2 ? providers_.find(request.segments[1]) : providers_.end();
    if (found == providers_.end()) {
        delivery.what = refusal(404, "no such provider");
    } else if (request.segments[0] == "faults") {
        delivery.what = faults(request, *found->second.what);
    } else if (request.segments[0] == "requests") {
        delivery.what = requests(request, *found->second.what);
    } else if (request.segments[0] == "agents") {
        delivery.what = agents(request, *found->second.what);
    } else if (request.segments[0] == "listeners") {
        delivery.what = listeners(request, *found->second.where);
    } else {
        delivery.what = refusal(404, "faults, requests, agents or listeners");
    }
    return delivery;
}

}  // namespace rollcall::simulator
