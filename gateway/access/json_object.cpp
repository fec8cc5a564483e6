// Reading objects with the normalizers' reader, and what it forgives refused.
#include "gateway/access/json_object.hpp"

#include "normalizers/checked_json.hpp"
#include "normalizers/padded_text.hpp"
#include "normalizers/scalar.hpp"

#include <algorithm>

namespace rollcall::gateway {
namespace {

using normalizers::member;
using normalizers::token;

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::string_view replacement_character = "\xef\xbf\xbd";

/// `raw` with its quotes.
std::optional<std::string> text_of_raw(std::string_view raw) {
    const std::string_view inside = raw.substr(1, raw.size() - 2);
    std::string text;
    if (inside.find('\\') == std::string_view::npos) {
        text = inside;
    } else {
        normalizers::append_unescaped(text, normalizers::padded_text{inside}.view());
    }
    if (text.find(replacement_character) != std::string::npos) return std::nullopt;
    return text;
}

}  // namespace

std::optional<json_object> json_object::read(normalizers::reader& reader, std::string_view text) {
    if (text.starts_with(byte_order_mark)) return std::nullopt;
    auto members = reader.read_members(std::string{text});
    if (!members.has_value()) return std::nullopt;
    std::ranges::sort(*members, {}, &member::name);
    const auto repeated = std::ranges::adjacent_find(*members, {}, &member::name);
    if (repeated != members->end()) return std::nullopt;
    return json_object{*std::move(members)};
}

const member* json_object::find(std::string_view name) const {
    const auto found = std::ranges::lower_bound(members_, name, {},
                                                [](const member& member) -> std::string_view { return member.name; });
    return found != members_.end() && found->name == name ? &*found : nullptr;
}

std::optional<std::string> text_of(const member& member) {
    if (member.kind != token::text) return std::nullopt;
    return text_of_raw(member.raw);
}

std::optional<std::vector<std::string>> texts_of(const member& member) {
    if (member.kind != token::array || !member.of_texts) return std::nullopt;
    // Each element takes two quotes, so that there are no more than this.
    const auto elements = elements_of(member, member.raw.size());
    std::vector<std::string> texts;
    for (const std::string& raw : *elements) {
        auto text = text_of_raw(raw);
        if (!text) return std::nullopt;
        texts.push_back(*std::move(text));
    }
    return texts;
}

std::optional<std::vector<std::string>> elements_of(const member& member, std::size_t most) {
    if (member.kind != token::array) return std::nullopt;
    std::vector<std::string> elements;
    const normalizers::padded_text text{member.raw};
    normalizers::checked_json json{text.view()};
    for (bool more = json.enter(); more; more = json.next()) {
        if (elements.size() == most) return std::nullopt;
        elements.emplace_back(json.value());
    }
    return elements;
}

}  // namespace rollcall::gateway
