#include "worker/thumbnails.h"

#include <string>
#include <utility>

namespace worker {

void Thumbnails::tick(base::Micros utc, std::span<Feed> feeds, const VideoLane& lane,
                      const std::function<void(const record::Record&)>& out) {
  if (!wanted()) return;
  const bool due = utc >= due_ && lane.economy() == 0;
  if (due) due_ = utc + every_;
  for (Feed& feed : feeds) {
    if (feed.video() == nullptr) continue;
    transcode::DecodeSide* const decoded = lane.decoded(feed.video()->id);
    auto made = decoded != nullptr ? decoded->take_thumbnail() : feed.take_thumbnail();
    if (made) out(record::Thumbnail{std::string(feed::to_string(feed.id())), made->at, std::move(made->jpeg)});
    if (!due) continue;
    if (decoded != nullptr) {
      decoded->ask_thumbnail();
    } else {
      feed.ask_thumbnail();
    }
  }
}

}  // namespace worker
