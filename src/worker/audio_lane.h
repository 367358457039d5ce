#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "job/options.h"
#include "media/instant.h"
#include "media/packet.h"
#include "media/track.h"
#include "transcode/audio_transcoder.h"
#include "transcode/hold_clock.h"
#include "transcode/loudness_meter.h"
#include "transcode/slate_course.h"
#include "worker/lane_outlet.h"
#include "worker/plan.h"
#include "worker/rate_meter.h"

namespace worker {

/// One audio track of the feed on its way to its rendition, copied or encoded. When its track is gone the next one
/// takes its place: an encoder continues in its format, a copy changes it. Thread: one.
class AudioLane final : private transcode::Output {
 public:
  /// `number`: of the rendition, from 1. All outlive this.
  AudioLane(const job::Options& options, LaneOutlet& outlet, std::size_t number);
  ~AudioLane() override;

  /// Makes what `plan` says of the feed's track. False where nothing can be made of it.
  /// `claimed_rate`: as VideoLane::take.
  bool open(const media::Track& track, const AudioPlan& plan, std::int64_t claimed_rate);
  /// The track again, in another format, or the one that takes its place. `loudness`: of that, where it is known.
  /// Units: LUFS.
  void change(const media::Track& track, std::optional<double> loudness = std::nullopt);

  const media::Track& source() const { return source_; }
  bool active() const { return active_; }
  /// Silence in place of what comes, until it is called with false; an encoded rendition of a channel whose slate is a
  /// film has the film's sound where follow_slate() says so.
  void mute(bool on);
  /// Where the slate's film is in the channel's picture. To be called often: the sound begins and ends with it.
  void follow_slate(const transcode::SlateCourse& course);
  /// It is `utc`: while the slate is heard, what should have come by now is its sound alone.
  void hold(base::Micros utc);
  void release() { active_ = false; }
  /// `meter` measures what is decoded of the track from now on; null: nobody. It outlives that. Nothing happens for a
  /// copy.
  void set_meter(transcode::LoudnessMeter* meter) {
    if (transcoder_) transcoder_->set_meter(meter);
  }
  /// Silence for `span` after what was taken: a feed that is behind by that has nothing new for that time.
  void pause(base::Micros span);
  /// False where the packet is of another track.
  bool take(media::Packet& packet);
  void flush();

  /// Of packets in a format that nothing can be made of.
  std::uint64_t unplayable() const { return unplayable_; }
  /// Null for a copy.
  const transcode::AudioTranscoder* transcoder() const { return transcoder_.get(); }

 private:
  bool open_copy();
  void open_slate();
  void add_rendition();
  void publish(media::Packet&& packet);
  void set_format(const media::Track& track);
  packager::RenditionSpec describe() const;
  void on_track(std::size_t rung, const media::Track& track) override;
  void on_packet(std::size_t rung, media::Packet&& packet) override;

  const job::Options& options_;
  LaneOutlet& outlet_;
  const std::size_t number_;
  media::Track source_;
  media::Track format_;      ///< of what is published
  packager::Still silence_;  ///< in that format; empty where its codec has none
  AudioPlan plan_;
  bool active_ = true;    ///< source_ is a track of the current feed
  bool playable_ = true;  ///< something can be made of its format
  bool muted_ = false;
  transcode::SlateCourse slate_;
  transcode::HoldClock hold_clock_;  ///< of the feed, without what hold() puts in
  std::uint64_t unplayable_ = 0;
  std::int64_t claimed_rate_ = 0;
  std::optional<media::Instant> end_;  ///< of what was taken
  std::optional<std::uint32_t> rendition_;
  std::optional<RateMeter> rate_;  ///< of a copy
  std::unique_ptr<transcode::AudioTranscoder> transcoder_;
};

}  // namespace worker
