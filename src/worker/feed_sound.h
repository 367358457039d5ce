#pragma once

#include <memory>
#include <optional>

#include "align/envelope.h"
#include "base/clock.h"
#include "media/event.h"
#include "transcode/loudness_probe.h"

namespace worker {

/// What is heard of a feed: of its first audio track, while somebody listens. Costs decoding that track, and nothing
/// while nobody does. Reads no clock. Thread: one.
class FeedSound {
 public:
  /// A feed of which nothing came for so long is not there.
  static constexpr base::Micros kAbsent = 2 * base::kSecond;
  /// Sound is missing once none came for so long: encoders send it in clumps.
  static constexpr base::Micros kMissing = base::kSecond;

  struct Health {
    base::Micros heard_for = 0;   ///< media time that was listened to
    base::Micros silent_for = 0;  ///< time for which there was silence, or no sound came at all; 0 while there is some
  };

  /// `silence_peak`: as of transcode::SilenceMeter.
  explicit FeedSound(double silence_peak) : silence_peak_(silence_peak) {}

  /// The feed's publisher has come anew. Listening goes on.
  void restart();
  /// What the feed gives, in UTC ticks, before anything delays it.
  void hear(const media::Event& event);
  void listen(bool on);
  /// What is known of how loud it was does not belong to what comes now.
  void forget();

  /// Whether something comes of the feed, picture or sound. `utc`: now.
  bool present(base::Micros utc) const { return newest_ && utc - *newest_ < kAbsent; }
  /// All 0 while nobody listens.
  Health health(base::Micros utc) const;
  /// Null while nobody listens, or there is no track that can be decoded.
  const align::Envelope* envelope() const { return ear_ ? &ear_->envelope : nullptr; }

 private:
  struct Ear final : transcode::LoudnessProbe::Listener {
    explicit Ear(transcode::LoudnessProbe opened) : probe(std::move(opened)) {}
    void on_loudness(std::int64_t hop, double power, std::int64_t samples) override {
      envelope.add(hop, power, samples);
    }
    transcode::LoudnessProbe probe;
    align::Envelope envelope;
  };
  void take(const media::Track& track);
  void take(const media::Packet& packet);
  void open();

  const double silence_peak_;
  bool listens_ = false;
  std::optional<media::Track> track_;
  std::unique_ptr<Ear> ear_;
  std::optional<base::Micros> newest_;       ///< arrival of the newest packet
  std::optional<base::Micros> sound_until_;  ///< arrival of the newest one of the track, or of the feed's first packet
};

}  // namespace worker
