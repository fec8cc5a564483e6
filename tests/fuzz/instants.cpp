// Points in time as providers and clients write them: an instant has one form in UTC, and a wait is neither negative
// nor endless. An input is two values, a line each.
#include "adapters/pipeline/exchange.hpp"
#include "adapters/pipeline/quota.hpp"
#include "config/units.hpp"
#include "normalizers/time.hpp"
#include "tests/fuzz/input.hpp"

#include <string>

namespace {

using rollcall::fuzz::check;
using rollcall::normalizers::append_utc;
using rollcall::normalizers::append_utc_of_epoch;
using rollcall::normalizers::time_form;

constexpr rollcall::system_clock::time_point now{std::chrono::seconds{1'700'000'000}};
constexpr std::chrono::hours longest_wait{24};

void check_utc(const std::string& utc) {
    constexpr std::string_view shape = "0000-00-00T00:00:00";
    check(utc.size() > shape.size() && utc.ends_with('Z'), "an instant is in UTC");
    for (std::size_t at = 0; at < shape.size(); ++at) {
        const bool digit = utc[at] >= '0' && utc[at] <= '9';
        check(shape[at] == '0' ? digit : utc[at] == shape[at], "an instant has its one form");
    }
    std::string again;
    check(append_utc(again, utc) && again == utc, "an instant in UTC stays as it is");
}

void try_instant(std::string_view text) {
    std::string utc;
    if (append_utc(utc, text)) {
        check_utc(utc);
    } else {
        check(utc.empty(), "nothing is said of what is no instant");
    }
    for (const auto form : {time_form::epoch_seconds, time_form::epoch_milliseconds}) {
        std::string of_epoch;
        if (append_utc_of_epoch(of_epoch, text, form)) {
            check_utc(of_epoch);
        } else {
            check(of_epoch.empty(), "nothing is said of what is no instant");
        }
    }
}

void try_wait(std::string_view one, std::string_view other) {
    const auto wait = rollcall::adapters::retry_after_of(one, other, now);
    check(!wait || (*wait >= wait->zero() && *wait <= longest_wait), "a wait is within its range");
    const auto announced = rollcall::adapters::announced_quota_of(one, other, now);
    check(!announced || announced->reset_in >= announced->reset_in.zero(), "a quota does not come back in the past");
}

void try_units(std::string_view text) {
    using namespace rollcall::config;
    if (const auto duration = parse_duration(text)) {
        check(parse_duration(format_duration(*duration)) == duration, "a duration that is written is the same");
    }
    if (const auto size = parse_size(text)) {
        check(parse_size(format_size(*size)) == size, "a size that is written is the same");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    rollcall::fuzz::input input{bytes, size};
    const std::string_view one = input.line();
    const std::string_view other = input.line();
    try_instant(one);
    try_wait(one, other);
    try_units(one);
    return 0;
}
