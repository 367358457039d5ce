#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "media/instant.h"

namespace media {

/// A page of teletext, as the feed describes it.
struct TeletextPage {
  int number = 0;                ///< Units: its digits are hexadecimal: 0x888 is page 888
  std::string language;          ///< ISO 639-2, empty if the feed did not say
  bool subtitles = false;        ///< its text belongs to the picture
  bool hard_of_hearing = false;  ///< subtitles that also say what is heard

  friend bool operator==(const TeletextPage&, const TeletextPage&) = default;
};
using TeletextPages = std::vector<TeletextPage>;

/// Teletext that the feed carries, at its place among the packets.
struct Teletext {
  std::uint32_t stream = 0;                    ///< which of the feed's streams: its PID
  std::shared_ptr<const TeletextPages> pages;  ///< of the stream, as the feed describes them; not null
  /// The payload of a PES packet (EN 300 472); empty: only the description is new.
  base::Bytes data;
  /// When it is to be shown. From a demuxer: on the feed's clock; from the timeline: UTC.
  Instant at;
  base::Micros arrived = 0;  ///< as Packet::arrived
};

}  // namespace media
