// Pages of other replicas: looking one up, reading it, and keeping what the provider answered.
#include "adapters/pipeline/replica_pages.hpp"

#include "adapters/pipeline/read_answer.hpp"

#include <algorithm>

namespace rollcall::adapters {
namespace {

constexpr unsigned http_ok = 200;

}  // namespace

awaitable<result<answer>> replica_pages_layer::call(const request& request, deadline until) {
    // What another replica writes is heard of by all; what this one wrote last may not have reached the store.
    if (provider_.settings().cache.ttl.count() == 0 || replicas_.owes_a_write())
        co_return co_await next_.call(request, until);

    const std::string key = request.key();
    replica_finding found = co_await replicas_.store().find(replicas_.pages(), key, !request.fresh, until);
    if (found.page) {
        if (auto content = read(request, *std::move(found.page))) {
            observer_.cached(cache_event::shared);
            co_return answer{std::move(content)};
        }
    }
    result<answer> outcome = co_await next_.call(request, until);
    if (outcome.has_value() && !found.generation.empty()) keep(request, found.generation, *outcome->content);
    co_return outcome;
}

/// Null where the page is too old for this replica's settings, or is none.
std::shared_ptr<const content> replica_pages_layer::read(const request& request, replica_page page) {
    const auto age = std::max(page.age, std::chrono::milliseconds{0});
    if (age >= provider_.settings().cache.ttl) return nullptr;
    result<normalizers::page> read = read_answer(provider_, reader_, request, http_ok, std::move(page.body));
    if (read.has_error()) return nullptr;
    auto content = std::make_shared<adapters::content>();
    content->page = *std::move(read);
    content->link = std::move(page.link);
    content->received_at = steady_clock::now() - age;
    return content;
}

void replica_pages_layer::keep(const request& request, const std::string& generation, const content& content) {
    if (content.page.body.size() + content.link.size() > longest_page) return;
    const auto age = std::chrono::ceil<std::chrono::milliseconds>(steady_clock::now() - content.received_at);
    const kept_page page{generation, content.page.body, content.link, provider_.settings().cache.ttl, age};
    if (page.age < page.ttl) replicas_.store().keep(replicas_.pages(), request.key(), page);
}

}  // namespace rollcall::adapters
