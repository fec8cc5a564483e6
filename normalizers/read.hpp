// Reading a provider's answer: bytes in, the one shape out. No I/O, no clock.
#pragma once

#include "base/failure.hpp"
#include "normalizers/page.hpp"
#include "normalizers/plan.hpp"

#include <memory>
#include <string>

namespace rollcall::normalizers {

/// Reads answers in one pass with simdjson On-Demand, which validates only what it is asked for; so every byte is
/// walked and checked here before any is spliced into an answer. It keeps its memory from one answer to the next.
/// Not thread-safe: one for each thread.
///
/// All take the body by value and give it back inside the page, whose `source` slices point into it. Its capacity
/// should leave simdjson::SIMDJSON_PADDING bytes behind the text, else it is reallocated. A byte order mark in front is
/// overlooked and dropped; an escaped lone surrogate becomes `\ufffd`, in the `source` too.
class reader {
  public:
    reader();
    ~reader();

    /// Reads one page of a list. Fails with invalid_response where it is not valid JSON in UTF-8, is nested deeper
    /// than 128, holds no items where the plan says, does not say whether it succeeded where the plan has a flag for
    /// that, or a page token is neither text nor number; with error where that flag is false.
    [[nodiscard]] result<page> read_list(const list_plan& plan, std::string body);

    /// Reads an answer that is one item; a page with just that. Fails as read_list does, or where the item has no id.
    [[nodiscard]] result<page> read_one(const one_plan& plan, std::string body);

    /// What an error body says: its code and the first 256 characters of its message, empty where it says nothing
    /// readable.
    [[nodiscard]] upstream_error read_error(const error_plan& plan, std::string body);

  private:
    class implementation;
    std::unique_ptr<implementation> implementation_;
};

}  // namespace rollcall::normalizers
