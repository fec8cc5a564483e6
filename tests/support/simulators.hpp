// The simulated providers as a process of their own, and the control that tests have over them.
#pragma once

#include "tests/support/http_client.hpp"
#include "tests/support/process.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::testing {

class simulators {
  public:
    /// Starts rollcall-simulator with these --provider values, such as "heppu:agents=113" or "heppu@second:agents=3",
    /// and further arguments; returns when all of them listen. Throws std::runtime_error where they do not.
    explicit simulators(const std::vector<std::string>& providers, const std::vector<std::string>& more_arguments = {});

    /// By name: the kind, or what stands behind its @. Throws std::out_of_range for others.
    int port(const std::string& name) const;
    /// http://127.0.0.1:PORT, or https.
    const std::string& url(const std::string& name) const { return urls_.at(name); }

    /// A fault such as {"mode":"status","status":503,"times":2}; it replaces the one before.
    void set_fault(const std::string& name, std::string_view json);
    void clear_fault(const std::string& name);
    /// {"count", "connections", "requests": [{"method","target","headers","body"}, … the last 100]}
    boost::json::object requests(const std::string& name);
    void forget_requests(const std::string& name);
    /// How many requests it has had.
    std::size_t request_count(const std::string& name);
    /// The whole data set, as the provider's own list shows each agent, in the list's order.
    boost::json::array agents(const std::string& name);
    /// From now on connections are refused, and those that were open are closed.
    void close_listener(const std::string& name);
    void open_listener(const std::string& name);

  private:
    response control(std::string_view method, const std::string& target, std::string_view body = {});

    process process_;
    std::map<std::string, std::string> urls_;
};

/// The organization id that the simulated HyperRep knows.
inline constexpr std::string_view hyperrep_organization =
    "gAAAAABexampleOrganizationIdReturnedByApi7mN4qP2xLs9dV5kTr8cY1hJ6uW3";

}  // namespace rollcall::testing
