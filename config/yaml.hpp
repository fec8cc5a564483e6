// The one way of reading YAML here: a checked tree of the file, and typed getters that report faults with their place.
// It knows nothing of what the keys mean.
#pragma once

#include "config/settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::config::yaml {

/// The largest file that is read.
inline constexpr std::size_t file_bytes_maximum = 1024 * 1024;
/// How deep lists and maps may stand in each other.
inline constexpr std::size_t depth_maximum = 16;
/// How many keys and values a file may hold.
inline constexpr std::size_t node_maximum = 50'000;

/// One value of the file. Anchors, aliases and tags are refused, so a tree is all there is.
struct node {
    enum class kind : std::uint8_t { nothing, scalar, list, map };

    node::kind is = kind::nothing;
    int line = 1;             ///< from 1
    int column = 1;           ///< from 1, in bytes
    std::string text;         ///< of a scalar, with its `${…}` expanded
    std::string written;      ///< of a scalar, as it stands in the file: what faults may show
    bool quoted = false;      ///< of a scalar: it stands in quotes or is a block
    std::string problem;      ///< why `text` cannot be had; reported when somebody reads it
    std::vector<node> keys;   ///< of a map: scalars; the value of keys[i] is items[i]
    std::vector<node> items;  ///< of a list or a map
};

struct member;
class members_of_map;

/// A value of the file together with the keys that lead to it. A copy is cheap; the document must outlive it.
/// Every getter leaves `out` alone and returns false where the value is absent (no fault) or wrong (one fault).
class value {
  public:
    value() = default;
    value(const node* at, std::string path, const std::string* file, std::vector<config::fault>* faults)
        : node_(at), path_(std::move(path)), file_(file), faults_(faults) {}

    /// Whether the key is there, whatever it leads to.
    [[nodiscard]] explicit operator bool() const { return node_ != nullptr; }
    [[nodiscard]] bool absent() const { return node_ == nullptr; }
    [[nodiscard]] node::kind kind() const { return node_ ? node_->is : node::kind::nothing; }
    [[nodiscard]] bool quoted() const { return node_ && node_->quoted; }
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] location where() const;

    /// Whether this is a list or map that holds nothing.
    [[nodiscard]] bool empty() const;

    /// What stands here, for faults: `"text"` as it is written, `nothing`, `a list` or `a map`.
    [[nodiscard]] std::string found() const;

    /// The same value, of which (and of whose keys) no fault shows anything.
    [[nodiscard]] value hidden() const;

    /// Adds a fault at this place; nothing where the value is absent.
    void fault(std::string what) const;
    /// Adds the fault that this map has no member `name`.
    void missing(std::string_view name) const;

    /// Any scalar, as UTF-8 without control characters other than tab and newline.
    bool text(std::string& out) const;
    /// Any scalar, byte for byte.
    bool bytes(std::string& out) const;
    /// `true` or `false`.
    bool boolean(bool& out) const;
    /// Decimal digits, from `minimum` to `maximum`.
    template<class Number>
    bool whole(Number& out, Number minimum, Number maximum) const {
        const auto number = whole_number(static_cast<std::int64_t>(minimum), static_cast<std::int64_t>(maximum));
        if (number) out = static_cast<Number>(*number);
        return number.has_value();
    }
    /// A whole number with its unit: ms, s, m or h.
    template<class Duration>
    bool duration(Duration& out, Duration minimum, Duration maximum) const {
        constexpr std::chrono::milliseconds step{Duration{1}};
        const auto read = milliseconds(minimum, maximum, step);
        if (read) out = std::chrono::duration_cast<Duration>(*read);
        return read.has_value();
    }
    /// A whole number with its unit: B, KiB, MiB or GiB.
    bool size(std::size_t& out, std::size_t minimum, std::size_t maximum) const;
    /// One of the names.
    template<class Choice>
    bool choice(Choice& out, std::initializer_list<std::pair<std::string_view, Choice>> choices) const {
        std::vector<std::string_view> names;
        for (const auto& entry : choices)
            names.push_back(entry.first);
        const auto index = one_of(names);
        if (index) out = (choices.begin() + static_cast<std::ptrdiff_t>(*index))->second;
        return index.has_value();
    }

    /// The values of a list; empty, with a fault, where this is none.
    [[nodiscard]] std::vector<value> list() const;
    /// The members of a map whose keys are free, each key once; empty, with a fault, where this is none.
    [[nodiscard]] std::vector<member> members() const;
    /// The members of a map whose keys must be among `known`; all others are faults.
    [[nodiscard]] members_of_map keys(std::initializer_list<std::string_view> known) const;
    [[nodiscard]] members_of_map keys(std::span<const std::string_view> known) const;

  private:
    [[nodiscard]] value below(const node& at, std::string path) const;
    /// Whether this is a readable scalar; a fault says that `expected` was wanted where it is none.
    [[nodiscard]] bool scalar(std::string_view expected) const;
    [[nodiscard]] std::optional<std::int64_t> whole_number(std::int64_t minimum, std::int64_t maximum) const;
    [[nodiscard]] std::optional<std::chrono::milliseconds> milliseconds(std::chrono::milliseconds minimum,
                                                                        std::chrono::milliseconds maximum,
                                                                        std::chrono::milliseconds step) const;
    [[nodiscard]] std::optional<std::size_t> one_of(std::span<const std::string_view> names) const;

    const node* node_ = nullptr;
    std::string path_;
    const std::string* file_ = nullptr;
    std::vector<config::fault>* faults_ = nullptr;
    bool hidden_ = false;
};

/// A member of a map with free keys.
struct member {
    std::string name;
    value key;       ///< stands at the key, for faults about the name
    yaml::value of;  ///< what the key leads to
};

/// The members of a map with known keys.
class members_of_map {
  public:
    members_of_map(value map, std::vector<member> members) : map_(std::move(map)), members_(std::move(members)) {}

    /// The member's value, or an absent one.
    [[nodiscard]] value operator[](std::string_view name) const;
    /// The member's value; its absence is a fault (not, if the map is none itself).
    [[nodiscard]] value require(std::string_view name) const;

  private:
    value map_;
    std::vector<member> members_;
};

/// A whole file. Only syntax, size, depth and the like are checked here; each such fault ends the reading.
class document {
  public:
    /// Looks up an environment variable; empty: not set.
    using environment = std::function<std::optional<std::string>(const std::string& name)>;

    /// Reads `text`, which `file` names in faults. With `variables`, `${NAME}` and `${NAME:-default}` are expanded in
    /// every scalar after parsing (keys stay as they are), so that a variable never changes the structure.
    /// `faults` must outlive the document.
    document(std::string_view text, std::string file, std::vector<config::fault>& faults,
             const environment* variables = nullptr);
    document(const document&) = delete;
    document& operator=(const document&) = delete;

    /// The top of the file; absent if the file could not be read.
    [[nodiscard]] value root() const;

  private:
    std::string file_;
    std::vector<config::fault>& faults_;
    std::optional<node> root_;
};

/// The text as a fault shows it: control characters escaped, cut where it is long.
[[nodiscard]] std::string on_one_line(std::string_view text);

/// The same in quotes.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace rollcall::config::yaml
