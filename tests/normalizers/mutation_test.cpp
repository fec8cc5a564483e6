// Thousands of documents that are nearly the documented ones: each is refused or read into valid JSON, and Boost.JSON
// agrees on whether it was valid.
#include "tests/normalizers/audit.hpp"
#include "tests/normalizers/mutator.hpp"

#include <doctest/doctest.h>

#include <string>

namespace rollcall::normalizers::tests {
namespace {

using namespace std::literals;

constexpr int mutations_of_each = 3000;

TEST_CASE("a document with a few bytes changed is refused or read into valid JSON") {
    mutator mutator{20250115};
    std::string_view other = heppu().one_example;
    for (const dialect* const dialect : all_dialects()) {
        INFO(dialect->provider);
        auditor auditor{*dialect};
        for (const std::string_view document : {dialect->list_example, dialect->one_example}) {
            if (document.empty()) continue;
            for (int i = 0; i < mutations_of_each; ++i)
                auditor.audit(mutator.mutated(document, other));
            other = document;
        }
        // A test that only ever sees one side shows nothing.
        CHECK(auditor.pages > 100);
        CHECK(auditor.refused > 1000);
    }
}

TEST_CASE("a document of every kind of value, changed in the same way") {
    constexpr std::string_view item =
        R"({"id":"a\/b\u00e9\ud83d\ude00","name":"\"","type":"voice","status":"active","config":{"greeting":"\\","voice":"v","x":[1,-2.5e3,true,null,{}]},)"
        R"("tools":[{"id":"t","config":{"a":[[]]}},{"name":"n"},5],"phoneNumbers":["+1","\u002b2",null],"createdAt":"2025-01-15T10:30:00.5+02:00"})";
    mutator mutator{42};
    auditor auditor{heppu()};
    const std::string document = heppu().list_of(std::string{item} + "," + std::string{item});
    for (int i = 0; i < mutations_of_each; ++i)
        auditor.audit(mutator.mutated(document, item));
    CHECK(auditor.pages > 100);
    CHECK(auditor.refused > 1000);
}

TEST_CASE("the records beside the Agent, changed in the same way") {
    mutator mutator{7};
    std::string_view other = heppu().one_example;
    for (const record_sample* const sample : {&hyperrep_conversations(), &hyperrep_sales(), &hyperrep_analytics(),
                                              &converra_status(), &converra_insights()}) {
        INFO(sample->of.name);
        record_auditor auditor{*sample};
        for (int i = 0; i < mutations_of_each; ++i)
            auditor.audit(mutator.mutated(sample->example, other));
        CHECK(auditor.pages > 100);
        CHECK(auditor.refused > 1000);
        other = sample->example;
    }
}

}  // namespace
}  // namespace rollcall::normalizers::tests
