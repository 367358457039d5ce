#include "ingest/srt_calls.h"

#include <utility>

namespace ingest {

SrtCalls::SrtCalls(loop::Loop& loop, const base::Clock& clock, const SrtThread::Options& options)
    : clock_(clock), options_(options), mailbox_(loop) {}

SrtCalls::~SrtCalls() = default;

std::uint64_t SrtCalls::call(SrtCall call, SrtCallHandler& handler) {
  SrtThreadSink& sink = *this;
  if (!thread_) thread_ = std::make_unique<SrtThread>(options_, nullptr, clock_, sink);
  // The thread's reports of this id come through the mailbox, and so after this.
  const std::uint64_t id = thread_->call(std::move(call));
  lines_[id].handler = &handler;
  return id;
}

void SrtCalls::hang_up(std::uint64_t id) {
  if (lines_.erase(id) == 0) return;
  stats_.erase(id);
  thread_->close(id, "hung up");
}

const SrtStats* SrtCalls::statistics(std::uint64_t id) const {
  const auto found = stats_.find(id);
  return found == stats_.end() ? nullptr : &found->second;
}

void SrtCalls::on_srt_arrival(SrtArrival arrival) {
  mailbox_.post([this, arrival = std::move(arrival)] {
    const auto found = lines_.find(arrival.id);
    if (found == lines_.end()) return;
    found->second.backlog = arrival.backlog;
    found->second.handler->on_srt_connected(arrival.caller);
  });
}

void SrtCalls::on_srt_bytes(std::uint64_t id, base::Micros arrived, base::Bytes bytes, std::uint64_t dropped) {
  mailbox_.post([this, id, arrived, bytes = std::move(bytes), dropped]() mutable {
    const auto found = lines_.find(id);
    if (found == lines_.end()) return;
    found->second.backlog->queued -= bytes.size();
    found->second.handler->on_srt_media(arrived, std::move(bytes), dropped);
  });
}

void SrtCalls::on_srt_end(std::uint64_t id, std::string reason) {
  mailbox_.post([this, id, reason = std::move(reason)] {
    const auto node = lines_.extract(id);
    if (node.empty()) return;
    stats_.erase(id);
    node.mapped().handler->on_srt_ended(reason);
  });
}

void SrtCalls::on_srt_stats(std::map<std::uint64_t, SrtStats> stats) {
  mailbox_.post([this, stats = std::move(stats)]() mutable { stats_ = std::move(stats); });
}

}  // namespace ingest
