#include "channel/overlays.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace channel {

Overlays::Overlays(const std::string& channel, events::Sink& events, std::function<void(const feed::Overlay&)> show)
    : channel_(channel), events_(events), show_(std::move(show)) {}

void Overlays::configure(std::vector<DeclaredOverlay> declared) {
  declared_ = std::move(declared);
  settle();
}

std::map<std::string, Overlays::Entry> Overlays::entries() const {
  std::map<std::string, Entry> all;
  for (const DeclaredOverlay& at : declared_) all[at.overlay.id] = {at.overlay, at.on, false};
  for (const auto& [id, order] : orders_) {
    // A reload may have taken away what was ordered by its id alone.
    if (!order.overlay && !all.contains(id)) continue;
    Entry& entry = all[id];
    if (order.overlay) entry.overlay = *order.overlay;
    entry.on = order.on;
    entry.ordered = true;
  }
  return all;
}

void Overlays::settle() {
  std::map<std::string, media::Overlay> wanted;
  for (auto& [id, entry] : entries()) {
    if (entry.on) wanted[id] = entry.overlay;
  }
  for (const auto& [id, overlay] : shown_) {
    if (!wanted.contains(id)) show_({false, {.id = id}});
  }
  for (const auto& [id, overlay] : wanted) {
    const auto before = shown_.find(id);
    if (before == shown_.end() || !(before->second == overlay)) show_({true, overlay});
  }
  shown_ = std::move(wanted);
}

Overlays::Outcome Overlays::take(const Order& order, bool font) {
  if (order.taken_back) return take_back(order.id, "taken back");
  const auto all = entries();
  const auto known = all.find(order.id);
  if (!order.overlay && known == all.end()) return Outcome::kUnknown;
  if (known == all.end() && all.size() >= media::kMostOverlays) return Outcome::kTooMany;
  if (order.overlay && order.overlay->png.empty() && !font) return Outcome::kNoFont;
  Order& standing = orders_[order.id];
  // What was ordered before is shown again, or hidden.
  std::optional<media::Overlay> overlay = order.overlay ? order.overlay : standing.overlay;
  standing = {order.id, order.on, std::move(overlay)};
  const std::string text = standing.overlay ? standing.overlay->text : known->second.overlay.text;
  base::log_info("channel", "an overlay is ordered",
                 {{"channel", channel_}, {"overlay", order.id}, {"on", order.on}, {"text", text}});
  events_.append({events::Type::kOverlay,
                  channel_,
                  events::State::kRaised,
                  order.id,
                  {{"overlay", order.id}, {"on", order.on}, {"text", text}}});
  settle();
  return Outcome::kDone;
}

Overlays::Outcome Overlays::take_back(const std::string& id, std::string_view why) {
  if (orders_.erase(id) == 0) return Outcome::kUnknown;
  base::log_info("channel", "the order of an overlay is over", {{"channel", channel_}, {"overlay", id}, {"why", why}});
  events_.append({events::Type::kOverlay, channel_, events::State::kCleared, id, {{"overlay", id}, {"reason", why}}});
  settle();
  return Outcome::kDone;
}

void Overlays::clear() {
  while (!orders_.empty()) take_back(std::string(orders_.begin()->first), "the channel has ended");
}

}  // namespace channel
