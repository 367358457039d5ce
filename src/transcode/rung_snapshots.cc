#include "transcode/rung_snapshots.h"

#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <utility>

namespace transcode {
namespace {

constexpr int kSnapshotNice = 19;

}  // namespace

RungSnapshots::RungSnapshots(std::size_t rungs) : rungs_(rungs) {}

RungSnapshots::~RungSnapshots() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void RungSnapshots::ask() {
  {
    const std::lock_guard lock(mutex_);
    for (Of& rung : rungs_) rung.asked = true;
  }
  if (thread_.joinable()) return;
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "k-thumb");
}

void RungSnapshots::give_up() {
  const std::lock_guard lock(mutex_);
  for (Of& rung : rungs_) {
    rung.asked = false;
    rung.waiting.reset();
  }
}

void RungSnapshots::look(std::size_t rung, const AVFrame& frame, base::Micros at) {
  const std::lock_guard lock(mutex_);
  Of& of = rungs_.at(rung);
  if (!of.asked) return;
  of.asked = false;
  of.waiting.reset(av_frame_clone(&frame));
  of.at = at;
  changed_.notify_one();
}

std::optional<RungThumbnail> RungSnapshots::take() {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < rungs_.size(); ++i) {
    if (auto made = std::exchange(rungs_[i].made, std::nullopt)) return RungThumbnail{i, *std::move(made)};
  }
  return std::nullopt;
}

/// The rung whose picture waits; null where none does.
RungSnapshots::Of* RungSnapshots::next() {
  const auto found = std::find_if(rungs_.begin(), rungs_.end(), [](const Of& of) { return of.waiting != nullptr; });
  return found == rungs_.end() ? nullptr : &*found;
}

void RungSnapshots::run() {
  // On Linux this is the calling thread's. Where it is refused the thread still does little.
  setpriority(PRIO_PROCESS, 0, kSnapshotNice);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return closed_ || next() != nullptr; });
    if (closed_) return;
    Of& of = *next();
    const FramePtr picture = std::move(of.waiting);
    const base::Micros at = of.at;
    lock.unlock();
    auto made = maker_.make(*picture, at);
    lock.lock();
    if (made) of.made = std::move(made);
  }
}

}  // namespace transcode
