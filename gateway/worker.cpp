// One thread of the gateway: assembling it, running it, ending it.
#include "gateway/worker.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

namespace rollcall::gateway {
namespace {

constexpr std::chrono::milliseconds drain_check{10};

std::vector<std::unique_ptr<adapters::upstream>> make_upstreams(const shared_state& shared,
                                                                const adapters::thread_resources& thread) {
    std::vector<std::unique_ptr<adapters::upstream>> upstreams;
    for (const adapters::shared_upstream& upstream : shared.upstreams) {
        upstreams.push_back(std::make_unique<adapters::upstream>(upstream, thread));
    }
    return upstreams;
}

std::vector<std::string> names_of(const shared_state& shared) {
    std::vector<std::string> names;
    for (const auto& upstream : shared.upstreams)
        names.push_back(upstream.provider.name());
    return names;
}

}  // namespace

worker::worker(const shared_state& shared)
    : upstreams_(make_upstreams(shared, {io_.get_executor(), sweeper_, reader_, random_})),
      roster_(upstreams_),
      agents_(roster_, shared.cursors, names_of(shared), shared.on_partial),
      agent_(upstreams_),
      writes_(upstreams_, shared.idempotency, reader_, io_.get_executor()),
      records_(upstreams_),
      lists_(upstreams_, shared.cursors),
      providers_(shared.providers),
      router_(public_routes({&agents_, &agent_, &writes_, &records_, &lists_, &providers_, &shared.openapi})),
      listener_(std::make_unique<listener>(io_.get_executor(), sweeper_, shared.listener, router_, shared.observer,
                                           shared.load)) {}

void worker::run() {
    const auto serving = asio::make_work_guard(io_);
    listener_->start();
    io_.run();
    // Whoever is still here after the drain's time is broken off, and unwinds before what it stands on goes away.
    listener_.reset();
    writes_.stop();
    io_.restart();
    io_.poll();
}

void worker::drain(deadline until) {
    asio::post(io_, [this, until] {
        listener_->drain();
        end_when_idle(until);
    });
}

void worker::end_when_idle(deadline until) {
    const bool idle = listener_->sessions() == 0 && writes_.under_way() == 0;
    if (idle || steady_clock::now() >= until) {
        io_.stop();
        return;
    }
    drain_timer_.expires_after(drain_check);
    drain_timer_.async_wait([this, until](const boost::system::error_code& error) {
        if (!error) end_when_idle(until);
    });
}

}  // namespace rollcall::gateway
