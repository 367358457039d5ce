#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "job/stats.h"
#include "media/time.h"
#include "media/track.h"

namespace channel {

/// How a feed was made and how it comes, as numbers: see job::MakeStats. Nothing, 0 or empty is what is not known.
struct FeedMake {
  std::optional<media::Codec> video;
  int profile = 0;      ///< profile_idc
  int constraints = 0;  ///< of H.264; of HEVC the tier
  int level = 0;        ///< level_idc
  int width = 0;
  int height = 0;
  media::Rational rate;  ///< that the feed declares, or keeps exactly; 0/1: none
  int bit_depth = 0;
  bool interlaced = false;
  std::optional<media::Codec> audio;
  int sample_rate = 0;
  int channels = 0;
  std::string language;  ///< of the first audio track, ISO 639; empty: the feed does not say
  std::uint64_t audio_tracks = 0;

  // Since its publisher came.
  std::uint64_t pictures = 0;
  base::Micros played = 0;
  std::uint64_t key_frames = 0;
  std::uint64_t open_key_frames = 0;
  base::Micros gop = 0;
  base::Micros since_key = 0;
  std::optional<base::Micros> pace_zero;
  base::Micros jitter = 0;  ///< where pace_zero is known
  std::optional<base::Micros> sound_behind;

  // Media time, or time, for which it has been so up to now.
  base::Micros watched = 0;  ///< that its pictures have been looked at
  base::Micros black = 0;
  base::Micros frozen = 0;
  base::Micros scrambled = 0;
};

/// Of what a worker wrote, which may be anything.
FeedMake make_of(const job::FeedStats& stats);

}  // namespace channel
