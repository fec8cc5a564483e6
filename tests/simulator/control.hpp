// The control listener's service: faults, request memories, data sets and listeners of every provider, as JSON.
#pragma once

#include "tests/simulator/provider.hpp"
#include "tests/simulator/server.hpp"
#include "tests/simulator/service.hpp"

#include <map>
#include <string>

namespace rollcall::simulator {

class control final : public service {
  public:
    /// Puts a provider under control by its name. Both must outlive every request; not while the server runs.
    void add(const std::string& name, provider& provider, listener& listener);

    void connected() override {}
    delivery receive(request request) override;

  private:
    struct controlled {
        provider* what;
        listener* where;
    };

    std::map<std::string, controlled> providers_;
};

}  // namespace rollcall::simulator
