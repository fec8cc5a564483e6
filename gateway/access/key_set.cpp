// Reading a key set, and choosing the keys to try on a token.
#include "gateway/access/key_set.hpp"

#include "normalizers/read.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::gateway {

key_set::reading key_set::read(std::string text) {
    reading result;
    normalizers::reader reader;
    const auto object = json_object::read(reader, text);
    const auto* const listed = object ? object->find("keys") : nullptr;
    const auto elements = listed == nullptr ? std::nullopt : elements_of(*listed, keys_maximum);
    if (!elements) {
        result.problem = "is no JSON object whose `keys` are a list of at most 100";
        return result;
    }
    std::vector<json_web_key> keys;
    for (std::size_t place = 0; place < elements->size(); ++place) {
        const auto element = json_object::read(reader, (*elements)[place]);
        auto read = element ? json_web_key::read(*element) : std::string{"it is no JSON object with each name once"};
        if (auto* const why = std::get_if<std::string>(&read)) {
            result.unused.push_back({place, std::move(*why)});
        } else {
            keys.push_back(std::get<json_web_key>(std::move(read)));
        }
    }
    if (keys.empty()) {
        result.problem = "holds no key that verifies RS256, ES256 or EdDSA";
        if (!result.unused.empty()) result.problem += "; of the first, " + result.unused.front().why;
        return result;
    }
    result.keys = std::shared_ptr<const key_set>(new key_set{std::move(text), std::move(keys)});
    return result;
}

std::vector<const json_web_key*> key_set::candidates(signature_algorithm algorithm,
                                                     const std::optional<std::string>& id) const {
    std::vector<const json_web_key*> found;
    for (const json_web_key& key : keys_) {
        if (key.algorithm() != algorithm || (id && key.id() != id)) continue;
        found.push_back(&key);
        if (found.size() == tries_maximum) break;
    }
    return found;
}

bool key_set::has(std::string_view id) const {
    return std::ranges::any_of(keys_, [&](const json_web_key& key) { return key.id() == id; });
}

}  // namespace rollcall::gateway
