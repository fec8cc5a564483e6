// Scripts as commands.
#include "store/script.hpp"

#include "base/embedded.hpp"
#include "store/protocol.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

namespace rollcall::store {
namespace {

constexpr std::size_t sha1_size = 20;

/// Redis's own name for a script.
std::string digest_of(std::string_view text) {
    std::array<unsigned char, sha1_size> digest{};
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr) != 1)
        throw std::runtime_error("OpenSSL has no SHA-1, by which Redis names its scripts");
    return fmt::format("{:02x}", fmt::join(digest, ""));
}

}  // namespace

script::script(std::string_view name) {
    const auto& files = embedded::store_scripts;
    const auto found = std::ranges::find(files, name, &embedded::file::name);
    if (found == files.end()) throw std::logic_error("there is no such script: " + std::string{name});
    text_ = found->text;
    digest_ = digest_of(text_);
}

std::string script::run(std::initializer_list<std::string_view> keys,
                        std::span<const std::string_view> arguments) const {
    const std::string count = std::to_string(keys.size());
    std::vector<std::string_view> words{"EVALSHA", digest_, count};
    words.insert(words.end(), keys);
    words.insert(words.end(), arguments.begin(), arguments.end());
    return command_of(words);
}

std::string script::load() const {
    return command_of({"SCRIPT", "LOAD", text_});
}

}  // namespace rollcall::store
