// How a write ended: its memory, and waiting for it.
#include "gateway/api/write_answer.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace rollcall::gateway {
namespace {

std::size_t memory_of(const problem& problem) {
    std::size_t bytes = problem.detail.capacity() + problem.provider.capacity() + problem.extensions.capacity();
    for (const problem_item& error : problem.errors)
        bytes += sizeof error + error.name.capacity() + error.detail.capacity();
    if (!problem.upstream) return bytes;
    bytes += problem.upstream->code.capacity() + problem.upstream->message.capacity();
    for (const auto& detail : problem.upstream->details)
        bytes += sizeof detail + detail.member.capacity() + detail.why.capacity();
    return bytes;
}

}  // namespace

std::size_t write_answer::memory() const {
    return sizeof *this + headers.capacity() + body.capacity() + record.capacity() +
           (problem ? memory_of(*problem) : 0);
}

awaitable<shared_write_answer> answer_waiter::wait(deadline until) {
    if (answer_) co_return answer_;
    delivered_.expires_at(until);
    boost::system::error_code woken;
    const asio::use_awaitable_t<executor> token;
    co_await delivered_.async_wait(asio::redirect_error(token, woken));
    co_return answer_;
}

void answer_waiter::deliver(const shared_write_answer& answer) {
    asio::post(executor_, [self = shared_from_this(), answer] {
        self->answer_ = answer;
        self->delivered_.cancel();
    });
}

}  // namespace rollcall::gateway
