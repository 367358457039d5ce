#include "transcode/rung_worker.h"

#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"

namespace transcode {

base::Micros steady_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

namespace {

/// On Linux this is the calling thread's. Where it is refused a rung still loses pictures instead of others'.
void ask_for_less_cpu(int nice) {
  if (nice > 0) setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + nice);
}

}  // namespace

void run_niced(int nice, const std::function<void()>& work) {
  std::thread([&] {
    ask_for_less_cpu(nice);
    work();
  }).join();
}

RungWorker::RungWorker(std::size_t rung, std::unique_ptr<VideoEncoder> encoder, Outbox& outbox, Open open)
    : rung_(rung), encoder_(std::move(encoder)), open_(std::move(open)), outbox_(outbox) {}

RungWorker::~RungWorker() {
  close();
  join();
}

void RungWorker::start(const std::string& name, int nice) {
  thread_ = std::thread([this, nice] {
    ask_for_less_cpu(nice);
    run();
  });
  // The kernel keeps 15 characters.
  pthread_setname_np(thread_.native_handle(), ("k-enc-" + name).substr(0, 15).c_str());
}

/// A segment must begin with its key frame: that one is not the one to lose.
bool RungWorker::make_room(bool key) {
  const bool stuck = !jobs_.empty() && steady_now() - jobs_.front().queued > kPatience;
  if (jobs_.size() < kBurst && !stuck) return true;
  ++left_out_;
  if (!key) return false;
  const auto ordinary = std::find_if(jobs_.rbegin(), jobs_.rend(), [](const Job& job) { return !job.key; });
  // Nothing but key frames: the oldest is several segments late.
  jobs_.erase(ordinary == jobs_.rend() ? jobs_.begin() : std::prev(ordinary.base()));
  return true;
}

void RungWorker::put(FramePtr frame, bool key, const Origin& origin, How how) {
  std::unique_lock lock(mutex_);
  if (how.when_full == WhenFull::kWait) emptied_.wait(lock, [&] { return closed_ || jobs_.size() < kQueue; });
  if (closed_ || (how.when_full == WhenFull::kLeaveOut && !make_room(key))) return;
  jobs_.push_back({std::move(frame), key, origin, how.fast, steady_now()});
  filled_.notify_one();
}

void RungWorker::put_captions(std::int64_t pts, std::span<const captions::Triplet> triplets) {
  const std::lock_guard lock(mutex_);
  captions_.put(pts, triplets);
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
  due_.clear();
  if (job.frame != nullptr) captions_.take(job.frame->pts, captions::kMostTriplets, due_);
  emptied_.notify_one();
  return job;
}

void RungWorker::run() {
  const VideoEncoder::Take take_encoded = [this](VideoEncoder::Encoded&& encoded) { deliver(std::move(encoded)); };
  while (auto job = take()) {
    const bool last = job->frame == nullptr;
    if (job->key && job->fast != fast_) change_encoder(job->fast, take_encoded);
    if (!last) give_captions(*job->frame, due_);
    if (!last && key_wanted_.exchange(false)) job->key = true;
    const base::Status status =
        last ? encoder_->finish(take_encoded) : encoder_->encode(*job->frame, job->key, job->origin, take_encoded);
    if (!status.ok()) ++encode_errors_;
    if (last) return;
  }
}

/// Between two groups of pictures a decoder notices nothing, as long as the parameter sets are those of the track.
void RungWorker::change_encoder(bool fast, const VideoEncoder::Take& take_encoded) {
  fast_ = fast;
  if (!open_) return;
  auto opened = open_(fast);
  if (!opened.ok() || !media::same_format((*opened)->track(), encoder_->track())) {
    base::log_warn("transcode", "the rung keeps its encoder: another would change its format, or does not open",
                   {{"codec", encoder_->track().codec_string}, {"fast", fast}});
    return;
  }
  if (!encoder_->finish(take_encoded).ok()) ++encode_errors_;
  encoder_ = opened.take();
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
  counters.left_out = left_out_;
  counters.encode_errors = encode_errors_;
  {
    const std::lock_guard lock(mutex_);
    counters.lost_captions = captions_.lost();
  }
  counters.last_delay = last_delay_;
  counters.max_delay = max_delay_.exchange(0);
  return counters;
}

}  // namespace transcode
