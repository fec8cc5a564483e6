// One configured provider, compiled: building its requests.
#include "adapters/provider.hpp"

#include "adapters/profile/placeholders.hpp"
#include "adapters/transport/base_url.hpp"
#include "base/base64.hpp"
#include "base/json_text.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/grammar/charset.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <algorithm>
#include <charconv>

namespace rollcall::adapters {
namespace {

std::string encoded(std::string_view text) {
    return boost::urls::encode(text, boost::urls::unreserved_chars);
}

std::string encoded_path(std::string_view text) {
    return boost::urls::encode(text, boost::urls::unreserved_chars + '/');
}

std::string credential_header(const authentication& auth, const secret& credential) {
    std::string line = auth.header + ": ";
    switch (auth.scheme) {
        case authentication::scheme::plain:
            line += credential.reveal();
            break;
        case authentication::scheme::bearer:
            line += "Bearer ";
            line += credential.reveal();
            break;
        case authentication::scheme::basic:
            line += "Basic " + base64(credential.reveal());
            break;
    }
    return line + "\r\n";
}

origin make_origin(const config::provider& settings, const profile& profile, const base_url& url) {
    origin origin;
    origin.tls = url.tls;
    origin.host = url.host;
    origin.port = url.port;
    origin.ca_file = settings.ca_file;
    origin.answer_bytes = settings.answer_bytes;
    origin.connections = settings.connections;
    const std::string shown = origin.to_string();
    origin.fixed_headers =
        "Host: " + shown.substr(shown.find("//") + 2) + "\r\nAccept: application/json\r\nUser-Agent: rollcall\r\n";
    if (profile.auth && !settings.credential.empty())
        origin.fixed_headers += credential_header(*profile.auth, settings.credential);
    return origin;
}

/// The value to ask a provider for, where it applies the filter exactly: one value is wanted, and the profile knows it.
std::optional<std::string> pushed_choice(const std::optional<pushed_filter>& filter, normalizers::choice_set wanted,
                                         std::span<const std::string_view> names) {
    if (!filter) return std::nullopt;
    const auto asked = std::ranges::find_if(names, [&](std::string_view name) {
        return wanted == normalizers::only(*normalizers::choice_of(names, name));
    });
    if (asked == names.end()) return std::nullopt;
    const auto theirs = filter->values.find(std::string{*asked});
    return theirs == filter->values.end() ? std::nullopt : std::optional{theirs->second};
}

/// The parameters of a list call, put into the query or into the JSON body as the profile says.
class parameters {
  public:
    parameters(std::string& target, std::string& body, placement in) : target_(target), body_(body), in_(in) {}

    void add_query(std::string_view name, std::string_view value) {
        target_ += target_.find('?') == std::string::npos ? '?' : '&';
        target_ += encoded(name);
        target_ += '=';
        target_ += encoded(value);
    }
    void add_number(std::string_view name, std::string_view digits) {
        if (in_ == placement::query) return add_query(name, digits);
        append_json_raw_member(body_, name, digits);
    }
    void add_text(std::string_view name, std::string_view text) {
        if (in_ == placement::query) return add_query(name, text);
        append_json_member(body_, name, text);
    }

