// One exchange of each operation over a real socket: how its answer is read, what is counted, and what is never sent
// twice.
#include "adapters/pipeline/exchange.hpp"
#include "tests/adapters/pipeline/fakes.hpp"
#include "tests/adapters/providers.hpp"
#include "tests/adapters/transport/client.hpp"
#include "tests/adapters/transport/scripted_server.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;
using kind = operation_kind;
using tests::everything;

/// Counts schema faults by their label.
class labelling_observer : public tests::counting_observer {
  public:
    void schema_faults(std::string_view field, std::uint32_t count) override { labels[std::string{field}] += count; }
    std::map<std::string, std::uint32_t> labels;
};

std::string answer_with(unsigned status, const std::string& body) {
    return "HTTP/1.1 " + std::to_string(status) + " Any\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

testing::scripted_server::script answering(std::string bytes) {
    return [bytes = std::move(bytes)](testing::peer& peer, unsigned) {
        while (!peer.read_request().empty())
            peer.send(bytes);
    };
}

config::provider settings_at(unsigned short port) {
    config::provider settings = tests::settings_of("mine");
    settings.base_url = "http://127.0.0.1:" + std::to_string(port);
    return settings;
}

/// A provider that offers everything, played by a script.
struct bench {
    explicit bench(testing::scripted_server::script script,
                   const std::map<std::string, std::string>& sections = everything())
        : server(std::move(script)), provider(tests::made_with(sections, settings_at(server.port()))) {}

    result<answer> call(const request& request) {
        std::optional<result<answer>> outcome;
        asio::co_spawn(client.context, layer.call(request, steady_clock::now() + 30s),
                       [&](const std::exception_ptr& thrown, result<answer> returned) {
                           if (thrown) std::rethrow_exception(thrown);
                           outcome = std::move(returned);
                       });
        client.context.restart();
        while (!outcome)
            client.context.run_one();
        return *std::move(outcome);
    }

    result<answer> call(kind operation) {
        call_arguments arguments;
        if (operation != kind::list && operation != kind::create) arguments.native_id = "x1";
        if (is_list(operation)) return call(provider.page_request({operation, arguments, {}}, {}));
        return call(provider.call_request(operation, arguments, operation == kind::create ? "{}" : ""));
    }

    testing::scripted_server server;
    adapters::provider provider;
    testing::client client{provider.origin()};
    normalizers::reader reader;
    labelling_observer observer;
    shared_quota quota{std::nullopt};
    exchange_layer layer{provider, client.transport, reader, quota, observer};
};

/// What comes of the operation when it is answered with this.
result<answer> answered(kind operation, unsigned status, const std::string& body) {
    return bench{answering(answer_with(status, body))}.call(operation);
}

std::string members_of(const result<answer>& outcome, const normalizers::record& record) {
    REQUIRE(outcome.has_value());
    const normalizers::page& page = outcome->content->page;
    REQUIRE(page.items.size() == 1);
    return std::string{page.members(page.items.front(), 0, record.fields.size())};
}

}  // namespace

