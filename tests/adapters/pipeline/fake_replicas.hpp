// A store of replicas that says what a test wants, and remembers what it was told.
#pragma once

#include "adapters/pipeline/replica_store.hpp"

#include <map>
#include <string>
#include <vector>

namespace rollcall::adapters::tests {

class fake_replica_store final : public replica_store {
  public:
    awaitable<replica_ticket> take(const replica_account&, deadline) override {
        ++taken;
        co_return ticket;
    }
    void give_back(const replica_account&, const replica_ticket& given) override { given_back.push_back(given.slot); }
    void announce(const replica_account&, const announced_quota& announced) override {
        announcements.push_back(announced.remaining);
    }
    void hold(const replica_account&, std::chrono::seconds time) override { holds.push_back(time); }

    awaitable<replica_finding> find(const std::string&, const std::string& key, bool wanted, deadline) override {
        ++found;
        replica_finding finding;
        if (!answers) co_return finding;
        finding.generation = generation;
        if (const auto page = pages.find(key); wanted && page != pages.end()) finding.page = page->second;
        co_return finding;
    }
    void keep(const std::string&, const std::string& key, const kept_page& page) override {
        if (page.generation != generation) return;
        pages[key] = {std::string{page.body}, std::string{page.link}, page.age};
    }
    void wrote(const std::string&, std::function<void(bool)> told) override {
        ++writes;
        if (answers) generation += '+';
        told(answers);
        if (!answers) owed = std::move(told);
    }

    bool answers = true;
    replica_ticket ticket{replica_ticket::verdict::granted, {}, 7, 0};
    std::string generation = "1";
    std::map<std::string, replica_page> pages;
    int taken = 0;
    int found = 0;
    int writes = 0;
    std::vector<std::int64_t> given_back;
    std::vector<std::uint64_t> announcements;
    std::vector<std::chrono::seconds> holds;
    std::function<void(bool)> owed;
};

}  // namespace rollcall::adapters::tests
