#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "align/envelope.h"
#include "base/clock.h"
#include "loudness/meter.h"
#include "media/event.h"
#include "media/track.h"
#include "transcode/loudness_meter.h"
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

  /// `silence_peak`: as of transcode::SilenceMeter. `measured`: its loudness is, while somebody listens.
  explicit FeedSound(double silence_peak, bool measured = false) : silence_peak_(silence_peak), measured_(measured) {}

  /// The feed's publisher has come anew. Listening goes on, and its loudness is measured from the beginning.
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
  /// What the first track's sound goes to that somebody else decodes: null while this decodes it itself, or it is not
  /// measured.
  transcode::LoudnessMeter* meter_for_lanes() { return measured_ && !listening_ ? &loudness_ : nullptr; }
  /// Of the first track since the publisher came, as far as somebody decoded it. While no sound comes, nothing is
  /// known of the last seconds. `utc`: now.
  loudness::Reading loudness(base::Micros utc) const;
  /// Integrated, of this track; nothing where it is not the one that is measured.
  std::optional<double> loudness_of(std::uint32_t track_id) const;
  /// False once none came for kMissing.
  bool sounds(base::Micros utc) const { return sound_until_ && utc - *sound_until_ < kMissing; }
  /// The first audio track; null: there is none.
  const media::Track* track() const { return track_ ? &*track_ : nullptr; }
  /// Null while nobody listens, or there is no track that can be decoded.
  const align::Envelope* envelope() const { return listening_ ? &listening_->envelope : nullptr; }

 private:
  struct Listening final : transcode::LoudnessProbe::Listener {
    explicit Listening(transcode::LoudnessProbe opened) : probe(std::move(opened)) {}
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
  const bool measured_;
  transcode::LoudnessMeter loudness_;
  bool listens_ = false;
  std::optional<media::Track> track_;
  std::unique_ptr<Listening> listening_;
  std::optional<base::Micros> newest_;       ///< arrival of the newest packet
  std::optional<base::Micros> sound_until_;  ///< arrival of the newest one of the track, or of the feed's first packet
};

}  // namespace worker
