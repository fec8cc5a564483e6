// The built gateway before simulated providers, as an operator would deploy it: what the end-to-end tests start from.
#pragma once

#include "tests/support/gateway.hpp"
#include "tests/support/simulators.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::testing {

/// The configuration of one provider, before the simulator's port is known.
struct provider_setup {
    std::string name;          ///< of the simulator's provider too
    std::string profile = {};  ///< empty: as `name`
    std::string more = {};     ///< further lines of its entry, such as `page_size: 7`, each ended by a line break
    std::string key = {};      ///< empty: the one that the simulator demands
};

/// The configuration's text. `top` holds further top-level lines.
std::string configuration(const simulators& simulators, const std::vector<provider_setup>& providers,
                          std::string_view top = {});

/// The four providers of the contract with 37, 113, 64 and 29 agents; nothing is cached, so that each failure shows at
/// once.
std::vector<provider_setup> four_providers(std::string_view more = "    cache: {ttl: 0s}\n");
std::vector<std::string> four_simulators();

/// A gateway before the four providers.
struct four_provider_deployment {
    explicit four_provider_deployment(std::string_view more = "    cache: {ttl: 0s}\n", std::string_view top = {});

    simulators providers;
    testing::gateway gateway;
};

/// A page of GET /agents; fails the test where it is not a 200.
boost::json::object page_of(const gateway& gateway, std::string_view target, const header_list& headers = {});

/// The page as it is when what was kept of `provider` no longer counts as fresh, so that the provider's state shows;
/// for a cache with a `ttl` of 1ms, within which a quick gateway answers several times.
boost::json::object page_behind_the_cache(const gateway& gateway, std::string_view target, std::string_view provider,
                                          const header_list& headers = {});

/// How often each agent comes in a walk, with its last appearance.
struct walk_result {
    std::map<std::string, int> times;                   ///< by id
    std::map<std::string, boost::json::object> agents;  ///< by id
    int pages = 0;
};
/// Follows next_cursor to its end. `query` is such as `limit=7&type=voice`.
walk_result walk(const gateway& gateway, const std::string& query);

/// `providers[]` of a page by name.
boost::json::object report_of(const boost::json::object& page, std::string_view provider);

/// The status of an answer and the code of its problem, such as `400 invalid_cursor`; checks that it is a problem at
/// all.
std::string problem_of(const response& response);

}  // namespace rollcall::testing
