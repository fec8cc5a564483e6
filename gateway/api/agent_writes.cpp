// Writes as clients ask for them: the checks in their order, idempotency keys, and waiting.
#include "gateway/api/agent_writes.hpp"

#include "gateway/access/client.hpp"
#include "gateway/api/addressed_agent.hpp"
#include "gateway/api/calls_deadline.hpp"
#include "gateway/api/operations.hpp"
#include "gateway/api/parameters.hpp"
#include "gateway/http/media_type.hpp"
#include "gateway/http/text.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ranges>
#include <utility>

namespace rollcall::gateway {
namespace {

using adapters::operation_kind;

constexpr std::string_view key_name = "Idempotency-Key";
constexpr std::string_view post_types[] = {"application/json"};
constexpr std::string_view patch_types[] = {"application/json", "application/merge-patch+json"};

std::span<const std::string_view> types_taken_by(method method) {
    if (method == method::patch) return patch_types;
    return post_types;
}

auto fields_named(const request& request, std::string_view name) {
    return std::views::filter(request.headers,
                              [name](const header_field& field) { return equals_ignoring_case(field.name, name); });
}

/// What is wrong with the query, which takes nothing, and the key.
std::optional<problem> fault_of_parameters(const request& request) {
    parameters parameters{request.query};
    std::size_t keys = 0;
    for (const header_field& field : fields_named(request, key_name)) {
        if (!is_idempotency_key(field.value))
            parameters.fault(key_name, "it must be 1 to 255 visible ASCII characters");
        if (++keys == 2) parameters.fault(key_name, "it is given more than once");
    }
    return parameters.faults();
}

/// An empty body has no type: what it lacks is told with the body.
std::optional<problem> fault_of_media_type(const request& request) {
    if (request.body.empty()) return std::nullopt;
    const auto taken = types_taken_by(request.method);
    std::size_t types = 0;
    bool known = true;
    for (const header_field& field : fields_named(request, "Content-Type")) {
        known = known && names_media_type(field.value, taken);
        ++types;
    }
    const auto coding = request.header("Content-Encoding");
    if (coding && !equals_ignoring_case(*coding, "identity"))
        return problem{problem_code::unsupported_media_type, "a body is taken as it is, without a content coding"};
    if (known && types == 1) return std::nullopt;
    return problem{problem_code::unsupported_media_type,
                   fmt::format("{}: a body must be {} in UTF-8", types == 0 ? "it has no Content-Type" : "Content-Type",
                               fmt::join(taken, " or "))};
}

void give_problem(const problem& problem, const request& request, response& response) {
    write_problem(response, problem, request.id);
    if (problem.code != problem_code::unsupported_media_type) return;
    const std::string_view name = request.method == method::patch ? "Accept-Patch" : "Accept-Post";
    response.add_header(name, fmt::format("{}", fmt::join(types_taken_by(request.method), ", ")));
}

void give(const write_answer& answer, const request& request, response& response) {
    if (answer.problem) return give_problem(*answer.problem, request, response);
    response.status = answer.status;
    response.headers += answer.headers;
    response.body = answer.body;
}

void give_again(const write_answer& answer, const request& request, response& response) {
    give(answer, request, response);
    response.add_header("Idempotent-Replayed", "true");
}

problem overloaded(std::string detail) {
    return {.code = problem_code::overloaded, .detail = std::move(detail), .retry_after = std::chrono::seconds{1}};
}

problem still_under_way(const adapters::provider& provider, bool has_key) {
    const std::string_view advice = has_key ? "the same request with the same Idempotency-Key is told how it ends"
                                            : "look whether it was done before it is made again";
    return {problem_code::upstream_timeout,
            fmt::format("it did not answer in time; the write goes on, and may be done: {}", advice), provider.name()};
}

}  // namespace

awaitable<void> agent_writes_resource::create(const request& request, response& response) {
    write_audit audit{audit_, operation_kind::create, request};
    auto write = checked_create(request, audit);
    return answer(std::move(write), std::move(audit), request, response);
}

awaitable<void> agent_writes_resource::update(const request& request, response& response) {
    write_audit audit{audit_, operation_kind::update, request};
    auto write = checked_update(request, audit);
    return answer(std::move(write), std::move(audit), request, response);
}

awaitable<void> agent_writes_resource::remove(const request& request, response& response) {
    write_audit audit{audit_, operation_kind::delete_, request};
    auto write = checked_remove(request, audit);
    return answer(std::move(write), std::move(audit), request, response);
}

void agent_writes_resource::stop() {
    for (auto at = under_way_.begin(); at != under_way_.end();)
        (at++)->emit(asio::cancellation_type::terminal);
}

checked<agent_write> agent_writes_resource::checked_create(const request& request, write_audit& audit) {
    if (auto wrong = fault_of_parameters(request)) return *std::move(wrong);
    if (auto wrong = fault_of_media_type(request)) return *std::move(wrong);
    const auto members = members_of_body(reader_, request.body);
    if (!members.has_value()) return members.error();
    std::vector<std::string_view> names;
    std::vector<adapters::upstream*> seen;
    for (std::size_t i = 0; i < upstreams_.size(); ++i) {
        if (!sees(request.client, i)) continue;
        seen.push_back(upstreams_[i].get());
        names.push_back(upstreams_[i]->provider().name());
    }
    const auto name = named_provider(reader_, *members, names);
    if (!name.has_value()) return name.error();
    audit.about(*name);

    const auto named = std::ranges::find(names, *name) - names.begin();
    adapters::upstream& upstream = *seen[static_cast<std::size_t>(named)];
    const adapters::provider& provider = upstream.provider();
    if (!provider.offers(operation_kind::create)) return unsupported_operation(provider, operation_kind::create);
    const auto fields = fields_to_write(*members, operation_kind::create, provider.name(), provider.profile());
    if (!fields.has_value()) return fields.error();
    return agent_write{&upstream, provider.call_request(operation_kind::create, {}, provider.write_body(*fields))};
}

/// The write without a body.
checked<agent_write> agent_writes_resource::about_agent(const request& request, operation_kind operation,
                                                        write_audit& audit) {
    if (auto wrong = fault_of_parameters(request)) return *std::move(wrong);
    auto [agent, refusal] = address(upstreams_, request, operation);
    if (agent.upstream != nullptr) audit.about(agent.upstream->provider().name());
    if (refusal) return *std::move(refusal);
    adapters::call_arguments arguments;
    arguments.native_id = std::move(agent.native_id);
    return agent_write{agent.upstream, agent.upstream->provider().call_request(operation, arguments)};
}

checked<agent_write> agent_writes_resource::checked_update(const request& request, write_audit& audit) {
    auto write = about_agent(request, operation_kind::update, audit);
    if (!write.has_value()) return write;
    if (auto wrong = fault_of_media_type(request)) return *std::move(wrong);
    const auto members = members_of_body(reader_, request.body);
    if (!members.has_value()) return members.error();
    const adapters::provider& provider = write->upstream->provider();
    const auto fields = fields_to_write(*members, operation_kind::update, provider.name(), provider.profile());
    if (!fields.has_value()) return fields.error();
    write->request.body = provider.write_body(*fields);
    return write;
}

checked<agent_write> agent_writes_resource::checked_remove(const request& request, write_audit& audit) {
    return about_agent(request, operation_kind::delete_, audit);
}

awaitable<void> agent_writes_resource::answer(checked<agent_write> write, write_audit audit, const request& request,
                                              response& response) {
    const auto refuse = [&](const problem& why) {
        audit.refused(why, response);
        give_problem(why, request, response);
    };
    if (!write.has_value()) {
        refuse(write.error());
        co_return;
    }
    if (under_way_.size() >= most_under_way) {
        refuse(overloaded("too many writes are under way"));
        co_return;
    }
    write->client_until = deadline_of_calls(request);
    write->request.traceparent = request.traceparent;
    auto waiter = std::make_shared<answer_waiter>(executor_);
    idempotency_store::beginning begun;
    if (const auto key = request.header(key_name))
        begun = store_.begin(name_of(request.client), *key, fingerprint_of(request), waiter, steady_clock::now());
    using step = idempotency_store::beginning::step;
    switch (begun.is) {
        case step::first: {
            awaitable<void> made =
                make(*std::move(write), std::move(audit), std::move(waiter), std::move(begun.place), request, response);
            co_return co_await std::move(made);
        }
        case step::under_way: {
            awaitable<void> told =
                wait_for_twin(std::move(audit), std::move(waiter), std::move(begun.place), request, response);
            co_return co_await std::move(told);
        }
        case step::finished:
            audit.replayed(*begun.answer, response);
            give_again(*begun.answer, request, response);
            break;
        case step::other: {
            const problem reused{problem_code::idempotency_key_reused,
                                 "the Idempotency-Key was used for a request with another method, path or body"};
            refuse(reused);
            break;
        }
        case step::full:
            refuse(overloaded("too many Idempotency-Keys are remembered to promise it for another"));
            break;
    }
}

/// Makes the write in a coroutine of its own, because it goes on when its client does not wait any more.
awaitable<void> agent_writes_resource::make(agent_write write, write_audit audit, std::shared_ptr<answer_waiter> waiter,
                                            std::shared_ptr<idempotency_store::entry> place, const request& request,
                                            response& response) {
    const deadline until = write.client_until;
    const adapters::provider& provider = write.upstream->provider();
    const bool has_key = place != nullptr;
    const auto signal = under_way_.emplace(under_way_.end());
    auto on_end = [this, signal, waiter, audit = std::move(audit), place = std::move(place)](
                      const std::exception_ptr& thrown, const write_end& returned) {
        const write_end end = thrown ? broken_off() : returned;
        audit.ended(*end.answer);
        if (place) store_.settle(place, end.answer, end.final);
        waiter->deliver(end.answer);
        under_way_.erase(signal);
    };
    asio::co_spawn(executor_, make_write(std::move(write)),
                   asio::bind_cancellation_slot(signal->slot(), std::move(on_end)));
    write_audit::promised(response);
    const shared_write_answer answer = co_await waiter->wait(until);
    if (answer) {
        give(*answer, request, response);
    } else {
        give_problem(still_under_way(provider, has_key), request, response);
    }
}

awaitable<void> agent_writes_resource::wait_for_twin(write_audit audit, std::shared_ptr<answer_waiter> waiter,
                                                     std::shared_ptr<idempotency_store::entry> place,
                                                     const request& request, response& response) {
    // However the request ends, nobody tells a waiter that is gone.
    struct seat {
        idempotency_store& store;
        idempotency_store::entry& place;
        const std::shared_ptr<answer_waiter>& waiter;
        ~seat() { store.leave(place, waiter); }
    };
    const seat seat{store_, *place, waiter};
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    const deadline until = deadline_of_calls(request);
    const shared_write_answer answer = co_await waiter->wait(until);
    if (answer) {
        audit.replayed(*answer, response);
        give_again(*answer, request, response);
    } else if (cancellation.cancelled() == asio::cancellation_type::none) {  // otherwise the client has left
        const problem waiting = overloaded("the first request with this Idempotency-Key is still being answered");
        audit.refused(waiting, response);
        give_problem(waiting, request, response);
    }
}

}  // namespace rollcall::gateway
