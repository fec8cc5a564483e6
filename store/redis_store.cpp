// What the replicas share, in a Redis: keys, scripts, and what their replies mean.
#include "store/redis_store.hpp"

#include "base/sha256.hpp"
#include "base/timer.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <span>
#include <utility>

namespace rollcall::store {
namespace {

using adapters::replica_account;
using adapters::replica_finding;
using adapters::replica_ticket;

/// A quota's time in slots, as quota_account has it: one more than its parts, because a slot that has just begun holds
/// next to no time.
constexpr std::int64_t parts = 60;
constexpr std::string_view slots = "61";

/// Longer than any page lives (config: 24 h), so that no page outlives the generation that it belongs to.
constexpr std::string_view generation_ms = "172800000";

std::string digest_of(std::string_view text) {
    return fmt::format("{:02x}", fmt::join(sha256(text), ""));
}

std::string microseconds_of(std::chrono::microseconds time) {
    return std::to_string(time.count());
}

std::string milliseconds_of(std::chrono::milliseconds time) {
    return std::to_string(time.count());
}

/// Rounded up, so that all slots together are never less than the quota's time.
std::string slot_width(const std::optional<adapters::quota>& limit) {
    const std::chrono::microseconds per = limit ? limit->per : std::chrono::seconds{1};
    return std::to_string((per.count() + parts - 1) / parts);
}

/// Redis is believed as little as a provider: what a reply holds that no script of ours gives is no reply.
replica_ticket ticket_of(const result<reply>& answer) {
    replica_ticket ticket;
    if (answer.has_error() || answer->is != reply::kind::list || answer->list.size() != 4) return ticket;
    const auto is_integer = [](const reply& element) { return element.is == reply::kind::integer; };
    if (!std::ranges::all_of(answer->list, is_integer)) return ticket;
    if (answer->list[0].integer == 1) {
        ticket.is = replica_ticket::verdict::granted;
        ticket.slot = answer->list[2].integer;
        ticket.announcement_ends = answer->list[3].integer;
        return ticket;
    }
    constexpr std::chrono::milliseconds longest = std::chrono::hours{24};
    ticket.is = replica_ticket::verdict::refused;
    ticket.wait = std::chrono::milliseconds{std::clamp<std::int64_t>(answer->list[1].integer, 0, longest.count())};
    return ticket;
}

replica_finding finding_of(result<reply> answer) {
    replica_finding found;
    if (answer.has_error() || answer->is != reply::kind::list || answer->list.empty()) return found;
    auto& parts = answer->list;
    if (parts[0].is != reply::kind::text) return found;
    found.generation = std::move(parts[0].text);
    const bool whole = parts.size() == 4 && parts[1].is == reply::kind::text && parts[2].is == reply::kind::text &&
                       parts[3].is == reply::kind::integer;
    if (whole) {
        found.page.emplace();
        found.page->body = std::move(parts[1].text);
        found.page->link = std::move(parts[2].text);
        found.page->age = std::chrono::milliseconds{parts[3].integer};
    }
    return found;
}

/// One call that waits for its reply. What comes when it has left goes to `late` instead.
struct waiting {
    explicit waiting(const executor& where) : landed(where, steady_clock::time_point::max()) {}

