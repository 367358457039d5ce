#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "channel/options.h"
#include "channel/report.h"
#include "feed/message.h"
#include "ingest/pull.h"
#include "ingest/srt_stats.h"

/// The facility check: before the night, what comes in is measured for a while and judged against what the channel
/// needs.
namespace facility {

/// What the server knows of a feed at one moment.
struct Sample {
  base::Micros at = 0;       ///< steady
  base::Micros utc = 0;      ///< the same moment
  channel::FeedReport feed;  ///< of a channel that is gone: as it is by default
  bool worker = false;       ///< a media process looks at it
  bool transport = false;    ///< it comes as an MPEG transport stream
  std::optional<ingest::SrtStats> srt;
  std::optional<ingest::PullStats> pull;  ///< of a feed that the server gets by itself
};

/// What the channel needs of its feeds, by its configuration.
struct Wanted {
  base::Micros segment = 2 * base::kSecond;
  base::Micros part = base::kSecond / 2;
  bool copies_video = false;
  bool audio = true;
  double loudness = kUsualLoudness;  ///< Units: LUFS.
  double true_peak = -1;             ///< Units: dBTP.
  bool measures_loudness = true;
  bool captions = false;  ///< a text rendition is made of CEA-608 or CEA-708
  bool teletext = false;  ///< likewise
  bool texts = false;     ///< likewise, of onTextData
  bool splices = false;   ///< cuts, key frames or messages are made of splice information

  /// EBU R 128, where the channel has no target of its own.
  static constexpr double kUsualLoudness = -23;
};
Wanted wanted_of(const channel::Options& options);

}  // namespace facility
