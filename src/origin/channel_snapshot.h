#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "hls/view.h"
#include "origin/images.h"
#include "origin/rendition_snapshot.h"

namespace origin {

enum class State : std::uint8_t {
  kWaiting,  ///< no rendition has a playlist yet: hold requests (LL-111)
  kLive,
  kEnded,  ///< every playlist that there is has EXT-X-ENDLIST
};

/// A view and its multivariant playlist, which is null where the channel has no rendition for it.
struct NamedView {
  hls::View view;
  std::shared_ptr<const Rendered> multivariant;
};

/// One channel at one instant. Immutable; what did not change is shared with the snapshot before.
/// Thread: any.
struct ChannelSnapshot {
  std::string name;
  State state = State::kWaiting;
  std::uint64_t revision = 0;  ///< grows by at least one from snapshot to snapshot of a channel
  int target_duration = 2;     ///< Units: s.
  /// The multivariant playlist; null before the first presentation. It may be given out while still waiting.
  std::shared_ptr<const Rendered> multivariant;
  /// By their index in the presentation; one that has no media yet has a snapshot that is not ready. Grows within a
  /// session and may shrink only where a new one begins.
  std::vector<std::shared_ptr<const RenditionSnapshot>> renditions;

  /// The views of the channel; null: none.
  std::shared_ptr<const std::vector<NamedView>> views;
  /// Small pictures of what viewers see; null: the channel has none.
  std::shared_ptr<const ImageSet> images;

  /// Position of a rendition in `renditions`, or -1.
  int index_of(std::string_view rendition) const;
  /// A rendition by name, or null.
  const RenditionSnapshot* find(std::string_view rendition) const;
  /// A view by name, or null.
  const NamedView* find_view(std::string_view wanted) const;
  /// How long a request may be held: min(3 × TARGETDURATION, 25 s) (LL-83, LL-103, CF-3).
  base::Micros hold_limit() const;
};

}  // namespace origin
