// Lines of the log: formatting, and handing them to the writing thread.
#include "gateway/telemetry/access_log.hpp"

#include "base/json_text.hpp"
#include "config/syntax.hpp"
#include "gateway/access/client.hpp"
#include "gateway/telemetry/descriptor_sink.hpp"
#include "gateway/telemetry/trace_context.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>

#include <array>
#include <ctime>
#include <iterator>
#include <string>
#include <unistd.h>

namespace rollcall::gateway {
namespace {

constexpr std::size_t queued_lines = 8192;
constexpr std::size_t queued_lines_of_anybody = queued_lines / 2;
constexpr std::size_t longest_target_part = 256;  // of a request's path, and of its query
constexpr std::size_t longest_text = 1024;

constexpr std::array<std::string_view, 4> level_names = {"debug", "info", "warning", "error"};

std::string_view name_of(config::log_level level) {
    return level_names.at(static_cast<std::size_t>(level));
}

/// RFC 3339 in UTC with milliseconds.
void append_time(std::string& out, system_clock::time_point now) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now - seconds).count();
    const std::time_t time = system_clock::to_time_t(seconds);
    std::tm parts{};
    gmtime_r(&time, &parts);
    fmt::format_to(std::back_inserter(out), FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z"),
                   parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                   milliseconds);
}

/// One line under construction, in either format.
class line {
  public:
    line(config::log_format format, config::log_level level, std::string_view message)
        : json_(format == config::log_format::json) {
        constexpr std::size_t usual_size = 512;
        text_.reserve(usual_size);
        if (json_) {
            text_ += "{\"time\":\"";
            append_time(text_, system_clock::now());
            text_ += '"';
            append_json_member(text_, "level", name_of(level));
            append_json_member(text_, "message", message);
        } else {
            append_time(text_, system_clock::now());
            text_ += ' ';
            text_ += name_of(level);
            text_ += ' ';
            text_ += message;
        }
    }

    void add(std::string_view name, std::string_view value, std::size_t longest = longest_text) {
        begin(name);
        // Cut behind the taking out, or a secret that is cut in two would be no whole key any more.
        if (value.find(config::key_mark) == std::string_view::npos &&
            value.find(config::token_mark) == std::string_view::npos) {
            append_json_string(text_, value.substr(0, longest));
        } else {
            append_json_string(text_, config::without_keys(value).substr(0, longest));
        }
    }

    /// The same, where there may be nothing to tell.
    void add_known(std::string_view name, std::string_view value, std::size_t longest = longest_text) {
        if (!value.empty()) add(name, value, longest);
    }

    template<class Number>
    void add_number(std::string_view name, Number value) {
        begin(name);
        fmt::format_to(std::back_inserter(text_), FMT_COMPILE("{}"), value);
    }

    void add_milliseconds(std::string_view name, steady_clock::duration duration) {
        begin(name);
        const double milliseconds = std::chrono::duration<double, std::milli>(duration).count();
        fmt::format_to(std::back_inserter(text_), FMT_COMPILE("{:.3f}"), milliseconds);
    }

    void add_flag(std::string_view name) {
        begin(name);
        text_ += "true";
    }

    [[nodiscard]] const std::string& finish() {
        if (json_) text_ += '}';
        return text_;
    }

  private:
    void begin(std::string_view name) {
        if (json_) {
            append_json_key(text_, name);
        } else {
            text_ += ' ';
            text_ += name;
            text_ += '=';
        }
    }

    bool json_;
    std::string text_;
};

