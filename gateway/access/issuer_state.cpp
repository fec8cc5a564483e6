// Which issuers go on with their keys, and what a new one begins with.
#include "gateway/access/issuer_state.hpp"

#include "config/text_file.hpp"
#include "gateway/access/key_set_download.hpp"
#include "gateway/access/key_set_file.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace rollcall::gateway {
namespace {

constexpr std::size_t largest_ca_file = 16 * 1024 * 1024;

/// An object of the housekeeping thread, which may be let go on any other.
template<class T, class... Arguments>
std::shared_ptr<T> make_housekept(const executor& housekeeping, Arguments&&... arguments) {
    auto made = std::make_unique<T>(std::forward<Arguments>(arguments)...);
    return std::shared_ptr<T>(made.release(), [housekeeping](T* object) {
        asio::post(housekeeping, [owned = std::unique_ptr<T>{object}] {});
    });
}

std::string text_of_ca(const config::issuer_keys& settings) {
    if (settings.ca_file.empty()) return {};
    config::text_file read = config::read_text_file(settings.ca_file, largest_ca_file);
    if (!read.problem.empty()) throw std::runtime_error(settings.ca_file + ' ' + read.problem);
    return std::move(read.text);
}

bool is_same(const config::issuer_keys& left, const config::issuer_keys& right) {
    return left.file == right.file && left.url == right.url && left.ca_file == right.ca_file &&
           left.refresh == right.refresh && left.stale == right.stale;
}

bool has_same_keys(const issuer_state& state, const config::token_issuer& settings) {
    return state.issuer == settings.issuer && state.settings.file == settings.keys.file &&
           state.settings.url == settings.keys.url;
}

std::shared_ptr<const void> begin_source(const config::token_issuer& settings,
                                         const std::shared_ptr<held_key_set>& keys,
                                         const key_set_workplace& workplace) {
    const executor& housekeeping = workplace.housekeeping;
    key_set_intake intake{settings.name, keys, system_clock::now, workplace.metrics, workplace.log};
    if (!settings.keys.file.empty()) {
        return make_housekept<key_set_file>(housekeeping, housekeeping, settings.keys.file, std::move(intake));
    }
    auto download = make_housekept<key_set_download>(housekeeping, housekeeping, workplace.sweeper, settings.keys,
                                                     std::move(intake));
    download->begin();
    return download;
}

}  // namespace

std::shared_ptr<const issuer_state> make_issuer_state(const config::token_issuer& settings,
                                                      const issuer_states& running,
                                                      const key_set_workplace& workplace) {
    std::string trusted = text_of_ca(settings.keys);
    const auto known =
        std::ranges::find_if(running, [&](const auto& state) { return has_same_keys(*state, settings); });
    // A file is read anew by whoever reloads, changed or not.
    if (known != running.end() && settings.keys.file.empty() && (*known)->name == settings.name &&
        (*known)->trusted == trusted && is_same((*known)->settings, settings.keys)) {
        return *known;
    }
    // Whoever changes a file means its new keys to count; those of a URL that does not answer count for a while.
    std::optional<std::chrono::seconds> lifetime;
    if (settings.keys.file.empty()) lifetime = settings.keys.refresh + settings.keys.stale;
    auto keys = std::make_shared<held_key_set>(lifetime);
    if (known != running.end()) {
        const held_key_set::state former = (*known)->keys->now();
        if (former.keys) keys->put(former.keys, former.confirmed_at);
    }
    auto source = begin_source(settings, keys, workplace);
    return std::make_shared<const issuer_state>(issuer_state{settings.name, settings.issuer, settings.keys,
                                                             std::move(trusted), std::move(keys), std::move(source)});
}

void check_issuers(const config::access& settings, std::vector<config::fault>& faults) {
    for (const config::token_issuer& issuer : settings.issuers) {
        const auto add_fault = [&](const std::string& key, const std::string& what) {
            const auto place = issuer.keys.places.find(key);
            faults.push_back({place == issuer.keys.places.end() ? config::location{} : place->second,
                              issuer.path + ".keys." + key, what});
        };
        if (!issuer.keys.file.empty()) {
            if (const auto read = read_key_set_file(issuer.keys.file); !read.keys) add_fault("file", read.problem);
        }
        if (issuer.keys.ca_file.empty()) continue;
        try {
            // Whose certificates count for the host is its own matter; here the file alone is looked at.
            const adapters::tls_context trial{"localhost", issuer.keys.ca_file};
        } catch (const std::runtime_error& error) {
            add_fault("ca_file", error.what());
        }
    }
}

}  // namespace rollcall::gateway
