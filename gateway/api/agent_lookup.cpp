// Finding one agent of a provider.
#include "gateway/api/agent_lookup.hpp"

#include <algorithm>

namespace rollcall::gateway {
namespace {

const failure no_such_agent{fault::not_found, "the provider has no agent with that id"};

awaitable<result<found_agent>> find_in_list(adapters::upstream& upstream, std::string_view native_id, bool fresh,
                                            std::string_view traceparent, deadline until) {
    const adapters::provider& provider = upstream.provider();
    const adapters::listing all;
    adapters::position position;
    adapters::trail trail;
    for (std::size_t pages = 0; pages < most_pages_for_one_agent; ++pages) {
        adapters::request request = provider.page_request(all, position);
        request.fresh = fresh;
        request.traceparent = traceparent;
        result<adapters::answer> outcome = co_await upstream.call(request, until);
        if (!outcome.has_value()) co_return std::move(outcome).error();
        const normalizers::page& page = outcome->content->page;
        const auto found = std::ranges::find(page.items, native_id,
                                             [&](const normalizers::item& item) { return page.native_id(item); });
        if (found != page.items.end()) co_return found_agent{*std::move(outcome), &*found};

        adapters::advance_result ahead = provider.after(position, request, *outcome->content, trail);
        if (ahead.is == adapters::advance_result::step::end) co_return no_such_agent;
        if (ahead.is == adapters::advance_result::step::fault)
            co_return failure{fault::invalid_response, std::move(ahead.why)};
        position = std::move(ahead.position);
        trail = std::move(ahead.trail);
    }
    co_return failure{fault::error, "its list is too long to be searched for one agent"};
}

}  // namespace

awaitable<result<found_agent>> find_agent(adapters::upstream& upstream, std::string_view native_id, bool fresh,
                                          std::string_view traceparent, deadline until) {
    const adapters::provider& provider = upstream.provider();
    if (native_id.empty()) co_return no_such_agent;
    constexpr auto get = adapters::operation_kind::get;
    if (!provider.offers(get) || !adapters::provider::can_address(native_id)) {
        co_return co_await find_in_list(upstream, native_id, fresh, traceparent, until);
    }
    adapters::call_arguments arguments;
    arguments.native_id = native_id;
    adapters::request request = provider.call_request(get, arguments);
    request.fresh = fresh;
    request.traceparent = traceparent;
    result<adapters::answer> outcome = co_await upstream.call(request, until);
    if (!outcome.has_value()) co_return std::move(outcome).error();
    const normalizers::page& page = outcome->content->page;
    const normalizers::item* const item = &page.items.front();
    if (page.native_id(*item) != native_id)
        co_return failure{fault::invalid_response, "it answered with another agent"};
    co_return found_agent{*std::move(outcome), item};
}

}  // namespace rollcall::gateway
