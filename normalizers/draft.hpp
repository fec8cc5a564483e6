// A page while its items are written, in memory that is kept for the next one.
#pragma once

#include "normalizers/page.hpp"
#include "normalizers/text_buffer.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace rollcall::normalizers {

/// The marks of a page, written in blocks.
class mark_buffer {
  public:
    /// Where `count` more marks are to be written; mark_block more can be, for nothing.
    [[nodiscard]] std::uint32_t* open(std::size_t count) {
        if (values_.size() < size_ + count + mark_block) values_.resize(2 * values_.size() + count + mark_block);
        std::uint32_t* const begin = values_.data() + size_;
        size_ += count;
        return begin;
    }
    void clear() { size_ = 0; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t memory() const { return values_.capacity() * sizeof(std::uint32_t); }
    [[nodiscard]] std::span<const std::uint32_t> view() const { return {values_.data(), size_}; }

  private:
    std::vector<std::uint32_t> values_;
    std::size_t size_ = 0;
};

/// The parts of a page that grow with each item. See page.hpp for what they mean.
struct draft {
    text_buffer text;
    text_buffer strings;
    mark_buffer marks;
    std::vector<slice> tags;
    std::vector<item> items;
    std::uint32_t received = 0;
    std::vector<std::uint32_t> schema_faults;

    /// Forgets all items; `fields` is how many fields their shape has.
    void clear(std::size_t fields) {
        text.clear();
        strings.clear();
        marks.clear();
        tags.clear();
        items.clear();
        received = 0;
        schema_faults.assign(fields, 0);
    }

    /// Bytes of memory that it holds.
    [[nodiscard]] std::size_t memory() const {
        return text.capacity() + strings.capacity() + marks.memory() + tags.capacity() * sizeof(slice) +
               items.capacity() * sizeof(item);
    }

    /// Copies everything into `page`, which so takes no more memory than it needs, for as long as it is cached.
    void copy_to(page& page) const {
        page.text = text.view();
        page.strings = strings.view();
        page.marks.assign(marks.view().begin(), marks.view().end());
        page.tags = tags;
        page.items = items;
        page.received = received;
        page.schema_faults = schema_faults;
    }
};

}  // namespace rollcall::normalizers
