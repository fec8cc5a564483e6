// The innermost layer: sending a request, judging the answer's status, reading its body.
#include "adapters/pipeline/exchange.hpp"

#include "adapters/pipeline/read_answer.hpp"
#include "base/base64.hpp"
#include "base/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <vector>

namespace rollcall::adapters {
namespace {

std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<std::tm> date_of(const std::string& text, const char* format) {
    std::tm parts{};
    const char* const end = ::strptime(text.c_str(), format, &parts);
    if (end == nullptr || *end != '\0') return std::nullopt;
    return parts;
}

/// The last year that ends in these two digits and is not more than 50 years ahead (RFC 9110, section 5.6.7).
std::int64_t with_its_century(std::tm parts, std::int64_t now_seconds) {
    const std::time_t now = now_seconds;
    std::tm latest{};
    ::gmtime_r(&now, &latest);
    parts.tm_year = latest.tm_year - latest.tm_year % 100 + 100 + parts.tm_year % 100;
    latest.tm_year += 50;
    const std::time_t bound = ::timegm(&latest);
    const auto seconds_of = [](std::tm date) { return ::timegm(&date); };  // which changes what it is given
    while (seconds_of(parts) > bound)
        parts.tm_year -= 100;
    return seconds_of(parts);
}

/// Seconds since 1970 of a date in one of the three forms that may come (RFC 9110, section 5.6.7).
std::optional<std::int64_t> http_date(const std::string& text, std::int64_t now_seconds) {
    constexpr const char* imf_fixdate = "%a, %d %b %Y %H:%M:%S GMT";  // Sun, 06 Nov 1994 08:49:37 GMT
    constexpr const char* rfc_850 = "%A, %d-%b-%y %H:%M:%S GMT";      // Sunday, 06-Nov-94 08:49:37 GMT
    constexpr const char* asctime = "%a %b %e %H:%M:%S %Y";           // Sun Nov  6 08:49:37 1994
    auto parts = date_of(text, imf_fixdate);
    if (!parts) parts = date_of(text, asctime);
    if (parts) return ::timegm(&*parts);
    parts = date_of(text, rfc_850);
    if (!parts) return std::nullopt;
    return with_its_century(*parts, now_seconds);
}

/// What a provider may repeat of the credential, the whole before its parts.
std::vector<std::string> forms_of(std::string_view credential, const authentication& auth) {
    std::vector<std::string> forms{std::string{credential}};
    if (auth.scheme != authentication::scheme::basic) return forms;
    std::string sent = base64(credential);
    sent.erase(sent.find_last_not_of('=') + 1);  // some repeat it without its padding
    forms.push_back(std::move(sent));
    const std::size_t colon = credential.find(':');
    forms.emplace_back(credential.substr(0, colon));
    if (colon != std::string_view::npos) forms.emplace_back(credential.substr(colon + 1));
    return forms;
}

void hide(std::string_view credential, std::string& text) {
    constexpr std::string_view mask = "***";
    constexpr std::size_t shortest = 8;  // what is shorter is no secret, and would be found in any text
    for (auto at = text.find(credential); at != std::string::npos && credential.size() >= shortest;
         at = text.find(credential, at + mask.size())) {
        text.replace(at, credential.size(), mask);
    }
    for (std::size_t size = credential.size(); size >= shortest; --size) {
        if (!text.ends_with(credential.substr(0, size))) continue;
        text.replace(text.size() - size, size, mask);
        return;
    }
}

}  // namespace

std::optional<fault> judge_status(unsigned status, operation_kind operation) {
    if (status >= 200 && status < 300) return std::nullopt;
    if (status == 401 || status == 403) return fault::auth_failed;
    if (status == 429) return fault::rate_limited;
    if (operation == operation_kind::list) return fault::error;
    // There is nothing that create asks for, so it can only be the path that is not found.
    if (status == 404 && operation != operation_kind::create) return fault::not_found;
    if (status == 400 || status == 422) return fault::rejected;
    if (status == 409 && is_write(operation)) return fault::rejected;
    return fault::error;
}

std::int64_t milliseconds_to_say(steady_clock::duration left) {
    return std::max<std::int64_t>(1, std::chrono::floor<std::chrono::milliseconds>(left).count());
}

void hide(const secret& credential, const authentication& auth, upstream_error& said) {
    for (const std::string& form : forms_of(credential.reveal(), auth)) {
        hide(form, said.code);
        hide(form, said.message);
        for (upstream_error::detail& detail : said.details) {
            hide(form, detail.member);
            hide(form, detail.why);
        }
    }
}

void hide(const secret& credential, const authentication& auth, std::string& came) {
    for (const std::string& form : forms_of(credential.reveal(), auth)) {
        hide(form, came);
        std::string escaped;
        append_json_string(escaped, form);
        hide(std::string_view{escaped}.substr(1, escaped.size() - 2), came);
        for (auto at = escaped.find('/'); at != std::string::npos; at = escaped.find('/', at + 2))
            escaped.insert(at, 1, '\\');  // as many write it
        hide(std::string_view{escaped}.substr(1, escaped.size() - 2), came);
    }
}

std::optional<std::chrono::seconds> retry_after_of(std::string_view retry_after, std::string_view rate_limit_reset,
                                                   system_clock::time_point now) {
    const std::int64_t now_seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    constexpr std::int64_t longest = 24 * 3600;
    const auto until = [&](std::int64_t seconds) -> std::optional<std::chrono::seconds> {
        if (seconds < 0) return std::nullopt;
        return std::chrono::seconds{std::min(seconds, longest)};
    };
    if (const auto seconds = number_of(retry_after)) return until(*seconds);
    if (const auto date = http_date(std::string{retry_after}, now_seconds)) return until(*date - now_seconds);
    if (const auto reset = number_of(rate_limit_reset); reset && *reset >= now_seconds)
        return until(*reset - now_seconds);
    return std::nullopt;
}

awaitable<result<answer>> exchange_layer::call(const request& request, deadline until) {
    const auto began = steady_clock::now();
    const std::string extra = own_headers(request, until - began);
    const outgoing outgoing{request.method, request.target, request.body, extra};
    result<incoming> received = co_await transport_.exchange(outgoing, until);
    if (received.has_value()) {
        const auto announced =
            announced_quota_of(received->rate_limit_remaining, received->rate_limit_reset, system_clock::now());
        if (announced) {
            const announced_quota left = quota_.announce(*announced, steady_clock::now());
            if (replicas_ != nullptr) replicas_->store().announce(replicas_->account(), left);
        }
    }
    result<answer> outcome =
        received.has_value() ? read(request, *std::move(received)) : result<answer>{std::move(received).error()};

    const auto took = steady_clock::now() - began;
    std::optional<fault> fault;
    if (!outcome.has_value()) fault = outcome.error().kind;
    observer_.exchanged(request.operation, fault, took);
    co_return outcome;
}

std::string exchange_layer::own_headers(const request& request, steady_clock::duration left) const {
    std::string lines;
    if (!request.traceparent.empty()) lines += "traceparent: " + request.traceparent + "\r\n";
    if (const std::string& name = provider_.profile().deadline_header; !name.empty()) {
        lines += fmt::format("{}: {}\r\n", name, milliseconds_to_say(left));
    }
    return lines;
}

result<answer> exchange_layer::read(const request& request, incoming incoming) {
    if (const auto kind = judge_status(incoming.status, request.operation)) return refusal(*kind, std::move(incoming));

    result<normalizers::page> page =
        read_answer(provider_, reader_, request, incoming.status, std::move(incoming.body));
    if (!page.has_value()) {
        failure failure = std::move(page).error();
        failure.upstream.status = incoming.status;
        hide_credential(failure.upstream);
        return failure;
    }
    count_schema_faults(*page, request.operation);
    auto content = std::make_shared<adapters::content>();
    content->page = *std::move(page);
    content->link = std::move(incoming.link);
    content->received_at = steady_clock::now();
    return answer{std::move(content)};
}

failure exchange_layer::refusal(fault kind, incoming incoming) {
    failure failure{kind, fmt::format("it answered with status {}", incoming.status)};
    failure.upstream = reader_.read_error(provider_.errors(), std::move(incoming.body));
    failure.upstream.status = incoming.status;
    hide_credential(failure.upstream);
    failure.retry_after = retry_after_of(
        incoming.retry_after, kind == fault::rate_limited ? incoming.rate_limit_reset : "", system_clock::now());
    return failure;
}

void exchange_layer::hide_credential(upstream_error& said) const {
    const auto& auth = provider_.profile().auth;
    if (auth) hide(provider_.settings().credential, *auth, said);
}

void exchange_layer::count_schema_faults(const normalizers::page& page, operation_kind operation) {
    const normalizers::record* const record = record_of(operation);
    for (std::size_t i = 0; i < page.schema_faults.size(); ++i) {
        if (page.schema_faults[i] == 0) continue;
        observer_.schema_faults(normalizers::label_of(*record, record->fields[i]), page.schema_faults[i]);
    }
}

}  // namespace rollcall::adapters
