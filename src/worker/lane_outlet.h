#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "media/packet.h"
#include "media/text_cue.h"
#include "packager/packager.h"
#include "worker/presentation.h"

namespace worker {

/// The interface through which lanes publish. Implemented by Production.
class LaneOutlet {
 public:
  virtual ~LaneOutlet() = default;
  /// As Presentation::add.
  virtual std::uint32_t add_rendition(const std::string& name, Presentation::Describe describe) = 0;
  /// The description of a rendition changes with the next packet.
  virtual void on_change() = 0;
  /// `packet` in ticks of the rendition's track.
  virtual void publish(std::uint32_t rendition, media::Packet&& packet) = 0;
  /// Of a text rendition.
  virtual void publish_cue(std::uint32_t rendition, media::TextCue cue) = 0;
};

}  // namespace worker
