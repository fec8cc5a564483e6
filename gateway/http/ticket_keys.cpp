// The keys of session tickets: making them, and letting them grow old.
#include "gateway/http/ticket_keys.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

namespace rollcall::gateway {
namespace {

template<std::size_t Size>
bool randomize(std::array<unsigned char, Size>& bytes) {
    return RAND_bytes(bytes.data(), static_cast<int>(Size)) == 1;
}

}  // namespace

ticket_key::~ticket_key() {
    OPENSSL_cleanse(cipher.data(), cipher.size());
    OPENSSL_cleanse(mac.data(), mac.size());
}

/// Forgets what has become too old.
void ticket_keys::turn(steady_clock::time_point now) {
    if (current_ && now - current_->made >= lifetime) {
        former_ = current_;
        current_.reset();
    }
    if (former_ && now - former_->made >= 2 * lifetime) former_.reset();
}

std::optional<ticket_key> ticket_keys::sealing(steady_clock::time_point now) {
    const std::lock_guard lock(mutex_);
    turn(now);
    if (!current_) {
        dated fresh{{}, now};
        if (!randomize(fresh.key.name) || !randomize(fresh.key.cipher) || !randomize(fresh.key.mac)) return {};
        current_ = fresh;
    }
    return current_->key;
}

std::optional<ticket_keys::found> ticket_keys::opening(const std::array<unsigned char, 16>& name,
                                                       steady_clock::time_point now) {
    const std::lock_guard lock(mutex_);
    turn(now);
    for (const auto* kept : {&current_, &former_}) {
        if (*kept && (*kept)->key.name == name) return found{(*kept)->key, kept == &former_};
    }
    return std::nullopt;
}

}  // namespace rollcall::gateway
