// The innermost layer: one HTTP exchange, its status judged and its body read.
#pragma once

#include "adapters/pipeline/layer.hpp"
#include "adapters/pipeline/quota_layer.hpp"
#include "adapters/pipeline/replicas.hpp"
#include "adapters/provider.hpp"
#include "adapters/transport/transport.hpp"
#include "base/secret.hpp"
#include "normalizers/read.hpp"

namespace rollcall::adapters {

/// What an answer's status alone says: empty for a success, else whose fault it is. What the list of agents asks for is
/// the gateway's own, so no refusal of it is the caller's fault.
[[nodiscard]] std::optional<fault> judge_status(unsigned status, operation_kind operation);

/// Takes the credential out of what a provider says, because some repeat it in their complaints; what is left of it
/// where the text was cut, too. Of one that is sent by `basic`: what is sent, the user, and the password. What is
/// shorter than 8 bytes stays.
void hide(const secret& credential, const authentication& auth, upstream_error& said);
/// The same of text as it came, where it may stand as JSON escapes it.
void hide(const secret& credential, const authentication& auth, std::string& came);

/// When a provider that refused may be asked again, from Retry-After (RFC 9110, 10.2.3: seconds or a date) or
/// else X-RateLimit-Reset (epoch seconds); empty where it says neither or the time is past.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after_of(std::string_view retry_after,
                                                                 std::string_view rate_limit_reset,
                                                                 system_clock::time_point now);

/// What a provider is told of the time that a call has left: whole milliseconds, never more than there are, at least 1.
[[nodiscard]] std::int64_t milliseconds_to_say(steady_clock::duration left);

/// One for each provider and thread. Everything it is given must outlive it.
class exchange_layer : public layer {
  public:
    /// `quota` is told what the provider says of it, and so are the other replicas; null: there are none.
    exchange_layer(const provider& provider, transport& transport, normalizers::reader& reader, shared_quota& quota,
                   upstream_observer& observer, const replicas* replicas = nullptr)
        : provider_(provider),
          transport_(transport),
          reader_(reader),
          quota_(quota),
          observer_(observer),
          replicas_(replicas) {}

    [[nodiscard]] awaitable<result<answer>> call(const request& request, deadline until) override;

  private:
    [[nodiscard]] std::string own_headers(const request& request, steady_clock::duration left) const;
    [[nodiscard]] result<answer> read(const request& request, incoming incoming);
    [[nodiscard]] failure refusal(fault kind, incoming incoming);
    void hide_credential(upstream_error& said) const;
    void count_schema_faults(const normalizers::page& page, operation_kind operation);

    const provider& provider_;
    transport& transport_;
    normalizers::reader& reader_;
    shared_quota& quota_;
    upstream_observer& observer_;
    const replicas* replicas_;
};

}  // namespace rollcall::adapters
