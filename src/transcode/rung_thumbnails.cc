#include "transcode/rung_thumbnails.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace transcode {
namespace {

/// The least comes first: HDR last, then what is too small, then by size; of what is too small the largest.
auto thumbnail_rank(const Rung& rung) {
  const bool small = std::max(rung.width, rung.height) < ThumbnailMaker::kMostSize;
  return std::tuple(rung.range == Rung::Range::kHdr, small, small ? -rung.width : rung.width);
}

}  // namespace

RungThumbnails::RungThumbnails(const std::vector<Rung>& rungs, bool wanted) {
  if (!wanted || rungs.empty()) return;
  const auto best = std::min_element(
      rungs.begin(), rungs.end(), [](const Rung& a, const Rung& b) { return thumbnail_rank(a) < thumbnail_rank(b); });
  rung_ = static_cast<std::size_t>(best - rungs.begin());
}

void RungThumbnails::look(std::size_t rung, const AVFrame& frame, base::Micros at) {
  if (rung_ != rung) return;
  std::optional<Thumbnail> made = maker_.make(frame, at);
  if (!made) return;
  const std::lock_guard lock(mutex_);
  if (made_.size() == kMostWaiting) made_.pop_front();
  made_.push_back(*std::move(made));
}

std::optional<Thumbnail> RungThumbnails::take() {
  const std::lock_guard lock(mutex_);
  if (made_.empty()) return std::nullopt;
  Thumbnail oldest = std::move(made_.front());
  made_.pop_front();
  return oldest;
}

}  // namespace transcode
