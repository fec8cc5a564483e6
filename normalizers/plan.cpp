// Compiling a profile's field rules into the plans that the reader follows.
#include "normalizers/plan.hpp"

#include "base/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace rollcall::normalizers {
namespace {

std::string json_token(std::string_view text) {
    std::string token;
    append_json_string(token, text);
    return token;
}

json_pointer joined(json_pointer base, const json_pointer& rest) {
    base.insert(base.end(), rest.begin(), rest.end());
    return base;
}

std::span<const std::string_view> names_of(kind kind) {
    if (kind == kind::type) return agent_types;
    return agent_statuses;
}

bool is_list(kind kind) {
    return kind == kind::text_list || kind == kind::reference_list || kind == kind::record_list;
}

/// Everything that the field can come to: its constant, or its map's values and what an unknown value becomes.
choice_set possible_choices(const output& output) {
    if (!output.constant.empty()) return only(output.constant_choice);
    choice_set set = only(no_choice);
    for (const auto& mapped : output.choices)
        set |= only(mapped.ours);
    if (output.kind == kind::status && !output.sources.empty()) set |= only(unknown_status);
    return set;
}

/// Compiles the rules of one shape whose values stand below `base`.
class shape_compiler {
  public:
    shape_compiler(shape& shape, json_pointer base) : shape_(shape), base_(std::move(base)) {}

    void compile(std::span<const field> schema, const field_rules& rules) {
        shape_.outputs = outputs_of(schema, rules);
        for (const output& output : shape_.outputs) {
            if (output.kind == kind::type) shape_.possible_types = possible_choices(output);
            if (output.kind == kind::status) shape_.possible_statuses = possible_choices(output);
            if (output.tags) shape_.possible_tags = !output.sources.empty();
        }
    }

  private:
    std::vector<output> outputs_of(std::span<const field> schema, const field_rules& rules) {
        std::vector<output> outputs;
        for (const field& field : schema) {
            output output;
            output.kind = field.kind;
            output.key = json_token(field.name) + ":";
            output.null_without_first = field.null_without_first;
            output.tags = field.kind == kind::text_list && field.name == "tags";
            // The native id is what the id is made of, so one rule serves both.
            const auto rule = rules.find(field.kind == kind::native_id ? "id" : std::string{field.name});
            if (rule != rules.end()) {
                apply(output, field, rule->second);
            } else if (field.kind == kind::record) {
                output.fields = outputs_of(field.fields, {});
            }
            outputs.push_back(std::move(output));
        }
        return outputs;
    }

    void apply(output& output, const field& field, const field_rule& rule) {
        output.to_string = rule.to_string;
        output.time = rule.time;
        if (rule.constant) {
            output.constant = json_token(*rule.constant);
            if (field.kind == kind::type || field.kind == kind::status) {
                output.constant_choice = choice_of(names_of(field.kind), *rule.constant).value_or(no_choice);
            }
        }
        for (const auto& [theirs, ours] : rule.values) {
            if (const auto known = choice_of(names_of(field.kind), ours)) output.choices.push_back({theirs, *known});
        }
        if (field.kind == kind::record) output.fields = outputs_of(field.fields, rule.fields);
        for (const json_pointer& pointer : rule.from) {
            output.sources.push_back(shape_.tree.slot_at(joined(base_, pointer)));
            if (is_list(field.kind)) add_list(pointer, field, rule);
        }
    }

    void add_list(const json_pointer& pointer, const field& field, const field_rule& rule) {
        node& node = shape_.tree.at(shape_.tree.reach(joined(base_, pointer)));
        list_rewrite list;
        list.of_records = field.kind == kind::record_list;
        list.of_references = field.kind == kind::reference_list;
        if (node.list) {
            const list_rewrite& known = shape_.lists[*node.list];
            const bool alike = !list.of_records && !known.of_records && list.of_references == known.of_references;
            if (!alike) throw std::invalid_argument("two lists that are written differently share an array");
            return;
        }
        list.element.provider = shape_.provider;
        list.element.id_prefix = shape_.id_prefix;
        if (list.of_records) {
            shape_compiler{list.element, {}}.compile(field.fields, rule.fields);
            list.element.program = compile_object(list.element.outputs, list.element.provider);
        }
        node.list = static_cast<std::uint8_t>(shape_.lists.size());
        shape_.lists.push_back(std::move(list));
    }

    shape& shape_;
    json_pointer base_;
};

shape compile_shape(std::span<const field> schema, const field_rules& rules, const json_pointer& base,
                    std::string_view provider) {
    shape shape;
    shape.provider = json_token(provider);
    shape.id_prefix = fmt::format("\"{}:", provider);
    shape_compiler{shape, base}.compile(schema, rules);
    shape.program = compile_members(shape.outputs, shape.provider, shape.id_prefix);
    return shape;
}

std::optional<slot_index> slot_of(tree& tree, const std::optional<json_pointer>& pointer) {
    if (!pointer) return std::nullopt;
    return tree.slot_at(*pointer);
}

}  // namespace

std::optional<choice> choice_of(std::span<const std::string_view> names, std::string_view name) {
    const auto at = std::ranges::find(names, name);
    if (at == names.end()) return std::nullopt;
    return static_cast<choice>(at - names.begin());
}

error_plan compile_errors(const error_pointers& pointers) {
    error_plan plan;
    for (const auto& pointer : pointers.code)
        plan.code.push_back(plan.tree.slot_at(pointer));
    for (const auto& pointer : pointers.message)
        plan.message.push_back(plan.tree.slot_at(pointer));
    plan.details = slot_of(plan.tree, pointers.details);
    return plan;
}

list_plan compile_list(std::span<const field> schema, const field_rules& rules, const list_pointers& pointers,
                       std::string_view provider, error_plan errors) {
    list_plan plan;
    plan.document.put_items_at(pointers.items);
    plan.success = slot_of(plan.document, pointers.success);
    plan.has_more = slot_of(plan.document, pointers.has_more);
    plan.next = slot_of(plan.document, pointers.next);
    plan.total = slot_of(plan.document, pointers.total);
    plan.total_pages = slot_of(plan.document, pointers.total_pages);
    plan.item = compile_shape(schema, rules, {}, provider);
    plan.errors = std::move(errors);
    return plan;
}

one_plan compile_one(std::span<const field> schema, const field_rules& rules, const json_pointer& item,
                     const std::optional<json_pointer>& success, std::string_view provider, error_plan errors) {
    one_plan plan;
    plan.item = compile_shape(schema, rules, item, provider);
    plan.success = slot_of(plan.item.tree, success);
    plan.source = plan.item.tree.slot_at(item);
    plan.open = std::ranges::find(schema, kind::id, &field::kind) == schema.end();
    plan.errors = std::move(errors);
    return plan;
}

acknowledgement_plan compile_acknowledgement(const std::optional<json_pointer>& success, error_plan errors) {
    acknowledgement_plan plan;
    plan.success = slot_of(plan.tree, success);
    plan.errors = std::move(errors);
    return plan;
}

}  // namespace rollcall::normalizers
