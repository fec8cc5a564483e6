// What a process keeps of one issuer from one configuration to the next: its keys, and what gets them.
#pragma once

#include "base/sweeper.hpp"
#include "gateway/access/held_key_set.hpp"
#include "gateway/access/key_set_intake.hpp"

#include <memory>
#include <string>
#include <vector>

namespace rollcall::gateway {

struct issuer_state {
    std::string name;              ///< the configured name
    std::string issuer;            ///< the `iss` claim
    config::issuer_keys settings;  ///< as they were when it began
    std::string trusted;           ///< the text of the CA file as it was; empty: it has none
    std::shared_ptr<held_key_set> keys;
    std::shared_ptr<const void> source{};  ///< what gets the keys, for as long as this lives
};

/// In the configured order.
using issuer_states = std::vector<std::shared_ptr<const issuer_state>>;

/// What sources of key sets work with. All must outlive them and the run of the housekeeping context, whose thread's
/// the sweeper is.
struct key_set_workplace {
    executor housekeeping;
    rollcall::sweeper& sweeper;
    gateway::metrics& metrics;
    access_log& log;
};

/// What is kept of an issuer that is configured so. One of `running` that is the same goes on; where the claim and the
/// file or URL are the same and something else has changed, the new one begins with its keys. Of a file they are there
/// at once, a URL is asked from now on. Throws std::runtime_error where a file is not fit.
[[nodiscard]] std::shared_ptr<const issuer_state> make_issuer_state(const config::token_issuer& settings,
                                                                    const issuer_states& running,
                                                                    const key_set_workplace& workplace);

/// Adds to `faults` what is wrong with the files that the issuers name.
void check_issuers(const config::access& settings, std::vector<config::fault>& faults);

}  // namespace rollcall::gateway
