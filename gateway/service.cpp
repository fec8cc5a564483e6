// The whole gateway as a running process: starting, announcing, draining.
#include "gateway/service.hpp"

#include "adapters/health.hpp"
#include "gateway/admin.hpp"
#include "gateway/api/routes.hpp"
#include "gateway/telemetry/access_log.hpp"
#include "gateway/telemetry/metrics.hpp"
#include "gateway/telemetry/request_telemetry.hpp"
#include "gateway/worker.hpp"
#include "normalizers/schema.hpp"

#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <openssl/rand.h>

#include <atomic>
#include <csignal>
#include <deque>
#include <sys/resource.h>
#include <thread>

namespace rollcall::gateway {
namespace {

/// How long start-up waits for the providers' names to be resolved; requests that come before that find them
/// unreachable.
constexpr std::chrono::milliseconds resolution_wait{1000};

/// Descriptors for everything but clients and providers: probes, event loops, the log, name lookups.
constexpr std::size_t other_descriptors = 100;

secret made_up_key() {
    std::string key(32, '\0');
    RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size()));
    return secret{std::move(key)};
}

metrics_labels labels_of(const config::settings& settings, const std::string& version) {
    metrics_labels labels;
    for (const config::provider& provider : settings.providers)
        labels.providers.push_back(provider.name);
    for (const public_route& route : public_route_table()) {
        if (labels.routes.empty() || labels.routes.back() != route.path) labels.routes.emplace_back(route.path);
    }
    for (const normalizers::record* record : normalizers::all_records) {
        for (const normalizers::field& field : record->fields)
            labels.schema_fields.push_back(normalizers::label_of(*record, field));
    }
    labels.version = version;
    return labels;
}

std::string shown(const config::address& address, std::uint16_t port) {
    const bool v6 = address.host.find(':') != std::string::npos;
    return v6 ? fmt::format("[{}]:{}", address.host, port) : fmt::format("{}:{}", address.host, port);
}

/// What one provider's calls share over all threads.
struct provider_state {
    provider_state(const executor& housekeeping, const config::provider& settings, const adapters::profile& profile,
                   adapters::upstream_observer& observer)
        : provider(settings, profile),
          addresses(housekeeping, provider.origin().host, provider.origin().port),
          quota(adapters::quota_of(provider.settings(), provider.profile())),
          breaker(provider.settings().breaker, observer),
          retry_budget(provider.settings().retry_budget),
          health(observer) {
        if (provider.origin().tls) tls.emplace(provider.origin().host, provider.origin().ca_file);
    }

    adapters::provider provider;
    adapters::addresses addresses;
    std::optional<adapters::tls_context> tls;
    adapters::flight_board flights;
    adapters::shared_quota quota;
    adapters::shared_breaker breaker;
    adapters::shared_retry_budget retry_budget;
    std::atomic<std::uint64_t> writes{0};
    adapters::health health;
};

/// Requests for metrics and probes are neither counted nor logged: they would drown what clients do.
class silent_observer final : public request_observer {
  public:
    explicit silent_observer(access_log& log) : log_(log) {}

    void connection_opened() override {}
    void connection_closed() override {}
    void request_started() override {}
    void request_finished(const request&, std::string_view, unsigned, std::size_t, steady_clock::duration) override {}
    void failed(std::string_view request_id, std::string_view what) override { log_.failed(request_id, what); }

  private:
    access_log& log_;
};

/// One run of the gateway, from its sockets to its last answer.
class service {
  public:
    service(const config::settings& settings, const std::vector<adapters::profile>& profiles,
            const std::string& version, access_log& log)
        : settings_(settings),
          log_(log),
          metrics_(labels_of(settings, version)),
          cursors_(settings.cursor.key.empty() ? made_up_key() : settings.cursor.key, settings.cursor.expiry),
          cache_(settings.cache.bytes) {
        if (settings.cursor.key.empty()) {
            log_.log(config::log_level::warning,
                     "cursor.secret is not set: cursors end with this process and no other replica takes them");
        }
        for (std::size_t i = 0; i < settings.providers.size(); ++i) {
            providers_.emplace_back(housekeeping_.get_executor(), settings.providers[i], profiles[i],
                                    metrics_.upstream(i));
            metrics_.watch_quota(i, [&quota = providers_.back().quota] { return quota.left(steady_clock::now()); });
        }
    }

    void run() {
        open_sockets();
        asio::signal_set signals{housekeeping_, SIGTERM, SIGINT, SIGHUP};
        await_end(signals);
        admin_->start();
        std::thread housekeeper{[this] { housekeeping_.run(); }};
        const deadline resolved_by = steady_clock::now() + resolution_wait;
        for (const provider_state& provider : providers_) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(resolved_by - steady_clock::now());
            if (provider.addresses.wait_until_resolved(std::max(left, std::chrono::milliseconds{0}))) continue;
            log_.log(config::log_level::warning, "the provider's host is not resolved yet",
                     {{"provider", provider.provider.name()}, {"host", provider.provider.origin().host}});
        }

