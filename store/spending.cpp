// Telling what was spent, and hearing what the others spent: by the difference between two sums.
#include "store/spending.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::store {
namespace {

/// Of one command, so that its reply is a short list.
constexpr std::size_t most_at_once = 50;

/// The sums say nothing by themselves, only their differences within a connection: a day is as good as for ever.
constexpr std::string_view sums_ms = "86400000";

std::vector<std::string> words_of(const std::vector<purse>& some, const std::vector<std::uint64_t>& own) {
    std::vector<std::string> words{std::string{sums_ms}};
    for (std::size_t i = 0; i < some.size(); ++i) {
        words.push_back(some[i].name);
        words.push_back(std::to_string(own[i]));
    }
    return words;
}

}  // namespace

spending::spending(const executor& executor, sweeper& sweeper, const place& place,
                   std::function<std::vector<purse>()> purses)
    : place_(place),
      purses_(std::move(purses)),
      next_(sweeper, [this] { tell(); }),
      client_(executor, sweeper, {place.settings, place.addresses, place.tls}, place.observer,
              {[this](bool) {
                   // What was spent until now, here and elsewhere, was told to nobody.
                   sums_.clear();
                   client_.send(spend_.load(), steady_clock::now() + conversation::patience,
                                [](const result<reply>&) {});
               },
               {},
               {}}) {
    tell_later();
}

void spending::close() {
    next_.disarm();
    client_.close();
}

void spending::tell_later() {
    next_.arm(steady_clock::now() + interval);
}

void spending::tell() {
    tell_later();
    std::vector<purse> all = purses_();
    while (!all.empty()) {
        const auto count = static_cast<std::ptrdiff_t>(std::min(all.size(), most_at_once));
        std::vector<purse> some{std::make_move_iterator(all.end() - count), std::make_move_iterator(all.end())};
        all.erase(all.end() - count, all.end());
        tell(std::move(some));
    }
}

void spending::tell(std::vector<purse> some) {
    std::vector<std::uint64_t> own;
    for (const purse& purse : some)
        own.push_back(purse.take_spent());
    if (!client_.ready()) return;
    const std::vector<std::string> words = words_of(some, own);
    const std::vector<std::string_view> arguments{words.begin(), words.end()};
    const std::string key = place_.settings.prefix + ":spent";
    auto answered = [this, some = std::move(some), own = std::move(own)](const result<reply>& answer) {
        if (answer.has_error()) return;
        if (answer->is == reply::kind::error && answer->text.starts_with("NOSCRIPT"))
            client_.send(spend_.load(), steady_clock::now() + conversation::patience, [](const result<reply>&) {});
        if (answer->is == reply::kind::list && answer->list.size() == some.size()) told(some, own, *answer);
    };
    client_.send(spend_.run({key}, arguments), steady_clock::now() + conversation::patience, std::move(answered));
}

void spending::told(const std::vector<purse>& some, const std::vector<std::uint64_t>& own, const reply& sums) {
    for (std::size_t i = 0; i < some.size(); ++i) {
        if (sums.list[i].is != reply::kind::integer || sums.list[i].integer < 0) continue;
        const std::int64_t sum = sums.list[i].integer;
        const auto [known, is_first] = sums_.try_emplace(some[i].name, sum);
        const std::int64_t since = sum - std::exchange(known->second, sum);
        const auto mine = static_cast<std::int64_t>(own[i]);
        // A sum that Redis has lost begins at nothing again.
        if (!is_first && since > mine) some[i].spent_elsewhere(static_cast<std::uint64_t>(since - mine));
    }
}

}  // namespace rollcall::store
