// One pass over a document with simdjson On-Demand, checking what On-Demand leaves unchecked.
#include "normalizers/walker.hpp"

#include "normalizers/scalar.hpp"
#include "normalizers/text_fault.hpp"
#include "normalizers/write.hpp"

#include <algorithm>
#include <cstring>

namespace rollcall::normalizers {
namespace {

namespace ondemand = simdjson::ondemand;

std::string_view without_trailing_space(std::string_view text) {
    return text.substr(0, text.find_last_not_of(json_white_space) + 1);
}

bool fits(const list_rewrite& list, const slot& element) {
    if (list.of_records) return element.kind == token::object;
    return element.kind == token::text && !(list.of_references && element.inside().empty());
}

/// Where the value that `target` names is put, emptied; `spare` where nobody asks for it.
slot& place_of(const target& target, slot& spare) {
    const node* const node = target.here();
    if (node == nullptr || !node->slot) return spare;
    slot& place = (*target.slots)[*node->slot];
    place = {};
    return place;
}

}  // namespace

bool walker::walk(std::string& body, const target& target, const shape* item, page& page) {
    body_ = body.data();
    end_ = body_ + body.size();
    item_ = item;
    page_ = &page;
    if (const auto error = parser_.iterate(body_, body.size(), body.capacity()).get(document_))
        return fail_before_structure(error);
    ondemand::json_type type{};
    if (const auto error = document_.type().get(type)) return fail(error);
    slot root;
    if (type == ondemand::json_type::object) {
        ondemand::object inner;
        if (const auto error = document_.get_object().get(inner)) return fail(error);
        if (!object(inner, target, 0)) return false;
        root.kind = token::object;
    } else if (type == ondemand::json_type::array) {
        ondemand::array inner;
        if (const auto error = document_.get_array().get(inner)) return fail(error);
        if (!array(inner, target, 0, root)) return false;
        root.kind = token::array;
    } else {
        return fail("neither an object nor an array");
    }
    if (next_token() != end_) return fail("more behind the end of the document", next_token());
    const node* const node = target.here();
    if (node != nullptr && node->slot) {
        root.raw = without_trailing_space(body).substr(body.find_first_not_of(json_white_space));
        (*target.slots)[*node->slot] = root;
    }
    return true;
}

/// Reads the value that stands inside `depth` objects and arrays.
bool walker::value(ondemand::value& value, const target& target, int depth, slot& found) {
    ondemand::json_type type{};
    if (const auto error = value.type().get(type)) return fail(error);
    const std::string_view raw = value.raw_json_token();
    if (type == ondemand::json_type::object || type == ondemand::json_type::array) {
        found.kind = type == ondemand::json_type::object ? token::object : token::array;
        if (!inside_of(value, target, depth, found)) return false;
        const char* const behind = next_token();
        found.raw = without_trailing_space({raw.data(), static_cast<std::size_t>(behind - raw.data())});
    } else {
        // On-Demand skips a scalar on trust: a colon behind it would be taken for the one behind a key.
        const char behind = raw.data()[raw.size()];
        if (behind != ',' && behind != '}' && behind != ']') return fail("a value that does not end", raw.data());
        if (!scalar(without_trailing_space(raw), found)) return false;
    }
    return true;
}

bool walker::inside_of(ondemand::value& value, const target& target, int depth, slot& found) {
    if (depth >= deepest_nesting) return fail("nested deeper than 128", next_token());
    if (found.kind == token::object) {
        ondemand::object inner;
        if (const auto error = value.get_object().get(inner)) return fail(error);
        return object(inner, target, depth);
    }
    ondemand::array inner;
    if (const auto error = value.get_array().get(inner)) return fail(error);
    return array(inner, target, depth, found);
}

bool walker::object(ondemand::object object, const target& target, int depth) {
    std::size_t expected = 0;
    for (auto member : object) {
        ondemand::field field;
        if (const auto error = std::move(member).get(field)) return fail(error);
        normalizers::target child;
        if (!key(field.key(), target, expected, child)) return false;
        slot spare;
        if (!value(field.value(), child, depth + 1, place_of(child, spare))) return false;
    }
    return true;
}

/// Finds where a key leads. Providers send the keys of their objects in one order, so the branch behind the last one
/// that was met is tried first.
bool walker::key(ondemand::raw_json_string raw, const target& parent, std::size_t& expected, target& child) {
    const char* const begin = raw.raw();
    const node* const node = parent.here();
    const auto descend = [&](std::size_t branch) {
        child = parent;
        child.node = node->branches[branch].to;
        expected = branch + 1;
        forget_below(child);
        return true;
    };
    if (node != nullptr && expected < node->branches.size()) {
        const std::string& likely = node->branches[expected].token;
        const auto rest = static_cast<std::size_t>(end_ - begin);
        if (likely.size() <= rest && std::memcmp(begin, likely.data(), likely.size()) == 0) return descend(expected);
    }
    // simdjson's first pass has seen the closing quote.
    std::string_view name = inside_from(begin);
    std::string unescaped;
    if (name.find('\\') != std::string_view::npos) {
        if (!repair(name)) return fail("a broken escape in a key", begin);
        append_unescaped(unescaped, name);
        name = unescaped;
    }
    if (node == nullptr) return true;
    for (std::size_t i = 0; i < node->branches.size(); ++i) {
        if (node->branches[i].key == name) return descend(i);
    }
    return true;
}

/// Of a key that is there twice the last value counts, as it does in JavaScript and Python; so whatever an earlier one
/// has put below the node is dropped.
void walker::forget_below(const target& target) {
    const node& node = *target.here();
    if (node.items) forget_items();
    for (const auto& branch : node.branches) {
        normalizers::target child = target;
        child.node = branch.to;
        if (const auto slot = child.here()->slot) (*target.slots)[*slot] = {};
        forget_below(child);
    }
}

void walker::forget_items() {
    if (!found_items_) return;
    found_items_ = false;
    page_->received = 0;
    page_->text.clear();
    page_->strings.clear();
    page_->marks.clear();
    page_->tags.clear();
    page_->items.clear();
    page_->schema_faults.assign(page_->schema_faults.size(), 0);
}

bool walker::array(ondemand::array array, const target& target, int depth, slot& found) {
    const node* const node = target.here();
    if (node != nullptr && node->items) return items(array, depth);
    if (node != nullptr && node->list) return list(array, target, target.shape->lists[*node->list], depth, found);
    return unread(array, depth);
}

bool walker::unread(ondemand::array array, int depth) {
    for (auto element : array) {
        ondemand::value inner;
        if (const auto error = std::move(element).get(inner)) return fail(error);
        slot spare;
        if (!value(inner, {}, depth + 1, spare)) return false;
    }
    return true;
}

bool walker::items(ondemand::array array, int depth) {
    found_items_ = true;
    for (auto element : array) {
        ondemand::value inner;
        if (const auto error = std::move(element).get(inner)) return fail(error);
        lists_[0].clear();
        std::fill_n(item_slots_.begin(), item_->tree.slots(), slot{});
        const target wanted{&item_->tree, 0, &item_slots_, item_, 0};
        slot spare;
        slot& found = place_of(wanted, spare);
        if (!value(inner, wanted, depth + 1, found)) return false;
        ++page_->received;
        item_writer{*item_, item_slots_, lists_[0], subject_}.append_to(*page_, found.raw);
    }
    return true;
}

/// Rewrites an array of strings or of objects while it is passed. An element of another type is left out and counted.
bool walker::list(ondemand::array array, const target& target, const list_rewrite& list, int depth, slot& found) {
    if (target.list_depth >= deepest_lists) return fail("lists nested too deep for this shape");
    std::string& out = lists_[target.list_depth];
    found.rewritten = true;
    found.begin = static_cast<std::uint32_t>(out.size());
    out += '[';
    slots element_slots;
    for (auto element : array) {
        ondemand::value inner;
        if (const auto error = std::move(element).get(inner)) return fail(error);
        lists_[target.list_depth + 1].clear();
        std::fill_n(element_slots.begin(), list.element.tree.slots(), slot{});
        normalizers::target wanted;
        if (list.of_records) wanted = {&list.element.tree, 0, &element_slots, &list.element, target.list_depth + 1};
        slot spare;
        slot& part = place_of(wanted, spare);
        if (!value(inner, wanted, depth + 1, part)) return false;
        if (!fits(list, part)) {
            ++found.wrong_elements;
            continue;
        }
        if (out.back() != '[') out += ',';
        if (list.of_records) {
            found.wrong_elements +=
                item_writer{list.element, element_slots, lists_[target.list_depth + 1], subject_}.append_object(out);
        } else if (list.of_references) {
            out += list.element.id_prefix;
            out += part.inside();
            out += '"';
        } else {
            out += part.raw;
        }
    }
    out += ']';
    found.end = static_cast<std::uint32_t>(out.size());
    return true;
}

bool walker::scalar(std::string_view raw, slot& found) {
    found.raw = raw;
    if (raw[0] == '"') {
        found.kind = token::text;
        // simdjson's first pass has checked UTF-8, control characters and the closing quote; the escapes are left to
        // us.
        if (std::memchr(raw.data(), '\\', raw.size()) == nullptr) return true;
        return repair(found.inside()) || fail("a broken escape in a string", raw.data());
    }
    if (raw == "null") {
        found.kind = token::null;
    } else if (raw == "true" || raw == "false") {
        found.kind = token::boolean;
    } else if (is_number(raw)) {
        found.kind = token::number;
    } else {
        return fail("a value that is none", raw.data());
    }
    return true;
}

bool walker::repair(std::string_view inside) {
    return repair_escapes(body_ + (inside.data() - body_), inside.size());
}

/// Where the next token begins; the end of the document where there is none.
const char* walker::next_token() {
    const char* at = nullptr;
    if (document_.current_location().get(at)) return end_;
    return at;
}

bool walker::fail(std::string_view why, const char* at) {
    why_ = why;
    place_ = at == nullptr ? 0 : static_cast<std::size_t>(at - body_) + 1;
    return false;
}

/// simdjson's first pass, over bytes and quotes alone, does not say where it stumbled.
bool walker::fail_before_structure(simdjson::error_code error) {
    const auto fault = first_text_fault({body_, static_cast<std::size_t>(end_ - body_)});
    if (fault) return fail(fault->why, body_ + fault->at);
    return fail(error == simdjson::EMPTY ? "nothing in it" : simdjson::error_message(error), end_);
}

bool walker::fail(simdjson::error_code error) {
    if (error == simdjson::TAPE_ERROR) {
        return fail("a comma, colon, name or value that is missing or out of place", next_token());
    }
    if (error == simdjson::INCOMPLETE_ARRAY_OR_OBJECT) {
        const auto text = without_trailing_space({body_, static_cast<std::size_t>(end_ - body_)});
        return fail("no closing bracket at its end", &text.back());
    }
    return fail(simdjson::error_message(error), next_token());
}

}  // namespace rollcall::normalizers
