// Messages on the channel of writes: `<pages> <process>`.
#include "store/subscription.hpp"

#include <utility>

namespace rollcall::store {
namespace {

server subscribed(const place& place) {
    return {place.settings, place.addresses, place.tls, channel_of(place.settings)};
}

}  // namespace

subscription::subscription(const executor& executor, sweeper& sweeper, const place& place, listeners listeners)
    : process_(place.process),
      listeners_(std::move(listeners)),
      client_(executor, sweeper, subscribed(place), place.observer,
              {[this](bool anew) {
                   if (anew) listeners_.begun();  // over one connection messages come in order, and none is missed
               },
               [this](const std::string& message) { heard(message); },
               {}}) {}

void subscription::heard(std::string_view message) {
    const auto space = message.find(' ');
    if (space == std::string_view::npos || message.substr(space + 1) == process_) return;
    listeners_.wrote(message.substr(0, space));
}

}  // namespace rollcall::store
