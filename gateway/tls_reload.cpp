// Reading the certificate's files anew, and saying what came of it.
#include "gateway/tls_reload.hpp"

#include <stdexcept>
#include <utility>

namespace rollcall::gateway {
namespace {

using config::log_level;

}  // namespace

tls_reloader::tls_reloader(const executor& housekeeping, handover hand_over, metrics& metrics, access_log& log)
    : files_(housekeeping, [this] { reload(); }), hand_over_(std::move(hand_over)), metrics_(metrics), log_(log) {}

std::shared_ptr<const tls_context> tls_reloader::begin(const std::optional<config::server_tls>& settings) {
    settings_ = settings;
    if (!settings_) return nullptr;
    watch_files();
    std::vector<config::fault> faults;
    auto context = tls_context::read(*settings_, tickets_, faults);
    if (!context) throw std::runtime_error(config::to_string(faults.front()));
    tell(*context);
    return context;
}

void tls_reloader::adopt(const std::optional<config::server_tls>& settings) {
    settings_ = settings;
    if (settings_) {
        watch_files();
        return reload();
    }
    files_.stop();
    metrics_.certificate_expires(std::nullopt);
    hand_over_(nullptr);
}

void tls_reloader::watch_files() {
    files_.watch({settings_->certificate, settings_->key, settings_->client_ca});
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
