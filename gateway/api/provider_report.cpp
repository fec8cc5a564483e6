// What a page says of each provider.
#include "gateway/api/provider_report.hpp"

#include "base/json_text.hpp"

#include <fmt/format.h>

#include <array>

namespace rollcall::gateway {
namespace {

constexpr std::array<std::string_view, fault_count> status_names = {
    "timeout", "unreachable", "rate_limited", "auth_failed", "circuit_open", "invalid_response",
    "error",   "error",       "error",        "error",       "error",
};

std::string_view status_of(const provider_part& part) {
    switch (part.state) {
        case provider_part::state::skipped:
            return "skipped";
        case provider_part::state::exhausted:
            return "exhausted";
        case provider_part::state::asked:
            break;
    }
    if (const auto& failure = part.walk->failed_with()) return status_name(failure->kind);
    return part.walk->stale_after() ? "stale" : "ok";
}

void append_error(std::string& out, const failure& failure) {
    append_json_key(out, "error");
    out += '{';
    append_json_member(out, "code", kind_of(code_of(failure.kind)).code);
    append_json_member(out, "detail", failure.detail);
    if (failure.retry_after) append_json_raw_member(out, "retry_after_s", fmt::to_string(failure.retry_after->count()));
    out += '}';
}

}  // namespace

std::string_view status_name(fault fault) {
    return status_names[static_cast<std::size_t>(fault)];
}

provider_report report_of(const provider_part& part) {
    provider_report report{part.provider->name(), status_of(part), part.items.size(), part.has_more()};
    if (!part.walk) return report;
    const auto& cause = part.failed() ? part.walk->failed_with() : part.walk->stale_after();
    report.asked = {part.walk->age(), part.latency, cause ? &*cause : nullptr};
    return report;
}

void append_report(std::string& out, const provider_report& report, steady_clock::duration older_by) {
    out += '{';
    append_json_member(out, "name", report.provider);
    append_json_member(out, "status", report.status);
    append_json_raw_member(out, "count", fmt::to_string(report.count));
    append_json_raw_member(out, "has_more", report.has_more ? "true" : "false");
    if (report.asked) {
        const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(report.asked->age + older_by);
        const std::chrono::duration<double, std::milli> latency = report.asked->latency;
        append_json_raw_member(out, "age_ms", fmt::to_string(age.count()));
        append_json_raw_member(out, "latency_ms", fmt::format("{:.1f}", latency.count()));
        if (report.asked->error != nullptr) append_error(out, *report.asked->error);
    }
    out += '}';
}

problem failed_providers(const roster_page& page) {
    problem problem;
    std::string reports;
    std::string names;
    const failure* first = nullptr;
    std::size_t failed = 0;
    for (const provider_part& part : page.parts) {
        if (!part.failed()) continue;
        const failure& failure = *part.walk->failed_with();
        const problem_code code = code_of(failure.kind);
        if (first == nullptr) {
            first = &failure;
            problem = problem_of(failure, part.provider->name());
        } else if (code != problem.code) {
            problem.code = problem_code::upstream_error;
        }
        if (failure.retry_after && (!problem.retry_after || *failure.retry_after < *problem.retry_after)) {
            problem.retry_after = failure.retry_after;
        }
        names += (names.empty() ? "" : ", ") + part.provider->name();
        if (!reports.empty()) reports += ',';
        append_report(reports, report_of(part));
        ++failed;
    }
    if (failed > 1) {
        problem.provider.clear();
        problem.upstream.reset();
        problem.detail = "no answer from " + names;
    }
    problem.extensions = "\"providers\":[" + reports + "]";
    return problem;
}

}  // namespace rollcall::gateway