TEST_CASE("each operation's answer is read into its own record") {
    const auto agent = [](const std::string& members) {
        return members.starts_with(R"("id":"mine:a7","provider":"mine","native_id":"a7","name":"Ann","type":null)");
    };
    const std::string ann = R"({"id":"a7","name":"Ann"})";
    using normalizers::agent_record;
    CHECK(agent(members_of(answered(kind::list, 200, R"({"data":[)" + ann + R"(],"more":false})"), agent_record)));
    CHECK(agent(members_of(answered(kind::get, 200, ann), agent_record)));
    CHECK(agent(members_of(answered(kind::create, 201, R"({"agent":)" + ann + "}"), agent_record)));
    CHECK(agent(members_of(answered(kind::update, 200, R"({"agent":)" + ann + "}"), agent_record)));

    CHECK(members_of(answered(kind::status, 200, ann), normalizers::status_record) ==
          R"("id":"mine:a7","provider":"mine","name":"Ann","status":null,"optimization_state":null,"metrics":null,)"
          R"("last_optimized_at":null)");
    CHECK(members_of(answered(kind::insights, 200, R"({"insights":{"avgScore":7}})"), normalizers::insights_record) ==
          R"("agent_id":"mine:x1","provider":"mine")");
    CHECK(members_of(answered(kind::conversations, 200, R"({"talks":[{"id":"c1","folder":"in"}],"more":true})"),
                     normalizers::conversation_record) ==
          R"("id":"mine:c1","provider":"mine","native_id":"c1","agent_id":"mine:x1","contact_id":null,"folder":"in",)"
          R"("is_read":null,"started_at":null,"last_activity_at":null)");
    CHECK(members_of(answered(kind::sales, 200, R"({"sales":[{"id":"s1","notes":"n"}],"more":false})"),
                     normalizers::sale_record)
              .starts_with(R"("id":"mine:s1","provider":"mine","native_id":"s1","agent_id":"mine:x1",)"));

    const std::string no_pipeline = R"("sales":{"pipeline":[],"sales_rate":0.5})";
    CHECK(members_of(answered(kind::analytics, 200, R"({"numbers":{"c":{"sent":3},"s":{"rate":0.5}}})"),
                     normalizers::analytics_record) ==
          R"("conversations":{"responded_to":null,"messages_sent":3},)" + no_pipeline);
    CHECK(members_of(answered(kind::analytics_conversations, 200, R"({"sent":3,"rate":0.5})"),
                     normalizers::conversation_analytics_record) ==
          R"("conversations":{"responded_to":null,"messages_sent":3})");
    CHECK(members_of(answered(kind::analytics_sales, 200, R"({"sent":3,"rate":0.5})"),
                     normalizers::sales_analytics_record) == no_pipeline);
}

TEST_CASE("a deletion has worked when its flag says so, or when its status says that there is nothing to say") {
    const auto done = answered(kind::delete_, 200, R"({"done":true,"message":"gone"})");
    REQUIRE(done.has_value());
    CHECK(done->content->page.items.empty());
    CHECK(answered(kind::delete_, 204, "").has_value());
    for (const std::string body : {R"({"done":false})", R"({})", "", "{"}) {
        CAPTURE(body);
        CHECK_FALSE(answered(kind::delete_, 200, body).has_value());
    }
    const std::string operations = "{list: {path: /agents, items: /data}, delete: {path: \"/agents/{id}\"}}";
    bench by_status{answering(answer_with(200, "no JSON")), {{"operations", operations}}};
    CHECK(by_status.call(kind::delete_).has_value());
}

TEST_CASE("the answer to a write may hold a part of the fields, and what is missing is no fault of the provider") {
    bench bench{answering(answer_with(200, R"({"agent":{"id":"a7"}})"))};
    const auto updated = bench.call(kind::update);
    CHECK(members_of(updated, normalizers::agent_record).find(R"("name":null)") != std::string::npos);
    CHECK(bench.call(kind::create).has_value());
    CHECK(bench.observer.labels.empty());
}

TEST_CASE("values of a wrong type are counted under their record and field") {
    const auto labels = [](kind operation, const std::string& body) {
        bench bench{answering(answer_with(200, body))};
        CHECK(bench.call(operation).has_value());
        return bench.observer.labels;
    };
    using expected = std::map<std::string, std::uint32_t>;
    CHECK(labels(kind::list, R"({"data":[{"id":"a","name":1},{"id":"b","name":[]},{"id":"c"}],"more":false})") ==
          expected{{"name", 2}});
    CHECK(labels(kind::create, R"({"agent":{"id":"a","name":1}})") == expected{{"name", 1}});
    CHECK(labels(kind::status, R"({"id":"a","name":{}})") == expected{{"status.name", 1}});
    CHECK(labels(kind::conversations, R"({"talks":[{"id":"c","folder":3}],"more":false})") ==
          expected{{"conversation.folder", 1}});
    CHECK(labels(kind::sales, R"({"sales":[{"id":"c","notes":true}],"more":false})") == expected{{"sale.notes", 1}});
    CHECK(labels(kind::analytics_sales, R"({"rate":"high"})") == expected{{"analytics_sales.sales", 1}});
}

TEST_CASE("a refusal carries what the provider says, and counts as an exchange") {
    bench bench{answering(
        answer_with(422, R"({"code":"BAD","message":"no good","details":{"heat":"too hot","colour":"unknown"}})"))};
    const auto outcome = bench.call(kind::update);
    REQUIRE_FALSE(outcome.has_value());
    const failure& failure = outcome.error();
    CHECK(failure.kind == fault::rejected);
    CHECK_FALSE(failure.unsent);
    CHECK(failure.upstream.status == 422);
    CHECK(failure.upstream.code == "BAD");
    CHECK(failure.upstream.message == "no good");
    REQUIRE(failure.upstream.details.size() == 2);
    CHECK(bench.provider.field_written_to(failure.upstream.details[0].member) == "temperature");
    CHECK(bench.provider.field_written_to(failure.upstream.details[1].member) == "");
    CHECK(bench.observer.exchanges == 1);
}

