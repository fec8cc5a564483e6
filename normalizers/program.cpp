// Compiling outputs into steps, as much of them as can be into literal text.
#include "normalizers/program.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::normalizers {
namespace {

/// A value that is the same for every item.
struct constant_value {
    std::string text;
    bool there = false;
};

std::optional<constant_value> constant_of(const output& output, std::string_view provider);

/// The value of a record of which every field is constant; or of which the first, which it needs, never is there.
std::optional<constant_value> constant_record(const output& output, std::string_view provider) {
    constant_value record{"{", false};
    for (const auto& field : output.fields) {
        const auto value = constant_of(field, provider);
        const bool first = &field == output.fields.data();
        if (first && value && !value->there && output.null_without_first) return constant_value{"null", false};
        if (!value) return std::nullopt;
        if (!first) record.text += ',';
        record.text += field.key + value->text;
        record.there |= value->there;
    }
    if (!record.there) return constant_value{"null", false};
    record.text += '}';
    return record;
}

std::optional<constant_value> constant_of(const output& output, std::string_view provider) {
    if (!output.constant.empty()) return constant_value{output.constant, true};
    switch (output.kind) {
        case kind::provider:
            return constant_value{std::string{provider}, true};
        case kind::subject:
            return std::nullopt;
        case kind::record:
            return constant_record(output, provider);
        case kind::text_list:
        case kind::reference_list:
        case kind::record_list:
            if (output.sources.empty()) return constant_value{"[]", false};
            return std::nullopt;
        default:
            if (output.sources.empty()) return constant_value{"null", false};
            return std::nullopt;
    }
}

class program_compiler {
  public:
    explicit program_compiler(std::string_view provider) : provider_(provider) {}

    program members(std::span<const output> outputs, std::string_view id_prefix) {
        for (const output& output : outputs) {
            marks_.push_back(static_cast<std::uint32_t>(literal_.size()));
            ++pending_marks_;
            literal_ += output.key;
            if (output.kind == kind::type) made_.type = output.constant_choice;
            if (output.kind == kind::status) made_.status = output.constant_choice;
            if (output.kind == kind::id) made_.id_field = field_;
            // An item without an id is dropped, so the quotes around one that is written are always there.
            const bool is_id = output.kind == kind::id || output.kind == kind::native_id;
            if (is_id && output.constant.empty() && !output.sources.empty()) {
                if (output.kind == kind::id) made_.id = made_.steps.size();
                literal_ += output.kind == kind::id ? id_prefix : "\"";
                push(output, made_.steps);
                literal_ = "\"";
            } else {
                add(output, made_.steps);
            }
            literal_ += ',';
            ++field_;
        }
        made_.marks_after = pending_marks_;
        return finish();
    }

    program object(std::span<const output> outputs) {
        add_fields(outputs, made_.steps);
        return finish();
    }

  private:
    program finish() {
        made_.after = padded_text{literal_};
        made_.fields = marks_.size();
        marks_.resize(marks_.size() + mark_block);
        made_.marks = std::move(marks_);
        return std::move(made_);
    }

    /// Adds the value of `output` to the literal, or a step for it.
    void add(const output& output, std::vector<step>& steps) {
        if (const auto constant = constant_of(output, provider_)) {
            literal_ += constant->text;
        } else {
            push(output, steps);
        }
    }

    /// Adds an object of `outputs`.
    void add_fields(std::span<const output> outputs, std::vector<step>& steps) {
        char separator = '{';
        for (const output& output : outputs) {
            literal_ += std::exchange(separator, ',');
            literal_ += output.key;
            add(output, steps);
        }
        literal_ += '}';
    }

    void push(const output& output, std::vector<step>& steps) {
        step made;
        made.before = padded_text{std::exchange(literal_, {})};
        made.marks = std::exchange(pending_marks_, 0);
        made.kind = output.kind;
        made.field = field_;
        made.to_string = output.to_string;
        made.tags = output.tags;
        made.time = output.time;
        made.always = output.kind == kind::subject;
        if (!output.sources.empty()) {
            made.has_source = true;
            made.source = output.sources.front();
            made.more_sources.assign(output.sources.begin() + 1, output.sources.end());
        }
        for (const slot_index source : output.sources)
            made.source_set |= std::uint64_t{1} << source;
        for (const auto& mapped : output.choices) {
            made.theirs.add(mapped.theirs);
            made.ours.push_back(mapped.ours);
        }
        if (output.kind == kind::record) push_fields(output, made);
        steps.push_back(std::move(made));
    }

    void push_fields(const output& output, step& record) {
        add_fields(output.fields, record.steps);
        record.after = padded_text{std::exchange(literal_, {})};
        record.any_constant = std::ranges::any_of(output.fields, [&](const auto& field) {
            const auto constant = constant_of(field, provider_);
            return constant && constant->there;
        });
        record.first_required = output.null_without_first && !constant_of(output.fields.front(), provider_);
        record.always = record.any_constant || std::ranges::any_of(record.steps, &step::always);
        for (const step& step : record.steps)
            record.source_set |= step.source_set;
    }

    std::string_view provider_;
    program made_;
    std::string literal_;  ///< that stands before the next step
    std::vector<std::uint32_t> marks_;
    std::uint32_t pending_marks_ = 0;
    std::uint8_t field_ = 0;
};

}  // namespace

program compile_members(std::span<const output> outputs, std::string_view provider, std::string_view id_prefix) {
    return program_compiler{provider}.members(outputs, id_prefix);
}

program compile_object(std::span<const output> outputs, std::string_view provider) {
    return program_compiler{provider}.object(outputs);
}

}  // namespace rollcall::normalizers