  private:
    std::string& target_;
    std::string& body_;
    placement in_;
};

void add_position(parameters& parameters, const paging& paging, const position& from) {
    switch (paging.style) {
        case paging_style::none:
        case paging_style::link:
            return;
        case paging_style::offset:
            return parameters.add_number(paging.position_name, from.empty() ? "0" : from);
        case paging_style::page:
            return parameters.add_number(paging.position_name, from.empty() ? std::to_string(paging.first_page)
                                                                            : from.substr(0, from.find('/')));
        case paging_style::cursor:
        case paging_style::last_id:
            if (!from.empty()) parameters.add_text(paging.position_name, from);
    }
}

/// The JSON body of a call, still open at its end; empty for a GET.
std::string begin_body(const operation& operation) {
    std::string body;
    if (operation.method == "GET") return body;
    body = '{';
    for (const auto& [name, token] : operation.body)
        append_json_raw_member(body, name, token);
    return body;
}

}  // namespace

provider::provider(const config::provider& settings, adapters::profile profile)
    : settings_(settings), profile_(std::move(profile)) {
    const auto url = *parse_base_url(settings_.base_url.empty() ? profile_.base_url : settings_.base_url);
    origin_ = make_origin(settings_, profile_, url);
    origin_text_ = origin_.to_string();
    path_prefix_ = url.path_prefix;
    page_size_ = profile_.paging.size_name.empty() ? 0 : settings_.page_size.value_or(profile_.paging.size_maximum);
    list_target_ = target_of(profile_.list, {});

    const auto errors = normalizers::compile_errors(profile_.error_code, profile_.error_message);
    const normalizers::list_pointers pointers{profile_.list.at,     profile_.list.success, profile_.paging.has_more,
                                              profile_.paging.next, profile_.paging.total, profile_.paging.total_pages};
    list_plan_ = normalizers::compile_list(normalizers::agent_schema, profile_.agent, pointers, name(), errors);
    if (profile_.get) {
        one_plan_ = normalizers::compile_one(normalizers::agent_schema, profile_.agent, profile_.get->at,
                                             profile_.get->success, name(), errors);
    }
}

bool provider::can_match(const filters& filters) const {
    const normalizers::shape& shape = list_plan_.item;
    const bool type = filters.types == 0 || (filters.types & shape.possible_types) != 0;
    const bool status = filters.statuses == 0 || (filters.statuses & shape.possible_statuses) != 0;
    return type && status && (filters.tags.empty() || shape.possible_tags);
}

std::string provider::filled(std::string_view text, std::string_view native_id, bool in_path) const {
    std::string out;
    // The profile's loader has taken this template apart once already, so it is sound.
    const std::vector<piece> pieces = *parse_template(text);
    for (const piece& piece : pieces) {
        if (piece.is == piece::kind::text) {
            out += piece.text;
            continue;
        }
        std::string_view value = native_id;
        if (piece.text != "id") {
            const auto given = settings_.params.find(piece.text);
            const auto declared = profile_.params.find(piece.text);
            value = given != settings_.params.end() ? given->second : std::string_view{*declared->second.fallback};
        }
        if (!in_path) {
            out += value;
        } else {
            out += piece.is == piece::kind::path ? encoded_path(value) : encoded(value);
        }
    }
    return out;
}

std::string provider::target_of(const operation& operation, std::string_view native_id) const {
    std::string target = path_prefix_ + filled(operation.path, native_id, true);
    std::string no_body;
    parameters parameters{target, no_body, placement::query};
    for (const auto& [name, value] : operation.query)
        parameters.add_query(name, filled(value, native_id, false));
    return target;
}

std::uint32_t provider::size_at(const position& from) const {
    std::uint32_t size = page_size_ == 0 ? profile_.paging.size_maximum : page_size_;
    const auto slash = profile_.paging.style == paging_style::page ? from.find('/') : std::string::npos;
    // A walk by page numbers keeps the size that it began with, because with another one the numbers are other places.
    if (slash != std::string::npos) std::from_chars(from.data() + slash + 1, from.data() + from.size(), size);
    return size;
}

request provider::list_request(const position& from, const filters& filters) const {
    request request;
    request.operation = operation_kind::list;
    request.method = profile_.list.method;
    request.asked = size_at(from);
    const paging& paging = profile_.paging;
    if (paging.style == paging_style::link && !from.empty()) {
        request.target = from;
        return request;
    }
    request.target = list_target_;
    request.body = begin_body(profile_.list);
    parameters parameters{request.target, request.body, paging.in};
    if (const auto type = pushed_choice(profile_.filter_type, filters.types, normalizers::agent_types)) {
        parameters.add_text(profile_.filter_type->query, *type);
    }
    if (const auto status = pushed_choice(profile_.filter_status, filters.statuses, normalizers::agent_statuses)) {
        parameters.add_text(profile_.filter_status->query, *status);
    }
    if (profile_.filter_tags && filters.tags.size() == 1)
        parameters.add_text(profile_.filter_tags->query, filters.tags.front());
    if (!paging.size_name.empty()) parameters.add_number(paging.size_name, std::to_string(request.asked));
    add_position(parameters, paging, from);
    if (!request.body.empty()) request.body += '}';
    return request;
}

std::optional<request> provider::get_request(std::string_view native_id) const {
    // Dot segments are resolved away even when they are percent-encoded, so they would lead to another path.
    if (native_id.empty() || native_id == "." || native_id == "..") return std::nullopt;
    request request;
    request.operation = operation_kind::get;
    request.method = profile_.get->method;
    request.target = target_of(*profile_.get, native_id);
    request.body = begin_body(*profile_.get);
    if (!request.body.empty()) request.body += '}';
    return request;
}

advance_result provider::after(const position& from, const request& request, const content& content,
                               const trail& seen) const {
    const normalizers::page& page = content.page;
    page_facts facts;
    facts.received = page.received;
    facts.asked = request.asked;
    facts.has_more = page.has_more;
    facts.total = page.total;
    facts.total_pages = page.total_pages;
    facts.next = page.next;
    facts.link = content.link;
    if (!page.items.empty()) facts.last_id = page.native_id(page.items.back());
    return advance(profile_.paging, from, facts, seen, origin_text_, request.target);
}

}  // namespace rollcall::adapters
