// Answers of a provider as they may come over the wire, well-formed and not: what the gateway makes of each, and that
// it asks on a fresh connection afterwards.
#include "tests/end_to_end/deployment.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace rollcall::testing;

const std::string list =
    R"({"success":true,"data":{"agents":[{"id":"a1","name":"Ann"}],"pagination":{"hasMore":false,"total":1}}})";

std::string answer(std::string_view headers, std::string_view body) {
    return "HTTP/1.1 200 OK\r\n" + std::string{headers} + "\r\n" + std::string{body};
}

std::string length(std::size_t bytes) {
    return "Content-Length: " + std::to_string(bytes) + "\r\n";
}

std::string chunk(std::string_view text) {
    std::string size(8, '0');
    for (std::size_t rest = text.size(), at = size.size(); rest > 0; rest /= 16)
        size[--at] = "0123456789abcdef"[rest % 16];
    return size + "\r\n" + std::string{text} + "\r\n";
}

struct wire_case {
    std::string_view situation;
    std::string sent;
    std::string_view end;     ///< of the connection, as the simulator takes it
    std::string_view status;  ///< of the provider's report
    std::string repeat{};     ///< what is sent without end
};

std::string fault_of(const wire_case& wire) {
    const boost::json::object fault{{"mode", "raw"}, {"body", wire.sent}, {"end", wire.end}, {"repeat", wire.repeat}};
    return boost::json::serialize(fault);
}

/// Heppu, whose answers are made up, and Converra, which is well. Nothing keeps Heppu from being asked.
struct hostile_deployment {
    simulators providers{{"heppu:agents=3", "converra:agents=3"}};
    rollcall::testing::gateway gateway{
        configuration(providers, {{"heppu",
                                   {},
                                   "    cache: {ttl: 0s}\n    timeout: 1s\n    answer_bytes: 64KiB\n"
                                   "    breaker: {consecutive_failures: 10000, minimum_calls: 100000}\n"},
                                  {"converra", {}, "    cache: {ttl: 0s}\n"}})};

    boost::json::object heppu() { return report_of(page_of(gateway, "/agents"), "heppu"); }
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool quarantined = true;  // what is freed stays in memory for a while
#else
constexpr bool quarantined = false;
#endif

/// The most memory that the gateway has had at once, in bytes.
std::size_t largest_memory(gateway& gateway) {
    std::ifstream status{"/proc/" + std::to_string(gateway.child().id()) + "/status"};
    std::string line;
    while (std::getline(status, line)) {
        if (line.starts_with("VmHWM:")) return std::stoul(line.substr(6)) * 1024;
    }
    FAIL("no VmHWM in /proc");
    return 0;
}

}  // namespace

