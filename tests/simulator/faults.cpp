// Reading of faults, and their counting.
#include "tests/simulator/faults.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace rollcall::simulator {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<std::string_view, fault_mode>, 14> modes{{{"status", fault_mode::status},
                                                                         {"delay", fault_mode::delay},
                                                                         {"hang", fault_mode::hang},
                                                                         {"reset", fault_mode::reset},
                                                                         {"truncate", fault_mode::truncate},
                                                                         {"garbage", fault_mode::garbage},
                                                                         {"success_false", fault_mode::success_false},
                                                                         {"rate_limited", fault_mode::rate_limited},
                                                                         {"unauthorized", fault_mode::unauthorized},
                                                                         {"close", fault_mode::close},
                                                                         {"body", fault_mode::body},
                                                                         {"raw", fault_mode::raw},
                                                                         {"repeat_token", fault_mode::repeat_token},
                                                                         {"slow_body", fault_mode::slow_body}}};

fault_mode read_mode(const json::value& value) {
    const auto found = std::find_if(modes.begin(), modes.end(), [&](const auto& entry) {
        return value.is_string() && value.get_string() == entry.first;
    });
    if (found == modes.end()) throw std::invalid_argument("mode: unknown: " + json::serialize(value));
    return found->second;
}

std::size_t read_count(std::string_view name, const json::value& value) {
    if (!value.is_int64() || value.get_int64() < 0) {
        throw std::invalid_argument(std::string{name} + ": must be a whole number from 0");
    }
    return static_cast<std::size_t>(value.get_int64());
}

std::string read_text(std::string_view name, const json::value& value) {
    if (!value.is_string()) throw std::invalid_argument(std::string{name} + ": must be a string");
    return std::string{value.get_string()};
}

unsigned read_status(const json::value& value) {
    const std::size_t status = read_count("status", value);
    if (status < 200 || status > 599) throw std::invalid_argument("status: must be from 200 to 599");
    return static_cast<unsigned>(status);
}

ending read_ending(const json::value& value) {
    constexpr std::array<std::pair<std::string_view, ending>, 5> endings{{{"keep_alive", ending::keep_alive},
                                                                          {"close", ending::close},
                                                                          {"reset", ending::reset},
                                                                          {"hang", ending::hang},
                                                                          {"half_close", ending::half_close}}};
    const auto found = std::find_if(endings.begin(), endings.end(), [&](const auto& entry) {
        return value.is_string() && value.get_string() == entry.first;
    });
    if (found == endings.end()) throw std::invalid_argument("end: unknown: " + json::serialize(value));
    return found->second;
}

void read_field(fault& fault, std::string_view name, const json::value& value) {
    if (name == "mode") {
        fault.mode = read_mode(value);
    } else if (name == "status") {
        fault.status = read_status(value);
    } else if (name == "retry_after") {
        // Seconds as a number, or anything that a header can hold: a date, nonsense.
        fault.retry_after = value.is_string() ? read_text(name, value) : std::to_string(read_count(name, value));
    } else if (name == "ms") {
        fault.pause = std::chrono::milliseconds{read_count(name, value)};
    } else if (name == "body") {
        fault.body = read_text(name, value);
    } else if (name == "content_type") {
        fault.content_type = read_text(name, value);
    } else if (name == "repeat") {
        fault.repeat = read_text(name, value);
    } else if (name == "end") {
        fault.end = read_ending(value);
    } else if (name == "every") {
        fault.every = read_count(name, value);
        if (fault.every == 0) throw std::invalid_argument("every: must be at least 1");
    } else if (name == "times") {
        fault.times = read_count(name, value);
    } else if (name == "after") {
        fault.after = read_count(name, value);
    } else if (name == "path_contains") {
        fault.path_contains = read_text(name, value);
    } else {
        throw std::invalid_argument(std::string{name} + ": unknown");
    }
}

}  // namespace

fault read_fault(std::string_view text) {
    boost::system::error_code error;
    const json::value value = json::parse(text, error);
    if (error || !value.is_object()) throw std::invalid_argument("a fault is a JSON object");
    const json::object& object = value.get_object();
    if (!object.contains("mode")) throw std::invalid_argument("mode: missing");
    fault fault;
    // A verbatim body is a 200 unless it says otherwise, a status of its own an error.
    if (read_mode(object.at("mode")) == fault_mode::body) fault.status = 200;
    for (const auto& [name, field] : object)
        read_field(fault, name, field);
    return fault;
}

std::optional<fault> fault_switch::next(const request& request) {
    if (!fault_ || request.target.find(fault_->path_contains) == std::string::npos) return std::nullopt;
    if (fault_->after > 0) {
        --fault_->after;
        return std::nullopt;
    }
    if (matched_++ % fault_->every != 0) return std::nullopt;
    if (!fault_->times) return fault_;
    if (*fault_->times == 0) return std::nullopt;
    --*fault_->times;
    return fault_;
}

}  // namespace rollcall::simulator
