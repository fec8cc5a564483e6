// Starting of the gateway, and finding out where it listens.
#include "tests/support/gateway.hpp"

#include <boost/json/parse.hpp>

#include <stdexcept>

namespace rollcall::testing {
namespace {

int port_in(const boost::json::object& line, std::string_view listener) {
    return address{std::string_view{line.at(listener).as_string()}}.port;
}

}  // namespace

gateway::gateway(std::string_view yaml, const std::map<std::string, std::string>& environment)
    : config_file_(directory_.write("rollcall.yaml", yaml)),
      process_(ROLLCALL_BINARY, {"serve", "--config", config_file_.string()}, environment) {
    const auto line = process_.wait_for_line(
        [](std::string_view text) { return text.find(R"("message":"listening")") != std::string_view::npos; },
        std::chrono::seconds{20});
    if (!line) throw std::runtime_error("the gateway did not start: " + log());
    const auto announced = boost::json::parse(*line).as_object();
    public_port_ = port_in(announced, "public");
    admin_port_ = port_in(announced, "admin");
}

response gateway::get(std::string_view target, const header_list& headers) const {
    return request("GET", target, headers);
}

response gateway::request(std::string_view method, std::string_view target, const header_list& headers,
                          std::string_view body) const {
    return testing::request(method, public_port_, target, headers, body);
}

response gateway::admin(std::string_view target) const {
    return testing::get(admin_port_, target);
}

std::string gateway::log() const {
    return process_.output() + process_.errors();
}

std::optional<int> gateway::stop(std::chrono::milliseconds timeout) {
    process_.terminate();
    return process_.exit_code(timeout);
}

}  // namespace rollcall::testing
