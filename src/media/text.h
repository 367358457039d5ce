#pragma once

#include <string>

#include "base/clock.h"
#include "media/instant.h"

namespace media {

/// A subtitle that the feed carries as text, at its place among the packets. It is shown until the next one.
struct Text {
  std::string text;      ///< UTF-8, without markup, lines end in \n; empty: nothing is shown from then on
  std::string language;  ///< as the feed has it, RFC 5646 or ISO 639-2; empty: it does not say
  /// When it is to be shown. From a demuxer: on the feed's clock; from the timeline: UTC.
  Instant at;
  base::Micros arrived = 0;  ///< as Packet::arrived
};

}  // namespace media