TEST_CASE("whatever comes over the wire is read as what it is, and the next answer is not touched by it") {
    const std::string json = "Content-Type: application/json\r\n";
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    const std::string whole = answer(json + length(list.size()), list);
    const std::string html = "<html><body>{\"success\": true}</body></html>";
    const wire_case cases[] = {
        {"an answer like any other", whole, "keep_alive", "ok"},
        {"no length, and the end of the connection", answer(json, list), "close", "ok"},
        {"chunks, an extension and trailers",
         answer(json + chunked, chunk(list.substr(0, 10)) + chunk(list.substr(10)) + "0;x=y\r\nDigest: z\r\n\r\n"),
         "keep_alive", "ok"},
        {"a trailer that names a length", answer(json + chunked, chunk(list) + "0\r\nContent-Length: 3\r\n\r\n"),
         "keep_alive", "invalid_response"},
        {"1xx answers before it",
         "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n" + whole,
         "keep_alive", "ok"},
        {"a 101, unasked", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "keep_alive", "invalid_response"},
        {"the wrong content type around JSON", answer("Content-Type: text/html\r\n" + length(list.size()), list),
         "keep_alive", "ok"},
        {"no content type at all", answer(length(list.size()), list), "keep_alive", "ok"},
        {"a page for people", answer("Content-Type: text/html\r\n" + length(html.size()), html), "keep_alive",
         "invalid_response"},
        {"a page for people that says that it is JSON", answer(json + length(html.size()), html), "keep_alive",
         "invalid_response"},
        {"204 where a body is due", "HTTP/1.1 204 No Content\r\n\r\n", "keep_alive", "invalid_response"},
        {"200 without a body", answer(json + length(0), ""), "keep_alive", "invalid_response"},
        {"a length that is too large, and the end", answer(json + length(list.size() + 10), list), "close",
         "invalid_response"},
        {"a length that is too large, and our half closed", answer(json + length(list.size() + 10), list), "half_close",
         "invalid_response"},
        {"a length that is too large, and nothing more", answer(json + length(list.size() + 10), list), "hang",
         "timeout"},
        {"a length that is too small", answer(json + length(list.size() - 10), list), "keep_alive", "invalid_response"},
        {"a length that leaves something behind", answer(json + length(list.size()), list + "HTTP/1.1 500 No\r\n"),
         "hang", "ok"},
        {"two lengths", answer(json + length(list.size()) + length(3), list), "keep_alive", "invalid_response"},
        {"a length beside chunks", answer(json + length(list.size()) + chunked, chunk(list) + "0\r\n\r\n"),
         "keep_alive", "invalid_response"},
        {"a body over the limit", answer(json + length(70'000), std::string(70'000, ' ')), "keep_alive",
         "invalid_response"},
        {"a body without end", answer(json + chunked, chunk(std::string(1000, ' '))), "close", "invalid_response",
         chunk(std::string(10'000, ' '))},
        {"a list without end", answer(json, R"({"success":true,"data":{"agents":[{"id":"a"})"), "close",
         "invalid_response", R"(,{"id":"a"})"},
        {"headers without end", "HTTP/1.1 200 OK\r\n", "close", "invalid_response", "X-More: and more\r\n"},
        {"1xx answers without end", "HTTP/1.1 100 Continue\r\n\r\n", "close", "invalid_response",
         "HTTP/1.1 100 Continue\r\n\r\n"},
        {"a compressed body, of whatever size it may be",
         answer(json + "Content-Encoding: gzip\r\n" + length(3), "\x1f"), "close", "invalid_response"},
        {"a byte order mark", answer(json + length(list.size() + 3), "\xef\xbb\xbf" + list), "keep_alive", "ok"},
        {"the half of an answer, and a reset", answer(json + length(list.size()), list.substr(0, 20)), "reset",
         "invalid_response"},
        {"no answer, and our half closed", "", "half_close", "unreachable"},
        {"a greeting of another protocol", "SSH-2.0-OpenSSH_9.2\r\n", "hang", "invalid_response"},
    };
    hostile_deployment deployment;
    for (const wire_case& wire : cases) {
        CAPTURE(wire.situation);
        deployment.providers.set_fault("heppu", fault_of(wire));
        const auto report = deployment.heppu();
        CHECK(report.at("status").as_string() == wire.status);
        CHECK(report.at("count").to_number<int>() == (wire.status == "ok" ? 1 : 0));
        deployment.providers.clear_fault("heppu");
        CHECK(deployment.heppu().at("count").to_number<int>() == 3);
    }
}

TEST_CASE("after a length that is wrong the client gets a 502, and the connection is not used again") {
    hostile_deployment deployment;
    // One connection of a client is served by one thread, which has one connection to the provider.
    connection client{deployment.gateway.public_port()};
    const auto connections = [&] { return deployment.providers.requests("heppu").at("connections").to_number<int>(); };
    const std::string json = "Content-Type: application/json\r\n";
    const wire_case lies[] = {
        {"too small", answer(json + length(list.size() - 10), list), "keep_alive", ""},
        {"too large", answer(json + length(list.size() + 10), list), "close", ""},
    };
    for (const wire_case& lie : lies) {
        CAPTURE(lie.situation);
        CHECK(client.get("/agents?provider=heppu").status == 200);
        CHECK(client.get("/agents?provider=heppu").status == 200);
        const int before = connections();
        deployment.providers.set_fault("heppu", fault_of(lie));
        CHECK(problem_of(client.get("/agents?provider=heppu")) == "502 upstream_invalid_response");
        deployment.providers.clear_fault("heppu");
        CHECK(client.get("/agents?provider=heppu").status == 200);
        CHECK(connections() == before + 1);
    }
}

TEST_CASE("a redirect is a failure, and nobody goes where it leads") {
    hostile_deployment deployment;
    const std::string elsewhere = deployment.providers.url("converra") + "/api/v1/prompts";
    for (const int status : {301, 302, 303, 307, 308}) {
        CAPTURE(status);
        deployment.providers.forget_requests("converra");
        const std::string moved =
            "HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " + elsewhere + "\r\n" + length(0) + "\r\n";
        deployment.providers.set_fault("heppu", fault_of({"", moved, "keep_alive", ""}));
        const auto refused = deployment.gateway.get("/agents?provider=heppu");
        CHECK(problem_of(refused) == "502 upstream_error");
        CHECK(boost::json::parse(refused.body).at("upstream").at("status").to_number<int>() == status);
        CHECK(deployment.providers.request_count("converra") == 0);
    }
}

TEST_CASE("a page of ten thousand agents, where a hundred were asked for, is walked whole and once") {
    constexpr int count = 10'000;
    std::string body = R"({"success":true,"data":{"agents":[)";
    for (int i = 0; i < count; ++i)
        body += (i == 0 ? "" : ",") + std::string{R"({"id":"a)"} + std::to_string(i) + "\"}";
    body += R"(],"pagination":{"hasMore":false,"total":1}}})";
    simulators providers{{"heppu:agents=1"}};
    const gateway gateway{configuration(providers, {{"heppu"}})};
    const boost::json::object fault{{"mode", "body"}, {"body", body}};
    providers.set_fault("heppu", boost::json::serialize(fault));
    const auto walked = walk(gateway, "limit=200&fields=name");
    CHECK(walked.times.size() == count);
    CHECK(walked.pages == count / 200);
    for (const auto& [id, times] : walked.times)
        CHECK_MESSAGE(times == 1, id);
}

TEST_CASE("an answer within its limit that would become a hundred times as much is refused before it does") {
    constexpr std::size_t size = 15'000'000;
    const auto repeated = [](std::string_view begin, std::string_view part, std::string_view end) {
        std::string body = R"({"success":true,"data":{"agents":[)" + std::string{begin};
        while (body.size() < size)
            body += part;
        body.pop_back();  // the last comma
        return body + std::string{end} + R"(],"pagination":{"hasMore":false}}})";
    };
    struct {
        std::string_view situation;
        std::string body;
    } const bombs[] = {
        {"tools that say nothing", repeated(R"({"id":"1","tools":[)", "{},", "]}")},
        {"tools with an id", repeated(R"({"id":"1","tools":[)", R"({"id":1},)", "]}")},
        {"agents with some of either", repeated("", R"({"id":"1","tools":[{},{},{},{},{},{},{},{},{},{}]},)", "")},
        {"agents that say nothing but their id", repeated("", R"({"id":"1"},)", "")},
    };
    simulators providers{{"heppu:agents=3", "converra:agents=3"}};
    const std::string more =
        "    cache: {ttl: 0s}\n    timeout: 20s\n"
        "    breaker: {consecutive_failures: 10000, minimum_calls: 100000}\n";
    std::string settings = configuration(providers, {{"heppu", {}, more}, {"converra", {}, more}});
    settings.replace(0, settings.find('\n'),
                     "server: {listen: 127.0.0.1:0, admin: 127.0.0.1:0, threads: 1, request_timeout: 30s}");
    gateway gateway{settings};
    CHECK(page_of(gateway, "/agents").at("data").as_array().size() == 6);
    const std::size_t before = largest_memory(gateway);
    for (const auto& bomb : bombs) {
        CAPTURE(bomb.situation);
        const boost::json::object fault{{"mode", "body"}, {"body", bomb.body}};
        providers.set_fault("heppu", boost::json::serialize(fault));
        const auto page = page_of(gateway, "/agents");
        CHECK(report_of(page, "heppu").at("status").as_string() == "invalid_response");
        CHECK(report_of(page, "converra").at("count").to_number<int>() == 3);
        if (!quarantined) CHECK(largest_memory(gateway) < before + 20 * size);
    }
    providers.clear_fault("heppu");
    CHECK(page_of(gateway, "/agents").at("data").as_array().size() == 6);
}

TEST_CASE("a walk whose page tokens go from A to B and back to A ends as a fault, not never") {
    // Each answer names the token that the request did not come with.
    simulators providers{{"hyperrep:agents=1"}};
    const gateway gateway{configuration(providers, {{"hyperrep", {}, "    cache: {ttl: 0s}\n    page_size: 1\n"}})};
    const auto naming = [&](std::string_view token) {
        const std::string body = R"({"data":[{"agent_id":"x)" + std::string{token} +
                                 R"("}],"pagination":{"has_more":true,"next_cursor":")" + std::string{token} + "\"}}";
        const boost::json::object fault{{"mode", "body"}, {"body", body}};
        providers.set_fault("hyperrep", boost::json::serialize(fault));
    };
    std::string cursor;
    std::string last;
    for (int page = 0; page < 10 && last.empty(); ++page) {
        naming(page % 2 == 0 ? "A" : "B");
        const auto answer = gateway.get("/agents?limit=1" + cursor);
        if (answer.status != 200) {
            last = problem_of(answer);
            CHECK(page <= 3);
            break;
        }
        const auto next = boost::json::parse(answer.body).at("page").at("next_cursor");
        REQUIRE(next.is_string());
        cursor = "&cursor=" + std::string{next.as_string()};
    }
    CHECK(last == "502 upstream_invalid_response");
}
