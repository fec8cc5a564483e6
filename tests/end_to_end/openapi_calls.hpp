// Calls as the API's description tells of them, and answers held against it.
#pragma once

#include "tests/end_to_end/deployment.hpp"
#include "tests/support/openapi.hpp"

#include <boost/json/object.hpp>

#include <set>
#include <string>
#include <string_view>

namespace rollcall::testing {

/// The deployment of config/demo.yaml, on free ports. `more` holds further lines for each provider's entry.
struct demo_deployment {
    explicit demo_deployment(std::string_view more = {});

    simulators providers;
    testing::gateway gateway;
};

/// Lines for `more`, because the quotas of the real providers are less than what a test may ask.
inline constexpr std::string_view without_quotas = "    quota: {calls: 1000000, per: 1s}\n";

/// Sends what an `x-request` says: method, target, headers, body (JSON, or a text as it is), `http` for another version
/// than 1.1, and `fill_target`, `fill_header` or `fill_body` for that many bytes of it.
response send(const gateway& gateway, const boost::json::object& request);
/// Carries out one entry of an `x-before`: a request to the simulators' `control` or to the `gateway`, once or `times`
/// times.
void prepare(demo_deployment& deployment, const boost::json::object& step);

/// Holds answers against the description, and remembers what was seen of it.
class conformance {
  public:
    /// The document must outlive it.
    explicit conformance(const openapi_document& document) : document_(document) {}

    /// Checks status, headers and body of the answer to `method` and `target`.
    void check(std::string_view method, std::string_view target, const response& answer);

    /// `listAgents 200` and the like, of all that was checked.
    const std::set<std::string>& seen() const { return seen_; }
    /// `Agent.name` and the like: the fields of the document's schemas that had a value in no answer yet.
    std::set<std::string> fields_without_value() const;

  private:
    const boost::json::object& operation_of(std::string_view method, std::string_view target) const;
    void check_headers(const boost::json::object& described, const response& answer) const;
    void mark(const boost::json::value& value, const boost::json::value& schema, std::string_view name);
    void mark_members(const boost::json::object& value, const boost::json::object& schema, std::string_view name);

    const openapi_document& document_;
    std::set<std::string> seen_;
    std::set<std::string> fields_;
};

}  // namespace rollcall::testing
