// The log's lines as they are written, and trace contexts.
#include "gateway/telemetry/access_log.hpp"

#include "gateway/access/client.hpp"
#include "gateway/telemetry/trace_context.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/ostream_sink.h>

#include <algorithm>
#include <mutex>
#include <semaphore>
#include <sstream>
#include <string>
#include <vector>

namespace rollcall::gateway::testing {
namespace {

/// What `use` writes with these settings.
template<class Use>
std::string written(const config::log& settings, Use use) {
    std::ostringstream out;
    {
        access_log log(settings, std::make_shared<spdlog::sinks::ostream_sink_mt>(out));
        use(log);
    }
    return out.str();
}

/// A reader of the log that takes a first line and then nothing until it is told.
class slow_reader final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    /// Writes a line, and returns when it is not in the queue any more.
    void take_one(access_log& log) {
        log.log(config::log_level::error, "first");
        has_one_.acquire();
    }
    void go_on() { may_go_on_.release(); }

    std::vector<std::string> lines;

  private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        lines.emplace_back(message.payload.data(), message.payload.size());
        if (lines.size() > 1) return;
        has_one_.release();
        may_go_on_.acquire();
    }
    void flush_() override {}

    std::binary_semaphore has_one_{0};
    std::binary_semaphore may_go_on_{0};
};

