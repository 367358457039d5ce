#include "origin/images.h"

#include <algorithm>
#include <utility>

#include "hls/media_playlist.h"

namespace origin {
namespace {

// One comes a segment, before or while that is filled.
constexpr std::size_t kMostWaiting = 8;
// Ticks to microseconds and back may lose one.
constexpr base::Micros kRounding = 2;

}  // namespace

const base::Bytes* ImageSet::find(std::int64_t msn) const {
  const auto at = std::lower_bound(images.begin(), images.end(), msn,
                                   [](const Image& image, std::int64_t number) { return image.msn < number; });
  return at != images.end() && at->msn == msn ? &at->jpeg : nullptr;
}

bool ImageSet::ready() const { return revision.started() && revision.closed->listed() > 0; }

std::string ImageSet::text() const {
  return hls::render_images(revision, target_duration, [this](std::int64_t msn) { return find(msn) != nullptr; });
}

std::optional<std::string> ImageSet::text(const hls::ShiftedRange& range) const {
  const auto shifted = hls::slice(revision, range, target_duration);
  if (!shifted) return std::nullopt;
  return hls::render_images(shifted->segments, shifted->terms,
                            [this](std::int64_t msn) { return find(msn) != nullptr; });
}

void ImageList::add(base::Micros at, base::Bytes jpeg) {
  set_ = nullptr;
  now_.newest = ImageSet::Newest{at, jpeg};
  if (waiting_.size() == kMostWaiting) waiting_.pop_front();
  waiting_.push_back({at, std::move(jpeg)});
}

void ImageList::follow(const hls::Revision& revision, int target_duration) {
  const auto& segments = revision.closed->segments;
  const bool same = now_.revision.closed == revision.closed && now_.revision.ended == revision.ended &&
                    now_.revision.started() == revision.started();
  if (same) return;
  set_ = nullptr;
  now_.revision = revision;
  now_.target_duration = target_duration;
  for (const auto& segment : segments) {
    if (segment->msn > closed_) take(*segment);
  }
  if (segments.empty()) return;
  closed_ = std::max(closed_, segments.back()->msn);
  const std::int64_t oldest = revision.closed->at(0).msn;
  std::erase_if(now_.images, [&](const ImageSet::Image& image) { return image.msn < oldest; });
}

void ImageList::take(const hls::Segment& segment) {
  const base::Micros end = segment.end_utc() - kRounding;
  while (!waiting_.empty() && waiting_.front().at < segment.start_utc() - kRounding) waiting_.pop_front();
  if (waiting_.empty() || waiting_.front().at >= end) return;
  now_.images.push_back({segment.msn, std::move(waiting_.front().jpeg)});
  while (!waiting_.empty() && waiting_.front().at < end) waiting_.pop_front();
}

void ImageList::end() {
  set_ = nullptr;
  now_.newest.reset();
  waiting_.clear();
}

std::shared_ptr<const ImageSet> ImageList::set() {
  if (set_ == nullptr) set_ = std::make_shared<const ImageSet>(now_);
  return set_;
}

}  // namespace origin
