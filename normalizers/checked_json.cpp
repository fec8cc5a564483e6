// Stepping from token to token; what is between them is known to be what it should.
#include "normalizers/checked_json.hpp"

#include "normalizers/scalar.hpp"

namespace rollcall::normalizers {
namespace {

bool ends_scalar(char c) {
    return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// The place behind the string whose first quote `quote` points at.
const char* behind_string(const char* quote) {
    return quote + inside_from(quote + 1).size() + 2;
}

}  // namespace

token checked_json::kind() {
    skip_white_space();
    switch (*at_) {
        case '{':
            return token::object;
        case '[':
            return token::array;
        case '"':
            return token::text;
        case 't':
        case 'f':
            return token::boolean;
        case 'n':
            return token::null;
        default:
            return token::number;
    }
}

bool checked_json::enter() {
    skip_white_space();
    ++at_;
    skip_white_space();
    if (*at_ != ']' && *at_ != '}') return true;
    ++at_;
    return false;
}

bool checked_json::next() {
    skip_white_space();
    return *at_++ == ',';
}

std::string_view checked_json::name() {
    skip_white_space();
    const std::string_view inside = inside_from(at_ + 1);
    at_ += inside.size() + 2;
    skip_white_space();
    ++at_;  // the colon
    return inside;
}

std::string_view checked_json::value() {
    skip_white_space();
    const char* const begin = at_;
    if (*at_ == '{' || *at_ == '[') {
        skip_brackets();
    } else if (*at_ == '"') {
        at_ = behind_string(at_);
    } else {
        while (!ends_scalar(*at_))
            ++at_;
    }
    return {begin, static_cast<std::size_t>(at_ - begin)};
}

void checked_json::skip_white_space() {
    while (*at_ == ' ' || *at_ == '\t' || *at_ == '\r' || *at_ == '\n')
        ++at_;
}

void checked_json::skip_brackets() {
    int depth = 0;
    do {
        if (*at_ == '"') {
            at_ = behind_string(at_);
            continue;
        }
        if (*at_ == '{' || *at_ == '[') ++depth;
        if (*at_ == '}' || *at_ == ']') --depth;
        ++at_;
    } while (depth > 0);
}

}  // namespace rollcall::normalizers
