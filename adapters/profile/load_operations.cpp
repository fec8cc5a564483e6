// The `operations` of a profile: how each call is made and where its answer holds what is wanted.
#include "adapters/profile/load_operations.hpp"

#include "adapters/profile/placeholders.hpp"
#include "adapters/profile/pointer.hpp"
#include "config/near_miss.hpp"
#include "config/yaml_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::adapters {

using config::yaml::members_of_map;
using config::yaml::node;
using config::yaml::value;

namespace {

/// Where a template stands.
enum class part : bool { path, query };

/// What a client's call says, by its name in templates.
struct argument {
    std::string_view name;
    std::string_view home;  ///< where it may stand, for faults
    bool in_path;
};

constexpr std::string_view id_name = "id";  // the agent's native id
constexpr argument arguments[] = {
    {id_name, "every operation but list and create", true},
    {start_date_name, "the query of conversations, sales and analytics", false},
    {end_date_name, "the query of conversations, sales and analytics", false},
    {days_name, "the query of insights", false},
};

bool is_analytics(operation_kind kind) {
    return kind == operation_kind::analytics || kind == operation_kind::analytics_conversations ||
           kind == operation_kind::analytics_sales;
}

bool is_about_an_agent(operation_kind kind) {
    return kind != operation_kind::list && kind != operation_kind::create;
}

bool takes(operation_kind kind, std::string_view argument) {
    if (argument == id_name) return is_about_an_agent(kind);
    if (argument == days_name) return kind == operation_kind::insights;
    return is_analytics(kind) || kind == operation_kind::conversations || kind == operation_kind::sales;
}

/// What one operation may fill in, and what the operations did so far.
class templates {
  public:
    explicit templates(const std::map<std::string, parameter>& params) : params_(params) {}

    void begin(operation_kind kind) {
        kind_ = kind;
        used_here_.clear();
    }

    /// Checks each placeholder of the template at `place`; empty, with a fault, where it is no template.
    std::vector<piece> read(const value& place, part where, const std::string& text) {
        auto pieces = parse_template(text);
        if (!pieces) {
            place.fault(fmt::format("a brace must belong to a {{parameter}} named in lower-case letters, found {}",
                                    place.found()));
            return {};
        }
        for (const auto& part : *pieces) {
            if (part.is != piece::kind::text) check(place, where, part.text);
        }
        return std::move(*pieces);
    }

    /// Does the operation that was begun last fill in this?
    [[nodiscard]] bool uses_here(std::string_view name) const { return used_here_.contains(name); }
    /// Does any operation?
    [[nodiscard]] bool uses(std::string_view name) const { return used_.contains(name); }

  private:
    void check(const value& place, part where, const std::string& name) {
        used_.insert(name);
        used_here_.insert(name);
        const auto argument = std::ranges::find(arguments, name, &argument::name);
        if (argument != std::end(arguments)) {
            if (may_stand(*argument, where)) return;
            place.fault(fmt::format("{{{}}} is for {}", name, argument->home));
        } else if (!params_.contains(name)) {
            const auto known = known_names(where);
            place.fault(fmt::format("{{{}}} is not declared in params{}", name,
                                    known.empty() ? std::string{} : config::did_you_mean(name, known)));
        }
    }

    [[nodiscard]] bool may_stand(const argument& argument, part where) const {
        return takes(kind_, argument.name) && (argument.in_path || where == part::query);
    }

    [[nodiscard]] std::vector<std::string_view> known_names(part where) const {
        std::vector<std::string_view> known;
        for (const auto& argument : arguments) {
            if (may_stand(argument, where)) known.push_back(argument.name);
        }
        for (const auto& [param, unused] : params_)
            known.push_back(param);
        return known;
    }

