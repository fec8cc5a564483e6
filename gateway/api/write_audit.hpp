// One line of the audit while its write is checked and made. What the line looks like is telemetry/access_log.
#pragma once

#include "adapters/operation.hpp"
#include "gateway/api/write_answer.hpp"
#include "gateway/http/message.hpp"
#include "gateway/telemetry/audit.hpp"

#include <string>
#include <string_view>

namespace rollcall::gateway {

/// Holds copies, because a write goes on when its request is over. One of the last three is called, once, and the
/// request's response knows from then on that its line is written; or, by `promised`, that it will be.
class write_audit {
  public:
    /// `log` must outlive it.
    write_audit(audit_log& log, adapters::operation_kind operation, const request& request);

    /// The provider is known, and the client sees it.
    void about(std::string_view provider) { provider_ = provider; }

    /// Nothing was done for this request.
    void refused(const problem& why, response& response) const;
    /// The write has ended, one way or the other.
    void ended(const write_answer& answer) const { tell(answer, false); }
    /// An earlier write's end was told again.
    void replayed(const write_answer& answer, response& response) const;

    /// `ended` will be called, whether the request waits for it or not.
    static void promised(response& response) { response.audited = true; }

  private:
    [[nodiscard]] audited_write line() const;
    void tell(const write_answer& answer, bool again) const;

    audit_log* log_;
    std::string_view operation_;
    std::string client_;
    std::string key_;
    std::string provider_;
    std::string record_;
    std::string path_;
    std::string request_id_;
};

}  // namespace rollcall::gateway