        std::vector<std::thread> threads;
        for (const auto& worker : workers_)
            threads.emplace_back([&worker] { worker->run(); });
        // Whichever of this and a drain comes second, readiness ends up as false.
        ready_ = true;
        if (draining_) ready_ = false;
        announce();
        for (std::thread& thread : threads)
            thread.join();
        housekeeping_.stop();
        housekeeper.join();
        log_.log(config::log_level::info, "stopped");
    }

  private:
    void open_sockets() {
        shared_state shared{
            .listener = {settings_.server.listen, affordable_limits(), settings_.server.request_timeout, true, {}},
            .upstreams = {},
            .providers = {},
            .cursors = cursors_,
            .idempotency = idempotency_,
            .openapi = openapi_,
            .observer = telemetry_,
            .on_partial = [this] { metrics_.partial_answer(); },
            .load = make_listener_load(),
        };
        for (provider_state& state : providers_) {
            adapters::tls_context* const tls = state.tls ? &*state.tls : nullptr;
            shared.upstreams.push_back({state.provider, state.addresses, tls, state.flights, state.quota, state.breaker,
                                        state.retry_budget, cache_, state.writes, state.health});
            shared.providers.push_back({&state.provider, &state.health, &state.breaker, &state.quota});
        }
        refuse_taken_address();
        for (unsigned i = 0; i < thread_count(); ++i) {
            workers_.push_back(std::make_unique<worker>(shared));
            // With port 0 the first thread finds a free port, and the others share it.
            shared.listener.address.port = workers_.front()->port();
        }
        const listener_options admin{settings_.server.admin, {}, settings_.server.request_timeout, false, {}};
        admin_ = std::make_unique<listener>(housekeeping_.get_executor(), sweeper_, admin, admin_router_, silence_,
                                            make_listener_load());
    }

    [[nodiscard]] unsigned thread_count() const {
        return settings_.server.threads == 0 ? std::max(1U, std::thread::hardware_concurrency())
                                             : settings_.server.threads;
    }

    /// The configured limits, with no more clients than leave descriptors for the providers, the probes and the log.
    [[nodiscard]] config::limits affordable_limits() {
        config::limits limits = settings_.server.limits;
        rlimit descriptors{};
        if (::getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return limits;
        std::size_t reserved = other_descriptors;
        for (const config::provider& provider : settings_.providers)
            reserved += std::size_t{provider.connections} * thread_count();
        const std::size_t left = descriptors.rlim_cur > reserved ? descriptors.rlim_cur - reserved : 1;
        if (limits.connections <= left) return limits;
        log_.log(config::log_level::warning,
                 "fewer clients than server.limits.connections: the process has too few descriptors",
                 {{"descriptors", static_cast<std::int64_t>(descriptors.rlim_cur)},
                  {"connections", static_cast<std::int64_t>(left)}});
        limits.connections = left;
        return limits;
    }

    /// The threads share their port, and would as gladly share it with another gateway that runs already: an address
    /// that cannot be had alone is taken.
    void refuse_taken_address() {
        const listener_options alone{settings_.server.listen, {}, settings_.server.request_timeout, false, {}};
        const listener probe{housekeeping_.get_executor(), sweeper_, alone, admin_router_, silence_,
                             make_listener_load()};
    }

    void announce() {
        const std::string listen = shown(settings_.server.listen, workers_.front()->port());
        const std::string admin = shown(settings_.server.admin, admin_->port());
        log_.log(config::log_level::info, "listening",
                 {{"public", listen},
                  {"admin", admin},
                  {"providers", static_cast<std::int64_t>(providers_.size())},
                  {"threads", static_cast<std::int64_t>(workers_.size())}});
    }

    void await_end(asio::signal_set& signals) {
        signals.async_wait([this, &signals](const boost::system::error_code& error, int signal) {
            if (error) return;
            if (signal != SIGHUP) return drain();
            log_.log(config::log_level::warning, "SIGHUP changes nothing: a new configuration takes a restart");
            await_end(signals);
        });
    }

    void drain() {
        draining_ = true;
        ready_ = false;
        log_.log(config::log_level::info, "draining");
        const deadline until = steady_clock::now() + settings_.server.drain_timeout;
        for (const auto& worker : workers_)
            worker->drain(until);
    }

    const config::settings& settings_;
    access_log& log_;
    metrics metrics_;
    request_telemetry telemetry_{metrics_, log_};
    silent_observer silence_{log_};
    cursor_codec cursors_;
    adapters::page_cache cache_;
    idempotency_store idempotency_;
    openapi_resource openapi_{openapi_json()};
    std::atomic<bool> ready_{false};
    std::atomic<bool> draining_{false};
    router admin_router_{admin_routes(metrics_, ready_)};
    asio::io_context housekeeping_{1};
    sweeper sweeper_{housekeeping_.get_executor()};
    std::deque<provider_state> providers_;
    std::vector<std::unique_ptr<worker>> workers_;
    std::unique_ptr<listener> admin_;
};

}  // namespace

int serve(const config::settings& settings, const std::vector<adapters::profile>& profiles,
          const std::string& version) {
    access_log log{settings.log};
    try {
        service service{settings, profiles, version, log};
        service.run();
        return 0;
    } catch (const std::exception& error) {
        log.log(config::log_level::error, "cannot start", {{"error", error.what()}});
        return 1;
    }
}

}  // namespace rollcall::gateway
