#include "transcode/dropped_captions.h"

#include <utility>

namespace transcode {

void DroppedCaptions::note(media::Codec codec, const media::Packet& packet, std::int64_t pts) {
  const std::lock_guard lock(mutex_);
  waiting_.put(pts, reader_.read(codec, packet.data.view()));
}

std::vector<Switch::LostCaptions> DroppedCaptions::take(std::int64_t until) {
  std::vector<Switch::LostCaptions> taken;
  const std::lock_guard lock(mutex_);
  while (!waiting_.empty() && waiting_.next() < until) {
    Switch::LostCaptions one{waiting_.next(), {}};
    waiting_.take(one.pts, kMostCaptions, one.triplets);
    taken.push_back(std::move(one));
  }
  return taken;
}

}  // namespace transcode
