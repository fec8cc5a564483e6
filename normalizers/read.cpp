// Reading a provider's answer: the walk, and what the document says besides its items.
#include "normalizers/read.hpp"

#include "base/json_text.hpp"
#include "normalizers/bounds.hpp"
#include "normalizers/checked_json.hpp"
#include "normalizers/scalar.hpp"
#include "normalizers/walker.hpp"
#include "normalizers/write.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace rollcall::normalizers {
namespace {

/// Of whatever a provider says with its failures.
constexpr std::size_t longest_message = 256;
constexpr std::size_t most_details = 16;

/// RFC 8259, section 8.1: no one may write it, and a reader may overlook it.
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

failure invalid(std::string detail) {
    return {fault::invalid_response, std::move(detail)};
}

failure beyond_bounds(excess beyond, std::size_t body_size) {
    switch (beyond) {
        case excess::items:
            return invalid(fmt::format("its answer holds more than {} items", most_items));
        case excess::elements:
            return invalid(fmt::format("its answer holds a list of more than {} elements", most_elements));
        default:
            return invalid(
                fmt::format("its answer of {} bytes would become more than {}", body_size, most_written(body_size)));
    }
}

failure unreadable(const walker& walker, std::size_t body_size) {
    if (walker.beyond() != excess::none) return beyond_bounds(walker.beyond(), body_size);
    if (walker.place() == 0) return invalid(fmt::format("its answer is not valid JSON: {}", walker.why()));
    return invalid(fmt::format("its answer is not valid JSON: {} at byte {}", walker.why(), walker.place()));
}

failure refusal(std::string detail) {
    return {fault::rejected, std::move(detail)};
}

/// A counting number; empty where the slot holds none.
std::optional<std::uint64_t> count_in(const slots& slots, const std::optional<slot_index>& index) {
    if (!index || slots[*index].kind != token::number) return std::nullopt;
    const std::string_view raw = slots[*index].raw;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
    if (error != std::errc{} || end != raw.data() + raw.size()) return std::nullopt;
    return value;
}

std::optional<bool> flag_in(const slots& slots, const std::optional<slot_index>& index) {
    if (!index || slots[*index].kind != token::boolean) return std::nullopt;
    return slots[*index].raw == "true";
}

/// What a text or number slot says; empty where it is neither.
std::string said_in(const slot& slot) {
    std::string said;
    if (slot.kind == token::text) append_unescaped(said, slot.inside());
    if (slot.kind == token::number) said = slot.raw;
    return said;
}

/// Drops what is behind the first `characters` characters of `text`, which is UTF-8.
void cut(std::string& text, std::size_t characters) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool continues = (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
        if (!continues && characters-- == 0) return text.resize(at);
    }
}

/// The texts of a checked object: what is wrong with each member of a request's body.
std::vector<upstream_error::detail> details_in(std::string_view object) {
    std::vector<upstream_error::detail> details;
    checked_json json{object};
    for (bool more = json.enter(); more && details.size() < most_details; more = json.next()) {
        const std::string_view name = json.name();
        const bool is_text = json.kind() == token::text;
        const std::string_view value = json.value();
        if (!is_text) continue;
        upstream_error::detail detail;
        append_unescaped(detail.member, name);
        append_unescaped(detail.why, value.substr(1, value.size() - 2));
        cut(detail.member, longest_message);
        cut(detail.why, longest_message);
        details.push_back(std::move(detail));
    }
    return details;
}

bool is_of_texts(std::string_view array) {
    checked_json json{array};
    for (bool more = json.enter(); more; more = json.next()) {
        if (json.kind() != token::text) return false;
        json.value();
    }
    return true;
}

std::vector<member> members_of(std::string_view object) {
    std::vector<member> members;
    checked_json json{object};
    for (bool more = json.enter(); more; more = json.next()) {
        member member;
        append_unescaped(member.name, json.name());
        member.kind = json.kind();
        member.raw = json.value();
        member.of_texts = member.kind == token::array && is_of_texts(member.raw);
        members.push_back(std::move(member));
    }
    return members;
}

}  // namespace

class reader::implementation {
  public:
    result<page> read_list(const list_plan& plan, std::string body, std::string_view subject) {
        page page = begin(std::move(body), plan.item, subject);
        walker walker{space_, subject_};
        if (!walker.walk(page.body, {&plan.document, &space_.document}, &plan.item))
            return unreadable(walker, page.body.size());
        if (auto failure = refused(plan.success, plan.errors, page.body)) return *std::move(failure);
        if (!walker.found_items()) return invalid("its answer holds no items where they should be");
        space_.draft.copy_to(page);
        page.has_more = flag_in(slots_, plan.has_more);
        page.total = count_in(slots_, plan.total);
        page.total_pages = count_in(slots_, plan.total_pages);
        if (plan.next && slots_.there(*plan.next)) {
            const token kind = slots_[*plan.next].kind;
            if (kind != token::text && kind != token::number)
                return invalid("its page token is neither text nor number");
            page.next = said_in(slots_[*plan.next]);
        }
        return page;
    }

