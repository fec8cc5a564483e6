// The fan-out: rounds of loading until the page is full or nothing more can come.
#include "gateway/roster/roster.hpp"

#include "gateway/access/client.hpp"
#include "gateway/roster/shares.hpp"

#include <algorithm>

namespace rollcall::gateway {

/// One provider's work for one client's page.
struct roster::task final : adapters::call_end {
    task(adapters::upstream& upstream, const roster_query& query, adapters::call_group& calls,
         steady_clock::time_point began)
        : upstream(upstream), query(query), calls(calls), began(began) {}

    adapters::upstream& upstream;
    provider_part part;
    const roster_query& query;
    adapters::call_group& calls;
    steady_clock::time_point began;
    std::uint32_t wanted = 0;     ///< items that are to be there when it has been filled
    adapters::request request{};  ///< while it wants more: for what is not at hand

    [[nodiscard]] bool wants_more() const {
        return part.walk && part.walk->available() < wanted && part.walk->can_load();
    }

    /// For who does not wait for a call already. One that it begins begins the next, until nothing more is wanted. When
    /// the time is up no provider is asked any more: old pages stand in as far as there are any.
    void fill(steady_clock::time_point now) {
        take_what_is_at_hand(now);
        while (wants_more() && calls.time_is_up()) {
            take(upstream.settle(request, adapters::call_group::too_late()), now);
            take_what_is_at_hand(now);
        }
        if (wants_more()) upstream.ask(request, calls, *this);
    }

    void take_what_is_at_hand(steady_clock::time_point now) {
        while (wants_more()) {
            request = part.walk->next_request();
            request.fresh = query.fresh;
            request.traceparent = query.traceparent;
            adapters::answer answer = upstream.at_hand(request, now);
            if (!answer.content) return;
            part.walk->loaded(std::move(answer), request, now);
        }
    }

    void ended(result<adapters::answer> outcome) override {
        const auto now = steady_clock::now();
        part.latency = now - began;
        take(upstream.settle(request, std::move(outcome)), now);
        fill(now);
    }

    void take(result<adapters::answer> outcome, steady_clock::time_point now) {
        if (outcome.has_value()) {
            part.walk->loaded(*std::move(outcome), request, now);
        } else {
            part.walk->failed(std::move(outcome).error());
        }
    }
};

bool roster_page::has_more() const {
    return std::ranges::any_of(parts, &provider_part::has_more);
}

bool roster_page::partial() const {
    return std::ranges::any_of(parts, &provider_part::failed);
}

bool roster_page::lost() const {
    const auto asked_in_vain = [](const provider_part& part) {
        return part.state != provider_part::state::asked || part.failed();
    };
    return count == 0 && partial() && std::ranges::all_of(parts, asked_in_vain);
}

bookmarks roster_page::bookmarks() const {
    gateway::bookmarks bookmarks;
    for (const provider_part& part : parts) {
        if (!part.behind.at_beginning()) bookmarks.insert_or_assign(part.provider->name(), part.behind);
    }
    return bookmarks;
}

std::vector<roster::task> roster::begin(const roster_query& query, adapters::call_group& calls) {
    const auto now = steady_clock::now();
    std::vector<task> tasks;
    tasks.reserve(upstreams_.size());
    for (std::size_t i = 0; i < upstreams_.size(); ++i) {
        if (!sees(query.asking, i)) continue;
        adapters::upstream& upstream = *upstreams_[i];
        const adapters::provider& provider = upstream.provider();
        tasks.emplace_back(upstream, query, calls, now);
        provider_part& part = tasks.back().part;
        part.provider = &provider;
        const auto bookmark = query.bookmarks.find(provider.name());
        if (bookmark != query.bookmarks.end()) part.behind = bookmark->second;
        const bool named =
            query.providers.empty() || std::ranges::find(query.providers, provider.name()) != query.providers.end();
        if (!named || !provider.can_match(query.listing.filters)) {
            part.state = provider_part::state::skipped;
        } else if (part.behind.ended) {
            part.state = provider_part::state::exhausted;
        } else {
            part.walk.emplace(provider, query.listing, part.behind, query.limit);
        }
    }
    return tasks;
}

/// Takes each provider's share and leaves its bookmark behind it.
roster_page roster::finish(std::vector<task>& tasks, std::span<const std::uint32_t> shares) {
    roster_page page;
    page.parts.reserve(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        provider_part& part = tasks[i].part;
        if (part.walk) {
            part.items = part.walk->take(shares[i]);
            part.behind = part.walk->bookmark_behind();
            page.count += static_cast<std::uint32_t>(part.items.size());
        }
        page.parts.push_back(std::move(part));
    }
    return page;
}

awaitable<roster_page> roster::gather(const roster_query& query, deadline until) {
    std::vector<task> tasks;  // it outlives the calls, which tell the tasks of their ends
    adapters::call_group calls{sweeper_, until};
    tasks = begin(query, calls);
    std::vector<std::uint32_t> capacity(tasks.size());
    std::vector<std::uint32_t> shares;
    // A round loads what the shares ask for. What a provider then cannot give goes to the others, who may have to load
    // for it in the next round. Each round loads a page at least, and the walks bound their pages.
    for (;;) {
        std::ranges::transform(tasks, capacity.begin(),
                               [](const task& task) { return task.part.walk ? task.part.walk->capacity() : 0; });
        shares = divide(query.limit, capacity);
        const auto now = steady_clock::now();
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            tasks[i].wanted = shares[i];
            tasks[i].fill(now);
        }
        if (calls.under_way()) co_await calls.wait();
        const bool settled = std::ranges::all_of(
            tasks, [&](const task& task) { return !task.part.walk || task.part.walk->available() >= task.wanted; });
        if (settled) break;
    }
    co_return finish(tasks, shares);
}

std::uint64_t roster::writes() const {
    std::uint64_t writes = 0;
    for (const auto& upstream : upstreams_)
        writes += upstream->writes();
    return writes;
}

std::optional<page_sources> roster::sources_of(const roster_page& page, std::uint64_t writes,
                                               steady_clock::time_point now) const {
    page_sources sources{writes};
    for (const provider_part& part : page.parts) {
        if (!part.walk) continue;
        if (part.latency.count() > 0 || part.failed() || part.walk->stale_after()) return std::nullopt;
        const auto is_its_own = [&](const auto& upstream) { return &upstream->provider() == part.provider; };
        adapters::upstream& upstream = **std::ranges::find_if(upstreams_, is_its_own);
        for (const walk::loaded_page& loaded : part.walk->pages())
            sources.add(upstream, loaded.content);
    }
    if (!sources.at_hand(this->writes(), now)) return std::nullopt;
    return sources;
}

}  // namespace rollcall::gateway
