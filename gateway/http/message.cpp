// Requests and answers as handlers see them: looking fields up and adding them.
#include "gateway/http/message.hpp"

#include "gateway/http/text.hpp"

#include <algorithm>
#include <array>

namespace rollcall::gateway {
namespace {

constexpr std::array<std::string_view, method_count> method_names = {"GET",   "HEAD",   "POST",    "PUT",
                                                                     "PATCH", "DELETE", "OPTIONS", "OTHER"};

bool is_control(char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return value < 0x20 || value == 0x7f;
}

}  // namespace

std::string_view name_of(method method) {
    return method_names[static_cast<std::size_t>(method)];
}

method method_of(std::string_view name) {
    for (std::size_t index = 0; index + 1 < method_names.size(); ++index) {
        if (method_names[index] == name) return static_cast<method>(index);
    }
    return method::other;
}

std::optional<std::string_view> request::header(std::string_view name) const {
    const auto found = std::find_if(headers.begin(), headers.end(),
                                    [&](const header_field& field) { return equals_ignoring_case(field.name, name); });
    if (found == headers.end()) return std::nullopt;
    return found->value;
}

void response::add_header(std::string_view name, std::string_view value) {
    headers += name;
    headers += ": ";
    std::copy_if(value.begin(), value.end(), std::back_inserter(headers), [](char byte) { return !is_control(byte); });
    headers += "\r\n";
}

}  // namespace rollcall::gateway
