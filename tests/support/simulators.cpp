// Starting of the simulator, and its control calls.
#include "tests/support/simulators.hpp"

#include <boost/json/parse.hpp>

#include <sstream>
#include <stdexcept>

namespace rollcall::testing {
namespace {

std::vector<std::string> arguments_of(const std::vector<std::string>& providers, const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"--control", "0"};
    for (const auto& provider : providers) {
        arguments.emplace_back("--provider");
        arguments.push_back(provider);
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

}  // namespace

simulators::simulators(const std::vector<std::string>& providers, const std::vector<std::string>& more_arguments)
    : process_(ROLLCALL_SIMULATOR, arguments_of(providers, more_arguments)) {
    if (!process_.wait_for_line("ready")) {
        throw std::runtime_error("the simulator did not start: " + process_.output() + process_.errors());
    }
    std::istringstream lines{process_.output()};
    for (std::string word, name, url; lines >> word && word == "listening" && lines >> name >> url;)
        urls_[name] = url;
}

int simulators::port(const std::string& name) const {
    return address{url(name)}.port;
}

void simulators::set_fault(const std::string& name, std::string_view json) {
    control("PUT", "/faults/" + name, json);
}

void simulators::clear_fault(const std::string& name) {
    control("DELETE", "/faults/" + name);
}

boost::json::object simulators::requests(const std::string& name) {
    return boost::json::parse(control("GET", "/requests/" + name).body).as_object();
}

void simulators::forget_requests(const std::string& name) {
    control("DELETE", "/requests/" + name);
}

std::size_t simulators::request_count(const std::string& name) {
    return requests(name).at("count").to_number<std::size_t>();
}

boost::json::array simulators::agents(const std::string& name) {
    return boost::json::parse(control("GET", "/agents/" + name).body).as_array();
}

void simulators::close_listener(const std::string& name) {
    control("PUT", "/listeners/" + name, R"({"open":false})");
}

void simulators::open_listener(const std::string& name) {
    control("PUT", "/listeners/" + name, R"({"open":true})");
}

response simulators::control(std::string_view method, const std::string& target, std::string_view body) {
    response answer = request(method, url("control"), target, {}, body);
    if (answer.status != 200) throw std::runtime_error("simulator control " + target + ": " + answer.body);
    return answer;
}

}  // namespace rollcall::testing
