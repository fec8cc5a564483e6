// One configured provider, compiled: its requests and its reading plans. Immutable and shared by all threads; the
// connections to it are upstream.
#pragma once

#include "adapters/filters.hpp"
#include "adapters/paging/advance.hpp"
#include "adapters/pipeline/layer.hpp"
#include "adapters/profile/profile.hpp"
#include "adapters/readings.hpp"
#include "adapters/transport/transport.hpp"
#include "adapters/write_body.hpp"
#include "config/settings.hpp"
#include "normalizers/plan.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace rollcall::adapters {

/// What a client's call is about, and what it says besides.
struct call_arguments {
    std::string native_id{};  ///< of the agent; empty: it is about none
    std::optional<std::string> start_date{};
    std::optional<std::string> end_date{};
    std::optional<std::string> days{};
};

/// One of a provider's lists as a client walks it: its agents, or what one of them has.
struct listing {
    operation_kind operation = operation_kind::list;
    call_arguments arguments{};   ///< of a list that belongs to an agent
    adapters::filters filters{};  ///< of the list of agents
};

class provider {
  public:
    /// `settings` and `profile` have been checked by profile_of.
    provider(const config::provider& settings, profile profile);

    [[nodiscard]] const std::string& name() const { return settings_.name; }
    [[nodiscard]] const config::provider& settings() const { return settings_; }
    [[nodiscard]] const adapters::profile& profile() const { return profile_; }
    [[nodiscard]] const adapters::origin& origin() const { return origin_; }
    [[nodiscard]] const adapters::reading& reading_of(operation_kind kind) const {
        return readings_[static_cast<std::size_t>(kind)];
    }
    [[nodiscard]] const normalizers::error_plan& errors() const { return errors_; }
    /// Items asked for at once; 0: it cannot be chosen.
    [[nodiscard]] std::uint32_t page_size() const { return page_size_; }

    /// Does its profile describe the operation? What the gateway can do without (get, status) is not asked here.
    [[nodiscard]] bool offers(operation_kind kind) const { return profile_.of(kind).has_value(); }

    /// Does the query of an operation that it offers have a place for that argument (start_date_name, …)?
    [[nodiscard]] bool takes(operation_kind kind, std::string_view argument) const;

    /// Can any of its agents pass the filters? A provider whose constant fields exclude it need not be asked.
    [[nodiscard]] bool can_match(const filters& filters) const;

    /// The request for the page of a list at `from`; of agents, with the filters that it applies exactly. It must offer
    /// the list, and can_address the agent that it belongs to.
    [[nodiscard]] request page_request(const listing& listing, const position& from) const;

    /// Can the id be put into a path? Not the empty one, nor `.` and `..`, which lead elsewhere even when they are
    /// percent-encoded.
    [[nodiscard]] static bool can_address(std::string_view native_id);

    /// The request for an operation that is no list; it must offer it, and can_address the agent that it is about.
    /// `body` is sent by create and update.
    [[nodiscard]] request call_request(operation_kind kind, const call_arguments& arguments,
                                       std::string body = {}) const;

    /// The body with which it is told `fields`: each the name of a writable field that its profile writes, and the JSON
    /// of its value.
    [[nodiscard]] std::string write_body(const written_fields& fields) const;

    /// Our name of the field that it calls `member` in its complaints (the last part of where the field is written, or
    /// all its parts with dots or slashes between them); empty where it is none of ours.
    [[nodiscard]] std::string_view field_written_to(std::string_view member) const;

    /// Where a list goes on behind `page`, which was asked for with `request` at `from`.
    [[nodiscard]] advance_result after(const position& from, const request& request, const content& page,
                                       const trail& seen) const;

  private:
    [[nodiscard]] std::uint32_t size_at(const position& from) const;
    [[nodiscard]] std::string target_of(const operation& operation, const call_arguments& arguments) const;
    [[nodiscard]] std::string path_of(const operation& operation, const call_arguments& arguments) const;
    [[nodiscard]] std::optional<std::string> query_value(std::string_view text, const call_arguments& arguments) const;
    [[nodiscard]] std::optional<std::string_view> value_of(const std::string& name,
                                                           const call_arguments& arguments) const;

    config::provider settings_;
    adapters::profile profile_;
    adapters::origin origin_;
    std::string path_prefix_;  ///< the base URL's path, without a slash at its end
    std::string origin_text_;
    std::string list_target_;  ///< of the list's call, before filters and paging
    normalizers::error_plan errors_;
    adapters::readings readings_;
    std::uint32_t page_size_ = 0;
};

}  // namespace rollcall::adapters
