// One call of a provider's list, with an event loop of its own.
#include "adapters/trial/trial.hpp"

#include "adapters/pipeline/exchange.hpp"
#include "adapters/transport/addresses.hpp"
#include "adapters/transport/tls_context.hpp"
#include "normalizers/read.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <thread>

namespace rollcall::adapters {
namespace {

/// The pointers that a rule reads, as a profile writes them.
void append_sources(std::string& out, const normalizers::field_rule& rule) {
    const auto add = [&out](const std::string& text) {
        if (!out.empty()) out += ", ";
        out += text;
    };
    if (rule.constant) add("const " + *rule.constant);
    for (const json_pointer& pointer : rule.from) {
        std::string text;
        for (const std::string& part : pointer)
            text += '/' + part;
        add(text);
    }
    if (!rule.from.empty()) return;
    for (const auto& [name, field] : rule.fields)
        append_sources(out, field);
}

/// Runs one exchange to its end, the name lookup included.
result<incoming> ask(const provider& provider, const request& request) {
    asio::io_context housekeeping{1};
    const auto working = asio::make_work_guard(housekeeping);
    addresses addresses{housekeeping.get_executor(), provider.origin().host, provider.origin().port};
    std::thread housekeeper{[&housekeeping] { housekeeping.run(); }};
    (void)addresses.wait_until_resolved(provider.settings().timeout);

    std::optional<tls_context> tls;
    std::exception_ptr thrown;
    result<incoming> outcome = failure{fault::error, "the call did not end"};
    try {
        if (provider.origin().tls) tls.emplace(provider.origin().host, provider.origin().ca_file);
        asio::io_context io{1};
        sweeper sweeper{io.get_executor()};
        transport transport{io.get_executor(), sweeper, provider.origin(), addresses, tls ? &*tls : nullptr};
        const outgoing outgoing{request.method, request.target, request.body, {}};
        asio::co_spawn(io, transport.exchange(outgoing, steady_clock::now() + provider.settings().timeout),
                       [&](const std::exception_ptr& failed, result<incoming> answer) {
                           thrown = failed;
                           if (!failed) outcome = std::move(answer);
                           io.stop();  // it would go on for as long as the connection is kept
                       });
        io.run();
    } catch (...) {
        thrown = std::current_exception();
    }
    housekeeping.stop();
    housekeeper.join();
    if (thrown) std::rethrow_exception(thrown);
    return outcome;
}

void read_fields(trial& trial, const normalizers::page& page, const normalizers::field_rules& rules) {
    const auto fields = normalizers::agent_record.fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        tried_field tried{std::string{fields[i].name}, {}, 0, {}, page.schema_faults[i]};
        const bool from_id = fields[i].kind == normalizers::kind::native_id;
        const auto rule = rules.find(from_id ? "id" : tried.name);
        if (rule != rules.end()) append_sources(tried.from, rule->second);
        if (fields[i].kind == normalizers::kind::provider) tried.from = "the configuration";
        for (const normalizers::item& item : page.items) {
            std::string_view value = page.members(item, i, i + 1);
            value.remove_prefix(tried.name.size() + 3);  // its quotes and the colon
            if (value == "null" || value == "[]") continue;
            if (tried.filled++ == 0) tried.example = value;
        }
        trial.fields.push_back(std::move(tried));
    }
}

/// What a provider says where the call has failed may be shown to others than the credential's owner.
void refuse(trial& trial, failure failure, std::string body, const provider& provider) {
    trial.failed = std::move(failure);
    trial.body = std::move(body);
    const auto& auth = provider.profile().auth;
    if (!auth) return;
    hide(provider.settings().credential, *auth, trial.failed->upstream);
    for (std::string* const came : {&trial.body, &trial.content_type})
        hide(provider.settings().credential, *auth, *came);
}

}  // namespace

trial try_list(const provider& provider) {
    const request request = provider.page_request({}, {});
    trial trial;
    trial.method = request.method;
    trial.url = provider.origin().to_string() + request.target;
    const auto began = steady_clock::now();
    result<incoming> answer = ask(provider, request);
    trial.took = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began);
    if (!answer.has_value()) {
        trial.failed = std::move(answer).error();
        return trial;
    }
    trial.status = answer->status;
    trial.content_type = answer->content_type;
    normalizers::reader reader;
    if (const auto kind = judge_status(answer->status, operation_kind::list)) {
        failure refused{*kind, "its status is no success"};
        refused.upstream = reader.read_error(provider.errors(), answer->body);
        refuse(trial, std::move(refused), std::move(answer->body), provider);
        return trial;
    }
    const auto& plan = std::get<normalizers::list_plan>(provider.reading_of(operation_kind::list));
    result<normalizers::page> page = reader.read_list(plan, answer->body);
    if (!page.has_value()) {
        refuse(trial, std::move(page).error(), std::move(answer->body), provider);
        return trial;
    }
    content content{*std::move(page), std::move(answer->link), steady_clock::now()};
    trial.received = content.page.received;
    trial.agents = content.page.items.size();
    read_fields(trial, content.page, provider.profile().agent);
    std::vector<std::string_view> sources;
    for (const normalizers::item& item : content.page.items)
        sources.push_back(item.source.of(content.page.body));
    trial.rest = members_left_out(provider.profile().agent, sources);
    trial.ahead = provider.after({}, request, content, {});
    return trial;
}

}  // namespace rollcall::adapters
