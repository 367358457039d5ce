#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "hls/multivariant.h"
#include "media/track.h"

namespace hls {

/// A part of a channel under a name of its own, `index.m3u8?view=NAME`: which renditions its multivariant playlist has,
/// and how their media playlists are played. What is empty or 0 leaves nothing out.
struct View {
  static constexpr std::size_t kLongestName = 32;
  /// Letters of a name, which is in URLs.
  static constexpr const char* kNameLetters = "abcdefghijklmnopqrstuvwxyz0123456789_-";

  std::string name;
  std::vector<std::string> renditions;  ///< by name, of all kinds
  int least_height = 0;                 ///< of video. Units: pixels.
  int most_height = 0;                  ///< likewise
  std::vector<media::Codec> codecs;     ///< of video and audio; of a kind that none is of, every codec is shown
  std::vector<std::string> languages;   ///< of audio and text, by their first subtag: "en" is also "en-GB"
  bool low_latency = true;              ///< false: its media playlists list whole segments alone
  // Of whole segments only. Units: µs.
  base::Micros hold_back = 0;  ///< HOLD-BACK: how far players stay behind the end; 0: three target durations, unsaid
  base::Micros start = 0;      ///< EXT-X-START: how far before the end players begin; 0: unsaid

  friend bool operator==(const View&, const View&) = default;
};

/// The streams of a view, in the order that they have. Empty where nothing is left that plays, and where of the
/// renditions that the view names (or of all) every one of video, or every one of audio, is left out by what else it
/// asks.
std::vector<Stream> streams_of(const View& view, std::span<const Stream> streams);

/// The value of `view` in a raw query, without '?'; empty: there is none. One that is no name of a view, or is there
/// twice, comes back as it is, or as text that is no name.
std::string_view parse_view(std::string_view query);

}  // namespace hls
