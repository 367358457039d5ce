#include "ts/track_order.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace ts {
namespace {

/// FFmpeg fills a PES packet of 2,930 bytes before it sends it: 0.5 s of audio at 48 kbit/s, 1 s at 24 kbit/s.
constexpr std::int64_t kMostWait = 135000;  // 1.5 s
constexpr std::size_t kMostHeld = 1024;

}  // namespace

void TrackOrder::expect(const std::vector<std::uint16_t>& audio) {
  order_.assign(audio.begin(), audio.end());
  std::erase_if(settled_,
                [this](std::uint32_t id) { return std::find(order_.begin(), order_.end(), id) == order_.end(); });
  release_ready();
}

void TrackOrder::on_event(media::Event&& event) {
  if (auto* const packet = std::get_if<media::Packet>(&event)) {
    if (take_time(*packet)) give_up();
    const std::uint32_t id = packet->track_id;
    if (held_.contains(id)) {
      hold(id, std::move(event));
      return;
    }
  } else if (const auto* const track = std::get_if<media::Track>(&event);
             track && track->kind() == media::Kind::kAudio) {
    const std::uint32_t id = track->id;
    if (held_.contains(id) || must_wait(id)) {
      hold(id, std::move(event));
      return;
    }
    settled_.insert(id);
    out_.on_event(std::move(event));
    release_ready();
    return;
  } else if (const auto* const gone = std::get_if<media::TrackGone>(&event)) {
    const std::uint32_t id = gone->track_id;
    release(id);
    settled_.erase(id);
  }
  out_.on_event(std::move(event));
}

bool TrackOrder::must_wait(std::uint32_t id) const {
  const auto place = std::find(order_.begin(), order_.end(), id);
  if (place == order_.end() || settled_.contains(id)) return false;
  return std::any_of(order_.begin(), place, [this](std::uint32_t other) { return !settled_.contains(other); });
}

/// True where the wait is over.
bool TrackOrder::take_time(const media::Packet& packet) {
  if (held_.empty()) return false;
  if (!waiting_since_) waiting_since_ = packet.dts;
  return std::abs(packet.dts - *waiting_since_) >= kMostWait;
}

void TrackOrder::hold(std::uint32_t id, media::Event&& event) {
  held_[id].push_back(std::move(event));
  if (++held_events_ > kMostHeld) give_up();
}

void TrackOrder::release_ready() {
  for (const std::uint32_t id : order_) {
    if (held_.contains(id) && !must_wait(id)) release(id);
  }
}

void TrackOrder::release(std::uint32_t id) {
  const auto found = held_.find(id);
  if (found == held_.end()) return;
  std::deque<media::Event> events = std::move(found->second);
  held_.erase(found);
  held_events_ -= events.size();
  if (held_.empty()) waiting_since_.reset();
  settled_.insert(id);
  for (media::Event& event : events) out_.on_event(std::move(event));
}

void TrackOrder::give_up() {
  if (held_.empty()) return;
  settled_.insert(order_.begin(), order_.end());
  release_ready();
}

}  // namespace ts
