// One configured provider, compiled: its requests and its reading plans. Immutable and shared by all threads; the
// connections to it are upstream.
#pragma once

#include "adapters/filters.hpp"
#include "adapters/paging/advance.hpp"
#include "adapters/pipeline/layer.hpp"
#include "adapters/profile/profile.hpp"
#include "adapters/transport/transport.hpp"
#include "config/settings.hpp"
#include "normalizers/plan.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::adapters {

class provider {
  public:
    /// `settings` and `profile` have been checked by profile_of.
    provider(const config::provider& settings, profile profile);

    [[nodiscard]] const std::string& name() const { return settings_.name; }
    [[nodiscard]] const config::provider& settings() const { return settings_; }
    [[nodiscard]] const adapters::profile& profile() const { return profile_; }
    [[nodiscard]] const adapters::origin& origin() const { return origin_; }
    [[nodiscard]] const normalizers::list_plan& list_plan() const { return list_plan_; }
    [[nodiscard]] const std::optional<normalizers::one_plan>& one_plan() const { return one_plan_; }
    [[nodiscard]] std::uint32_t page_size() const {
        return page_size_;
    }  ///< agents asked for at once; 0: it cannot be chosen

    /// Can any of its agents pass the filters? A provider whose constant fields exclude it need not be asked.
    [[nodiscard]] bool can_match(const filters& filters) const;

    /// The request for the page of its list at `from`, with the filters that it applies exactly.
    [[nodiscard]] request list_request(const position& from, const filters& filters) const;

    /// The request for one agent; its profile must have `get`. Empty: no such id can be put into a path (`.`, `..`,
    /// empty).
    [[nodiscard]] std::optional<request> get_request(std::string_view native_id) const;

    /// Where its list goes on behind `page`, which was asked for with `request` at `from`.
    [[nodiscard]] advance_result after(const position& from, const request& request, const content& page,
                                       const trail& seen) const;

  private:
    [[nodiscard]] std::uint32_t size_at(const position& from) const;
    [[nodiscard]] std::string target_of(const operation& operation, std::string_view native_id) const;
    [[nodiscard]] std::string filled(std::string_view text, std::string_view native_id, bool in_path) const;

    config::provider settings_;
    adapters::profile profile_;
    adapters::origin origin_;
    std::string path_prefix_;  ///< the base URL's path, without a slash at its end
    std::string origin_text_;
    std::string list_target_;  ///< of the list's call, before filters and paging
    normalizers::list_plan list_plan_;
    std::optional<normalizers::one_plan> one_plan_;
    std::uint32_t page_size_ = 0;
};

}  // namespace rollcall::adapters
