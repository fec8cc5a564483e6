// What a client is told of a cursor that cannot be used.
#include "gateway/api/cursor_problem.hpp"

namespace rollcall::gateway {
namespace {

problem about_cursor(problem_code code, std::string detail) {
    problem problem{code, detail};
    problem.errors.push_back({problem_item::place::parameter, "cursor", std::move(detail)});
    return problem;
}

}  // namespace

problem cursor_problem(cursor_error error) {
    switch (error) {
        case cursor_error::expired:
            return about_cursor(problem_code::cursor_expired, "the cursor is too old; begin the walk anew");
        case cursor_error::other_filters:
            return about_cursor(problem_code::invalid_cursor,
                                "the cursor was made for another list or under other filters; keep them, or begin "
                                "anew without it");
        case cursor_error::malformed:
            break;
    }
    return about_cursor(problem_code::invalid_cursor,
                        "the cursor is none of this gateway's; send next_cursor as it was given");
}

}  // namespace rollcall::gateway
