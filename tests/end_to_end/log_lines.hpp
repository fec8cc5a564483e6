// The lines of a gateway's log, read as what they are.
#pragma once

#include "tests/support/gateway.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <initializer_list>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::testing {

/// The lines of the log with that message, once there are so many.
inline std::vector<boost::json::object> log_lines(gateway& gateway, std::string_view message, std::size_t count) {
    const std::string wanted = "\"message\":\"" + std::string{message} + '"';
    for (const auto until = std::chrono::steady_clock::now() + default_timeout;;) {
        std::vector<boost::json::object> found;
        std::istringstream lines{gateway.log()};
        for (std::string line; std::getline(lines, line);) {
            if (line.find(wanted) != std::string::npos) found.push_back(boost::json::parse(line).as_object());
        }
        if (found.size() >= count || std::chrono::steady_clock::now() > until) {
            REQUIRE(found.size() == count);
            return found;
        }
    }
}

/// The named members of a line, one after the other; `-` for one that is not there.
inline std::string shown(const boost::json::object& line, std::initializer_list<const char*> names) {
    std::string text;
    for (const char* const name : names) {
        const auto* value = line.if_contains(name);
        text += (text.empty() ? "" : " ");
        text += value == nullptr     ? "-"
                : value->is_string() ? std::string{value->as_string()}
                                     : boost::json::serialize(*value);
    }
    return text;
}

}  // namespace rollcall::testing
