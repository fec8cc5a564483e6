// The `paging` of a profile: the parameters of a list call, and how its answer leads to the next.
#include "adapters/profile/load_paging.hpp"

#include "adapters/profile/load_filters.hpp"
#include "adapters/profile/pointer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::adapters {

using config::yaml::members_of_map;
using config::yaml::value;

namespace {

constexpr unsigned size_maximum = 10'000;

/// The keys beside `style`.
constexpr std::string_view all_keys[] = {"in",   "size",     "position", "first_page",
                                         "next", "has_more", "total",    "total_pages"};

/// Which keys a style needs, and which it may have besides.
struct style_keys {
    std::vector<std::string_view> needed;
    std::vector<std::string_view> possible;
};

style_keys keys_of(paging_style style) {
    switch (style) {
        case paging_style::none:
            return {{}, {}};
        case paging_style::cursor:
            return {{"position", "next"}, {"in", "size", "has_more"}};
        case paging_style::offset:
            return {{"size", "position"}, {"in", "has_more", "total"}};
        case paging_style::page:
            return {{"size", "position"}, {"in", "first_page", "has_more", "total", "total_pages"}};
        case paging_style::link:
            return {{}, {"size"}};
        case paging_style::last_id:
            return {{"size", "position"}, {"in", "has_more"}};
    }
    return {};
}

bool has(const std::vector<std::string_view>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

void check_keys(const members_of_map& keys, paging_style style) {
    std::string name;
    keys["style"].text(name);
    const auto [needed, possible] = keys_of(style);
    for (const auto key : all_keys) {
        if (has(needed, key)) {
            (void)keys.require(key);
        } else if (!has(possible, key)) {
            keys[key].fault(fmt::format("is not for paging in the style {}", name));
        }
    }
}

void read_size(const value& size, parameter_names& names, paging& out) {
    const auto keys = size.keys({"name", "maximum"});
    names.read(keys["name"], out.size_name);
    keys.require("maximum").whole(out.size_maximum, 1U, size_maximum);
}

void read_position(const value& position, parameter_names& names, paging& out) {
    const auto keys = position.keys({"name"});
    names.read(keys.require("name"), out.position_name);
}

/// The lists of an agent are paged as the list of agents.
constexpr operation_kind sublists[] = {operation_kind::conversations, operation_kind::sales};

void read_placement(const value& in, profile& out) {
    auto& placed = out.paging.in;
    in.choice<placement>(placed, {{"query", placement::query}, {"body", placement::body}});
    if (placed != placement::body) return;
    if (out.of(operation_kind::list)->method != "POST") in.fault("body needs operations.list.method: POST");
    for (const auto kind : sublists) {
        if (out.of(kind)) in.fault(fmt::format("body does not go with operations.{}, which is a GET", name_of(kind)));
    }
}

/// The parameter's name must be free in the other lists too.
void check_sublists(const value& place, const std::string& name, const profile& profile) {
    for (const auto kind : sublists) {
        const auto& sublist = profile.of(kind);
        if (!sublist || name.empty()) continue;
        if (std::ranges::find(sublist->query, name, &std::pair<std::string, std::string>::first) !=
            sublist->query.end()) {
            place.fault(fmt::format("operations.{} has another use for the parameter {}", name_of(kind),
                                    config::yaml::in_quotes(name)));
        }
    }
}

bool read_style(const value& place, paging_style& out) {
    return place.choice<paging_style>(out, {{"none", paging_style::none},
                                            {"cursor", paging_style::cursor},
                                            {"offset", paging_style::offset},
                                            {"page", paging_style::page},
                                            {"link", paging_style::link},
                                            {"last_id", paging_style::last_id}});
}

}  // namespace

void read_paging(const value& place, const value& filters, profile& out) {
    auto& paging = out.paging;
    const auto keys =
        place.keys({"style", "in", "size", "position", "first_page", "next", "has_more", "total", "total_pages"});
    if (!read_style(keys.require("style"), paging.style)) return;
    check_keys(keys, paging.style);
    read_placement(keys["in"], out);
    const auto& list = *out.of(operation_kind::list);
    parameter_names names{paging.in == placement::query ? list.query : list.body};
    read_size(keys["size"], names, paging);
    check_sublists(keys["size"], paging.size_name, out);
    read_position(keys["position"], names, paging);
    check_sublists(keys["position"], paging.position_name, out);
    keys["first_page"].whole(paging.first_page, 0U, 1U);
    read_pointer(keys["next"], paging.next);
    read_pointer(keys["has_more"], paging.has_more);
    read_pointer(keys["total"], paging.total);
    read_pointer(keys["total_pages"], paging.total_pages);
    // An offset beyond the end is an error at some providers, so that a short page alone is no good sign of it.
    if (paging.style == paging_style::offset && !keys["has_more"] && !keys["total"]) {
        place.fault("the style offset needs has_more or total");
    }
    read_filters(filters, names, out);
}

}  // namespace rollcall::adapters