    result<page> read_one(const one_plan& plan, std::string body, std::string_view subject) {
        page page = begin(std::move(body), plan.item, subject);
        walker walker{space_, subject_};
        if (!walker.walk(page.body, {&plan.item.tree, &space_.document, &plan.item}, nullptr))
            return unreadable(walker, page.body.size());
        if (auto failure = refused(plan.success, plan.errors, page.body)) return *std::move(failure);
        const slot& source = slots_[plan.source];
        if (source.kind != token::object) return invalid("its answer holds no object where the record should be");
        item_writer writer{plan.item, slots_, space_.lists[0], subject_};
        const std::size_t renamed = plan.open ? source.raw.size() : writer.size_of_renamed();
        if (renamed > largest_renamed_object)
            return invalid(
                fmt::format("its record holds an object of more than {} bytes whose members would be renamed",
                            largest_renamed_object));
        if (writer.size_of_values() > most_written(page.body.size()))
            return beyond_bounds(excess::bytes, page.body.size());
        space_.draft.received = 1;
        writer.append_to(space_.draft, page.body.data(), source.raw);
        if (space_.draft.items.empty()) return invalid("its record has no id");
        space_.draft.copy_to(page);
        return page;
    }

    result<void> read_acknowledgement(const acknowledgement_plan& plan, std::string body) {
        if (!plan.success) return {};
        make_ready(body);
        walker walker{space_, {}};
        if (!walker.walk(body, {&plan.tree, &space_.document}, nullptr)) return unreadable(walker, body.size());
        if (auto failure = refused(plan.success, plan.errors, body)) return *std::move(failure);
        return {};
    }

    upstream_error read_error(const error_plan& plan, std::string body) {
        upstream_error error;
        make_ready(body);
        walker walker{space_, {}};
        if (!walker.walk(body, {&plan.tree, &space_.document}, nullptr)) return error;
        for (const slot_index code : plan.code) {
            if (error.code = said_in(slots_[code]); !error.code.empty()) break;
        }
        for (const slot_index message : plan.message) {
            if (slots_[message].kind != token::text) continue;
            if (error.message = said_in(slots_[message]); !error.message.empty()) break;
        }
        cut(error.code, longest_message);
        cut(error.message, longest_message);
        if (plan.details && slots_[*plan.details].kind == token::object) {
            error.details = details_in(slots_[*plan.details].raw);
        }
        return error;
    }

    result<std::vector<member>> read_members(std::string body) {
        const std::size_t dropped = make_ready(body);
        const std::size_t first = body.find_first_not_of(json_white_space);
        if (first != std::string::npos && body[first] != '{') return refusal("not a JSON object");
        walker walker{space_, {}};
        if (!walker.walk(body, {}, nullptr)) {
            return refusal(fmt::format("not valid JSON at byte {}: {}", dropped + walker.place(), walker.why()));
        }
        return members_of(body);
    }

    /// Gives memory back that only the largest answers need.
    void tidy() {
        if (space_.memory() > most_kept) space_ = workspace{};
    }

  private:
    /// A page around `body`, and everything else made ready for one walk.
    page begin(std::string body, const shape& shape, std::string_view subject) {
        page page;
        page.body = std::move(body);
        make_ready(page.body);
        space_.draft.clear(shape.outputs.size());
        subject_ = "null";
        if (!subject.empty()) {
            std::string escaped;
            append_json_string(escaped, subject);
            subject_ = shape.id_prefix + escaped.substr(1);
        }
        return page;
    }

    /// Puts padding behind `body`, and empties what one walk fills. Returns how many bytes it has dropped in front.
    std::size_t make_ready(std::string& body) {
        const std::size_t dropped = body.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
        if (dropped != 0) body.erase(0, dropped);
        if (body.capacity() < body.size() + text_padding) body.reserve(body.size() + text_padding);
        slots_.clear();
        for (text_buffer& list : space_.lists)
            list.clear();
        return dropped;
    }

    /// The failure that an answer is whose success flag is false or missing.
    std::optional<failure> refused(const std::optional<slot_index>& success, const error_plan& errors,
                                   const std::string& body) {
        if (!success) return std::nullopt;
        const auto flag = flag_in(slots_, success);
        if (flag == true) return std::nullopt;
        if (!flag) return invalid("its answer does not say whether it succeeded");
        failure failure{fault::error, "it answered that it failed"};
        failure.upstream = read_error(errors, body);
        return failure;
    }

    workspace space_;
    slots& slots_ = space_.document;
    std::string subject_;  ///< the JSON of the fields of that kind
};

reader::reader() : implementation_(std::make_unique<implementation>()) {}
reader::~reader() = default;

result<page> reader::read_list(const list_plan& plan, std::string body, std::string_view subject) {
    result<page> page = implementation_->read_list(plan, std::move(body), subject);
    implementation_->tidy();
    return page;
}
result<page> reader::read_one(const one_plan& plan, std::string body, std::string_view subject) {
    result<page> page = implementation_->read_one(plan, std::move(body), subject);
    implementation_->tidy();
    return page;
}
result<void> reader::read_acknowledgement(const acknowledgement_plan& plan, std::string body) {
    result<void> worked = implementation_->read_acknowledgement(plan, std::move(body));
    implementation_->tidy();
    return worked;
}
upstream_error reader::read_error(const error_plan& plan, std::string body) {
    upstream_error error = implementation_->read_error(plan, std::move(body));
    implementation_->tidy();
    return error;
}
result<std::vector<member>> reader::read_members(std::string body) {
    result<std::vector<member>> members = implementation_->read_members(std::move(body));
    implementation_->tidy();
    return members;
}

}  // namespace rollcall::normalizers