    const std::map<std::string, parameter>& params_;
    std::set<std::string, std::less<>> used_;
    std::set<std::string, std::less<>> used_here_;
    operation_kind kind_ = operation_kind::list;
};

void read_path(const value& place, const std::map<std::string, parameter>& params, templates& known, std::string& out) {
    std::string text;
    if (!place.text(text)) return;
    const auto pieces = known.read(place, part::path, text);
    for (const auto& piece : pieces) {
        if (piece.is == piece::kind::path && piece.text == id_name)
            place.fault("{+id} would let an id lead to another path; write {id}");
    }
    std::map<std::string, std::string> defaults;
    for (const auto& [name, param] : params) {
        if (param.fallback) defaults.emplace(name, *param.fallback);
    }
    if (pieces.empty() && !text.empty()) return;
    if (const auto problem = check_path(pieces, defaults); !problem.what.empty()) {
        const auto blame =
            problem.parameter.empty() ? std::string{} : fmt::format("with the default of {}: ", problem.parameter);
        place.fault(fmt::format("{}{}, found {}", blame, problem.what, place.found()));
        return;
    }
    out = std::move(text);
}

void read_query(const value& query, templates& known, operation& out) {
    for (const auto& entry : query.members()) {
        std::string text;
        if (!entry.of.text(text)) continue;
        for (const auto& piece : known.read(entry.of, part::query, text)) {
            if (piece.is == piece::kind::path) entry.of.fault("{+…} is for paths; in a query write {…}");
        }
        out.query.emplace_back(entry.name, std::move(text));
    }
}

void read_body(const value& body, operation& out) {
    if (body && out.method != "POST") body.fault("only a POST has a body");
    for (const auto& entry : body.members())
        out.body.emplace_back(entry.name, to_json(entry.of));
}

void read_method(const value& place, operation_kind kind, std::string& out) {
    switch (kind) {
        case operation_kind::list:
        case operation_kind::get:
            place.choice<std::string>(out, {{"GET", "GET"}, {"POST", "POST"}});
            return;
        case operation_kind::create:
            out = "POST";
            place.choice<std::string>(out, {{"POST", "POST"}, {"PUT", "PUT"}});
            return;
        case operation_kind::update:
            out = "PATCH";
            place.choice<std::string>(out, {{"PATCH", "PATCH"}, {"PUT", "PUT"}, {"POST", "POST"}});
            return;
        case operation_kind::delete_:
            out = "DELETE";
            place.choice<std::string>(out, {{"DELETE", "DELETE"}, {"POST", "POST"}});
            return;
        default:
            place.choice<std::string>(out, {{"GET", "GET"}});
    }
}

/// The keys of an operation; the key that says where its answer holds what is wanted stands last, where it has one.
std::vector<std::string_view> keys_of(operation_kind kind) {
    std::vector<std::string_view> names{"method", "path", "query", "success"};
    if (kind == operation_kind::list || kind == operation_kind::get) names.push_back("body");
    if (kind != operation_kind::delete_) names.push_back(is_list(kind) ? "items" : "item");
    return names;
}

void check_arguments(const value& place, operation_kind kind, const templates& known) {
    if (place.kind() != node::kind::map) return;
    if (is_about_an_agent(kind) && !known.uses_here(id_name)) place.fault("must use {id} in its path or query");
    if (!is_analytics(kind)) return;
    for (const auto date : {start_date_name, end_date_name}) {
        if (!known.uses_here(date)) place.fault(fmt::format("must use {{{}}} in its query", date));
    }
}

operation read_operation(const value& place, operation_kind kind, const std::map<std::string, parameter>& params,
                         templates& known) {
    const auto names = keys_of(kind);
    const auto keys = place.keys(names);
    operation out;
    known.begin(kind);
    read_method(keys["method"], kind, out.method);
    read_path(keys.require("path"), params, known, out.path);
    read_query(keys["query"], known, out);
    read_body(keys["body"], out);
    if (kind != operation_kind::delete_) read_pointer(keys.require(names.back()), whole_value::allowed, out.at);
    read_pointer(keys["success"], out.success);
    check_arguments(place, kind, known);
    return out;
}

}  // namespace

bool is_argument_name(std::string_view name) {
    return std::ranges::find(arguments, name, &argument::name) != std::end(arguments);
}

members_of_map read_operations(const value& operations, const value& params, profile& out) {
    auto keys = operations.keys(operation_names);
    templates known{out.params};
    for (std::size_t i = 0; i < operation_count; ++i) {
        const auto kind = static_cast<operation_kind>(i);
        const bool required = kind == operation_kind::list;
        const auto place = required ? keys.require(name_of(kind)) : keys[name_of(kind)];
        if (required || place) out.operations[i] = read_operation(place, kind, out.params, known);
    }
    for (const auto& entry : params.members()) {
        if (!known.uses(entry.name)) entry.key.fault("is used by no operation");
    }
    return keys;
}

}  // namespace rollcall::adapters