void finish_request(access_log& log) {
    static const std::string long_query(1000, 'q');
    request request;
    request.method = method::patch;
    request.path = "/agents/heppu:\"1\"";
    request.query = long_query;
    request.id = "id-1";
    request.address = boost::asio::ip::make_address("2001:db8::7");
    request.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const header_field secret{"Authorization", "Bearer hunter2"};
    request.headers = {&secret, 1};
    request.body = "hunter2";
    log.request_finished(request, "/agents/{id}", 502, 1234, std::chrono::microseconds(41'700));
}

}  // namespace

TEST_CASE("a request is one line of JSON, bounded and without headers") {
    const std::string line = written({}, finish_request);
    CHECK(line.find('\n') == line.size() - 1);
    CHECK(line.find("hunter2") == std::string::npos);
    const auto json = boost::json::parse(line).as_object();
    CHECK(json.at("level") == "info");
    CHECK(json.at("message") == "request");
    CHECK(json.at("request_id") == "id-1");
    CHECK(json.at("method") == "PATCH");
    CHECK(json.at("path") == "/agents/heppu:\"1\"");
    CHECK(json.at("query").as_string().size() == 256);
    CHECK(json.at("route") == "/agents/{id}");
    CHECK(json.at("status") == 502);
    CHECK(json.at("bytes") == 1234);
    CHECK(json.at("duration_ms") == 41.7);
    CHECK(json.at("client_address") == "2001:db8::7");
    CHECK(json.at("trace_id") == "0af7651916cd43dd8448eb211c80319c");
    const std::string time(json.at("time").as_string());
    CHECK(time.size() == std::string("2025-01-02T03:04:05.678Z").size());
    CHECK(time.ends_with('Z'));
}

TEST_CASE("a client is named with what it was known by, and a key in a request's text is cut to its beginning") {
    const std::string key = "rc_abcdefgh27_" + std::string(40, 'x');
    const std::string line = written({}, [&](access_log& log) {
        client crm;
        crm.name = "crm";
        request request;
        request.client = &crm;
        request.key = "rc_abcdefgh27";
        // It stands where the cut would go through it.
        const std::string query = std::string(250, 'q') + key;
        const std::string path = "/agents/" + key;
        request.query = query;
        request.path = path;
        request.id = key;
        log.request_finished(request, "/agents", 200, 1, std::chrono::microseconds(1));
    });
    CHECK(line.find("xxx") == std::string::npos);
    const auto json = boost::json::parse(line).as_object();
    CHECK(json.at("client") == "crm");
    CHECK(json.at("key") == "rc_abcdefgh27");
    CHECK(json.at("path") == "/agents/rc_abcdefgh27_***");
    CHECK(json.at("query").as_string() == std::string(250, 'q') + "rc_abc");
}

TEST_CASE("a write is a line of its own, escaped, bounded, and at every level but off") {
    const std::string long_text(5000, 'r');
    const auto write = [&](access_log& log) {
        audited_write write;
        write.client = "crm";
        write.key = "rc_abcdefgh27";
        write.operation = "delete";
        write.record = "heppu:\"\n\xff";
        write.path = long_text;
        write.request_id = long_text;
        write.status = 404;
        write.code = "unknown_provider";
        log.wrote(write);
        audited_write done;
        done.operation = "create";
        done.provider = "heppu";
        done.record = long_text;
        done.path = "/agents";
        done.status = 201;
        done.replayed = true;
        log.wrote(done);
    };
    CHECK(written({config::log_level::off, config::log_format::json}, write).empty());
    std::istringstream lines{written({config::log_level::error, config::log_format::json}, write)};
    std::string line;
    std::getline(lines, line);
    auto json = boost::json::parse(line).as_object();
    CHECK(json.at("message") == "audit");
    CHECK(json.at("level") == "info");
    CHECK(json.at("client") == "crm");
    CHECK(json.at("key") == "rc_abcdefgh27");
    CHECK(json.at("operation") == "delete");
    CHECK_FALSE(json.contains("provider"));
    CHECK(json.at("record") == "heppu:\"\n\xef\xbf\xbd");
    CHECK(json.at("path").as_string().size() == 256);
    CHECK(json.at("request_id").as_string().size() == 1024);
    CHECK(json.at("status") == 404);
    CHECK(json.at("result") == "unknown_provider");
    CHECK_FALSE(json.contains("replayed"));
    std::getline(lines, line);
    json = boost::json::parse(line).as_object();
    CHECK_FALSE(json.contains("client"));
    CHECK(json.at("provider") == "heppu");
    CHECK(json.at("record").as_string().size() == 256);
    CHECK(json.at("result") == "done");
    CHECK(json.at("replayed") == true);

    const std::string text = written({config::log_level::info, config::log_format::text}, write);
    CHECK(text.find(" info audit request_id=\"rrr") != std::string::npos);
    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
}

TEST_CASE("lines that anybody can cause push out no line of a write, and those that are lost are counted") {
    constexpr std::size_t flood = 20'000;
    const auto reader = std::make_shared<slow_reader>();
    std::uint64_t lost = 0;
    {
        access_log log({config::log_level::debug, config::log_format::json}, reader);
        const auto write = [&log] {
            audited_write done;
            done.operation = "create";
            log.wrote(done);
        };
        reader->take_one(log);
        write();
        CHECK(log.lines_lost() == 0);
        for (std::size_t i = 0; i < flood; ++i) {
            finish_request(log);
            log.tls_handshake(tls_outcome::failed, "no shared cipher");
        }
        write();
        lost = log.lines_lost();
        reader->go_on();
    }
    const auto audits = std::ranges::count_if(
        reader->lines, [](const std::string& line) { return line.find("\"audit\"") != std::string::npos; });
    CHECK(audits == 2);
    CHECK(lost > flood);
    CHECK(reader->lines.size() + lost == 3 + 2 * flood);
}

TEST_CASE("the oldest line goes where the queue is full, and is counted") {
    constexpr std::size_t written = 10'000;
    const auto reader = std::make_shared<slow_reader>();
    std::uint64_t lost = 0;
    {
        access_log log({}, reader);
        reader->take_one(log);
        for (std::size_t i = 0; i < written; ++i)
            log.log(config::log_level::info, "event", {{"number", static_cast<std::int64_t>(i)}});
        lost = log.lines_lost();
        reader->go_on();
    }
    CHECK(lost > 0);
    CHECK(reader->lines.size() + lost == 1 + written);
    CHECK(boost::json::parse(reader->lines.at(1)).at("number") == lost);
}

TEST_CASE("an event is a line of the same form") {
    const std::string line = written({}, [](access_log& log) {
        log.log(config::log_level::warning, "listening",
                {{"public", "127.0.0.1:8080"}, {"threads", std::int64_t{2}}, {"share", 0.5}});
    });
    const auto json = boost::json::parse(line).as_object();
    CHECK(json.at("level") == "warning");
    CHECK(json.at("message") == "listening");
    CHECK(json.at("public") == "127.0.0.1:8080");
    CHECK(json.at("threads") == 2);
    CHECK(json.at("share") == 0.5);
}

TEST_CASE("as text a line is the same fields, and a value cannot break it") {
    const std::string line = written({config::log_level::info, config::log_format::text}, [](access_log& log) {
        log.log(config::log_level::error, "reload failed", {{"what", "line\nbreak"}});
    });
    CHECK(line.find(" error reload failed what=\"line\\nbreak\"\n") == std::string("2025-01-02T03:04:05.678Z").size());
}

TEST_CASE("what is below the level is not written") {
    const auto say_all = [](access_log& log) {
        log.log(config::log_level::debug, "debug");
        finish_request(log);
        log.log(config::log_level::error, "error");
        log.failed("id-1", "it broke");
    };
    const auto lines = [&](config::log_level level) {
        const std::string text = written({level, config::log_format::json}, say_all);
        return std::count(text.begin(), text.end(), '\n');
    };
    CHECK(lines(config::log_level::debug) == 4);
    CHECK(lines(config::log_level::info) == 3);
    CHECK(lines(config::log_level::error) == 2);
    CHECK(lines(config::log_level::off) == 0);
}

TEST_CASE("a trace context is read by the standard's rules") {
    const std::string trace_id = "0af7651916cd43dd8448eb211c80319c";
    const std::string parent = "b7ad6b7169203331";
    const std::string valid = "00-" + trace_id + '-' + parent + "-01";
    const auto read = read_traceparent(valid);
    REQUIRE(read);
    CHECK(read->trace_id == trace_id);
    CHECK(read->flags == "01");
    CHECK(read_traceparent("cc-" + trace_id + '-' + parent + "-01-later").has_value());
    for (const std::string& bad :
         {std::string(), "00-" + trace_id + '-' + parent, "00-" + trace_id + '-' + parent + "-01-more",
          "ff-" + trace_id + '-' + parent + "-01", "0-" + trace_id + '-' + parent + "-001",
          "00-" + std::string(32, '0') + '-' + parent + "-01", "00-" + trace_id + '-' + std::string(16, '0') + "-01",
          "00-0AF7651916cd43dd8448eb211c80319c-" + parent + "-01", "00-" + trace_id + '-' + parent + "-0x",
          "00_" + trace_id + '-' + parent + "-01", "cc-" + trace_id + '-' + parent + "-01x"}) {
        CAPTURE(bad);
        CHECK_FALSE(read_traceparent(bad));
    }
}

TEST_CASE("a trace goes on under a parent of ours") {
    const auto context = read_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
    REQUIRE(context);
    std::string out;
    write_traceparent(out, *context, 0x1234);
    CHECK(out == "00-0af7651916cd43dd8448eb211c80319c-0000000000001234-00");
    write_traceparent(out, *context, 0);
    CHECK(read_traceparent(out).has_value());
    CHECK(trace_id_of(out) == "0af7651916cd43dd8448eb211c80319c");
    CHECK(trace_id_of("") == "");
}

}  // namespace rollcall::gateway::testing
