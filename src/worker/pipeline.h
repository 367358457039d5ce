#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "feed/message.h"
#include "job/options.h"
#include "job/stats.h"
#include "media/event.h"
#include "packager/packager.h"
#include "record/record.h"
#include "rtmp/tag_demuxer.h"
#include "timeline/timeline.h"
#include "transcode/audio_transcoder.h"
#include "transcode/silence.h"
#include "transcode/video_ladder.h"
#include "ts/demuxer.h"
#include "worker/plan.h"
#include "worker/rate_meter.h"

namespace worker {

/// One channel's media, from feed messages to records: demux, put on the UTC timeline, copy or encode, package.
/// Reads no clock and does no I/O: time comes with the messages.
/// Thread: one (encoders have their own; what they produce is taken by on_encoded()).
class Pipeline final : private media::EventSink, private packager::Listener {
 public:
  using OnRecord = std::function<void(const record::Record&)>;

  Pipeline(job::Options options, OnRecord on_record);
  ~Pipeline() override;
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  /// Takes the next message of the feed pipe. Returns false after Finish: everything is written, leave.
  bool on_message(const feed::Message& message);
  /// Readable while encoders have something to deliver; -1 where nothing is encoded (yet).
  int encoded_descriptor() const;
  /// Takes over what the encoders finished.
  void on_encoded();
  /// Copies the counters to the page shared with the server.
  void report(job::Stats& stats);

 private:
  struct AudioLane;
  class RungOutput;
  class RtmpInput;

  /// What a rendition of the presentation is made of.
  struct Source {
    enum class Kind : std::uint8_t {
      kResumed,  ///< known from the log of an earlier worker, and not fed by this one yet
      kCopy,
      kRung,
      kAudio,
    };
    Kind kind = Kind::kCopy;
    std::size_t index = 0;  ///< of the rung or the audio lane
    std::string name;
  };

  // From the timeline.
  void on_event(media::Event&& event) override;
  // From the packager.
  void on_record(record::Record&& record) override;
  void on_cut(const packager::Cut& cut) override;
  void on_key_wanted(std::uint32_t rendition) override;

  void start_feed(feed::Format format);
  void close_demuxers();
  void drain_and_finish();
  void accept(const media::Track& track);
  void accept(media::Packet&& packet);
  void accept(const media::TrackGone& gone);
  void accept(const media::Loss&) {}
  void accept(const media::End&) {}
  void accept(const media::Announced&) {}
  void on_video_track(const media::Track& track);
  void on_audio_track(const media::Track& track);
  void on_video_packet(media::Packet&& packet);
  void on_audio_packet(AudioLane& lane, media::Packet&& packet);
  void open_video();
  base::Status open_ladder();
  void open_audio(AudioLane& lane);
  AudioLane* lane_for(const media::Track& track);
  void resume(const record::Position& log);
  void add_rendition(Source::Kind kind, std::size_t index, std::string name);
  std::optional<std::uint32_t> rendition_of(Source::Kind kind, std::size_t index) const;
  packager::RenditionSpec spec_of(const Source& source) const;
  bool may_begin(const media::Packet& newest) const;
  void begin();
  void take(media::Packet&& packet);
  void present();
  void fill_silence();

  job::Options options_;
  OnRecord on_record_;
  packager::Packager packager_;
  timeline::Timeline timeline_;
  std::unique_ptr<RtmpInput> rtmp_;
  std::unique_ptr<ts::Demuxer> ts_;

  std::optional<media::Track> video_;
  VideoPlan video_plan_;
  std::optional<RateMeter> video_rate_;  ///< of a copy
  std::unique_ptr<RungOutput> rung_output_;
  std::unique_ptr<transcode::VideoLadder> ladder_;
  std::vector<media::Track> rung_tracks_;
  std::vector<std::unique_ptr<AudioLane>> audio_;
  std::vector<Source> renditions_;                ///< by their index in the presentation
  std::vector<packager::RenditionSpec> resumed_;  ///< of the log that was resumed, until their tracks are known
  bool stale_ = false;                            ///< tracks changed since the last presentation
  bool begun_ = false;                            ///< packets no longer wait in early_
  bool presented_ = false;                        ///< a presentation has been written
  std::deque<media::Packet> early_;               ///< packets that wait for the first presentation; at most kMostEarly
  std::optional<std::int64_t> newest_video_;      ///< Units: ticks of video_.
  std::int64_t video_at_last_tick_ = 0;
  std::uint64_t video_packets_ = 0;
  std::uint64_t audio_packets_ = 0;
  bool scrambled_told_ = false;  ///< in the log
  std::uint64_t unplayable_ = 0;
  std::int64_t video_bitrate_hint_ = 0;  ///< Units: bit/s, as the container claims.
};

}  // namespace worker
