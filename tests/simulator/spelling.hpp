// JSON text as real servers write it: the same value in the spellings of several languages' serializers.
#pragma once

#include <boost/json/value.hpp>

#include <cstddef>
#include <string>

namespace rollcall::simulator {

enum class spelling {
    plain,          // UTF-8 as it is, as JavaScript writes it
    ascii,          // everything outside ASCII as \u escapes with surrogate pairs, as Python writes it
    escaped_slash,  // plain, with \/ for a slash, as PHP writes it
};

/// The spelling that the item at `index` of a data set is written in, so that every list holds all of them.
spelling spelling_of(std::size_t index);

/// Serializes `value`; numbers are written in their shortest decimal form (120.5, not 1.205E2).
std::string write_json(const boost::json::value& value, spelling how = spelling::plain);

}  // namespace rollcall::simulator
