// One configured provider, compiled: building its requests.
#include "adapters/provider.hpp"

#include "adapters/profile/placeholders.hpp"
#include "adapters/write_body.hpp"
#include "base/base64.hpp"
#include "base/json_text.hpp"
#include "config/base_url.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/grammar/charset.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <algorithm>
#include <charconv>

namespace rollcall::adapters {
namespace {

void append_encoded(std::string& to, std::string_view text) {
    boost::urls::encode(text, boost::urls::unreserved_chars, {}, boost::urls::string_token::append_to(to));
}

void append_encoded_path(std::string& to, std::string_view text) {
    boost::urls::encode(text, boost::urls::unreserved_chars + '/', {}, boost::urls::string_token::append_to(to));
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

origin make_origin(const config::provider& settings, const profile& profile, const config::base_url& url) {
    origin origin;
    origin.tls = url.tls;
    origin.host = url.host;
    origin.port = url.port;
    origin.ca_file = settings.ca_file;
    origin.answer_bytes = settings.answer_bytes;
    origin.connections = settings.connections;
    origin.queue_length = settings.connection_queue.length;
    origin.queue_wait = settings.connection_queue.wait;
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
        append_encoded(target_, name);
        target_ += '=';
        append_encoded(target_, value);
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

/// Those of the filters that the provider applies exactly.
void add_filters(parameters& parameters, const profile& profile, const filters& filters) {
    if (const auto type = pushed_choice(profile.filter_type, filters.types, normalizers::agent_types)) {
        parameters.add_text(profile.filter_type->query, *type);
    }
    if (const auto status = pushed_choice(profile.filter_status, filters.statuses, normalizers::agent_statuses)) {
        parameters.add_text(profile.filter_status->query, *status);
    }
    if (profile.filter_tags && filters.tags.size() == 1) {
        parameters.add_text(profile.filter_tags->query, filters.tags.front());
    }
}

/// The JSON body of a call that reads, still open at its end; empty for a GET.
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
    const auto url = *config::parse_base_url(settings_.base_url.empty() ? profile_.base_url : settings_.base_url);
    origin_ = make_origin(settings_, profile_, url);
    origin_text_ = origin_.to_string();
    path_prefix_ = url.path_prefix;
    page_size_ = profile_.paging.size_name.empty() ? 0 : settings_.page_size.value_or(profile_.paging.size_maximum);
    list_target_ = target_of(*profile_.of(operation_kind::list), {});
    errors_ = normalizers::compile_errors(profile_.errors);
    readings_ = compile_readings(profile_, name(), errors_);
}

bool provider::can_match(const filters& filters) const {
    const normalizers::shape& shape = std::get<normalizers::list_plan>(reading_of(operation_kind::list)).item;
    const bool type = filters.types == 0 || (filters.types & shape.possible_types) != 0;
    const bool status = filters.statuses == 0 || (filters.statuses & shape.possible_statuses) != 0;
    return type && status && (filters.tags.empty() || shape.possible_tags);
}

bool provider::can_address(std::string_view native_id) {
    // Dot segments are resolved away even when they are percent-encoded, so they would lead to another path.
    return !native_id.empty() && native_id != "." && native_id != "..";
}

/// What a placeholder stands for; empty: the client did not say.
std::optional<std::string_view> provider::value_of(const std::string& name, const call_arguments& arguments) const {
    if (name == "id") return arguments.native_id;
    if (const auto given = settings_.params.find(name); given != settings_.params.end()) return given->second;
    if (const auto declared = profile_.params.find(name); declared != profile_.params.end()) {
        return *declared->second.fallback;
    }
    if (name == start_date_name) return arguments.start_date;
    if (name == end_date_name) return arguments.end_date;
    return arguments.days;
}

// The profile's loader has taken every template apart once already, so they are sound.

std::string provider::path_of(const operation& operation, const call_arguments& arguments) const {
    std::string path = path_prefix_;
    const std::vector<piece> pieces = *parse_template(operation.path);
    for (const piece& piece : pieces) {
        if (piece.is == piece::kind::text) {
            path += piece.text;
            continue;
        }
        const std::string_view value = value_of(piece.text, arguments).value_or("");
        if (piece.is == piece::kind::path) {
            append_encoded_path(path, value);
        } else {
            append_encoded(path, value);
        }
    }
    return path;
}

/// Empty where the value is made of what the client might have said, and it said none of that.
std::optional<std::string> provider::query_value(std::string_view text, const call_arguments& arguments) const {
    std::string out;
    bool said = false;
    bool unsaid = false;
    const std::vector<piece> pieces = *parse_template(text);
    for (const piece& piece : pieces) {
        if (piece.is == piece::kind::text) {
            out += piece.text;
            continue;
        }
        const auto value = value_of(piece.text, arguments);
        out += value.value_or("");
        const bool of_client = piece.text == start_date_name || piece.text == end_date_name || piece.text == days_name;
        said = said || (of_client && value);
        unsaid = unsaid || !value;
    }
    if (unsaid && !said) return std::nullopt;
    return out;
}

std::string provider::target_of(const operation& operation, const call_arguments& arguments) const {
    std::string target = path_of(operation, arguments);
    std::string no_body;
    parameters parameters{target, no_body, placement::query};
    for (const auto& [name, text] : operation.query) {
        if (const auto value = query_value(text, arguments)) parameters.add_query(name, *value);
    }
    return target;
}

std::uint32_t provider::size_at(const position& from) const {
    std::uint32_t size = page_size_ == 0 ? profile_.paging.size_maximum : page_size_;
    const auto slash = profile_.paging.style == paging_style::page ? from.find('/') : std::string::npos;
    // A walk by page numbers keeps the size that it began with, because with another one the numbers are other places.
    if (slash != std::string::npos) std::from_chars(from.data() + slash + 1, from.data() + from.size(), size);
    return size;
}

request provider::page_request(const listing& listing, const position& from) const {
    const operation& operation = *profile_.of(listing.operation);
    const paging& paging = profile_.paging;
    request request;
    request.operation = listing.operation;
    request.method = operation.method;
    request.subject = listing.arguments.native_id;
    request.asked = size_at(from);
    if (paging.style == paging_style::link && !from.empty()) {
        request.target = from;
        return request;
    }
    const bool of_agents = listing.operation == operation_kind::list;
    if (of_agents) {
        constexpr std::size_t longest_paging = 128;  // but for the longest tokens
        request.target.reserve(list_target_.size() + longest_paging);
        request.target = list_target_;
    } else {
        request.target = target_of(operation, listing.arguments);
    }
    request.body = begin_body(operation);
    parameters parameters{request.target, request.body, paging.in};
    if (of_agents) add_filters(parameters, profile_, listing.filters);
    if (!paging.size_name.empty()) parameters.add_number(paging.size_name, std::to_string(request.asked));
    add_position(parameters, paging, from);
    if (!request.body.empty()) request.body += '}';
    return request;
}

request provider::call_request(operation_kind kind, const call_arguments& arguments, std::string body) const {
    const operation& operation = *profile_.of(kind);
    request request;
    request.operation = kind;
    request.method = operation.method;
    request.target = target_of(operation, arguments);
    request.subject = arguments.native_id;
    if (is_write(kind)) {
        request.body = std::move(body);
        return request;
    }
    request.body = begin_body(operation);
    if (!request.body.empty()) request.body += '}';
    return request;
}

bool provider::takes(operation_kind kind, std::string_view argument) const {
    const std::string placeholder = "{" + std::string{argument} + "}";
    const auto& query = profile_.of(kind)->query;
    return std::ranges::any_of(query,
                               [&](const auto& entry) { return entry.second.find(placeholder) != std::string::npos; });
}

std::string provider::write_body(const written_fields& fields) const {
    return adapters::write_body(profile_.write, fields);
}

std::string_view provider::field_written_to(std::string_view member) const {
    return adapters::field_written_to(profile_.write, member);
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
