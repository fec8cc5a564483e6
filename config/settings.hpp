// The settings of one gateway as plain structs with every default visible. Reading them from YAML is load.hpp.
#pragma once

#include "base/secret.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rollcall::config {

/// Where in a file something stands, to name it in an error.
struct location {
    std::string file;
    int line = 1;    ///< from 1
    int column = 1;  ///< from 1

    bool operator==(const location&) const = default;
};

/// One thing that is wrong in a file.
struct fault {
    location where;
    std::string path;  ///< the keys that lead there, such as `providers[1].timeout`
    std::string what;  ///< what is wrong, for people; never a secret's value
};

/// `FILE:LINE:COLUMN: key.path: what is wrong`, without the secret of a client's key that was put anywhere.
[[nodiscard]] std::string to_string(const fault& fault);

/// Orders the faults of one file, which are those from `first` on, as people read it: from the top.
void sort_by_place(std::vector<fault>& faults, std::size_t first);

struct address {
    std::string host;        ///< a literal IPv4 or IPv6 address, without brackets
    std::uint16_t port = 0;  ///< 0 takes any free port

    bool operator==(const address&) const = default;
};

struct limits {
    std::size_t header_bytes = 16 * 1024;  ///< request line and header block together; 1 KiB to 1 MiB
    std::size_t header_count = 100;        ///< 1 to 1000
    std::size_t uri_bytes = 8 * 1024;      ///< 256 B to 64 KiB; must hold a cursor
    std::size_t body_bytes = 1024 * 1024;  ///< 0 to 64 MiB
    std::size_t connections = 10'000;      ///< open client connections; 1 to 1,000,000
    std::size_t in_flight = 1024;          ///< requests being answered at once; 1 to 100,000
    /// How long one more waits for its turn before it is refused; 0: it is refused at once; at most 1 min.
    std::chrono::milliseconds in_flight_wait{1000};
};

/// Whether clients must show a certificate, where one can be judged.
enum class client_certificate : std::uint8_t {
    request,  ///< who has none is served as well
    require,
};

/// TLS on the public listener. The files are PEM, and read anew when they change.
struct server_tls {
    std::string certificate;  ///< the server's, followed by those that lead to its authority
    std::string key;          ///< without a passphrase
    std::string client_ca;    ///< the authorities of clients' certificates; empty: clients are asked for none
    config::client_certificate client_certificate = config::client_certificate::require;  ///< counts with `client_ca`
    std::chrono::seconds hsts{0};            ///< of Strict-Transport-Security; 0: it is not sent; at most 2 years
    std::map<std::string, location> places;  ///< of the keys that name files, for faults
};

/// Browsers whose pages may call the API from another origin. Source: https://fetch.spec.whatwg.org/#http-cors-protocol
struct cors {
    std::vector<std::string> origins;   ///< `scheme://host[:port]` as browsers write them; at least one, each once
    std::chrono::seconds max_age{600};  ///< how long a browser may keep the answer to a preflight; 0 to 24 h
};

struct server {
    address listen{"127.0.0.1", 8080};
    address admin{"127.0.0.1", 9901};
    /// Networks (network.hpp) from which the headers are believed that say where a request comes from.
    std::vector<std::string> trusted_proxies;
    std::optional<server_tls> tls;                    ///< of `listen`; empty: plain HTTP
    std::optional<struct cors> cors;                  ///< of `listen`; empty: no page of another origin reads an answer
    unsigned threads = 0;                             ///< 0: one for each core that it may use; at most 256
    std::chrono::milliseconds request_timeout{3000};  ///< a client's whole wait, retries included; 10 ms to 10 min
    struct limits limits;
    /// After SIGTERM new connections are still accepted for so long, because a load balancer takes a while to look
    /// elsewhere; 0 to 10 min.
    std::chrono::milliseconds drain_delay{0};
    std::chrono::milliseconds drain_timeout{20'000};  ///< after that, for requests in flight; 0 to 1 h
};

struct cursor {
    secret key;  ///< `secret: TEXT` or `secret: {file: PATH}`, at least 16 bytes; empty: one is made up at start, and
                 ///< cursors die with the process
    std::chrono::seconds expiry{72 * 3600};  ///< 1 min to 365 days
};

enum class log_level : std::uint8_t { debug, info, warning, error, off };
enum class log_format : std::uint8_t { json, text };

struct log {
    log_level level = log_level::info;
    log_format format = log_format::json;

    bool operator==(const log&) const = default;
};

/// The page cache that all providers share.
struct cache {
    std::size_t bytes = 64 * 1024 * 1024;  ///< 0 keeps nothing; at most 64 GiB

