#include "worker/thumbnails.h"

#include <string>
#include <string_view>
#include <utility>

namespace worker {
namespace {

std::string of_rung(std::string_view name) { return std::string(record::kOfRung).append(name); }

}  // namespace

void Thumbnails::tick(base::Micros utc, std::span<Feed> feeds, const Shown& shown, VideoLane& lane,
                      const std::function<void(const record::Record&)>& out) {
  if (!wanted()) return;
  const bool due = options_.every > 0 && utc >= due_ && lane.economy() == 0;
  if (due) due_ = utc + options_.every;
  while (auto made = lane.take_thumbnail()) out(record::Thumbnail{"", made->at, std::move(made->jpeg)});
  tick_rungs(due, lane, out);
  for (Feed& feed : feeds) {
    if (feed.video() == nullptr) continue;
    transcode::DecodeSide* const decoded = lane.decoded(feed.video()->id);
    const bool is_seen = options_.segment > 0 && !lane.encodes() && &feed == shown.feed && !shown.hidden;
    if (auto made = decoded != nullptr ? decoded->take_thumbnail() : feed.take_thumbnail()) {
      if (is_seen) {
        out(record::Thumbnail{"", made->at, made->jpeg});
        // Half a segment later the key frame of the next one is not there yet.
        shown_due_ = utc + options_.segment / 2;
      }
      const bool is_copied = options_.every > 0 && lane.copies() && &feed == shown.feed && !shown.hidden;
      if (is_copied) out(record::Thumbnail{of_rung(job::kCopyName), made->at, made->jpeg});
      if (options_.every > 0)
        out(record::Thumbnail{std::string(feed::to_string(feed.id())), made->at, std::move(made->jpeg)});
    }
    if (decoded != nullptr) {
      if (due) decoded->ask_thumbnail();
    } else if (due || (is_seen && utc >= shown_due_)) {
      feed.ask_thumbnail();
    }
  }
}

void Thumbnails::tick_rungs(bool due, VideoLane& lane, const std::function<void(const record::Record&)>& out) const {
  if (options_.every == 0) return;
  while (auto made = lane.take_snapshot())
    out(record::Thumbnail{of_rung(made->rung), made->thumbnail.at, std::move(made->thumbnail.jpeg)});
  if (lane.economy() > 0) {
    lane.give_up_snapshots();
  } else if (due) {
    lane.ask_snapshots();
  }
}

}  // namespace worker
