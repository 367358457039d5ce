#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "packager/packager.h"
#include "record/record.h"

namespace worker {

/// The renditions of a channel, in an order that never changes, and whether the log has to get a new Presentation
/// record of them. A rendition of a resumed log keeps its description until the feed has a track for it.
///
///   kGathering ──begin()──► kChanged ──specs()──► kCurrent ──changed()──► kChanged
///        └────────────resume()────────┘
class Presentation {
 public:
  enum class State : std::uint8_t {
    kGathering,  ///< nothing is presented yet: tracks are awaited, so that no player joins without them
    kChanged,    ///< the record has to be written before the next packet
    kCurrent,    ///< the record is written and still right
  };
  /// Makes the present description of a rendition; called by each specs().
  using Describe = std::function<packager::RenditionSpec()>;

  State state() const { return state_; }
  void begin();
  /// Begins with the renditions of `known`, a resumed log's.
  void resume(const record::Presentation& known);
  /// Adds a rendition, or replaces the one of this name that the resumed log had. Returns its index.
  std::uint32_t add(const std::string& name, Describe describe);
  /// A function given to add() returns something else now.
  void changed();
  /// The descriptions of all renditions. The state is kCurrent after that.
  std::vector<packager::RenditionSpec> specs();

 private:
  struct Place {
    std::string name;
    bool resumed = false;  ///< of the resumed log, and no track has replaced it
    Describe describe;
  };

  State state_ = State::kGathering;
  std::vector<Place> places_;
};

}  // namespace worker