    bool operator==(const cache&) const = default;
};

/// Where the replicas of one gateway share what they must not count or fetch each for itself: quotas and pages. Without
/// it each counts alone.
struct redis {
    bool tls = false;
    std::string host;  ///< a name or an address, an IPv6 address without its brackets
    std::string port{"6379"};
    unsigned database = 0;
    std::string username;                   ///< with `password`; empty: Redis's default user
    secret password;                        ///< empty: none is sent
    std::string ca_file;                    ///< trusted instead of the system's store; empty: the system's
    std::chrono::milliseconds timeout{50};  ///< what a call waits for Redis, at most; 1 ms to 1 s
    std::string prefix{"rollcall"};  ///< every key and channel begins with it, so that several gateways may share

    bool operator==(const redis&) const = default;
};

struct provider_cache {
    std::chrono::milliseconds ttl{10'000};  ///< how long an answer counts as fresh; 0 keeps nothing; at most 24 h
    /// How long after that it is still given at once, while a new one is fetched for those who come later; 0: never; at
    /// most 24 h.
    std::chrono::milliseconds stale_while_revalidate{0};
    std::chrono::milliseconds stale_if_error{
        0};  ///< how long after that it may stand in for a failing provider; 0: never; at most 7 days

    bool operator==(const provider_cache&) const = default;
};

/// How many calls a provider takes.
struct provider_quota {
    unsigned calls = 60;           ///< 1 to 1,000,000
    std::chrono::seconds per{60};  ///< 1 s to 24 h

