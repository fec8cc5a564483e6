// Pages that another replica has fetched already, in place of a call to the provider. What is found is read as if the
// provider had just sent it.
#pragma once

#include "adapters/pipeline/layer.hpp"
#include "adapters/pipeline/replicas.hpp"
#include "config/settings.hpp"
#include "normalizers/read.hpp"

namespace rollcall::adapters {

/// Stands behind the thread's own cache and before everything that costs the provider a call. One for each provider and
/// thread.
class replica_pages_layer : public layer {
  public:
    /// A longer answer is not shared.
    static constexpr std::size_t longest_page = 1024 * 1024;

    /// Everything must outlive it.
    replica_pages_layer(layer& next, const replicas& replicas, const provider& provider, normalizers::reader& reader,
                        upstream_observer& observer)
        : next_(next), replicas_(replicas), provider_(provider), reader_(reader), observer_(observer) {}

    [[nodiscard]] awaitable<result<answer>> call(const request& request, deadline until) override;

  private:
    [[nodiscard]] std::shared_ptr<const content> read(const request& request, replica_page page);
    void keep(const request& request, const std::string& generation, const content& content);

    layer& next_;
    const replicas& replicas_;
    const provider& provider_;
    normalizers::reader& reader_;
    upstream_observer& observer_;
};

}  // namespace rollcall::adapters