TEST_CASE("what belongs to an agent and comes without paging is put in the order of its ids") {
    bench bench{answering(answer_with(200, R"({"talks":[{"id":"c"},{"id":"a"},{"id":"b"}]})")),
                everything({{"paging", "{style: none}"}})};
    const auto outcome = bench.call(kind::conversations);
    REQUIRE(outcome.has_value());
    std::string order;
    for (const normalizers::item& item : outcome->content->page.items)
        order += outcome->content->page.native_id(item);
    CHECK(order == "abc");
}

TEST_CASE("where a kept connection breaks under a call, it is not sent again") {
    for (std::size_t i = 0; i < operation_count; ++i) {
        const auto operation = static_cast<kind>(i);
        CAPTURE(name_of(operation));
        std::atomic<unsigned> requests{0};
        // The first connection answers one call and breaks under the next; what is answered does not matter.
        bench bench{[&](testing::peer& peer, unsigned number) {
            for (bool first = true; !peer.read_request().empty(); first = false) {
                ++requests;
                if (number == 0 && !first) return;
                peer.send(answer_with(500, "{}"));
            }
        }};
        CHECK(bench.call(operation).error().upstream.status == 500);
        const auto outcome = bench.call(operation);
        REQUIRE_FALSE(outcome.has_value());
        CHECK_FALSE(outcome.error().unsent);
        CHECK(outcome.error().kind == fault::unreachable);
        CHECK(requests == 2);
        CHECK(bench.server.connections() == 1);
    }
}

TEST_CASE("a provider whose profile names a header for it is told how long the call may take") {
    std::vector<std::string> heads;
    const auto service = [&](testing::peer& peer, unsigned) {
        for (std::string head = peer.read_request(); !head.empty(); head = peer.read_request()) {
            heads.push_back(head);
            peer.send(answer_with(200, "{\"id\":\"x\"}"));
        }
    };
    const auto told = [&](const std::string& head) -> long {
        const std::string name = "\r\nX-Time-Left: ";
        const auto at = head.find(name);
        return at == std::string::npos ? -1 : std::stol(head.substr(at + name.size()));
    };
    {
        bench telling{service, everything({{"deadline_header", "X-Time-Left"}})};
        (void)telling.call(kind::get);
        (void)telling.call(kind::update);
        bench silent{service};
        (void)silent.call(kind::get);
    }
    REQUIRE(heads.size() == 3);
    for (const std::size_t index : {0U, 1U}) {
        CHECK(told(heads[index]) > 1'000);
        CHECK(told(heads[index]) <= 30'000);
    }
    CHECK(heads[2].find("X-Time-Left") == std::string::npos);
}

TEST_CASE("the time that a provider is told is whole milliseconds, never more than there is, and at least one") {
    CHECK(milliseconds_to_say(2s) == 2000);
    CHECK(milliseconds_to_say(1999999us) == 1999);
    CHECK(milliseconds_to_say(1ms) == 1);
    CHECK(milliseconds_to_say(999us) == 1);
    CHECK(milliseconds_to_say(0s) == 1);
    CHECK(milliseconds_to_say(-5s) == 1);
}

TEST_CASE("a write carries its body, its type and the trace") {
    std::string seen;
    bench bench{[&](testing::peer& peer, unsigned) {
        seen = peer.read_request();
        peer.send(answer_with(201, R"({"agent":{"id":"a"}})"));
    }};
    request request = bench.provider.call_request(kind::create, {}, R"({"name":"Ann"})");
    request.traceparent = "00-1";
    CHECK(bench.call(request).has_value());
    bench.server.wait_for_ended(1);
    CHECK(seen.starts_with("POST /agents?notify=no HTTP/1.1\r\n"));
    CHECK(seen.find("traceparent: 00-1\r\n") != std::string::npos);
    CHECK(seen.ends_with("Content-Type: application/json\r\nContent-Length: 14\r\n\r\n{\"name\":\"Ann\"}"));
}

}  // namespace rollcall::adapters
