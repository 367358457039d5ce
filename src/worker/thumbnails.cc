#include "worker/thumbnails.h"

#include <string>
#include <utility>

namespace worker {

void Thumbnails::tick(base::Micros utc, std::span<Feed> feeds, const Shown& shown, VideoLane& lane,
                      const std::function<void(const record::Record&)>& out) {
  if (!wanted()) return;
  const bool due = options_.every > 0 && utc >= due_ && lane.economy() == 0;
  if (due) due_ = utc + options_.every;
  while (auto made = lane.take_thumbnail()) out(record::Thumbnail{"", made->at, std::move(made->jpeg)});
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

}  // namespace worker
