// Which answers are kept to be given again, for whom, and for how long.
#include "gateway/api/recent_answers.hpp"

#include "gateway/access/client.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace rollcall::gateway {
namespace {

using namespace std::chrono_literals;

request asked(std::string_view query, const client* asking = nullptr) {
    request request;
    request.query = query;
    request.client = asking;
    return request;
}

/// Answers as GET /agents does, with a text for each question, and tells how often it had to make one.
struct scene {
    std::string ask(const request& request, const std::string& text, std::uint64_t writes = 0) {
        if (const auto* const found = answers.find(request, writes, now)) return found->text;
        ++made;
        if (answers.wants(request, text.size())) answers.keep(request, {text, {}, page_sources{writes}, now});
        return text;
    }

    recent_answers answers;
    steady_clock::time_point now{1000s};
    int made = 0;
};

}  // namespace

TEST_CASE("what is asked a second time is kept, and given from then on") {
    scene scene;
    CHECK(scene.ask(asked("limit=5"), "first") == "first");
    CHECK(scene.ask(asked("limit=5"), "second") == "second");
    CHECK(scene.ask(asked("limit=5"), "third") == "second");
    CHECK(scene.ask(asked("limit=5"), "fourth") == "second");
    CHECK(scene.made == 2);
}

TEST_CASE("an answer is given for a second and then made anew") {
    scene scene;
    for (const char* const text : {"first", "second"})
        scene.ask(asked(""), text);
    scene.now += recent_answers::life - 1ms;
    CHECK(scene.ask(asked(""), "third") == "second");
    scene.now += 1ms;
    CHECK(scene.ask(asked(""), "fourth") == "fourth");
    CHECK(scene.ask(asked(""), "fifth") == "fourth");
}

TEST_CASE("another question, and the same of another client, has its own answer") {
    scene scene;
    const client one{};
    const client two{};
    for (int i = 0; i < 3; ++i) {
        CHECK(scene.ask(asked("limit=5", &one), "of one") == "of one");
        CHECK(scene.ask(asked("limit=5", &two), "of two") == "of two");
        CHECK(scene.ask(asked("limit=5"), "of anybody") == "of anybody");
        CHECK(scene.ask(asked("limit=50", &one), "longer") == "longer");
        CHECK(scene.ask(asked("", &one), "usual") == "usual");
    }
    CHECK(scene.made == 2 * 5);
}

TEST_CASE("after a write an answer is made anew") {
    scene scene;
    for (const char* const text : {"first", "second"})
        scene.ask(asked(""), text, 3);
    CHECK(scene.ask(asked(""), "third", 3) == "second");
    CHECK(scene.ask(asked(""), "fourth", 4) == "fourth");
    CHECK(scene.ask(asked(""), "fifth", 4) == "fourth");
}

TEST_CASE("questions that are asked once push out none that is asked all the time") {
    scene scene;
    for (const char* const text : {"first", "second"})
        scene.ask(asked("limit=5"), text);
    for (int i = 0; i < 1000; ++i)
        scene.ask(asked("cursor=" + std::to_string(i)), "other");
    CHECK(scene.ask(asked("limit=5"), "third") == "second");
}

TEST_CASE("where there is no room for one more, it is made each time until another is no longer given") {
    scene scene;
    for (std::size_t i = 0; i < recent_answers::most; ++i) {
        for (int twice = 0; twice < 2; ++twice)
            scene.ask(asked("limit=" + std::to_string(i)), "it");
    }
    scene.made = 0;
    for (int i = 0; i < 3; ++i)
        scene.ask(asked("limit=200"), "one more");
    CHECK(scene.made == 3);
    scene.ask(asked("limit=7"), "made anew");
    CHECK(scene.made == 3);
    scene.now += recent_answers::life;
    for (int i = 0; i < 3; ++i)
        scene.ask(asked("limit=200"), "one more");
    CHECK(scene.made == 3 + 2);
}

TEST_CASE("an answer of many bytes is not kept") {
    scene scene;
    const std::string text(recent_answers::largest + 1, 'x');
    for (int i = 0; i < 4; ++i)
        CHECK(scene.ask(asked(""), text) == text);
    CHECK(scene.made == 4);
    for (int i = 0; i < 4; ++i)
        CHECK(scene.ask(asked("limit=5"), text.substr(1)) == text.substr(1));
    CHECK(scene.made == 6);
}

}  // namespace rollcall::gateway
