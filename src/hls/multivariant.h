#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "media/caption.h"
#include "media/time.h"
#include "media/track.h"

namespace hls {

/// One rendition as the multivariant playlist names it.
struct Stream {
  std::string name;  ///< its directory; the URI is name/index.m3u8
  media::Track track;
  std::uint32_t bandwidth = 0;          ///< bit/s, peak (MV-2)
  std::uint32_t average_bandwidth = 0;  ///< bit/s
  std::string label;                    ///< NAME; made unique here (MV-11)
  bool is_default = false;
  std::string characteristics;  ///< CHARACTERISTICS; empty: none
  bool forced = false;          ///< FORCED, of text
};

/// Whether there is a variant of the audio alone beside those with video.
enum class AudioOnly : std::uint8_t { kNo, kYes };

/// What there is for fast forward, rewind and scrubbing.
struct Stills {
  bool iframes = false;
  bool images = false;
  media::Rational every{2, 1};  ///< a picture so often, at the most. Units: s.
};

/// The multivariant playlist: every video rendition with every audio group, or the audio alone. Same arguments, same
/// bytes (MV-28). Audio of several codecs, and surround beside stereo, goes to a group each where all groups then have
/// the same members (MV-12), so that a player without one of the codecs keeps the other; else into one group. AAC in
/// stereo is the first group, and the first variant has it (MV-26). Captions are one group, which every
/// variant names (MV-9); where nothing is known of them, nothing is said. So is text. The variant of the audio alone is
/// the last: it names the first group, and its playlist is that of the member that plays by default.
/// Of `stills`: every video rendition has an I-frame playlist, and the channel has an image playlist.
/// REQUIRES: at least one stream of video or audio.
std::string render_multivariant(std::span<const Stream> streams, bool independent_segments,
                                const media::Captions& captions = {}, AudioOnly audio_only = AudioOnly::kNo,
                                const Stills& stills = {});

/// The same playlist with every URI below `base`, which ends in '/': it sends a player elsewhere, all renditions to one
/// place (LL-116), without redirecting media (LL-117).
std::string rebase_multivariant(std::string_view playlist, std::string_view base);

/// The same playlist with `query` behind every URI: what it asks of its renditions.
std::string with_query(std::string_view playlist, std::string_view query);

}  // namespace hls
