#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "align/loudness_correlator.h"
#include "align/offset_tracker.h"
#include "base/clock.h"
#include "feed/message.h"
#include "job/alignment.h"
#include "media/event.h"
#include "worker/feed_sound.h"

namespace worker {

/// Finds out whether the two feeds of a channel carry one programme, and how far they are apart: listens to both while
/// both are there, and compares them once a second until the offset is known, then every four seconds. Time
/// code, where both carry it, says it at once; what is heard may contradict it. Costs decoding the sound of both, and
/// nothing while there is one feed. Reads no clock. Thread: one.
class FeedOffset {
 public:
  static constexpr base::Micros kSearch = base::kSecond;
  static constexpr base::Micros kWatch = 4 * base::kSecond;

  struct Known {
    job::Alignment method = job::Alignment::kNone;
    /// What the primary has at UTC t of its timeline the backup has at t + offset of its own: above 0, the backup is
    /// behind. 0 with kNone.
    base::Micros offset = 0;
    double confidence = 0;  ///< 0 to 1
  };
  /// Where stamp 0 of each feed lies on its UTC timeline, by feed::index(); nothing where it has none yet.
  using Clocks = std::array<std::optional<base::Micros>, feed::kIds.size()>;
  /// The time of day of stamp 0 by the feed's time code, while that runs.
  using Codes = Clocks;
  /// What loudness says and what time code says may differ by so much: how far sound and picture of an encoder are
  /// apart. Where they differ by more the codes of the two feeds are not of one clock.
  static constexpr base::Micros kMostContradiction = 200 * base::kMillisecond;

  /// `channel`: for the log. `silence_peak`, `measured`: as of FeedSound.
  explicit FeedOffset(std::string channel, double silence_peak = 0.001, bool measured = false)
      : channel_(std::move(channel)), sounds_{FeedSound(silence_peak, measured), FeedSound(silence_peak, measured)} {}

  /// The feed's publisher has come anew.
  void restart(feed::Id id);
  /// What the feed gives, in UTC ticks, before anything delays it.
  void hear(feed::Id id, const media::Event& event) { sounds_[feed::index(id)].hear(event); }
  /// It is `utc`: to be called several times a second.
  void tick(base::Micros utc, const Clocks& clocks, const Codes& codes = {});

  const Known& known() const { return known_; }
  /// What is heard of one of them.
  FeedSound& sound(feed::Id id) { return sounds_[feed::index(id)]; }
  const FeedSound& sound(feed::Id id) const { return sounds_[feed::index(id)]; }

 private:
  void forget();
  void note_clocks(const Clocks& clocks);
  void note_codes(const Codes& codes);
  std::optional<base::Micros> by_time_code() const;
  Known find() const;
  void settle();

  const std::string channel_;
  std::array<FeedSound, feed::kIds.size()> sounds_;
  Clocks clocks_;
  Codes codes_;
  align::LoudnessCorrelator correlator_;
  align::OffsetTracker tracker_;
  base::Micros next_ = 0;  ///< UTC of the next comparison
  Known known_;
};

}  // namespace worker
