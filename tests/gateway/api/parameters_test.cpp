// Query parameters, read strictly: what is decoded, and what each wrong one is told.
#include "gateway/api/parameters.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace rollcall::gateway {
namespace {

/// `name: detail` of every fault, after the given names have been asked for.
std::vector<std::string> faults_in(std::string_view query, std::initializer_list<std::string_view> known = {}) {
    parameters parameters{query};
    for (const auto name : known)
        (void)parameters.text(name);
    std::vector<std::string> told;
    if (const auto problem = parameters.faults()) {
        CHECK(problem->code == problem_code::invalid_parameter);
        CHECK_FALSE(problem->detail.empty());
        for (const auto& error : problem->errors)
            told.push_back(error.name + ": " + error.detail);
    }
    return told;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("values are decoded as forms are, and only once") {
    const std::vector<std::pair<std::string_view, std::string>> cases = {
        {"a=b", "b"},
        {"a=", ""},
        {"a", ""},
        {"a=b=c", "b=c"},
        {"a=b+c", "b c"},
        {"a=b%2Bc", "b+c"},
        {"a=%C3%BC", "ü"},
        {"%61=b", "b"},
        {"x=1&a=b&y=2", "b"},
        {"&&a=b&", "b"},
        {"a=%2526", "%26"},
        {"a=%26x%3D1", "&x=1"},
        {"a=b?c/d:e", "b?c/d:e"},
        {"a=\xc3\xbc", "ü"},
        {"a=b,c", "b,c"},
    };
    for (const auto& [query, value] : cases) {
        CAPTURE(query);
        CHECK(parameters{query}.text("a") == value);
    }
    CHECK(parameters{"a=%00"}.text("a") == std::string(1, '\0'));
    CHECK_FALSE(parameters{""}.text("a"));
    CHECK_FALSE(parameters{"A=b"}.text("a"));
    CHECK_FALSE(parameters{"&&"}.faults());
}

TEST_CASE("a parameter that nobody asked for is named") {
    CHECK(faults_in("limit=5&colour=red&x", {"limit"}) ==
          texts{"colour: there is no such parameter here", "x: there is no such parameter here"});
    CHECK(faults_in("limit=5", {"limit"}).empty());
    CHECK(faults_in("=5") == texts{": there is no such parameter here"});
}

TEST_CASE("a parameter that is given twice is named, even if the values are equal") {
    CHECK(faults_in("a=1&a=1", {"a"}) == texts{"a: it is given more than once"});
    CHECK(faults_in("a=1&%61=2&a", {"a"}) == texts{"a: it is given more than once", "a: it is given more than once"});
}

TEST_CASE("broken percent-encoding is named, in a value and in a name") {
    for (const std::string_view query : {"a=%", "a=%4", "a=%zz", "a=1%2", "a=%%41"}) {
        CAPTURE(query);
        CHECK(faults_in(query, {"a"}) == texts{"a: its percent-encoding is broken"});
    }
    CHECK(faults_in("%zz=1") == texts{"%zz: its percent-encoding is broken"});
}

TEST_CASE("a number is whole, in digits, and within its range") {
    const auto read = [](const std::string& query) {
        parameters parameters{query};
        const std::uint32_t value = parameters.number("limit", 1, 200, 50);
        return std::pair{value, parameters.faults().has_value()};
    };
    CHECK(read("") == std::pair{50U, false});
    CHECK(read("limit=1") == std::pair{1U, false});
    CHECK(read("limit=200") == std::pair{200U, false});
    for (const std::string value : {"0", "201", "-1", "1.0", "1e2", "", "ten", "5x", "x5", "+5", "%205", "5%20", "0x10",
                                    "4294967297", "99999999999999999999", "5%00", "1,2"}) {
        CAPTURE(value);
        CHECK(read("limit=" + value) == std::pair{50U, true});
    }
    CHECK(parameters{"limit=0"}.faults()->errors.front().name == "limit");
}

TEST_CASE("a list is cut at its commas, without empty parts; one without any part is a fault") {
    const auto read = [](const std::string& query) {
        parameters parameters{query};
        return std::pair{parameters.list("tags"), parameters.faults().has_value()};
    };
    CHECK(read("") == std::pair{texts{}, false});
    CHECK(read("tags=a") == std::pair{texts{"a"}, false});
    CHECK(read("tags=a,b,a") == std::pair{texts{"a", "b", "a"}, false});
    CHECK(read("tags=,a,,b,") == std::pair{texts{"a", "b"}, false});
    CHECK(read("tags=a%2Cb") == std::pair{texts{"a", "b"}, false});
    for (const std::string query : {"tags=", "tags", "tags=,", "tags=,,,"})
        CHECK(read(query) == std::pair{texts{}, true});
}

TEST_CASE("every fault is told at once, the first of them in the detail") {
    parameters parameters{"limit=0&colour=red&a=%zz"};
    (void)parameters.number("limit", 1, 200, 50);
    parameters.fault("cursor", "it is odd");
    const auto problem = parameters.faults();
    REQUIRE(problem);
    CHECK(problem->errors.size() == 4);
    CHECK(problem->detail == problem->errors.front().name + ": " + problem->errors.front().detail);
}

}  // namespace rollcall::gateway