    bool operator==(const provider_quota&) const = default;
};

/// When a provider that keeps failing is left alone. Failures are its own only: no whole answer in time, no connection,
/// an answer that cannot be read, a 5xx.
struct breaker {
    unsigned consecutive_failures = 10;           ///< so many without a success between them open it; 1 to 10,000
    std::chrono::milliseconds failing_for{1000};  ///< …once they have gone on for so long, lest one blip, which may
                                                  ///< fail all that is under way, opens it; 0 to 1 min
    std::chrono::milliseconds window{10'000};     ///< what the share is taken of; 1 s to 10 min
    unsigned minimum_calls = 20;                  ///< in the window, before a share says anything; 1 to 100,000
    unsigned failure_percent = 50;                ///< so large a share of the window's calls opens it; 1 to 100
    std::chrono::milliseconds open_for{5000};     ///< before one call is tried, give or take a fifth; doubled each time
                                                  ///< that call fails; 100 ms to 10 min
    std::chrono::milliseconds open_at_most{60'000};  ///< where the doubling ends; 100 ms to 1 h
    unsigned successes_to_close = 2;                 ///< one after the other; 1 to 100

    bool operator==(const breaker&) const = default;
};

/// What may be spent on second attempts. With two zeros there are none.
struct retry_budget {
    unsigned percent = 10;    ///< of the calls; 0 to 100
    unsigned per_second = 3;  ///< and so many besides; 0 to 1000

    bool operator==(const retry_budget&) const = default;
};

/// Who waits for a connection while all that a provider may have are busy.
struct connection_queue {
    unsigned length = 1024;               ///< for each thread; 0: nobody waits; at most 10,000
    std::chrono::milliseconds wait{250};  ///< at most, and never past the call's deadline; 1 ms to 1 min

    bool operator==(const connection_queue&) const = default;
};

struct provider {
    location where;    ///< of its entry in the file
    std::string path;  ///< the entry's keys, such as `providers[1]`, for faults
    std::map<std::string, location>
        places;            ///< of those of its keys that the profile judges: `page_size`, `params.NAME`, …
    std::string name;      ///< `[a-z][a-z0-9-]{0,31}`, unique
    std::string profile;   ///< a shipped profile's name, or a file's path (resolved against the configuration's folder)
    std::string base_url;  ///< `http(s)://host[:port][/prefix]`; empty: the profile's
    secret credential;     ///< empty: none is sent
    std::map<std::string, std::string> params;  ///< what the profile's paths ask for, such as organization_id
    std::optional<unsigned> page_size;          ///< agents asked for at once; empty: the profile's maximum; 1 to 10,000
    std::chrono::milliseconds timeout{2000};    ///< for one call, retries included; 10 ms to 10 min
    std::size_t answer_bytes = 16 * 1024 * 1024;  ///< the largest body that is read; 1 KiB to 1 GiB
    unsigned connections = 64;                    ///< at most, for each thread; 1 to 10,000
    struct connection_queue connection_queue;
    std::string ca_file;  ///< `tls: {ca_file: …}`, trusted instead of the system's store; empty: the system's
    provider_cache cache;
    std::optional<provider_quota> quota;  ///< empty: the profile's; without one there, unlimited
    struct breaker breaker;
    struct retry_budget retry_budget;
    /// A read that takes longer than 95 of 100 is asked once more, where the retry budget has room for it; the first
    /// answer counts.
    bool hedging = false;

    bool operator==(const provider&) const = default;
};

/// One key of a client. The key itself stands nowhere in the configuration.
struct client_key {
    std::string prefix;                      ///< how the key begins, by which it is found: `rc_` and ten of a-z, 2-7
    std::array<unsigned char, 32> sha256{};  ///< of the whole key
    std::optional<std::chrono::system_clock::time_point> expires;  ///< refused from then on; empty: never
};

/// Where the keys are by which an issuer's tokens are verified: a file, or a URL that is asked again and again.
struct issuer_keys {
    std::string file;                    ///< read anew when it changes; empty: `url` is given
    std::string url;                     ///< as key_set_url.hpp has it; empty: `file` is given
    std::string ca_file;                 ///< trusted for `url` instead of the system's store; empty: the system's
    std::chrono::seconds refresh{600};   ///< between two questions to `url`; 10 s to 24 h
    std::chrono::seconds stale{86'400};  ///< how long after that its keys count while it gives none; 1 min to 7 days
    std::map<std::string, location> places;  ///< of the keys that name files, for faults
};

/// The scopes that a token must hold (RFC 8693, section 4.2) for what its client may do.
struct token_scopes {
    std::string read;
    std::string write;
};

/// Somebody whose tokens (RFC 7519) clients may show.
struct token_issuer {
    std::string name;                    ///< as a provider's; unique among the issuers
    std::string issuer;                  ///< the `iss` claim, byte for byte; unique among the issuers
    std::vector<std::string> audiences;  ///< at least one, of which the `aud` claim must hold one
    issuer_keys keys;
    std::string client_claim = "sub";     ///< whose value names the client
    std::chrono::seconds clock_skew{60};  ///< between its clock and ours; 0 to 10 min
    std::optional<token_scopes> scopes;   ///< empty: tokens narrow nothing
    std::string path;                     ///< the entry's keys, such as `access.issuers[0]`, for faults
};

/// The tokens of a client: those of one issuer in which `client_claim` has one value.
struct client_token {
    std::string issuer;   ///< the issuer's name
    std::string subject;  ///< the claim's value, byte for byte
};

/// A bucket of requests: each takes one, and as time passes they come back. It fills within 365 days.
struct request_rate {
    std::uint32_t requests = 1;   ///< come back in each `per`; 1 to 1,000,000
    std::chrono::seconds per{1};  ///< 1 s to 24 h
    std::uint32_t burst = 1;      ///< when it is full, and so many may come at once; 1 to 1,000,000

    bool operator==(const request_rate&) const = default;
};

/// How often one may ask. There is at least one of them.
struct client_limits {
    std::optional<request_rate> rate;
    std::optional<std::uint32_t> concurrent;  ///< requests that are being answered at once; 1 to 100,000

    bool operator==(const client_limits&) const = default;
};

/// How often each address may ask whose requests are nobody's.
struct unauthenticated_limits {
    request_rate rate{20, std::chrono::seconds{1}, 100};
    std::uint32_t addresses = 10'000;  ///< that are remembered; 100 to 1,000,000

    bool operator==(const unauthenticated_limits&) const = default;
};

/// One caller of the public API.
struct client {
    std::string name;                                   ///< as a provider's; unique among the clients
    std::vector<client_key> keys;                       ///< no prefix twice in the file
    std::vector<std::string> certificates;              ///< names (certificate_name.hpp), none twice in the file
    std::vector<client_token> tokens;                   ///< none twice in the file; of these three there is at least
                                                        ///< one
    std::optional<std::vector<std::string>> providers;  ///< all that it may know of; empty: every one
    bool may_read = true;
    bool may_write = false;
    std::optional<client_limits> limits;  ///< its own, or `access.limits`; empty: none
};

/// Who may use the public API.
struct access {
    bool stated = false;  ///< the file says so; only an address of loopback does without
    std::vector<token_issuer> issuers;
    std::vector<client> clients;  ///< empty: whoever reaches the address, who may do everything
    /// Empty only where access is open: then nothing is limited by address. With clients it counts what is refused, and
    /// without them every request.
    std::optional<unauthenticated_limits> unauthenticated;
};

struct settings {
    struct server server;
    struct access access;
    struct cursor cursor;
    struct log log;
    struct cache cache;
    std::optional<struct redis> redis;  ///< empty: this process counts and caches by itself
    std::vector<provider> providers;    ///< in the order of the file, which is the order within a page; at least one
};

}  // namespace rollcall::config