/// All lines take one way; which levels are said is decided before a line is made.
void write(spdlog::logger& logger, line& line) {
    const std::string& text = line.finish();
    logger.log(spdlog::level::info, spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace

access_log::access_log(const config::log& settings) : access_log(settings, STDOUT_FILENO) {}

access_log::access_log(const config::log& settings, int descriptor)
    : settings_(settings), writer_(std::make_shared<spdlog::details::thread_pool>(queued_lines, 1)) {
    // Asked on the pool's own thread, which ends before the pool does.
    auto is_followed = [writer = writer_.get()] { return writer->queue_size() > 0; };
    auto on_lost = [this](std::size_t lines) { lost_outside_queue_ += lines; };
    write_to(std::make_shared<descriptor_sink>(descriptor, std::move(is_followed), std::move(on_lost)));
}

access_log::access_log(const config::log& settings, std::shared_ptr<spdlog::sinks::sink> sink)
    : settings_(settings), writer_(std::make_shared<spdlog::details::thread_pool>(queued_lines, 1)) {
    write_to(std::move(sink));
}

void access_log::write_to(std::shared_ptr<spdlog::sinks::sink> sink) {
    // overrun_oldest: a full queue loses lines and never blocks the request that writes.
    logger_ = std::make_shared<spdlog::async_logger>("rollcall", std::move(sink), writer_,
                                                     spdlog::async_overflow_policy::overrun_oldest);
    logger_->set_pattern("%v");
    logger_->set_error_handler([this](const std::string&) { ++lost_outside_queue_; });
}

access_log::~access_log() {
    // The writing thread writes what is queued and ends, before the logger and its sink go. That it shall end is the
    // last that it is told, so that the last lines look as if others followed them.
    writer_.reset();
    for (const auto& sink : logger_->sinks())
        sink->flush();
}

bool access_log::says(config::log_level level) const {
    return settings_.level != config::log_level::off && level >= settings_.level;
}

bool access_log::has_room_for_anybody() {
    if (writer_->queue_size() < queued_lines_of_anybody) return true;
    ++lost_outside_queue_;
    return false;
}

std::uint64_t access_log::lines_lost() const {
    return writer_->overrun_counter() + lost_outside_queue_;
}

void access_log::log(config::log_level level, std::string_view message, std::initializer_list<log_field> fields) {
    if (!says(level)) return;
    line line(settings_.format, level, message);
    for (const log_field& field : fields) {
        if (const auto* text = std::get_if<std::string_view>(&field.value)) {
            line.add(field.name, *text);
        } else if (const auto* integer = std::get_if<std::int64_t>(&field.value)) {
            line.add_number(field.name, *integer);
        } else {
            line.add_number(field.name, std::get<double>(field.value));
        }
    }
    write(*logger_, line);
}

void access_log::connection_opened() {}

void access_log::connection_closed() {}

/// Scanners and probes make many that come to nothing, so these are told only to those who look for the reason.
void access_log::tls_handshake(tls_outcome outcome, std::string_view why) {
    if (why.empty() || !says(config::log_level::debug) || !has_room_for_anybody()) return;
    log(config::log_level::debug, "TLS handshake failed",
        {{"outcome", tls_outcome_names[static_cast<std::size_t>(outcome)]}, {"reason", why}});
}

void access_log::overloaded(client_limit) {}

void access_log::request_started() {}

void access_log::request_waits(bool) {}

void access_log::request_finished(const request& request, std::string_view route, unsigned status, std::size_t bytes,
                                  steady_clock::duration took) {
    constexpr auto level = config::log_level::info;
    if (!says(level) || !has_room_for_anybody()) return;
    line line(settings_.format, level, "request");
    line.add("request_id", request.id);
    line.add("method", name_of(request.method));
    line.add("path", request.path, longest_target_part);
    line.add_known("query", request.query, longest_target_part);
    line.add("route", route);
    line.add_number("status", status);
    line.add_number("bytes", bytes);
    line.add_milliseconds("duration_ms", took);
    line.add("client_address", request.address.to_string());
    line.add_known("client", name_of(request.client));
    line.add_known("key", request.key);
    if (!request.traceparent.empty()) line.add("trace_id", trace_id_of(request.traceparent));
    write(*logger_, line);
}

void access_log::change_unmade(const request& request, unsigned status, std::string_view code) {
    // Where access is open anybody can cause these, so they push nothing out of the queue.
    if (request.client == nullptr && !has_room_for_anybody()) return;
    if (const auto write = unmade_write(request, status, code)) wrote(*write);
}

void access_log::wrote(const audited_write& write) {
    if (settings_.level == config::log_level::off) return;
    line line(settings_.format, config::log_level::info, "audit");
    line.add("request_id", write.request_id);
    line.add_known("client", write.client);
    line.add_known("key", write.key);
    line.add("operation", write.operation);
    line.add_known("provider", write.provider);
    line.add_known("record", write.record, longest_target_part);
    line.add("path", write.path, longest_target_part);
    line.add_number("status", write.status);
    line.add("result", write.code.empty() ? "done" : write.code);
    if (write.replayed) line.add_flag("replayed");
    gateway::write(*logger_, line);
}

void access_log::failed(std::string_view request_id, std::string_view what) {
    log(config::log_level::error, "unexpected failure", {{"request_id", request_id}, {"what", what}});
}

}  // namespace rollcall::gateway
