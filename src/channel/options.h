#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "channel/feed_choice.h"
#include "channel/interstitials.h"
#include "channel/overlays.h"
#include "channel/schedule.h"
#include "govern/priority.h"
#include "hls/multivariant.h"
#include "hls/view.h"
#include "job/options.h"
#include "origin/marker_list.h"

namespace channel {

/// How one channel is run. Defaults as documented in conf/kickoff.yaml.
struct Options {
  job::Options media;                        ///< `channel` is filled in at each start of a worker
  base::Micros window = 60 * base::kSecond;  ///< of the playlists
  /// Of the window, what stays in memory where there is a journal: see memory_of(). 0: as long as the window demands.
  base::Micros window_memory = 0;
  origin::MarkerList::Shown markers;                ///< that playlists show
  hls::AudioOnly audio_only = hls::AudioOnly::kNo;  ///< in the multivariant playlist
  bool iframes = false;                             ///< video renditions have an I-frame playlist
  std::vector<hls::View> views;                     ///< by name
  Interstitials::Options interstitials;
  std::vector<DeclaredOverlay> overlays;    ///< at most media::kMostOverlays
  base::Micros grace = 20 * base::kSecond;  ///< that a publisher may be away before the channel ends
  base::Micros idle = 30 * base::kSecond;   ///< without media, after which a publisher is disconnected (RT-40)
  /// A second publisher replaces the first at any time, and not only where that is silent (RT-28).
  bool takeover = false;
  Failover failover;
  Schedule schedule;
  govern::Priority priority = govern::Priority::kNormal;  ///< for the CPU
  bool declared = false;                                  ///< has an entry of its own in the configuration
  /// The instance is not ready while this channel has a publisher and no fresh part; others do not count, or a
  /// stranger's encoder could take the whole instance out of service.
  bool required = false;
  std::vector<std::string> keys;         ///< any of them admits a publisher; none: loopback addresses only
  std::vector<std::string> backup_keys;  ///< any of them admits a publisher of the backup feed
};

/// Windows up to this stay in memory as a whole unless the channel says otherwise.
inline constexpr base::Micros kWindowInMemory = 300 * base::kSecond;
/// Without a journal there are none that are longer: 1.8 GB at 4 Mbit/s.
inline constexpr base::Micros kLongestInMemory = 3600 * base::kSecond;

/// How long media stays in memory once the journal has it; 0: for as long as the window has it. Of long windows the
/// newest six segments, which is what players at the live edge fetch.
inline base::Micros memory_of(const Options& options) {
  if (options.window_memory > 0) return options.window_memory < options.window ? options.window_memory : 0;
  return options.window <= kWindowInMemory ? 0 : 6 * options.media.segment;
}

}  // namespace channel
