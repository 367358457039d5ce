#include "worker/delay_line.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace worker {

namespace {

/// What counts for the bound.
std::size_t size_of(const media::Event& event) {
  if (const auto* packet = std::get_if<media::Packet>(&event)) return packet->data.size();
  if (const auto* teletext = std::get_if<media::Teletext>(&event)) return teletext->data.size();
  if (const auto* text = std::get_if<media::Text>(&event)) return text->text.size();
  const auto* cue = std::get_if<media::Cue>(&event);
  return cue == nullptr ? 0 : cue->data.size();
}

}  // namespace

void DelayLine::put(media::Event&& event) {
  if (const auto* packet = std::get_if<media::Packet>(&event)) newest_ = std::max(newest_, packet->arrived);
  bytes_ += size_of(event);
  waiting_.push_back({std::move(event), newest_});
  if (bytes_ > kMostBytes) overflow();
}

/// Tracks that come and go are not dropped: what comes later refers to them.
void DelayLine::overflow() {
  dropped_ += std::erase_if(waiting_, [](const Waiting& at) {
    return std::holds_alternative<media::Packet>(at.event) || std::holds_alternative<media::Cue>(at.event) ||
           std::holds_alternative<media::Teletext>(at.event) || std::holds_alternative<media::Text>(at.event);
  });
  bytes_ = 0;
  waiting_.push_back({media::Loss{}, newest_});
}

std::optional<media::Event> DelayLine::take(base::Micros now) {
  if (waiting_.empty() || waiting_.front().arrived + delay_ > now) return std::nullopt;
  return take();
}

std::optional<media::Event> DelayLine::take() {
  if (waiting_.empty()) return std::nullopt;
  media::Event event = std::move(waiting_.front().event);
  waiting_.pop_front();
  bytes_ -= size_of(event);
  return event;
}

void DelayLine::clear() {
  waiting_.clear();
  delay_ = newest_ = 0;
  bytes_ = 0;
}

}  // namespace worker
