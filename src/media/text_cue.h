#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"

namespace media {

/// A text that is shown for some time: what a text rendition consists of.
struct TextCue {
  /// A cue with the same id that comes later takes its place from there on: a text that grows word by word, or captions
  /// of which each line-up replaces the one before. Empty: nothing takes its place.
  std::string id;
  base::Micros start = 0;  ///< UTC
  base::Micros end = 0;    ///< UTC
  std::string text;        ///< lines, UTF-8, without markup; empty: only ends the cue with the same id
};

/// No cue lasts longer. Captions that nobody clears leave the screen after 16 s by themselves (CTA-608-E 9.1); a
/// speaker's sentence does not take a minute.
inline constexpr base::Micros kLongestCue = 60 * base::kSecond;
/// No cue has a longer text. Units: bytes.
inline constexpr std::size_t kLongestCueText = 2048;

}  // namespace media
