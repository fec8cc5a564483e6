// The public keys of an issuer at one moment (RFC 7517, section 5). Getting them is key_set_file and key_set_download.
#pragma once

#include "gateway/access/json_web_key.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::gateway {

/// Immutable, shared by all threads.
class key_set {
  public:
    static constexpr std::size_t bytes_maximum = 1024 * 1024;
    static constexpr std::size_t keys_maximum = 100;
    /// How many keys are tried on a token that does not say which is its own, or that says one that several have.
    static constexpr std::size_t tries_maximum = 4;

    /// Why a key of the set is not used.
    struct unused_key {
        std::size_t place = 0;  ///< in the set, from 0
        std::string why;
    };

    /// What became of a text: the set, or why it is none.
    struct reading {
        std::shared_ptr<const key_set> keys;  ///< null: see `problem`
        std::string problem;                  ///< a sentence that lacks its subject
        bool was_had = true;                  ///< false: there is not even a text
        std::vector<unused_key> unused;  ///< keys that were passed over, which is what RFC 7517 wants of unknown ones
    };

    /// A text that holds no key which can be used is no key set.
    [[nodiscard]] static reading read(std::string text);

    /// The keys that may have signed a token of that algorithm and, where it names one, of that key; at most
    /// `tries_maximum`.
    [[nodiscard]] std::vector<const json_web_key*> candidates(signature_algorithm algorithm,
                                                              const std::optional<std::string>& id) const;
    [[nodiscard]] bool has(std::string_view id) const;
    [[nodiscard]] std::size_t size() const { return keys_.size(); }
    /// As it was read, by which two are told apart.
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    key_set(std::string text, std::vector<json_web_key> keys) : text_(std::move(text)), keys_(std::move(keys)) {}

    std::string text_;
    std::vector<json_web_key> keys_;
};

}  // namespace rollcall::gateway
