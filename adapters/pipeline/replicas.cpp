// Names for the store, and telling the other replicas of writes.
#include "adapters/pipeline/replicas.hpp"

#include "base/sha256.hpp"
#include "base/timer.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <initializer_list>
#include <string_view>

namespace rollcall::adapters {
namespace {

constexpr std::size_t digest_size = 16;  // of which two that differ are as good as never alike

/// `name` and a digest of `parts`, each with its length, so that no two lists of parts run into the same text.
std::string name_of(const std::string& name, std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts) {
        text += std::to_string(part.size());
        text += ':';
        text += part;
    }
    const auto digest = sha256(text);
    return fmt::format("{}-{:02x}", name, fmt::join(digest.begin(), digest.begin() + digest_size, ""));
}

std::string account_name(const provider& provider, const std::optional<quota>& quota) {
    const std::string limit =
        quota ? fmt::format("{} per {} s", quota->calls, std::chrono::seconds{quota->per}.count()) : "none";
    const config::provider& settings = provider.settings();
    return name_of(settings.name, {settings.name, provider.origin().to_string(), settings.base_url,
                                   settings.credential.reveal(), limit});
}

std::string pages_name(const provider& provider) {
    const config::provider& settings = provider.settings();
    return name_of(settings.name,
                   {settings.name, provider.origin().to_string(), settings.base_url, settings.credential.reveal()});
}

}  // namespace

replica_state::replica_state(const provider& provider, const std::optional<quota>& quota)
    : account{account_name(provider, quota), quota}, pages(pages_name(provider)) {}

void replicas::wrote() {
    tell([] {});
}

void replicas::tell(std::function<void()> first) {
    const std::uint64_t write = ++state_->writes;
    store_.wrote(state_->pages, [state = state_, write, first = std::move(first)](bool done) {
        for (auto told = state->told.load(); done && told < write;) {
            if (state->told.compare_exchange_weak(told, write)) break;
        }
        first();
    });
}

awaitable<void> replicas::wrote_and_told() {
    const executor executor = co_await asio::this_coro::executor;
    const auto told = std::make_shared<bool>(false);
    /// An event rather than a timer: it never expires, and is cancelled when the others have been told, or cannot be.
    const auto landed = std::make_shared<steady_timer>(executor, steady_clock::time_point::max());
    tell([told, landed] {
        *told = true;
        landed->cancel();
    });
    if (*told) co_return;
    boost::system::error_code woken;
    const asio::use_awaitable_t<rollcall::executor> token;
    co_await landed->async_wait(asio::redirect_error(token, woken));
}

}  // namespace rollcall::adapters
