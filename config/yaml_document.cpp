// From text to a checked tree: what is refused before parsing, and what while it runs. Reading the tree is yaml.cpp.
#include "config/references.hpp"
#include "config/yaml.hpp"

#include <fmt/format.h>
#include <simdjson.h>
#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

namespace rollcall::config::yaml {
namespace {

/// Ends the reading of a file. Thrown through yaml-cpp, which has no other way to stop, and caught in this file.
struct refusal {
    int line = 1;
    int column = 1;
    std::string what;
};

int from_one(int from_zero) {
    return std::max(from_zero, 0) + 1;
}

[[noreturn]] void refuse(const YAML::Mark& mark, std::string what) {
    throw refusal{from_one(mark.line), from_one(mark.column), std::move(what)};
}

/// Takes yaml-cpp's events, because its own nodes forget duplicate keys, copy aliases and have no limits.
class builder final : public YAML::EventHandler {
  public:
    explicit builder(const document::environment* variables) : variables_(variables) {}

    std::optional<node> take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (root_) refuse(mark, "only one document may stand in a file");
    }
    void OnDocumentEnd() override {}
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse(mark, "aliases are not supported"); }
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        check(mark, {}, anchor);
        place(mark, node::kind::nothing);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& text) override {
        check(mark, tag, anchor);
        const bool is_key = key_comes();
        node& placed = place(mark, node::kind::scalar);
        placed.written = variables_ ? unmask_references(text) : text;
        // The file is UTF-8; of all escapes yaml-cpp makes a stray byte of these two alone.
        if (!simdjson::validate_utf8(placed.written)) refuse(mark, R"(write "\u00a0" for "\_", and "\u0085" for "\N")");
        placed.quoted = tag == "!";
        placed.text = placed.written;
        if (!variables_ || is_key) return;
        auto expanded = expand_references(placed.written, *variables_);
        placed.text = std::move(expanded.text);
        placed.problem = std::move(expanded.problem);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        check(mark, tag, anchor);
        open(mark, node::kind::list);
    }
    void OnSequenceEnd() override { open_.pop_back(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        check(mark, tag, anchor);
        open(mark, node::kind::map);
    }
    void OnMapEnd() override { open_.pop_back(); }

  private:
    static void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor) refuse(mark, "anchors are not supported");
        // "?" and "!" are yaml-cpp's own marks for values without a tag: plain ones and quoted ones.
        if (!tag.empty() && tag != "?" && tag != "!") refuse(mark, "tags are not supported");
    }

    [[nodiscard]] bool key_comes() const {
        return !open_.empty() && open_.back()->is == node::kind::map &&
               open_.back()->keys.size() == open_.back()->items.size();
    }

    void open(const YAML::Mark& mark, node::kind kind) {
        if (open_.size() == depth_maximum) {
            refuse(mark, fmt::format("more than {} lists and maps stand in each other", depth_maximum));
        }
        open_.push_back(&place(mark, kind));
    }

    /// Puts a new node where it belongs. The pointers in `open_` stay valid: only the innermost of them grows.
    node& place(const YAML::Mark& mark, node::kind kind) {
        if (++count_ > node_maximum) refuse(mark, fmt::format("more than {} keys and values", node_maximum));
        node fresh;
        fresh.is = kind;
        fresh.line = from_one(mark.line);
        fresh.column = from_one(mark.column);
        if (open_.empty()) return root_.emplace(std::move(fresh));
        if (!key_comes()) return open_.back()->items.emplace_back(std::move(fresh));
        if (kind != node::kind::scalar) refuse(mark, "a key must be a text");
        return open_.back()->keys.emplace_back(std::move(fresh));
    }

    const document::environment* variables_;
    std::optional<node> root_;
    std::vector<node*> open_;
    std::size_t count_ = 0;
};

bool is_control(char character) {
    const auto byte = static_cast<unsigned char>(character);
    return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f;
}

/// Refuses what yaml-cpp would misread (it takes the control character 4 for the end of the file).
void check_characters(std::string_view text) {
    int line = 1;
    for (std::size_t begin = 0; begin <= text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const auto content = text.substr(begin, end - begin);
        const auto control = std::find_if(content.begin(), content.end(), is_control);
        if (control != content.end()) {
            throw refusal{line, from_one(static_cast<int>(control - content.begin())),
                          "a control character, which YAML does not allow"};
        }
        if (!simdjson::validate_utf8(content.data(), content.size())) {
            throw refusal{line, 1, "this line is not valid UTF-8"};
        }
        begin = end + 1;
    }
}

std::optional<node> parse(std::string_view text, const document::environment* variables) {
    if (text.size() > file_bytes_maximum) {
        throw refusal{1, 1, fmt::format("the file is larger than {} bytes", file_bytes_maximum)};
    }
    check_characters(text);
    std::istringstream stream{variables ? mask_references(text) : std::string{text}};
    builder tree{variables};
    YAML::Parser parser{stream};
    while (parser.HandleNextDocument(tree)) {}
    auto root = tree.take();
    if (!root || root->is == node::kind::nothing) throw refusal{1, 1, "the file is empty"};
    return root;
}

/// What yaml-cpp says, without the file's own text, which it puts behind a colon: an unknown anchor may be a secret
/// that begins with `*`, and an unknown escape may be half a character.
std::string syntax_problem(const std::string& message) {
    if (message.starts_with("the referenced anchor is not defined")) return "aliases are not supported";
    return "not valid YAML: " + message.substr(0, message.find(": "));
}

}  // namespace

document::document(std::string_view text, std::string file, std::vector<config::fault>& faults,
                   const environment* variables)
    : file_(std::move(file)), faults_(faults) {
    try {
        root_ = parse(text, variables);
    } catch (const refusal& refused) {
        faults_.push_back({{file_, refused.line, refused.column}, {}, refused.what});
    } catch (const YAML::Exception& wrong) {
        faults_.push_back(
            {{file_, from_one(wrong.mark.line), from_one(wrong.mark.column)}, {}, syntax_problem(wrong.msg)});
    }
}

value document::root() const {
    return root_ ? value{&*root_, {}, &file_, &faults_} : value{};
}

}  // namespace rollcall::config::yaml
