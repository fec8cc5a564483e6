// Joins those who watch the requests of a listener: the metrics count them, the log writes them down.
#pragma once

#include "gateway/telemetry/access_log.hpp"
#include "gateway/telemetry/metrics.hpp"

namespace rollcall::gateway {

/// Both must outlive it.
class request_telemetry final : public request_observer {
  public:
    request_telemetry(metrics& metrics, access_log& log) : metrics_(metrics), log_(log) {}

    void connection_opened() override { metrics_.connection_opened(); }
    void connection_closed() override { metrics_.connection_closed(); }
    void tls_handshake(tls_outcome outcome, std::string_view why) override {
        metrics_.tls_handshake(outcome, why);
        log_.tls_handshake(outcome, why);
    }
    void overloaded(client_limit reached) override { metrics_.overloaded(reached); }
    void request_started() override { metrics_.request_started(); }
    void request_waits(bool waits) override { metrics_.request_waits(waits); }
    void request_finished(const request& request, std::string_view route, unsigned status, std::size_t bytes,
                          steady_clock::duration took) override {
        metrics_.request_finished(request, route, status, bytes, took);
        log_.request_finished(request, route, status, bytes, took);
    }
    void change_unmade(const request& request, unsigned status, std::string_view code) override {
        log_.change_unmade(request, status, code);
    }
    void failed(std::string_view request_id, std::string_view what) override { log_.failed(request_id, what); }

  private:
    metrics& metrics_;
    access_log& log_;
};

}  // namespace rollcall::gateway
