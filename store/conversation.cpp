// Commands and their replies, in order.
#include "store/conversation.hpp"

#include <new>
#include <utility>

namespace rollcall::store {

struct conversation::question {
    question(conversation& owner, handler handler)
        : done(std::move(handler)), time(owner.sweeper_, [this, &owner] { owner.overdue(*this); }) {}

    handler done;
    watch time;
    bool is_overdue = false;
};

namespace {

/// What this one throws keeps nobody else from being told, and want of memory costs them the reason only.
void told_alone(const conversation::handler& done, const std::string& why) {
    failure end{fault::unreachable, {}};
    try {
        end.detail = why;
    } catch (const std::bad_alloc&) {
        end.detail.clear();
    }
    try {
        done(std::move(end));
    } catch (const std::exception&) {
        return;
    }
}

}  // namespace

conversation::conversation(sweeper& sweeper, events events)
    : sweeper_(sweeper), events_(std::move(events)), hanging_(sweeper, [this] { events_.hangs(); }) {}

conversation::~conversation() = default;

void conversation::send(std::string_view command, deadline until, handler done) {
    if (output_.size() + command.size() > output_limit || pending_.size() >= pending_limit) {
        done(failure{fault::overloaded, "too many commands are under way"});
        return;
    }
    pending_.push_back(std::make_unique<question>(*this, std::move(done)));
    try {
        pending_.back()->time.arm(until);
        output_ += command;
    } catch (const std::exception&) {
        pending_.pop_back();  // or its reply would be taken for another's
        throw;
    }
    events_.has_output();
}

std::string conversation::take_output() {
    return std::exchange(output_, {});
}

void conversation::overdue(question& question) {
    question.is_overdue = true;
    if (++overdue_ == 1) {
        hanging_.arm(steady_clock::now() + patience);
        events_.is_late(true);
    }
    const handler done = std::move(question.done);
    done(failure{fault::timeout, "Redis did not answer in time"});
}

bool conversation::received(std::string_view bytes) {
    reader_.feed(bytes);
    while (auto reply = reader_.next()) {
        const bool message = reply->is == reply::kind::list && reply->list.size() == 3 && events_.on_message &&
                             reply->list[0].is_text("message");
        if (message) {
            events_.on_message(reply->list[2].text);
        } else if (pending_.empty()) {
            fault_ = "a reply came that nobody had asked for";
            return false;
        } else {
            answered(*std::move(reply));
        }
    }
    fault_ = reader_.fault();
    return fault_.empty();
}

void conversation::answered(reply reply) {
    const std::unique_ptr<question> question = std::move(pending_.front());
    pending_.pop_front();
    if (!question->is_overdue) {
        question->done(std::move(reply));
        return;
    }
    if (--overdue_ > 0) return;
    hanging_.disarm();
    events_.is_late(false);
}

void conversation::end(const std::string& why) {
    hanging_.disarm();
    overdue_ = 0;
    for (auto& question : std::exchange(pending_, {})) {
        question->time.disarm();
        if (!question->is_overdue) told_alone(question->done, why);
    }
}

}  // namespace rollcall::store