    /// An event rather than a timer: it never expires, and is cancelled when the reply is there.
    steady_timer landed;
    std::optional<result<reply>> answer;
    bool left = false;
};

/// However the waiting ends, being unwound included, nobody sits there any more.
struct seat {
    std::shared_ptr<waiting> self;
    ~seat() { self->left = true; }
};

client::handler handing_to(std::shared_ptr<waiting> self, std::function<void(result<reply>)> late) {
    return [self = std::move(self), late = std::move(late)](result<reply> answer) {
        if (self->left) {
            late(std::move(answer));
            return;
        }
        self->answer = std::move(answer);
        self->landed.cancel();
    };
}

awaitable<void> landing(waiting& self) {
    if (self.answer) co_return;
    boost::system::error_code woken;
    const asio::use_awaitable_t<executor> token;
    co_await self.landed.async_wait(asio::redirect_error(token, woken));
}

}  // namespace

std::string channel_of(const config::redis& settings) {
    return settings.prefix + ":writes";
}

redis_store::redis_store(const place& place) : place_(place) {}

redis_store::~redis_store() = default;

void redis_store::open(const executor& executor, sweeper& sweeper) {
    client::listeners listeners;
    listeners.on_ready = [this](bool anew) {
        if (anew) load_scripts();
        tell_what_is_owed();
    };
    // Redis may have refused a write, out of memory say, on a connection that is well.
    listeners.on_beat = [this] { tell_what_is_owed(); };
    const server server{place_.settings, place_.addresses, place_.tls};
    client_.emplace(executor, sweeper, server, place_.observer, std::move(listeners));
}

/// The braces make all keys of one name stand together in whatever spreads keys over several servers.
std::string redis_store::key_of(std::string_view name, std::string_view part) const {
    return fmt::format("{}:{{{}}}:{}", place_.settings.prefix, name, part);
}

deadline redis_store::soon(deadline until) const {
    return std::min(until, steady_clock::now() + place_.settings.timeout);
}

void redis_store::load_scripts() {
    for (const script* const script : {&take_, &give_back_, &announce_, &hold_, &find_, &keep_, &wrote_})
        client_->send(script->load(), steady_clock::now() + conversation::patience, [](const result<reply>&) {});
}

void redis_store::run(const script& script, words keys, words arguments, deadline until, handler done) {
    if (!client_) return done(failure{fault::unreachable, "the store is not open"});
    std::string command = script.run(keys, std::span{arguments.begin(), arguments.size()});
    auto judged = [this, command, until, done = std::move(done)](result<reply> answer) {
        const bool forgotten =
            answer.has_value() && answer->is == reply::kind::error && answer->text.starts_with("NOSCRIPT");
        if (!forgotten) return done(std::move(answer));
        try {
            load_scripts();
            client_->send(command, until, done);
        } catch (const std::bad_alloc&) {
            done(failure{fault::overloaded, "no memory"});
            throw;
        }
    };
    client_->send(command, until, std::move(judged));
}

void redis_store::run(const script& script, words keys, words arguments) {
    if (!client_) return;
    client_->send(script.run(keys, std::span{arguments.begin(), arguments.size()}),
                  steady_clock::now() + conversation::patience, [](const result<reply>&) {});
}

awaitable<replica_ticket> redis_store::take(const replica_account& account, deadline until) {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    const executor executor = co_await asio::this_coro::executor;
    const auto self = std::make_shared<waiting>(executor);
    const seat seat{self};
    handler landed = handing_to(self, [this, name = account.name](const result<reply>& late) {
        const replica_ticket ticket = ticket_of(late);
        if (ticket.is == replica_ticket::verdict::granted) give_back(name, ticket);
    });
    const std::string calls = std::to_string(account.limit ? account.limit->calls : 0);
    run(take_, {key_of(account.name, "quota")}, {calls, slot_width(account.limit), slots}, soon(until),
        std::move(landed));
    co_await landing(*self);
    replica_ticket ticket;
    if (self->answer) {
        ticket = ticket_of(*self->answer);
    }
    if (cancellation.cancelled() != asio::cancellation_type::none) {
        if (ticket.is == replica_ticket::verdict::granted) give_back(account.name, ticket);
        ticket = {};
        ticket.is = replica_ticket::verdict::cancelled;
    }
    co_return ticket;
}

void redis_store::give_back(const replica_account& account, const replica_ticket& ticket) {
    give_back(account.name, ticket);
}

void redis_store::give_back(const std::string& account, const replica_ticket& ticket) {
    run(give_back_, {key_of(account, "quota")},
        {std::to_string(ticket.slot), std::to_string(ticket.announcement_ends)});
}

void redis_store::announce(const replica_account& account, const adapters::announced_quota& announced) {
    run(announce_, {key_of(account.name, "quota")},
        {std::to_string(announced.remaining), microseconds_of(announced.reset_in)});
}

void redis_store::hold(const replica_account& account, std::chrono::seconds time) {
    run(hold_, {key_of(account.name, "quota")}, {microseconds_of(time)});
}

awaitable<replica_finding> redis_store::find(const std::string& pages, const std::string& key, bool wanted,
                                             deadline until) {
    const executor executor = co_await asio::this_coro::executor;
    const auto self = std::make_shared<waiting>(executor);
    const seat seat{self};
    handler landed = handing_to(self, [](const result<reply>&) {});
    run(find_, {key_of(pages, "page:" + digest_of(key)), key_of(pages, "generation")},
        {key, wanted ? "1" : "0", generation_ms}, soon(until), std::move(landed));
    co_await landing(*self);
    if (!self->answer) co_return replica_finding{};
    co_return finding_of(*std::move(self->answer));
}

void redis_store::keep(const std::string& pages, const std::string& key, const adapters::kept_page& page) {
    run(keep_, {key_of(pages, "page:" + digest_of(key)), key_of(pages, "generation")},
        {page.generation, key, page.body, page.link, milliseconds_of(page.ttl), milliseconds_of(page.ttl - page.age),
         generation_ms});
}

void redis_store::wrote(const std::string& pages, std::function<void(bool done)> told) {
    if (!client_) return;
    auto judged = [this, pages, told = std::move(told)](const result<reply>& answer) {
        const bool done = answer.has_value() && answer->is == reply::kind::integer;
        if (!done) owed_[pages] = told;
        told(done);
    };
    run(wrote_, {key_of(pages, "generation")},
        {channel_of(place_.settings), pages + ' ' + place_.process, generation_ms}, soon(deadline::max()),
        std::move(judged));
}

void redis_store::tell_what_is_owed() {
    for (auto& [pages, told] : std::exchange(owed_, {}))
        wrote(pages, std::move(told));
}

}  // namespace rollcall::store
