#pragma once

#include <optional>
#include <vector>

#include "job/options.h"
#include "job/rung.h"
#include "media/track.h"

namespace worker {

/// What is made of one video track.
struct VideoPlan {
  bool copy = false;             ///< published as it came, as the top rung
  std::vector<job::Rung> rungs;  ///< encoded, largest first, with all sizes and rates filled in; may be empty
};

/// What is made of one audio track: a copy or an encoding, and further encodings beside it.
struct AudioPlan {
  bool copy = false;
  job::AudioRung rung;                 ///< where it is not a copy
  std::vector<job::AudioRung> beside;  ///< each with its name: see job::suffix_of()
};

/// True where HLS can carry the codec as it comes (MV-25); MPEG-2 video for one it cannot.
bool can_copy(const media::Track& track);

/// What the channel's options make of this source. A source that cannot be copied where only a copy was asked for is
/// encoded in the default ladder: a picture is better than none.
VideoPlan plan_video(const job::Options& options, const media::Track& source);
/// Nothing where the channel has no audio.
std::optional<AudioPlan> plan_audio(const job::Options& options, const media::Track& source);

/// BANDWIDTH and AVERAGE-BANDWIDTH of a rendition, bit/s: payload plus what the container adds (MV-4, MV-5).
struct Bandwidth {
  std::uint32_t peak = 0;
  std::uint32_t average = 0;
};
Bandwidth bandwidth_of(const job::Rung& rung, base::Micros part);
/// `bitrate` 0: a guess from codec, size and rate until it has been measured.
Bandwidth bandwidth_of_copy(const media::Track& track, std::int64_t bitrate, base::Micros part);

/// Of a copy whose rate has been measured: with a reserve above the highest segment so far.
Bandwidth bandwidth_measured(std::int64_t peak, std::int64_t average, base::Micros part);

}  // namespace worker
