#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "feed/message.h"
#include "job/stats.h"
#include "media/event.h"
#include "rtmp/tag_demuxer.h"
#include "timeline/timeline.h"
#include "ts/demuxer.h"
#include "worker/feed_meter.h"
#include "worker/feed_time_code.h"
#include "worker/sbr_finder.h"

namespace worker {

/// Demultiplexes one feed and puts it on the UTC timeline. The timeline is kept when the publisher comes back, over the
/// same protocol or another. Reads no clock and does no I/O. Thread: one.
class FeedInput final : private rtmp::TagSink {
 public:
  struct Options {
    std::string channel;           ///< for the log
    int program = 0;               ///< as job::Options::program
    base::Micros clear_slots = 0;  ///< as timeline::Timeline::Options::clear_slots
    /// The feed is at the time of its time code, where that can be: timeline::Timeline::Options::source_time.
    bool source_time = false;
    base::Micros source_offset = 0;  ///< UTC less the time that its code says
    bool agreed_clock = false;       ///< as timeline::Timeline::Options::agreed_clock
  };

  /// `out` gets the feed's events in UTC ticks, within the calls below, and outlives this.
  FeedInput(Options options, media::EventSink& out);

  /// A publisher has come, or has come back. `zero`: as feed::Start::zero.
  void start(feed::Format format, std::optional<base::Micros> zero = std::nullopt);
  void take(const feed::RtmpMessage& message);
  /// Transport stream bytes, cut anywhere; `arrived` as feed::TsBytes::arrived.
  void take(base::View bytes, base::Micros arrived);
  void take(const feed::TsBytes& bytes) { take(bytes.payload.view(), bytes.arrived); }
  /// Whether a publisher is there.
  bool running() const { return rtmp_ || ts_; }
  /// Messages were dropped before they came here.
  void on_loss() { timeline_.on_event(media::Loss{}); }
  /// The publisher has gone: what is still queued is given out.
  void stop();
  /// Nothing comes out that is earlier than `utc`: an earlier worker has published it.
  void not_before(base::Micros utc) { timeline_.not_before(utc); }

  /// Whether a track of this kind is still to be expected. Units: `now` as media::Packet::arrived.
  bool awaits(media::Kind kind, base::Micros now) const { return timeline_.awaits(kind, now); }
  /// Whether tracks are found one by one, as in a transport stream, rather than known with the first.
  bool finds_tracks() const { return ts_ != nullptr; }
  /// What the container claims of its bit rate; 0 where it does not. Units: bit/s.
  std::int64_t claimed_rate(media::Kind kind) const;

  std::uint64_t unplayable() const { return unplayable_; }
  const timeline::Timeline::Counters& timeline() const { return timeline_.counters(); }
  /// UTC of the feed's stamp 0; nothing before its time is anchored.
  std::optional<base::Micros> clock() const { return timeline_.clock(); }
  /// What its time is; of a feed that is gone, or has no time yet, its arrival.
  job::Anchored anchored() const;
  const timeline::Timeline::ClockAsk& clock_ask() const { return timeline_.clock_ask(); }
  void take(const feed::Clock& clock) { timeline_.agree(clock.ask, clock.zero); }
  const FeedTimeCode& time_code() const { return time_code_; }
  /// Of the present publisher, or the last one.
  const FeedMeter& meter() const { return meter_; }
  /// Splice information (SCTE-35) that could not be used, damaged or not understood.
  std::uint64_t bad_cues() const;
  /// Pages of teletext that it describes; none of another format than a transport stream.
  media::TeletextPages teletext_pages() const { return ts_ ? ts_->teletext_pages() : media::TeletextPages{}; }
  /// Caption services of its pictures that it announces; none of another format than a transport stream.
  std::vector<media::Caption> announced_captions() const {
    return ts_ ? ts_->captions() : std::vector<media::Caption>{};
  }
  /// Streams of DVB subtitles, which are not converted.
  std::size_t bitmap_subtitles() const { return ts_ ? ts_->bitmap_subtitles() : 0; }
  /// Subtitles that the feed carried as text since its publisher came, and those of them that were bad.
  struct Texts {
    std::uint64_t taken = 0;
    std::uint64_t bad = 0;  ///< repaired, or left out
  };
  Texts texts() const { return rtmp_ ? Texts{rtmp_->counters().texts, rtmp_->counters().texts_bad} : Texts{}; }
  /// Null while no transport stream comes.
  const ts::Counters* transport() const { return ts_ ? &ts_->counters() : nullptr; }

 private:
  void on_event(media::Event&& event) override;
  void on_frame_info(const rtmp::FrameInfo& info) override { time_code_.take(info); }
  void pass(media::Event&& event);
  void watch_cues();
  void watch_anchor();
  void log_clock(timeline::Timeline::AnchoredAt at) const;
  void on_stream_info(const rtmp::StreamInfo& info) override;
  void on_notice(const rtmp::Notice& notice) override;

  const Options options_;
  FeedTimeCode time_code_;
  FeedMeter meter_;
  SbrFinder sbr_;
  timeline::Timeline timeline_;
  std::unique_ptr<rtmp::TagDemuxer> rtmp_;
  std::unique_ptr<ts::Demuxer> ts_;
  timeline::Timeline::AnchoredAt anchored_ = timeline::Timeline::AnchoredAt::kNothing;  ///< when it was last logged
  rtmp::StreamInfo info_;
  std::uint64_t unplayable_ = 0;
  std::uint64_t damaged_before_ = 0;  ///< splice information of publishers that have gone
  std::uint64_t bad_cues_seen_ = 0;   ///< bad_cues() when it was last logged
  bool scrambled_logged_ = false;     ///< logged once a feed
  bool bad_cue_logged_ = false;       ///< logged once a feed
};

}  // namespace worker
