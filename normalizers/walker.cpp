// One pass over the tokens of a document, checking whatever finding them has left unchecked.
#include "normalizers/walker.hpp"

#include "normalizers/bounds.hpp"
#include "normalizers/scalar.hpp"
#include "normalizers/text_fault.hpp"
#include "normalizers/write.hpp"

#include <cstring>

namespace rollcall::normalizers {
namespace {

bool is_white(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool fits(const list_rewrite& list, const slot& element) {
    if (list.of_records) return element.kind == token::object;
    return element.kind == token::text && !(list.of_references && element.inside().empty());
}

/// Puts the value of a whole item or element into its slot, where it has one.
void keep(const node& root, const slot& value, slots& slots) {
    if (!root.slot || value.kind == token::null) return;
    slots.place(*root.slot) = value;
    slots.found(*root.slot);
}

/// The place behind the text whose next token begins at `next`: only white space stands in between.
const char* behind_text(const char* next) {
    while (next[-1] != '"')
        --next;
    return next;
}

/// Of the text between `begin` and `end`, without its quotes.
std::string_view inside(const char* begin, const char* end) {
    return {begin + 1, static_cast<std::size_t>(end - begin - 2)};
}

/// The first backslash from `begin` on; `end` where there is none.
const char* backslash_from(const char* begin, const char* end) {
    const void* const found = std::memchr(begin, '\\', static_cast<std::size_t>(end - begin));
    return found == nullptr ? end : static_cast<const char*>(found);
}

}  // namespace

std::size_t workspace::memory() const {
    std::size_t memory = structure.memory() + draft.memory();
    for (const text_buffer& list : lists)
        memory += list.capacity();
    return memory;
}

bool walker::walk(std::string& body, const search& wanted, const shape* item) {
    body_ = body.data();
    end_ = body_ + body.size();
    item_ = item;
    most_written_ = most_written(body.size());
    if (const auto why = space_.structure.find(body)) return fail_structure(*why);
    const token_place first = space_.structure.tokens();
    const token_place behind = first + space_.structure.size();
    next_backslash_ = backslash_from(body_, end_);

    const char* const begin = body_ + *first;
    if (*begin != '{' && *begin != '[') return fail("neither an object nor an array");
    // With that every value is followed by a token.
    if (body_[behind[-1]] != (*begin == '{' ? '}' : ']')) {
        return fail("no closing bracket at its end", &without_trailing_space().back());
    }
    const token_place last = value(first, wanted.root(), wanted, 0);
    if (last == nullptr) return false;
    if (last != behind) return fail("more behind the end of the document", body_ + *last);
    return true;
}

/// Reads the value at `at`, inside `depth` objects and arrays, into the slot of its node.
[[gnu::always_inline]] inline token_place walker::value(token_place at, const node* node, const search& wanted,
                                                        int depth) {
    if (node == nullptr || !node->slot) return read(at, node, wanted, depth, spare_);
    slot& found = wanted.slots->place(*node->slot);
    at = read(at, node, wanted, depth, found);
    if (found.kind != token::null) wanted.slots->found(*node->slot);
    return at;
}

[[gnu::always_inline]] inline token_place walker::read(token_place at, const node* node, const search& wanted,
                                                       int depth, slot& found) {
    const char* const begin = body_ + *at;
    if (*begin == '"') {
        const char* const end = behind_text(body_ + at[1]);
        found.kind = token::text;
        found.rewritten = false;
        found.raw = {begin, static_cast<std::size_t>(end - begin)};
        found.escaped = next_backslash_ < end;
        if (found.escaped && !check_escapes(begin, end)) return refuse("a broken escape in a string", begin);
        return at + 1;
    }
    if (*begin != '{' && *begin != '[') return scalar(at, found);
    if (depth >= deepest_nesting) return refuse("nested deeper than 128", begin);
    found.escaped = false;
    found.rewritten = false;
    found.kind = *begin == '{' ? token::object : token::array;
    at = *begin == '{' ? object(at, node, wanted, depth) : array(at, node, wanted, depth, found);
    if (at != nullptr) found.raw = {begin, static_cast<std::size_t>(body_ + at[-1] + 1 - begin)};
    return at;
}

token_place walker::object(token_place at, const node* node, const search& wanted, int depth) {
    ++at;
    if (body_[*at] == '}') return at + 1;
    while (true) {
        const char* const key = body_ + at[0];
        const char* const colon = body_ + at[1];
        if (*key != '"') return misplaced(key);
        if (*colon != ':') return misplaced(colon);
        const char* const end = behind_text(colon);
        std::uint16_t branch = name_table::none;
        if (next_backslash_ < end) [[unlikely]] {
            if (!check_escapes(key, end)) return refuse("a broken escape in a key", key + 1);
            if (node != nullptr) branch = node->keys.find(unescaped(inside(key, end)).view());
        } else if (node != nullptr) {
            branch = node->keys.find(inside(key, end));
        }
        const normalizers::node* inner = nullptr;
        if (branch != name_table::none) {
            inner = &wanted.tree->at(node->branches[branch]);
            // Of a key that is there twice the last value counts, as it does in JavaScript and Python; so whatever an
            // earlier one has put there or below is dropped.
            wanted.slots->forget(inner->slots);
            if (inner->items_below) forget_items();
        }
        const char* const begin = body_ + at[2];
        at = value(at + 2, inner, wanted, depth + 1);
        if (at == nullptr) return nullptr;
        const char next = body_[*at++];
        if (next == ',') continue;
        return next == '}' ? at : unended(begin, body_ + at[-1]);
    }
}

void walker::forget_items() {
    if (!found_items_) return;
    found_items_ = false;
    space_.draft.clear(item_->outputs.size());
}

token_place walker::array(token_place at, const node* node, const search& wanted, int depth, slot& found) {
    if (node != nullptr && node->items) return items(at, depth);
    if (node != nullptr && node->list) return list(at, wanted, wanted.shape->lists[*node->list], depth, found);
    return elements(at, [&](token_place element) { return read(element, nullptr, wanted, depth + 1, spare_); });
}

/// Calls `read` with the place of each element; it returns the one behind.
template<typename Read>
token_place walker::elements(token_place at, Read read) {
    ++at;
    if (body_[*at] == ']') return at + 1;
    while (true) {
        const char* const begin = body_ + *at;
        at = read(at);
        if (at == nullptr) return nullptr;
        const char next = body_[*at++];
        if (next == ',') continue;
        return next == ']' ? at : unended(begin, body_ + at[-1]);
    }
}

token_place walker::items(token_place at, int depth) {
    found_items_ = true;
    const search wanted{&item_->tree, &space_.item, item_, 0};
    const node* const root = wanted.root();
    item_writer writer{*item_, space_.item, space_.lists[0], subject_};
    return elements(at, [&](token_place element) {
        space_.lists[0].clear();
        space_.item.clear();
        slot found;
        element = read(element, root, wanted, depth + 1, found);
        if (element == nullptr) return element;
        if (++items_read_ > most_items) return refuse(excess::items);
        keep(*root, found, space_.item);
        if (!has_room(space_.draft.text.size(), writer, found.raw)) return refuse(excess::bytes);
        ++space_.draft.received;
        writer.append_to(space_.draft, body_, found.raw);
        return element;
    });
}

/// Rewrites an array of strings or of objects while it is passed. An element of another type is left out and counted.
token_place walker::list(token_place at, const search& wanted, const list_rewrite& list, int depth, slot& found) {
    if (wanted.list_depth >= deepest_lists) return refuse("lists nested too deep for this shape", body_ + *at);
    text_buffer& out = space_.lists[wanted.list_depth];
    text_buffer& inner_lists = space_.lists[wanted.list_depth + 1];
    slots& parts = space_.elements[wanted.list_depth];
    search inner;
    if (list.of_records) inner = {&list.element.tree, &parts, &list.element, wanted.list_depth + 1};
    item_writer writer{list.element, parts, inner_lists, subject_};

    const std::size_t before = out.size();
    std::size_t count = 0;
    std::uint32_t wrong_elements = 0;
    out.append('[');
    at = elements(at, [&](token_place place) {
        inner_lists.clear();
        parts.clear();
        slot element;
        place = read(place, inner.root(), inner, depth + 1, element);
        if (place == nullptr) return place;
        if (++count > most_elements) return refuse(excess::elements);
        if (!fits(list, element)) {
            ++wrong_elements;
            return place;
        }
        if (out.size() != before + 1) out.append(',');
        if (list.of_records) {
            keep(*inner.root(), element, parts);
            if (!has_room(out.size(), writer, element.raw)) return refuse(excess::bytes);
            wrong_elements += writer.append_object(out);
        } else if (list.of_references) {
            out.append(list.element.id_prefix);
            out.append_padded(element.raw.substr(1));
        } else {
            out.append_padded(element.raw);
        }
        return place;
    });
    out.append(']');
    lists_written_ += out.size() - before;
    if (lists_written_ > most_written_ && at != nullptr) return refuse(excess::bytes);
    found.rewritten = true;
    found.begin = static_cast<std::uint32_t>(before);
    found.end = static_cast<std::uint32_t>(out.size());
    found.wrong_elements = wrong_elements;
    return at;
}

/// Checks a text that holds the next backslash.
bool walker::check_escapes(const char* begin, const char* end) {
    if (!repair_escapes(body_ + (begin + 1 - body_), static_cast<std::size_t>(end - begin - 2))) return false;
    next_backslash_ = backslash_from(end, end_);
    return true;
}

token_place walker::scalar(token_place at, slot& found) {
    const char* const begin = body_ + *at;
    const char* end = nullptr;
    switch (*begin) {
        case ',':
        case ':':
        case ']':
        case '}':
            return misplaced(begin);
        case 't':
            found.kind = token::boolean;
            if (std::memcmp(begin, "true", 4) == 0) end = begin + 4;
            break;
        case 'f':
            found.kind = token::boolean;
            if (std::memcmp(begin, "false", 5) == 0) end = begin + 5;
            break;
        case 'n':
            found.kind = token::null;
            if (std::memcmp(begin, "null", 4) == 0) end = begin + 4;
            break;
        default:
            found.kind = token::number;
            end = behind_number(begin);
    }
    // White space is followed by more of it or by a token, so whatever else stands here belongs to the value.
    if (end == nullptr || !(end == body_ + at[1] || is_white(*end))) return refuse("a value that is none", begin);
    found.escaped = false;
    found.rewritten = false;
    found.raw = {begin, static_cast<std::size_t>(end - begin)};
    return at + 1;
}

/// Behind the value that begins at `value` stands `next`, which may not be there.
token_place walker::unended(const char* value, const char* next) {
    const bool scalar = *value != '{' && *value != '[';
    if (scalar && *next != ',' && *next != ']' && *next != '}') return refuse("a value that does not end", value);
    return misplaced(next);
}

token_place walker::misplaced(const char* at) {
    return refuse("a comma, colon, name or value that is missing or out of place", at);
}

/// May the item or element `source`, whose values `writer` has found, be written behind `written` bytes?
bool walker::has_room(std::size_t written, const item_writer& writer, std::string_view source) const {
    const std::size_t coming = source.size() > small_value ? writer.size_of_values() : 0;
    return written + coming <= most_written_;
}

token_place walker::refuse(excess beyond) {
    beyond_ = beyond;
    return nullptr;
}

token_place walker::refuse(std::string_view why, const char* at) {
    fail(why, at);
    return nullptr;
}

bool walker::fail(std::string_view why, const char* at) {
    why_ = why;
    place_ = at == nullptr ? 0 : static_cast<std::size_t>(at - body_) + 1;
    return false;
}

/// simdjson's first stage, over bytes and quotes alone, does not say where it stumbled.
bool walker::fail_structure(std::string_view why) {
    const std::string_view text{body_, static_cast<std::size_t>(end_ - body_)};
    if (const auto fault = first_text_fault(text)) return fail(fault->why, body_ + fault->at);
    const bool nothing = text.find_first_not_of(json_white_space) == std::string_view::npos;
    return fail(nothing ? "nothing in it" : why, end_);
}

std::string_view walker::without_trailing_space() const {
    const std::string_view text{body_, static_cast<std::size_t>(end_ - body_)};
    return text.substr(0, text.find_last_not_of(json_white_space) + 1);
}

}  // namespace rollcall::normalizers
