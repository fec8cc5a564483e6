// Providers in memory: one list for each way of paging, and its answers to real requests, so that a walk can be driven
// without sockets.
#pragma once

#include "adapters/provider.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace rollcall::gateway::tests {

struct fake_agent {
    std::string id;  ///< empty: the provider sends it without one
    std::string type;
    std::string status;
    std::vector<std::string> tags{};
};

/// How a fake list is paged.
struct list_kind {
    std::string name;    ///< also the provider's
    std::string paging;  ///< the profile's section, as YAML
    std::string filters{};
    unsigned fixed_size = 0;  ///< the size of pages where it cannot be chosen
    unsigned first_page = 1;
    bool may_drop = true;          ///< can it stand items without an id?
    bool changes_between = false;  ///< its order and its items' other fields change from call to call
};

/// Every paging style in each of its variants.
[[nodiscard]] const std::vector<list_kind>& all_kinds();

class fake_list {
  public:
    fake_list(const list_kind& kind, std::vector<fake_agent> agents) : kind_(kind), agents_(std::move(agents)) {}

    [[nodiscard]] const list_kind& kind() const { return kind_; }

    /// A provider that is configured for this list; `page_size` counts where it can be chosen.
    [[nodiscard]] std::unique_ptr<adapters::provider> configured(unsigned page_size) const;

    /// What the provider answers, read by `provider`'s plan: the agents, or as many conversations of any one, with the
    /// same ids. Equal requests are read once.
    [[nodiscard]] adapters::answer answer(const adapters::provider& provider, const adapters::request& request);

    /// The ids that a walk with `filters` has to give, in the provider's order.
    [[nodiscard]] std::vector<std::string> expected(const adapters::filters& filters) const;

    unsigned calls = 0;

  private:
    [[nodiscard]] std::shared_ptr<adapters::content> read(const adapters::provider& provider,
                                                          const adapters::request& request);

    list_kind kind_;
    std::vector<fake_agent> agents_;
    std::map<std::string, std::shared_ptr<const adapters::content>> answers_;
};

/// `count` agents with ids in no order of text, of mixed types, statuses and tags; some have no id where the kind can
/// stand it.
[[nodiscard]] std::vector<fake_agent> some_agents(const list_kind& kind, unsigned count);

/// The provider of the kind named `name`, with pages of `page_size`.
[[nodiscard]] fake_list list_named(const std::string& name, unsigned count);

/// A page of a list as `provider` reads it from JSON; `subject` is the agent that it belongs to.
[[nodiscard]] std::shared_ptr<adapters::content> content_read(
    const adapters::provider& provider, std::string json,
    adapters::operation_kind operation = adapters::operation_kind::list, const std::string& subject = {});

}  // namespace rollcall::gateway::tests
