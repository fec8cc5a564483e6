// One line of the audit: what is known of a write, and how it ended.
#include "gateway/api/write_audit.hpp"

#include "gateway/access/client.hpp"

namespace rollcall::gateway {

write_audit::write_audit(audit_log& log, adapters::operation_kind operation, const request& request)
    : log_(&log),
      operation_(name_of(operation)),
      client_(name_of(request.client)),
      key_(request.key),
      record_(request.record),
      path_(request.path),
      request_id_(request.id) {}

audited_write write_audit::line() const {
    audited_write line;
    line.client = client_;
    line.key = key_;
    line.operation = operation_;
    line.provider = provider_;
    line.record = record_;
    line.path = path_;
    line.request_id = request_id_;
    return line;
}

void write_audit::refused(const problem& why, response& response) const {
    audited_write line = this->line();
    line.status = kind_of(why.code).status;
    line.code = kind_of(why.code).code;
    log_->wrote(line);
    response.audited = true;
}

void write_audit::replayed(const write_answer& answer, response& response) const {
    tell(answer, true);
    response.audited = true;
}

void write_audit::tell(const write_answer& answer, bool again) const {
    audited_write line = this->line();
    line.replayed = again;
    line.status = answer.status;
    if (answer.problem) {
        line.status = kind_of(answer.problem->code).status;
        line.code = kind_of(answer.problem->code).code;
    } else if (!answer.record.empty()) {
        line.record = answer.record;
    }
    log_->wrote(line);
}

}  // namespace rollcall::gateway
