#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

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

/// One audio track of the feed on its way to its renditions, copied or encoded. When its track is gone the next one
/// takes its place: an encoder continues in its format, a copy changes it. The first rendition is a1 by its number,
/// those beside it are a1-eac3-6 and the like. Thread: one.
class AudioLane final : private transcode::Output {
 public:
  /// `number`: of the rendition, from 1. All outlive this.
  AudioLane(const job::Options& options, LaneOutlet& outlet, std::size_t number);
  ~AudioLane() override;

  /// Makes what `plan` says of the feed's track; beside the first rendition nothing, from the ninth track on. False
  /// where nothing can be made of it. `claimed_rate`: as VideoLane::take.
  bool open(const media::Track& track, const AudioPlan& plan, std::int64_t claimed_rate);
  /// The track again, in another format, or the one that takes its place. `loudness`: of that, where it is known.
  /// Units: LUFS.
  void change(const media::Track& track, std::optional<double> loudness = std::nullopt);

  const media::Track& source() const { return source_; }
  bool active() const { return active_; }
  /// Whether the first rendition is a copy.
  bool copies() const { return plan_.copy; }
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
  /// Null for a copy with nothing beside it. The first of what it makes is the first rendition, if that is no copy.
  const transcode::AudioTranscoder* transcoder() const { return transcoder_.get(); }

 private:
  /// What is published under one name.
  struct Rendition {
    std::string name;
    bool encoded = false;
    std::int64_t bitrate = 0;  ///< of an encoding, 0: not known. Units: bit/s.
    int dialnorm = 0;          ///< as job::AudioRung
    std::uint32_t index = 0;   ///< at the outlet
    media::Track format;
    packager::Still silence;  ///< in that format; empty where its codec has none
  };

  bool open_transcoder();
  void open_slate();
  void add(const std::string& suffix, const job::AudioRung* rung);
  void copy(media::Packet&& packet);
  void publish(const Rendition& to, media::Packet&& packet);
  void set_format(Rendition& rendition, const media::Track& track);
  packager::RenditionSpec describe(const Rendition& rendition) const;
  void on_track(std::size_t rung, const media::Track& track) override;
  void on_packet(std::size_t rung, media::Packet&& packet) override;

  const job::Options& options_;
  LaneOutlet& outlet_;
  const std::size_t number_;
  media::Track source_;
  AudioPlan plan_;
  std::vector<Rendition> renditions_;  ///< the copy, then what the transcoder makes
  bool active_ = true;                 ///< source_ is a track of the current feed
  bool playable_ = true;               ///< something can be made of its format
  bool muted_ = false;
  transcode::SlateCourse slate_;
  transcode::HoldClock hold_clock_;  ///< of the feed, without what hold() puts in
  std::uint64_t unplayable_ = 0;
  std::int64_t claimed_rate_ = 0;
  std::optional<media::Instant> end_;  ///< of what was taken
  std::optional<RateMeter> rate_;      ///< of a copy
  std::unique_ptr<transcode::AudioTranscoder> transcoder_;
};

}  // namespace worker
