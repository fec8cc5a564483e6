// The whole gateway as a running process: starting, announcing, draining.
#include "gateway/service.hpp"

#include "base/timer.hpp"
#include "gateway/admin.hpp"
#include "gateway/api/routes.hpp"
#include "gateway/reload.hpp"
#include "gateway/replication.hpp"
#include "gateway/telemetry/request_telemetry.hpp"
#include "gateway/tls_reload.hpp"
#include "gateway/usable_cores.hpp"
#include "gateway/worker.hpp"
#include "normalizers/schema.hpp"

#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <utility>

namespace rollcall::gateway {
namespace {

/// How long start-up waits for the providers' names to be resolved; requests that come before that find them
/// unreachable.
constexpr std::chrono::milliseconds resolution_wait{1000};

metrics_labels labels_of(const std::string& version) {
    metrics_labels labels;
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

/// Requests for metrics and probes are neither counted nor logged: they would drown what clients do.
class silent_observer final : public request_observer {
  public:
    explicit silent_observer(access_log& log) : log_(log) {}

    void connection_opened() override {}
    void connection_closed() override {}
    void tls_handshake(tls_outcome, std::string_view) override {}
    void overloaded(client_limit) override {}
    void request_started() override {}
    void request_waits(bool) override {}
    void request_finished(const request&, std::string_view, unsigned, std::size_t, steady_clock::duration) override {}
    void change_unmade(const request&, unsigned, std::string_view) override {}
    void failed(std::string_view request_id, std::string_view what) override { log_.failed(request_id, what); }

  private:
    access_log& log_;
};

unsigned thread_count_of(const config::server& settings) {
    return settings.threads == 0 ? usable_cores() : settings.threads;
}

void wait_until_resolved(const generation& generation) {
    const deadline until = steady_clock::now() + resolution_wait;
    for (const auto& state : generation.providers) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
        (void)state->addresses.wait_until_resolved(std::max(left, std::chrono::milliseconds{0}));
    }
}

/// How long start-up waits for the first keys of issuers whose keys are at a URL; until they are there their tokens are
/// refused.
constexpr std::chrono::milliseconds keys_wait{2000};

void wait_for_keys(const generation& generation, deadline until, access_log& log) {
    for (const auto& issuer : generation.issuers) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
        if (issuer->keys->wait_until_there(std::max(left, std::chrono::milliseconds{0}))) continue;
        log.log(config::log_level::warning, "an issuer's keys are not there yet, and its tokens are refused",
                {{"issuer", issuer->name}});
    }
}

/// One run of the gateway, from its sockets to its last answer.
class service {
  public:
    service(const configuration& first, const configuration_reader& read, const std::string& version, access_log& log)
        : log_(log),
          metrics_(labels_of(version)),
          cache_(first.settings.cache.bytes),
          threads_(thread_count_of(first.settings.server)),
          replication_(make_replication(first.settings)),
          maker_(housekeeping_.get_executor(), sweeper_, threads_, metrics_, log),
          first_(make_first(first)),
          tls_(housekeeping_.get_executor(), begin_with_everywhere(), metrics_, log),
          reloader_(housekeeping_.get_executor(), first_, read, maker_, adopt_everywhere(), metrics_, log) {
        metrics_.watch(readings_of(*first_), first_->settings.server.limits);
        metrics_.watch_addresses(address_reading_of(*first_));
        metrics_.watch_key_sets(key_set_readings_of(*first_));
        metrics_.watch_log([&log] { return log.lines_lost(); });
        metrics_.loaded(system_clock::now());
    }

    void run() {
        open_sockets();
        asio::signal_set signals{housekeeping_, SIGTERM, SIGINT, SIGHUP};
        await_signals(signals);
        admin_->start();
        std::thread housekeeper{[this] { housekeeping_.run(); }};
        const deadline keys_until = steady_clock::now() + keys_wait;
        wait_until_resolved(*first_);
        if (replication_) replication_->wait_until_resolved(resolution_wait);
        wait_for_keys(*first_, keys_until, log_);
        warn_of_unresolved(*first_, log_);

        std::vector<std::thread> threads;
        for (const auto& worker : workers_)
            threads.emplace_back([&worker] { worker->run(); });
        // Whichever of this and a stop comes second, readiness ends up as false.
        ready_ = true;
        if (stopping_) ready_ = false;
        announce();
        first_.reset();
        for (std::thread& thread : threads)
            thread.join();
        housekeeping_.stop();
        housekeeper.join();
        if (replication_) replication_->close();
        log_.log(config::log_level::info, "stopped");
    }

  private:
    std::shared_ptr<const generation> make_first(const configuration& first) {
        std::vector<config::fault> faults;
        auto made = maker_.make(first, nullptr, faults);
        if (!made) throw std::runtime_error(config::to_string(faults.front()));
        return made;
    }

    std::unique_ptr<replication> make_replication(const config::settings& settings) {
        if (!settings.redis) return nullptr;
        auto made = std::make_unique<replication>(housekeeping_.get_executor(), sweeper_, *settings.redis,
                                                  metrics_.store(log_, replication::connections(threads_)),
                                                  [this]() -> const generation& { return reloader_.running(); });
        shared_.place = &made->place();
        return made;
    }

