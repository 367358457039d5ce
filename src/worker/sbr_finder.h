#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "base/bytes.h"
#include "media/event.h"
#include "media/track.h"

namespace worker {

/// Finds spectral band replication (HE-AAC) in AAC tracks that do not say that they have it, as ADTS cannot and RTMP
/// encoders with an implicit configuration do not: an AAC-LC track of at most 24 kHz is held until its first packet,
/// which is decoded. One that has SBR then says so, by the backward compatible extension of its configuration: its rate
/// is that which decoders put out, and CODECS is mp4a.40.5. Parametric stereo within it is not looked for. One packet
/// of a track is decoded, and nothing of others. Spec: [ISO 14496-3 1.6.5], [RFC 6381 3.3]; CM-29. Thread: one.
class SbrFinder {
 public:
  /// The highest rate of a core that may have SBR without saying so. Units: Hz.
  static constexpr int kMostCoreRate = 24'000;

  /// True where the event is not to be handed on: it is a track that is held, or the end of one. A track that is known
  /// already is changed, not held.
  bool holds(media::Event& event);
  /// The track that has to be announced before this event, its first packet.
  std::optional<media::Track> released_by(const media::Event& event);

 private:
  struct Known {
    base::Bytes config;  ///< as the feed has it
    bool sbr = false;
  };
  std::map<std::uint32_t, media::Track> held_;  ///< by id
  std::map<std::uint32_t, Known> known_;        ///< by id
};

}  // namespace worker
