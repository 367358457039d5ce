#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "events/event.h"
#include "feed/message.h"
#include "media/overlay.h"

namespace channel {

/// One that the configuration declares.
struct DeclaredOverlay {
  media::Overlay overlay;
  bool on = true;  ///< shown unless an operator orders otherwise
};

/// What lies over the encoded pictures of a channel: what the configuration declares, and what operators order until
/// they take it back, or the channel ends. Reads no clock. Thread: one.
class Overlays {
 public:
  /// What an operator wants of an overlay.
  struct Order {
    std::string id;
    bool on = true;
    /// In the place of what is declared; nothing: that is shown, or hidden.
    std::optional<media::Overlay> overlay;
    bool taken_back = false;  ///< what is declared counts again
  };
  enum class Outcome : std::uint8_t {
    kDone,
    kBesideCopy,  ///< done; the copied rendition is without it
    kUnknown,     ///< nothing is declared with this id, or was ordered
    kTooMany,     ///< more than media::kMostOverlays
    kNoFont,      ///< a text
    kNotEncoded,  ///< nothing is
    kNotLive,
  };
  struct Entry {
    media::Overlay overlay;
    bool on = false;
    bool ordered = false;  ///< by an operator
  };
  /// `show` tells the source of each change. `channel` and `events` outlive this.
  Overlays(const std::string& channel, events::Sink& events, std::function<void(const feed::Overlay&)> show);

  /// What the configuration declares from now on.
  void configure(std::vector<DeclaredOverlay> declared);
  /// `font`: there is one for texts.
  Outcome take(const Order& order, bool font);
  /// The channel has ended, and with it the orders.
  void clear();
  /// All that there are, by id.
  std::map<std::string, Entry> entries() const;

 private:
  Outcome take_back(const std::string& id, std::string_view why);
  void settle();

  const std::string& channel_;
  events::Sink& events_;
  const std::function<void(const feed::Overlay&)> show_;
  std::vector<DeclaredOverlay> declared_;
  std::map<std::string, Order> orders_;          ///< by id
  std::map<std::string, media::Overlay> shown_;  ///< what the source was told of
};

}  // namespace channel
