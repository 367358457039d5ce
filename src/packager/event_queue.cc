#include "packager/event_queue.h"

#include <algorithm>

#include "base/byte_writer.h"
#include "cmaf/event_message.h"
#include "media/time.h"

namespace packager {
namespace {

cmaf::EventMessage message_of(const Event& event, std::int64_t timescale) {
  cmaf::EventMessage message;
  message.scheme = event.scheme;
  message.timescale = static_cast<std::uint32_t>(timescale);
  message.id = event.id;
  message.data = event.data.view();
  if (event.duration) {
    // The largest value says that it is not known.
    const std::int64_t ticks = media::rescale(*event.duration, base::kSecond, timescale);
    message.duration =
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(ticks, 0, cmaf::EventMessage::kUnknownDuration - 1));
  }
  return message;
}

std::size_t bytes_of(const Event& event) { return cmaf::size_of(message_of(event, 1)); }

}  // namespace

bool EventQueue::add(const Event& event, base::Micros written) {
  if (event.at < written - kMostBehind) return false;
  const auto after = std::upper_bound(events_.begin(), events_.end(), event.at,
                                      [](base::Micros at, const Event& waiting) { return at < waiting.at; });
  for (auto same = after; same != events_.begin() && std::prev(same)->at == event.at; --same) {
    if (std::prev(same)->id == event.id && std::prev(same)->scheme == event.scheme) return true;
  }
  const std::size_t bytes = bytes_of(event);
  if (events_.size() == kMost || bytes_ + bytes > kMostBytes) return false;
  bytes_ += bytes;
  events_.insert(after, event);
  return true;
}

std::vector<std::uint8_t> EventQueue::take(std::int64_t end, std::int64_t segment, std::int64_t timescale) {
  base::ByteWriter out;
  while (!events_.empty()) {
    const Event& event = events_.front();
    const std::int64_t time = media::rescale(event.at, base::kSecond, timescale);
    if (time >= end) break;
    cmaf::EventMessage message = message_of(event, timescale);
    message.time = static_cast<std::uint64_t>(std::max(time, segment));
    cmaf::write_event_message(out, message);
    bytes_ -= bytes_of(event);
    events_.pop_front();
  }
  return out.take();
}

}  // namespace packager
