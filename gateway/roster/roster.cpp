// The fan-out: rounds of loading until the page is full or nothing more can come.
#include "gateway/roster/roster.hpp"

#include "gateway/access/client.hpp"
#include "gateway/roster/shares.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace rollcall::gateway {

/// One provider's work for one client's page.
struct roster::task {
    adapters::upstream& upstream;
    provider_part part;
    const roster_query& query;
    deadline until;
    steady_clock::time_point began;
    std::uint32_t wanted = 0;     ///< items that are to be there when it has been filled
    adapters::request request{};  ///< while it wants more: for what is not at hand

    [[nodiscard]] bool wants_more() const {
        return part.walk && part.walk->available() < wanted && part.walk->can_load();
    }

    /// Pages that are kept need no coroutine of their own.
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

std::vector<roster::task> roster::begin(const roster_query& query, deadline until) {
    const auto now = steady_clock::now();
    std::vector<task> tasks;
    tasks.reserve(upstreams_.size());
    for (std::size_t i = 0; i < upstreams_.size(); ++i) {
        if (!sees(query.asking, i)) continue;
        adapters::upstream& upstream = *upstreams_[i];
        const adapters::provider& provider = upstream.provider();
        tasks.push_back({upstream, {}, query, until, now});
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
    std::vector<task> tasks = begin(query, until);
    std::vector<std::uint32_t> capacity(tasks.size());
    std::vector<std::uint32_t> shares;
    // A round loads what the shares ask for. What a provider then cannot give goes to the others, who may have to load
    // for it in the next round. Each round loads a page at least, and the walks bound their pages.
    for (;;) {
        std::ranges::transform(tasks, capacity.begin(),
                               [](const task& task) { return task.part.walk ? task.part.walk->capacity() : 0; });
        shares = divide(query.limit, capacity);
        const auto now = steady_clock::now();
        std::vector<task*> short_of;
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            tasks[i].wanted = shares[i];
            tasks[i].take_what_is_at_hand(now);
            if (tasks[i].wants_more()) short_of.push_back(&tasks[i]);
        }
        const bool settled = std::ranges::all_of(
            tasks, [&](const task& task) { return !task.part.walk || task.part.walk->available() >= task.wanted; });
        if (short_of.empty() && settled) break;
        if (!short_of.empty()) co_await fill_all(std::move(short_of));
    }

    co_return finish(tasks, shares);
}

awaitable<void> roster::fill(task& task) {
    while (task.wants_more()) {
        result<adapters::answer> outcome = co_await task.upstream.ask(task.request, task.until);
        const auto now = steady_clock::now();
        task.part.latency = now - task.began;
        if (outcome.has_value()) {
            task.part.walk->loaded(*std::move(outcome), task.request, now);
        } else {
            task.part.walk->failed(std::move(outcome).error());
        }
        task.take_what_is_at_hand(now);
    }
}

awaitable<void> roster::fill_all(std::vector<task*> tasks) {
    if (tasks.size() == 1) {
        co_await fill(*tasks.front());
        co_return;
    }
    const executor executor = co_await asio::this_coro::executor;
    std::vector<decltype(asio::co_spawn(executor, fill(*tasks.front()), asio::deferred))> fillings;
    fillings.reserve(tasks.size());
    for (task* const task : tasks)
        fillings.push_back(asio::co_spawn(executor, fill(*task), asio::deferred));
    auto group = asio::experimental::make_parallel_group(std::move(fillings));
    const asio::use_awaitable_t<rollcall::executor> token;
    const auto [order, thrown] = co_await group.async_wait(asio::experimental::wait_for_all(), token);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        // Asio throws into a coroutine that is cancelled; nobody reads the page then, but its bookmarks must stay
        // right.
        if (thrown[i]) tasks[i]->part.walk->failed({fault::cancelled, "the client has gone"});
    }
}

}  // namespace rollcall::gateway
