#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "packager/packager.h"
#include "record/record.h"

namespace worker {

/// What a channel offers: its renditions, in an order that never changes. A rendition of the log that is resumed stays
/// as it was until the feed has a track for it.
///
///   kGathering ──begin()──► kChanged ──specs()──► kCurrent ──changed()──► kChanged
///        └────────────resume()────────┘
class Presentation {
 public:
  enum class State : std::uint8_t {
    kGathering,  ///< nothing is presented yet: tracks are awaited, so that no player joins without them
    kChanged,    ///< has to be written before the next packet
    kCurrent,
  };
  /// What is to be said of a rendition now.
  using Describe = std::function<packager::RenditionSpec()>;

  State state() const { return state_; }
  void begin();
  /// Offers what `known` has.
  void resume(const record::Presentation& known);
  /// The place of the rendition of this name: its own in the resumed log, else a new one at the end.
  std::uint32_t add(const std::string& name, Describe describe);
  /// Something that add()'s functions say is different now.
  void changed();
  /// All renditions as they are now, which from here on are current.
  std::vector<packager::RenditionSpec> specs();

 private:
  struct Place {
    std::string name;
    bool resumed = false;  ///< of the log, and no track has taken it
    Describe describe;
  };

  State state_ = State::kGathering;
  std::vector<Place> places_;
};

}  // namespace worker
