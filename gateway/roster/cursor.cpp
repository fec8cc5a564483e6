// The client's cursor, byte by byte:
//   version (1) | seconds since 1970 when made (8) | digest of the filters (8) | bookmarks… | HMAC-SHA256 of all before
//   (32)
// and a bookmark is: name (length 1, bytes) | flags (1) | given (4) | position (length 2, bytes) | trail, if it has
// one. Numbers are big-endian. The whole is base64url without padding.
#include "gateway/roster/cursor.hpp"

#include "base/base64.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/sha.h>

#include <array>
#include <new>
#include <stdexcept>

namespace rollcall::gateway {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t signature_bytes = 32;
constexpr std::size_t digest_bytes = 8;

// Flags of a bookmark.
constexpr std::uint8_t has_ended = 1;
constexpr std::uint8_t has_trail = 2;

class packer {
  public:
    template<std::size_t bytes>
    void number(std::uint64_t value) {
        for (std::size_t i = bytes; i-- > 0;)
            out_ += static_cast<char>(value >> (8 * i) & 0xff);
    }
    void text(std::string_view text) { out_ += text; }

    void add(const std::string& name, const bookmark& bookmark) {
        const bool trail = !bookmark.ended && bookmark.trail.steps > 0;
        number<1>(name.size());
        text(name);
        number<1>((bookmark.ended ? has_ended : 0U) | (trail ? has_trail : 0U));
        number<4>(bookmark.given);
        number<2>(bookmark.position.size());
        text(bookmark.position);
        if (!trail) return;
        number<4>(bookmark.trail.steps);
        number<8>(bookmark.trail.mark);
        number<1>(bookmark.trail.recent.size());
        for (const std::uint64_t hash : bookmark.trail.recent)
            number<8>(hash);
    }

    [[nodiscard]] std::string take() { return std::move(out_); }
    [[nodiscard]] const std::string& bytes() const { return out_; }

  private:
    std::string out_;
};

/// Reads what packer wrote; after a read past the end it is broken and gives zeros.
class unpacker {
  public:
    explicit unpacker(std::string_view bytes) : rest_(bytes) {}

    template<std::size_t bytes>
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (const char c : text(bytes))
            value = value << 8 | static_cast<unsigned char>(c);
        return value;
    }
    std::string_view text(std::size_t size) {
        if (size > rest_.size()) {
            broken_ = true;
            rest_ = {};
            return {};
        }
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

    void read_into(bookmarks& bookmarks) {
        const std::string name{text(number<1>())};
        const std::uint64_t flags = number<1>();
        bookmark bookmark;
        bookmark.ended = (flags & has_ended) != 0;
        bookmark.given = static_cast<std::uint32_t>(number<4>());
        bookmark.position = text(number<2>());
        if ((flags & has_trail) != 0) {
            bookmark.trail.steps = static_cast<std::uint32_t>(number<4>());
            bookmark.trail.mark = number<8>();
            for (std::uint64_t count = number<1>(); count > 0 && !broken_; --count)
                bookmark.trail.recent.push_back(number<8>());
        }
        bookmarks.insert_or_assign(name, std::move(bookmark));
    }

    [[nodiscard]] bool broken() const { return broken_; }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

  private:
    std::string_view rest_;
    bool broken_ = false;
};

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::uint64_t seconds_of(system_clock::time_point moment) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(moment.time_since_epoch()).count());
}

}  // namespace

cursor_codec::cursor_codec(const secret& key, std::chrono::seconds expiry)
    : signer_(nullptr, &EVP_MAC_CTX_free), expiry_(expiry) {
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> hmac{EVP_MAC_fetch(nullptr, "HMAC", nullptr),
                                                                 &EVP_MAC_free};
    signer_.reset(hmac ? EVP_MAC_CTX_new(hmac.get()) : nullptr);
    std::array<char, 7> digest{"SHA256"};
    const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                                OSSL_PARAM_construct_end()};
    const std::string_view text = key.reveal();
    if (!signer_ || EVP_MAC_init(signer_.get(), bytes_of(text), text.size(), parameters.data()) != 1)
        throw std::runtime_error("OpenSSL has no HMAC-SHA256");
    // The library that is loaded may be older than the one it was built with.
    if (signature_of("twice") != signature_of("twice"))
        throw std::runtime_error("OpenSSL's HMAC does not begin anew; 3.0.3 or later is needed");
}

cursor_codec::cursor_codec(const cursor_codec& other)
    : signer_(EVP_MAC_CTX_dup(other.signer_.get()), &EVP_MAC_CTX_free), expiry_(other.expiry_) {
    if (!signer_) throw std::bad_alloc{};
}

std::string cursor_codec::signature_of(std::string_view bytes) {
    std::string signature(signature_bytes, '\0');
    std::size_t size = 0;
    // Without a key it begins anew with the one that it knows.
    if (EVP_MAC_init(signer_.get(), nullptr, 0, nullptr) != 1 ||
        EVP_MAC_update(signer_.get(), bytes_of(bytes), bytes.size()) != 1 ||
        EVP_MAC_final(signer_.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, signature.size()) != 1)
        throw std::bad_alloc{};
    return signature;
}

std::string_view cursor_codec::digest_of(std::string_view filters) {
    if (digest_.empty() || filters_ != filters) {
        std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
        SHA256(bytes_of(filters), filters.size(), digest.data());
        filters_ = filters;
        digest_.assign(reinterpret_cast<const char*>(digest.data()), digest_bytes);
    }
    return digest_;
}

std::string cursor_codec::pack(const bookmarks& bookmarks, std::string_view filters, system_clock::time_point now) {
    packer packer;
    packer.number<1>(version);
    packer.number<8>(seconds_of(now));
    packer.text(digest_of(filters));
    for (const auto& [name, bookmark] : bookmarks)
        packer.add(name, bookmark);
    packer.text(signature_of(packer.bytes()));
    return base64url(packer.bytes());
}

std::variant<bookmarks, cursor_error> cursor_codec::unpack(std::string_view cursor, std::string_view filters,
                                                           system_clock::time_point now) {
    const auto bytes = from_base64url(cursor);
    if (!bytes || bytes->size() < 1 + 8 + digest_bytes + signature_bytes) return cursor_error::malformed;
    const std::string_view all{*bytes};
    const std::string_view content = all.substr(0, all.size() - signature_bytes);
    const std::string_view signature = all.substr(content.size());
    if (CRYPTO_memcmp(signature_of(content).data(), signature.data(), signature_bytes) != 0)
        return cursor_error::malformed;

    unpacker unpacker{content};
    if (unpacker.number<1>() != version) return cursor_error::malformed;
    const std::uint64_t made = unpacker.number<8>();
    if (unpacker.text(digest_bytes) != digest_of(filters)) return cursor_error::other_filters;
    if (seconds_of(now) > made + static_cast<std::uint64_t>(expiry_.count())) return cursor_error::expired;
    bookmarks bookmarks;
    while (!unpacker.at_end() && !unpacker.broken())
        unpacker.read_into(bookmarks);
    if (unpacker.broken()) return cursor_error::malformed;
    return bookmarks;
}

}  // namespace rollcall::gateway
