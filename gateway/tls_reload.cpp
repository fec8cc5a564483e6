// Looking after the certificate's files. They are looked at and not watched: a watch would have to follow every folder
// and link on the way to them, and sees nothing of network file systems.
#include "gateway/tls_reload.hpp"

#include <stdexcept>
#include <sys/stat.h>
#include <utility>

namespace rollcall::gateway {
namespace {

using config::log_level;

/// Files that change are read when two looks have found them the same: one that is being written, or a certificate
/// whose key is on its way, is left in peace.
constexpr std::chrono::milliseconds look_period{1000};

file_stamp stamp_of(const std::string& path) {
    struct stat found {};
    if (path.empty() || ::stat(path.c_str(), &found) != 0) return {};
    constexpr std::int64_t ns_in_s = 1'000'000'000;
    return {found.st_dev, found.st_ino, found.st_size, found.st_mtim.tv_sec * ns_in_s + found.st_mtim.tv_nsec};
}

}  // namespace

tls_reloader::tls_reloader(const executor& housekeeping, handover hand_over, metrics& metrics, access_log& log)
    : timer_(housekeeping), hand_over_(std::move(hand_over)), metrics_(metrics), log_(log) {}

std::shared_ptr<const tls_context> tls_reloader::begin(const std::optional<config::server_tls>& settings) {
    settings_ = settings;
    if (!settings_) return nullptr;
    read_ = seen_ = stamps_now();
    std::vector<config::fault> faults;
    auto context = tls_context::read(*settings_, tickets_, faults);
    if (!context) throw std::runtime_error(config::to_string(faults.front()));
    tell(*context);
    look_again();
    return context;
}

void tls_reloader::adopt(const std::optional<config::server_tls>& settings) {
    settings_ = settings;
    if (settings_) {
        read_ = seen_ = stamps_now();
        reload();
        return look_again();
    }
    timer_.cancel();
    metrics_.certificate_expires(std::nullopt);
    hand_over_(nullptr);
}

tls_reloader::stamps tls_reloader::stamps_now() const {
    return {stamp_of(settings_->certificate), stamp_of(settings_->key), stamp_of(settings_->client_ca)};
}

void tls_reloader::look_again() {
    timer_.expires_after(look_period);
    timer_.async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled && settings_) look();
    });
}

void tls_reloader::look() {
    const stamps found = stamps_now();
    if (found != read_ && found == seen_) {
        read_ = found;
        reload();
    }
    seen_ = found;
    look_again();
}

void tls_reloader::reload() {
    std::vector<config::fault> faults;
    auto context = tls_context::read(*settings_, tickets_, faults);
    metrics_.tls_reloaded(context != nullptr);
    if (!context) {
        for (const config::fault& fault : faults) {
            log_.log(log_level::error, "the certificate is not reloaded, and the former one stays",
                     {{"fault", config::to_string(fault)}});
        }
        return;
    }
    tell(*context);
    const std::string expires = shown(context->expires());
    log_.log(log_level::info, "certificate reloaded", {{"expires", expires}});
    hand_over_(context);
}

void tls_reloader::tell(const tls_context& context) {
    metrics_.certificate_expires(context.expires());
    const std::string late = context.untimely(system_clock::now());
    if (!late.empty()) log_.log(log_level::warning, late);
}

}  // namespace rollcall::gateway
