// A trial as people read it.
#include "adapters/trial/report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rollcall::adapters {
namespace {

constexpr std::size_t widest_example = 60;
constexpr std::size_t widest_source = 40;
constexpr std::size_t shown_body = 600;

/// At most `bytes` of `text`, on one line, free of what a terminal would obey.
std::string shown(std::string_view text, std::size_t bytes) {
    std::string out;
    for (const char letter : text.substr(0, bytes))
        out += static_cast<unsigned char>(letter) < ' ' || letter == '\x7f' ? ' ' : letter;
    while (!out.empty() && text.size() > bytes && (static_cast<unsigned char>(out.back()) & 0xc0) == 0x80)
        out.pop_back();  // no half character
    if (text.size() > bytes) out += "…";
    return out;
}

std::string failure_text(const trial& trial) {
    std::string out = fmt::format("failed: {}\n", trial.failed->detail);
    const upstream_error& upstream = trial.failed->upstream;
    if (!upstream.code.empty()) out += fmt::format("its code: {}\n", shown(upstream.code, widest_example));
    if (!upstream.message.empty()) out += fmt::format("its message: {}\n", shown(upstream.message, shown_body));
    if (!trial.body.empty()) out += fmt::format("its answer begins: {}\n", shown(trial.body, shown_body));
    return out;
}

std::string field_text(const tried_field& field, std::size_t agents) {
    std::string out = fmt::format("  {:<14} {:<40} {:>9}  ", field.name,
                                  field.from.empty() ? "not in the profile" : shown(field.from, widest_source),
                                  fmt::format("{}/{}", field.filled, agents));
    out += field.example.empty() ? "-" : shown(field.example, widest_example);
    if (field.wrong_types > 0) out += fmt::format("  ({} of a wrong type)", field.wrong_types);
    return out + '\n';
}

std::string ahead_text(const advance_result& ahead) {
    switch (ahead.is) {
        case advance_result::step::end:
            return "the list ends with this page\n";
        case advance_result::step::fault:
            return fmt::format("how the list goes on cannot be told: {}\n", ahead.why);
        case advance_result::step::next:
            break;
    }
    return fmt::format("the list goes on at: {}\n", shown(ahead.position, widest_example));
}

}  // namespace

std::string report_of(const trial& trial) {
    std::string out = fmt::format("{} {}\n", trial.method, trial.url);
    if (trial.status != 0) {
        out += fmt::format("status {}, {}, after {} ms\n", trial.status,
                           trial.content_type.empty() ? "no content type" : shown(trial.content_type, widest_example),
                           trial.took.count());
    }
    if (trial.failed) return out + failure_text(trial);
    out += fmt::format("{} items came, {} of them are agents\n\n", trial.received, trial.agents);
    out += fmt::format("  {:<14} {:<40} {:>9}  {}\n", "field", "read from", "filled", "first value");
    for (const tried_field& field : trial.fields)
        out += field_text(field, trial.agents);
    out += trial.rest.empty() ? "\nnothing was left out\n" : "\nleft out:\n";
    for (const left_out& member : trial.rest) {
        out += fmt::format("  {:<55} {:>9}  {}\n", shown(member.pointer, widest_source + 14), member.count,
                           shown(member.example, widest_example));
    }
    return out + '\n' + ahead_text(trial.ahead);
}

}  // namespace rollcall::adapters
