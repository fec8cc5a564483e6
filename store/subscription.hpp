// Hearing of the other replicas' writes: one for each process. What is done about them is up to the caller.
#pragma once

#include "store/redis_store.hpp"

#include <functional>
#include <string>

namespace rollcall::store {

/// Lives on its executor's thread.
class subscription {
  public:
    struct listeners {
        /// Another replica has written to the provider whose pages have that name.
        std::function<void(std::string_view pages)> wrote;
        /// From now on everything is heard; what was written before perhaps was not.
        std::function<void()> begun;
    };

    /// Begins to connect. Everything must outlive it.
    subscription(const executor& executor, sweeper& sweeper, const place& place, listeners listeners);

    void close() { client_.close(); }

  private:
    void heard(std::string_view message);

    std::string process_;
    listeners listeners_;
    client client_;
};

}  // namespace rollcall::store