    void open_sockets() {
        const config::server& settings = first_->settings.server;
        // The threads share their port, and would as gladly share it with another gateway that runs already.
        refuse_taken_address(housekeeping_.get_executor(), settings.listen);
        listener_options options{settings.listen, true, {}, tls_.begin(settings.tls)};
        const auto load = make_listener_load();
        for (unsigned i = 0; i < threads_; ++i) {
            workers_.push_back(std::make_unique<worker>(shared_, options, first_, telemetry_, load));
            // With port 0 the first thread finds a free port, and the others share it.
            options.address.port = workers_.front()->port();
        }
        admin_ = std::make_unique<listener>(housekeeping_.get_executor(), sweeper_,
                                            listener_options{settings.admin, false, {}, nullptr}, admin_policy(),
                                            silence_, make_listener_load());
    }

    std::shared_ptr<const listener_policy> admin_policy() {
        return std::make_shared<const listener_policy>(config::limits{}, config::server{}.request_timeout,
                                                       admin_routes(metrics_, ready_));
    }

    void announce() {
        const config::server& settings = first_->settings.server;
        const std::string listen = shown(settings.listen, workers_.front()->port());
        const std::string admin = shown(settings.admin, admin_->port());
        log_.log(config::log_level::info, "listening",
                 {{"public", listen},
                  {"admin", admin},
                  {"providers", static_cast<std::int64_t>(first_->providers.size())},
                  {"threads", static_cast<std::int64_t>(workers_.size())}});
    }

    void await_signals(asio::signal_set& signals) {
        signals.async_wait([this, &signals](const boost::system::error_code& error, int signal) {
            if (error) return;
            if (signal == SIGHUP) {
                reloader_.reload();
            } else if (!stopping_) {
                stop();
            } else {
                drain();
            }
            await_signals(signals);
        });
    }

    reloader::handover adopt_everywhere() {
        return [this](const std::shared_ptr<const generation>& next, const std::function<void()>& done) {
            tls_.adopt(next->settings.server.tls);
            const auto left = std::make_shared<std::atomic<std::size_t>>(workers_.size());
            for (const auto& worker : workers_) {
                worker->adopt(next, [left, done] {
                    if (--*left == 0) done();
                });
            }
        };
    }

    tls_reloader::handover begin_with_everywhere() {
        return [this](const std::shared_ptr<const tls_context>& tls) {
            for (const auto& worker : workers_)
                worker->adopt_tls(tls);
        };
    }

    /// Looks unready at once, and drains when load balancers have had the time to see it.
    void stop() {
        stopping_ = true;
        ready_ = false;
        log_.log(config::log_level::info, "draining");
        reloader_.stop();
        const auto delay = reloader_.running().settings.server.drain_delay;
        if (delay.count() == 0) return drain();
        for (const auto& worker : workers_)
            worker->announce_end();
        drain_delay_.expires_after(delay);
        drain_delay_.async_wait([this](const boost::system::error_code& error) {
            if (!error) drain();
        });
    }

    void drain() {
        if (std::exchange(draining_, true)) return;
        drain_delay_.cancel();
        log_.log(config::log_level::info, "no longer accepting");
        const deadline until = steady_clock::now() + reloader_.running().settings.server.drain_timeout;
        for (const auto& worker : workers_)
            worker->drain(until);
    }

    access_log& log_;
    metrics metrics_;
    request_telemetry telemetry_{metrics_, log_};
    silent_observer silence_{log_};
    adapters::page_cache cache_;
    idempotency_store idempotency_;
    openapi_resource openapi_{openapi_json()};
    shared_state shared_{cache_,
                         idempotency_,
                         openapi_,
                         [this] { metrics_.partial_answer(); },
                         log_,
                         [this](unauthenticated why) { metrics_.unauthenticated(why); },
                         [this] { metrics_.address_limited(); }};
    const unsigned threads_;
    std::atomic<bool> ready_{false};
    std::atomic<bool> stopping_{false};
    bool draining_ = false;  ///< the housekeeping thread's
    asio::io_context housekeeping_{1};
    steady_timer drain_delay_{housekeeping_};
    sweeper sweeper_{housekeeping_.get_executor()};
    std::unique_ptr<replication> replication_;  ///< null: this process is by itself
    generation_maker maker_;
    std::shared_ptr<const generation> first_;  ///< null once all threads have begun with it
    tls_reloader tls_;
    reloader reloader_;
    std::vector<std::unique_ptr<worker>> workers_;
    std::unique_ptr<listener> admin_;
};

}  // namespace

int serve(const configuration& first, const configuration_reader& read, const std::string& version) {
    access_log log{first.settings.log};
    try {
        service service{first, read, version, log};
        service.run();
        return 0;
    } catch (const std::exception& error) {
        log.log(config::log_level::error, "cannot start", {{"error", error.what()}});
        return 1;
    }
}

}  // namespace rollcall::gateway
