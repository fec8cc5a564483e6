// One provider's part of a client's page of a list: the pages loaded for it, what of them may be given, and the
// bookmark that is left behind. A plain state machine; whoever drives it, such as the roster, does the loading.
#pragma once

#include "adapters/provider.hpp"
#include "gateway/roster/cursor.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace rollcall::gateway {

class walk {
  public:
    /// A client's page loads at most this many of a provider's pages, so that filters which hide nearly everything
    /// cannot spend its quota; a short page is then given, and the walk goes on with the next.
    static constexpr std::size_t most_pages = 16;

    /// One item that passed the filters.
    struct candidate {
        const adapters::content* content = nullptr;
        const normalizers::item* item = nullptr;
        std::uint32_t page = 0;   ///< among the loaded ones
        std::uint32_t index = 0;  ///< within its page
    };

    /// Goes on at `from` with a list that the provider offers, for a page of at most `limit` items. `provider` and
    /// `listing` must outlive it.
    walk(const adapters::provider& provider, const adapters::listing& listing, bookmark from, std::uint32_t limit);
    walk(walk&&) = default;  // what take() gave stays where it is; a copy would have it elsewhere
    walk(const walk&) = delete;
    walk& operator=(const walk&) = delete;

    /// The request for the page to load next; call it only where can_load().
    [[nodiscard]] adapters::request next_request() const;

    /// That page has come.
    void loaded(adapters::answer answer, const adapters::request& request, steady_clock::time_point now);

    /// It has not. What was loaded before may still be given.
    void failed(failure failure) { failure_ = std::move(failure); }

    [[nodiscard]] bool can_load() const {
        return !failure_ && !fault_ahead_ && !end_ahead_ && pages_.size() < most_pages;
    }
    [[nodiscard]] std::uint32_t available() const { return static_cast<std::uint32_t>(candidates_.size()); }

    /// How many items it could give at most, as far as is known.
    [[nodiscard]] std::uint32_t capacity() const;

    /// The first `count` items, and the end of what this page takes. If that is all of them and what follows cannot be
    /// found, the provider has failed.
    [[nodiscard]] std::span<const candidate> take(std::uint32_t count);

    /// Where the list goes on after take(). After a failure that is right behind what was given.
    [[nodiscard]] bookmark bookmark_behind() const;

    [[nodiscard]] const std::optional<failure>& failed_with() const { return failure_; }
    [[nodiscard]] const std::optional<failure>& stale_after() const { return stale_after_; }
    [[nodiscard]] steady_clock::duration age() const { return age_; }  ///< of the oldest page loaded, when it came

    struct loaded_page {
        std::shared_ptr<const adapters::content> content;
        bookmark at;  ///< `given` is 0
    };
    [[nodiscard]] std::span<const loaded_page> pages() const { return pages_; }

  private:
    [[nodiscard]] bool is_unpaged() const { return provider_.profile().paging.style == adapters::paging_style::none; }
    /// No more than one beyond the limit: that there is one more is all that has to be known of the rest.
    void add_candidates(std::uint32_t from);

    const adapters::provider& provider_;
    const adapters::listing& listing_;
    bookmark start_;
    bookmark next_;           ///< the page to load next
    std::uint32_t limit_;     ///< items that take() is asked for at most
    std::uint32_t skip_ = 0;  ///< of its items that have been given already
    std::vector<loaded_page> pages_;
    std::vector<candidate> candidates_;
    std::size_t taken_ = 0;
    bool end_ahead_ = false;              ///< behind the loaded pages there is nothing
    std::optional<failure> fault_ahead_;  ///< what follows the loaded pages cannot be found
    std::optional<failure> failure_;
    std::optional<failure> stale_after_;
    steady_clock::duration age_{};
};

}  // namespace rollcall::gateway
