// Which parts of an agent a client wants to see.
#include "gateway/api/projection.hpp"

#include "normalizers/schema.hpp"

#include <algorithm>

namespace rollcall::gateway {
namespace {

/// Adjacent fields make one range, so that the whole agent is copied at once.
std::vector<std::pair<std::size_t, std::size_t>> ranges_of(const std::vector<bool>& wanted) {
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (!wanted[i]) continue;
        if (!ranges.empty() && ranges.back().second == i) {
            ++ranges.back().second;
        } else {
            ranges.emplace_back(i, i + 1);
        }
    }
    return ranges;
}

}  // namespace

projection::projection(parameters& parameters) {
    const auto schema = normalizers::agent_record.fields;
    const auto names = parameters.list("fields");
    std::vector<bool> wanted(schema.size(), names.empty());
    for (std::size_t i = 0; i < schema.size(); ++i) {
        if (schema[i].kind == normalizers::kind::id || schema[i].kind == normalizers::kind::provider) wanted[i] = true;
    }
    for (const std::string& name : names) {
        const auto field = std::ranges::find(schema, name, &normalizers::field::name);
        if (field == schema.end()) {
            parameters.fault("fields", "an agent has no field \"" + name + "\"");
        } else {
            wanted[static_cast<std::size_t>(field - schema.begin())] = true;
        }
    }
    ranges_ = ranges_of(wanted);
    if (const auto include = parameters.text("include")) {
        source_ = *include == "source";
        if (!source_) parameters.fault("include", "the only thing to include is \"source\"");
    }
}

void projection::append(std::string& out, const normalizers::page& page, const normalizers::item& item) const {
    char separator = '{';
    for (const auto& [from, to] : ranges_) {
        out += separator;
        separator = ',';
        out += page.members(item, from, to);
    }
    if (source_) {
        out += ",\"source\":";
        out += item.source.of(page.body);
    }
    out += '}';
}

}  // namespace rollcall::gateway
