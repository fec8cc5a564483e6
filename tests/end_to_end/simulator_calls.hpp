// What the tests of the simulator share: the credentials that it demands, and reading of its answers.
#pragma once

#include "tests/support/http_client.hpp"
#include "tests/support/simulators.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace rollcall::testing {

inline const std::string hyperrep_path = "/api/v2/organizations/" + std::string{hyperrep_organization} + "/agents";

inline header_list bearer(const std::string& key) {
    return {{"Authorization", "Bearer " + key}};
}
inline const header_list hyperrep_key{{"X-API-KEY", "test-key-hyperrep"}};
inline const header_list heppu_key{{"x-api-key", "test-key-heppu"}};
inline const header_list converra_key = bearer("test-key-converra");
inline const header_list agenthuman_key{{"x-api-key", "test-key-agenthuman"}};
/// base64 of test-key-freshdesk:X
inline const header_list freshdesk_key{{"Authorization", "Basic dGVzdC1rZXktZnJlc2hkZXNrOlg="}};
inline const header_list retell_key = bearer("test-key-retell");
inline const header_list assistants_key = bearer("test-key-assistants");

inline boost::json::value parsed(const response& response) {
    return boost::json::parse(response.body);
}

/// The string at a JSON pointer; throws where there is none.
inline std::string text_at(const boost::json::value& value, std::string_view pointer) {
    return std::string{value.at_pointer(pointer).as_string()};
}

}  // namespace rollcall::testing
