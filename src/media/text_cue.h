#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"

namespace media {

/// Where a text stands in the picture. Units: percent of the picture's height and width, 0 to 100.
struct CuePlace {
  enum class Align : std::uint8_t { kLeft, kCenter, kRight };
  int top = 0;     ///< of its first line
  int bottom = 0;  ///< of its last line
  int across = 0;  ///< where its lines begin, have their middle, or end
  Align align = Align::kLeft;

  friend bool operator==(const CuePlace&, const CuePlace&) = default;
};

/// A text that is shown for some time: what a text rendition consists of.
struct TextCue {
  /// A cue with the same id that comes later takes its place from there on: a text that grows word by word, or captions
  /// of which each line-up replaces the one before. Empty: nothing takes its place.
  std::string id;
  base::Micros start = 0;  ///< UTC
  base::Micros end = 0;    ///< UTC
  std::string text;        ///< lines, UTF-8, without markup; empty: only ends the cue with the same id
  std::optional<CuePlace> place = std::nullopt;  ///< nothing: players choose
};

/// No cue lasts longer. Captions that nobody clears leave the screen after 16 s by themselves (CTA-608-E 9.1); a
/// speaker's sentence does not take a minute.
inline constexpr base::Micros kLongestCue = 60 * base::kSecond;
/// No cue has a longer text. Units: bytes.
inline constexpr std::size_t kLongestCueText = 2048;

}  // namespace media
