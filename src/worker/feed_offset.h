#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "align/envelope.h"
#include "align/loudness_correlator.h"
#include "align/offset_tracker.h"
#include "base/clock.h"
#include "feed/message.h"
#include "job/alignment.h"
#include "media/event.h"
#include "transcode/loudness_probe.h"

namespace worker {

/// Finds out whether the two feeds of a channel carry one programme, and how far they are apart: listens to the first
/// audio track of each while both have one, and compares them once a second until the offset is known, then every four
/// seconds. Costs decoding the sound of both, and nothing while there is one feed.
/// Reads no clock. Thread: one.
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

  /// `channel`: for the log.
  explicit FeedOffset(std::string channel) : channel_(std::move(channel)) {}

  /// The feed's publisher has come anew.
  void restart(feed::Id id);
  /// What the feed gives, in UTC ticks, before anything delays it.
  void hear(feed::Id id, const media::Event& event);
  /// It is `utc`: to be called several times a second.
  void tick(base::Micros utc, const Clocks& clocks);

  const Known& known() const { return known_; }

 private:
  /// What is heard of a feed.
  struct Ear final : transcode::LoudnessProbe::Listener {
    explicit Ear(transcode::LoudnessProbe opened) : probe(std::move(opened)) {}
    void on_loudness(std::int64_t hop, double power, std::int64_t samples) override {
      envelope.add(hop, power, samples);
    }
    transcode::LoudnessProbe probe;
    align::Envelope envelope;
  };
  struct Heard {
    std::optional<media::Track> track;
    std::unique_ptr<Ear> ear;  ///< null while there is nothing to compare with
    std::optional<base::Micros> clock;
  };

  Heard& heard(feed::Id id) { return heard_[feed::index(id)]; }
  void take(Heard& from, const media::Track& track);
  void listen();
  void forget();
  void note_clocks(const Clocks& clocks);
  void compare();
  void settle();

  const std::string channel_;
  std::array<Heard, feed::kIds.size()> heard_;
  align::LoudnessCorrelator correlator_;
  align::OffsetTracker tracker_;
  base::Micros next_ = 0;  ///< UTC of the next comparison
  Known known_;
};

}  // namespace worker
