// How one provider speaks: its paths, credentials, pages and errors, over a data set of its own.
// Not its sockets (server), and not the faults it is told to show (faults).
#pragma once

#include "tests/simulator/message.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::simulator {

/// What a dialect is made from.
struct dialect_settings {
    std::size_t agents = 50;
    std::uint64_t seed = 1;
    std::string key;  // the credential that it demands
};

/// Whether the next position that an answer names is the right one, or always the same page again.
enum class positions { moving, stuck };

/// Not safe for several threads: the provider calls it under its lock.
class dialect {
  public:
    virtual ~dialect() = default;

    /// Answers one request. `stuck` has an effect only where an answer names the next position (a token, a link,
    /// a last id); where the client counts an offset itself there is nothing to repeat.
    virtual answer handle(const request& request, positions positions) = 0;
    /// An answer of that status in this provider's error shape.
    virtual answer failure(unsigned status, std::string_view message) const = 0;
    /// What a wrong credential gets.
    virtual answer bad_key() const = 0;
    /// A 200 that is a failure all the same.
    virtual answer failure_with_200() const = 0;
    /// The whole data set: a JSON array of the objects as the list shows them, in the list's order.
    virtual std::string agents() const = 0;
};

/// The dialect of that kind; null where no kind has that name.
std::unique_ptr<dialect> make_dialect(std::string_view kind, const dialect_settings& settings);
/// The names of all kinds, for messages.
std::string_view known_kinds();
/// The credential that a kind demands unless told otherwise.
std::string default_key(std::string_view kind);

std::unique_ptr<dialect> make_hyperrep(const dialect_settings& settings);
std::unique_ptr<dialect> make_heppu(const dialect_settings& settings);
std::unique_ptr<dialect> make_converra(const dialect_settings& settings);
std::unique_ptr<dialect> make_agenthuman(const dialect_settings& settings);
std::unique_ptr<dialect> make_freshdesk(const dialect_settings& settings);
std::unique_ptr<dialect> make_retell(const dialect_settings& settings);
std::unique_ptr<dialect> make_assistants(const dialect_settings& settings);

}  // namespace rollcall::simulator
