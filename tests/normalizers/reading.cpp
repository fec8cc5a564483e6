// Reading in the tests: one reader, and its pages as JSON values.
#include "tests/normalizers/reading.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace rollcall::normalizers::tests {

page read_sound_list(const dialect& dialect, std::string_view body) {
    reader reader;
    auto outcome = reader.read_list(dialect.plan_of_list(), std::string{body});
    INFO(body);
    if (!outcome.has_value()) FAIL(outcome.error().detail);
    return *std::move(outcome);
}

page read_items(const dialect& dialect, std::string_view items) {
    return read_sound_list(dialect, dialect.list_of(items));
}

std::string text_of(const page& page, const item& item) {
    return fmt::format("{{{}}}", page.members(item, 0, agent_record.fields.size()));
}

boost::json::object agent_of(const page& page, std::size_t place) {
    REQUIRE(place < page.items.size());
    return boost::json::parse(text_of(page, page.items[place])).as_object();
}

std::map<std::string, unsigned> faults_of(const page& page) {
    std::map<std::string, unsigned> faults;
    for (std::size_t i = 0; i < page.schema_faults.size(); ++i) {
        if (page.schema_faults[i] != 0) faults.emplace(agent_record.fields[i].name, page.schema_faults[i]);
    }
    return faults;
}

}  // namespace rollcall::normalizers::tests
