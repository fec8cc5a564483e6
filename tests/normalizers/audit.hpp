// Reading any bytes at all, and holding what comes out against Boost.JSON, which parses strictly and by other means.
#pragma once

#include "normalizers/read.hpp"
#include "tests/normalizers/dialects.hpp"
#include "tests/normalizers/records.hpp"

#include <string_view>

namespace rollcall::normalizers::tests {

/// Does Boost.JSON take `text` as strictly valid, with at most `depth` objects and arrays within each other?
[[nodiscard]] bool is_json(std::string_view text, std::size_t depth = 128);

/// Reads documents as one dialect, over and over with the same reader.
class auditor {
  public:
    explicit auditor(const dialect& dialect);

    /// Reads `body` as a list, as one agent and as an error. Fails the test where anything that would be written into
    /// an answer is not valid JSON, or where the reader and Boost.JSON disagree on whether `body` is. (But for lone
    /// surrogates, which RFC 8259 allows, Boost.JSON does not, and the reader repairs.)
    void audit(std::string_view body);

    unsigned pages = 0;    ///< how many lists could be read
    unsigned refused = 0;  ///< how many could not

  private:
    list_plan list_;
    one_plan one_;
    reader reader_;
};

/// The same for one of the records beside the Agent, and for whatever else is made of such bodies: their members, the
/// details of an error, and objects whose names are changed.
class record_auditor {
  public:
    explicit record_auditor(const record_sample& sample);

    void audit(std::string_view body);

    unsigned pages = 0;    ///< how many bodies could be read
    unsigned refused = 0;  ///< how many could not

  private:
    void audit_members(std::string_view body);

    const record_sample& sample_;
    list_plan list_;
    one_plan one_;
    error_plan errors_;
    reader reader_;
};

}  // namespace rollcall::normalizers::tests
