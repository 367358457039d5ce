#include "transcode/rung_worker.h"

#include <pthread.h>

#include <chrono>
#include <utility>

namespace transcode {

base::Micros steady_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

RungWorker::RungWorker(std::size_t rung, std::unique_ptr<VideoEncoder> encoder, Outbox& outbox)
    : rung_(rung), encoder_(std::move(encoder)), outbox_(outbox) {}

RungWorker::~RungWorker() {
  close();
  join();
}

void RungWorker::start(const std::string& name) {
  thread_ = std::thread([this] { run(); });
  // The kernel keeps 15 characters.
  pthread_setname_np(thread_.native_handle(), ("k-enc-" + name).substr(0, 15).c_str());
}

void RungWorker::put(FramePtr frame, bool key, const Origin& origin) {
  std::unique_lock lock(mutex_);
  emptied_.wait(lock, [&] { return closed_ || jobs_.size() < kQueue; });
  if (closed_) return;
  jobs_.push_back({std::move(frame), key, origin});
  filled_.notify_one();
}

void RungWorker::finish() {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  jobs_.push_back({});
  filled_.notify_one();
}

void RungWorker::join() {
  if (thread_.joinable()) thread_.join();
}

void RungWorker::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  jobs_.clear();
  filled_.notify_all();
  emptied_.notify_all();
}

std::optional<RungWorker::Job> RungWorker::take() {
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [&] { return closed_ || !jobs_.empty(); });
  if (closed_) return std::nullopt;
  Job job = std::move(jobs_.front());
  jobs_.pop_front();
  emptied_.notify_one();
  return job;
}

void RungWorker::run() {
  const VideoEncoder::Take take_encoded = [this](VideoEncoder::Encoded&& encoded) { deliver(std::move(encoded)); };
  while (auto job = take()) {
    const bool last = job->frame == nullptr;
    const base::Status status =
        last ? encoder_->finish(take_encoded) : encoder_->encode(*job->frame, job->key, job->origin, take_encoded);
    if (!status.ok()) ++encode_errors_;
    if (last) return;
  }
}

void RungWorker::deliver(VideoEncoder::Encoded&& encoded) {
  ++encoded_;
  bytes_ += encoded.packet.data.size();
  if (encoded.packet.key) ++key_frames_;
  const base::Micros delay = steady_now() - encoded.origin.fed;
  last_delay_ = delay;
  if (delay > max_delay_) max_delay_ = delay;
  encoded.packet.track_id = static_cast<std::uint32_t>(rung_);
  outbox_.put({rung_, std::move(encoded.packet)});
}

EncodeSide::RungCounters RungWorker::counters() const {
  EncodeSide::RungCounters counters;
  counters.encoded = encoded_;
  counters.bytes = bytes_;
  counters.key_frames = key_frames_;
  counters.thinned = thinned_;
  counters.encode_errors = encode_errors_;
  counters.last_delay = last_delay_;
  counters.max_delay = max_delay_.exchange(0);
  return counters;
}

}  // namespace transcode
