// Reading a provider's answer: bytes in, the one shape out. No I/O, no clock.
#pragma once

#include "base/failure.hpp"
#include "normalizers/member.hpp"
#include "normalizers/page.hpp"
#include "normalizers/plan.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::normalizers {

/// Reads answers in one pass over the tokens that simdjson's first stage finds; every byte is checked before any is
/// spliced into an answer. It keeps its memory from one answer to the next, up to most_kept.
/// Not thread-safe: one for each thread.
///
/// `subject` is the native id of the agent that the call was about, for the fields of that kind; empty: it was about
/// none.
///
/// All take the body by value and give it back inside the page, whose `source` slices point into it. Its capacity
/// should leave text_padding bytes behind the text, else it is reallocated. A byte order mark in front is
/// overlooked and dropped; an escaped lone surrogate becomes `\ufffd`, in the `source` too.
class reader {
  public:
    reader();
    ~reader();

    /// Reads one page of a list. Fails with invalid_response where it is not valid JSON in UTF-8, is nested deeper
    /// than 128, comes to more than bounds.hpp allows, holds no items where the plan says, does not say whether it
    /// succeeded where the plan has a flag for that, or a page token is neither text nor number; with error where that
    /// flag is false.
    [[nodiscard]] result<page> read_list(const list_plan& plan, std::string body, std::string_view subject = {});

    /// Reads an answer that is one item; a page with just that. Fails as read_list does, or where the item has no id
    /// though its schema has one, or more of it than largest_renamed_object would get other names.
    [[nodiscard]] result<page> read_one(const one_plan& plan, std::string body, std::string_view subject = {});

    /// Reads an answer that says no more than that it worked; its failure where it does not say so.
    [[nodiscard]] result<void> read_acknowledgement(const acknowledgement_plan& plan, std::string body);

    /// What an error body says: its code, the first 256 characters of its message, and its details; empty where it says
    /// nothing readable.
    [[nodiscard]] upstream_error read_error(const error_plan& plan, std::string body);

    /// The members of the JSON object that a client sent, in its order, repeated names included. Fails with `rejected`
    /// and a detail that names the place (byte from 1) where it is not valid JSON, as read_list has it, or no object.
    [[nodiscard]] result<std::vector<member>> read_members(std::string body);

  private:
    class implementation;
    std::unique_ptr<implementation> implementation_;
};

}  // namespace rollcall::normalizers
