// The records beside the Agent, with the rules that read them from the providers that have them, and the answers that
// their documentation shows.
#pragma once

#include "normalizers/plan.hpp"
#include "normalizers/read.hpp"

#include <boost/json.hpp>

#include <string>
#include <string_view>

namespace rollcall::normalizers::tests {

struct record_sample {
    const record& of;
    std::string_view provider;  ///< the configured name
    field_rules rules;
    bool is_list = false;
    std::string_view example;  ///< the documentation's own

    /// Of a list, whose items stand in `data`.
    [[nodiscard]] list_plan plan_of_list() const;
    /// Of an answer that is the record.
    [[nodiscard]] one_plan plan_of_one() const;

    /// `body` read in the way that the sample is; it must be readable.
    [[nodiscard]] page read(std::string_view body, std::string_view subject = "agent 1") const;

    /// A record of the page as a value; it must be strictly valid JSON.
    [[nodiscard]] boost::json::object record_of(const page& page, std::size_t place = 0) const;
};

[[nodiscard]] const record_sample& hyperrep_conversations();
[[nodiscard]] const record_sample& hyperrep_sales();
[[nodiscard]] const record_sample& hyperrep_analytics();
[[nodiscard]] const record_sample& hyperrep_conversation_analytics();
[[nodiscard]] const record_sample& hyperrep_sales_analytics();
[[nodiscard]] const record_sample& converra_status();
[[nodiscard]] const record_sample& converra_insights();

}  // namespace rollcall::normalizers::tests
