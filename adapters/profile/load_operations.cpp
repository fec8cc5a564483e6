// The `operations` of a profile: how each call is made and where its answer holds what is wanted.
#include "adapters/profile/load_operations.hpp"

#include "adapters/profile/json_body.hpp"
#include "adapters/profile/placeholders.hpp"
#include "adapters/profile/pointer.hpp"
#include "config/near_miss.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::adapters {

using config::yaml::node;
using config::yaml::value;

namespace {

/// The agent's native id, which `get` fills in.
constexpr std::string_view id_name = "id";

enum class call : bool { list, get };

/// What one operation may fill in, and what the operations did so far.
class templates {
  public:
    explicit templates(const std::map<std::string, parameter>& params) : params_(params) {}

    void begin(call which) { may_use_id_ = which == call::get; }

    /// Checks each placeholder of the template at `place`; empty, with a fault, where it is no template.
    std::vector<piece> read(const value& place, const std::string& text) {
        auto pieces = parse_template(text);
        if (!pieces) {
            place.fault(fmt::format("a brace must belong to a {{parameter}} named in lower-case letters, found {}",
                                    place.found()));
            return {};
        }
        for (const auto& part : *pieces) {
            if (part.is != piece::kind::text) check(place, part.text);
        }
        return std::move(*pieces);
    }

    [[nodiscard]] bool uses(std::string_view name) const { return used_.contains(name); }

  private:
    void check(const value& place, const std::string& name) {
        used_.insert(name);
        if (params_.contains(name) || (may_use_id_ && name == id_name)) return;
        std::vector<std::string_view> known;
        if (may_use_id_) known.push_back(id_name);
        for (const auto& [param, unused] : params_)
            known.push_back(param);
        place.fault(fmt::format("{{{}}} is not declared in params{}", name,
                                known.empty() ? std::string{} : config::did_you_mean(name, known)));
    }

    const std::map<std::string, parameter>& params_;
    std::set<std::string, std::less<>> used_;
    bool may_use_id_ = false;
};

void read_path(const value& place, const std::map<std::string, parameter>& params, templates& known, std::string& out) {
    std::string text;
    if (!place.text(text)) return;
    const auto pieces = known.read(place, text);
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
        for (const auto& part : known.read(entry.of, text)) {
            if (part.is == piece::kind::path) entry.of.fault("{+…} is for paths; in a query write {…}");
        }
        out.query.emplace_back(entry.name, std::move(text));
    }
}

void read_body(const value& body, operation& out) {
    if (body && out.method != "POST") body.fault("only a POST has a body");
    for (const auto& entry : body.members())
        out.body.emplace_back(entry.name, to_json(entry.of));
}

operation read_operation(const value& place, call which, const std::map<std::string, parameter>& params,
                         templates& known) {
    const std::string_view at = which == call::list ? "items" : "item";
    const std::string_view names[] = {"method", "path", "query", "body", at, "success"};
    const auto keys = place.keys(names);
    operation out;
    known.begin(which);
    keys["method"].choice<std::string>(out.method, {{"GET", "GET"}, {"POST", "POST"}});
    read_path(keys.require("path"), params, known, out.path);
    read_query(keys["query"], known, out);
    read_body(keys["body"], out);
    read_pointer(keys.require(at), whole_value::allowed, out.at);
    read_pointer(keys["success"], out.success);
    return out;
}

}  // namespace

void read_operations(const value& operations, const value& params, profile& out) {
    const auto keys = operations.keys({"list", "get"});
    templates known{out.params};
    out.list = read_operation(keys.require("list"), call::list, out.params, known);
    if (const auto get = keys["get"]) {
        out.get = read_operation(get, call::get, out.params, known);
        if (get.kind() == node::kind::map && !known.uses(id_name)) get.fault("must use {id} in its path or query");
    }
    for (const auto& entry : params.members()) {
        if (!known.uses(entry.name)) entry.key.fault("is used by no operation");
    }
}

}  // namespace rollcall::adapters
