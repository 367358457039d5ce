#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "feed/message.h"
#include "job/options.h"
#include "job/stats.h"
#include "media/event.h"
#include "packager/packager.h"
#include "record/position.h"
#include "record/record.h"
#include "ts/merger.h"
#include "worker/audio_lane.h"
#include "worker/caption_lanes.h"
#include "worker/caption_list.h"
#include "worker/feed.h"
#include "worker/feed_offset.h"
#include "worker/feed_tally.h"
#include "worker/lane_outlet.h"
#include "worker/presentation.h"
#include "worker/splices.h"
#include "worker/switch_marker.h"
#include "worker/thumbnails.h"
#include "worker/timed_events.h"
#include "worker/video_lane.h"

namespace worker {

/// One channel's media, from feed messages to records: its feeds, a lane for each track that is shown, and the packager
/// that they publish through.
///
///   messages ─► Feed primary ─┬─ events of the one that is shown ─► VideoLane ───► Packager ─► records
///          └──► Feed backup  ─┘                                └──► AudioLane… ─┘
///
/// Both feeds are demultiplexed and put on the UTC timeline all the time. feed::Select names the one that is shown: the
/// video changes over as VideoLane::switch_to() says, the audio at once where the switch is forced, and with the video
/// where it was asked for.
///
/// Where both feeds are transport streams of the same packets (ts::Merger), the one that is shown gets those of both,
/// and a switch between them changes nothing but whose they are.
///
/// Reads no clock and does no I/O: time comes with the messages.
/// Thread: one (encoders have their own; what they produce is taken by on_encoded()).
class Production final : private FeedOwner, private LaneOutlet, private packager::Listener {
 public:
  using OnRecord = std::function<void(const record::Record&)>;

  Production(job::Options options, OnRecord on_record);
  ~Production() override;
  Production(const Production&) = delete;
  Production& operator=(const Production&) = delete;

  /// Takes the next message of the feed pipe. Returns false after Finish: everything is written, leave.
  bool on_message(const feed::Addressed& message);
  /// Readable while encoders have something to deliver; -1 where nothing is encoded (yet).
  int encoded_descriptor() const { return video_.encoded_descriptor(); }
  /// Takes over what the encoders finished.
  void on_encoded() {
    video_.on_encoded();
    sound_slate();
    settle_switch();
    mark_switch();
  }
  /// Copies the counters to the page shared with the server.
  void report(job::Stats& stats) const;
  /// No message with media, but for a key frame, is needed before it arrives at this UTC: nothing can be made of it
  /// sooner. 0 where each is needed as it comes.
  base::Micros due() const;

 private:
  // From the feeds.
  void on_feed_event(Feed& from, media::Event&& event) override;
  void on_feed_heard(Feed& from, const media::Event& event) override { offset_.hear(from.id(), event); }
  void take(Feed& from, const media::Track& track);
  void take(Feed& from, media::Packet&& packet);
  void take(Feed&, const media::TrackGone& gone);
  void take(Feed& from, const media::Loss&);
  void take(Feed&, const media::End&) {}
  void take(Feed&, const media::Announced&) {}
  void take(Feed& from, media::Cue&& cue);
  void take(Feed& from, const media::Teletext& teletext);
  void take(Feed& from, const media::Text& text);
  // From the lanes.
  std::uint32_t add_rendition(const std::string& name, Presentation::Describe describe) override;
  void on_change() override { presentation_.changed(); }
  void publish(std::uint32_t rendition, media::Packet&& packet) override;
  void publish_cue(std::uint32_t rendition, media::TextCue cue) override;
  // From the packager.
  void on_record(record::Record&& record) override { on_record_(record); }
  void on_cut(const packager::Cut& cut) override { video_.on_cut(cut.time); }
  void on_key_wanted(std::uint32_t rendition) override { video_.on_key_wanted(rendition); }

  void take(Feed& from, const feed::TsBytes& bytes);
  bool carry_on(Feed& from);
  void exchange_feeds();
  void watch_merge();
  void list_captions(const Feed& from);
  void resume(base::View position);
  void start(Feed& from, const feed::Start& began);
  void select(feed::Id id, const feed::Select& selected);
  void force_switch();
  void begin_switch();
  bool of_sound_alone(const Feed& feed) const;
  void settle_switch();
  void mark_switch();
  void show(Feed& feed, base::Micros pause = 0);
  void write_cue(const media::Cue& cue);
  void signal(const feed::TimedEvent& event);
  void align();
  base::Micros lag(const Feed& spare) const;
  base::Micros pause_before(const Feed& spare) const;
  void stand_by();
  void probe_feeds();
  void stop(Feed& gone);
  void settle(const Feed& feed);
  std::size_t place_of(const Feed& feed) const { return static_cast<std::size_t>(&feed - feeds_.data()); }
  /// What the pictures of the feed have been, where all of them are decoded.
  std::optional<transcode::PictureHealth::Report> decoded_health(const Feed& feed) const;
  void tick(base::Micros utc);
  void show_slate(const feed::Slate& slate);
  void sound_slate();
  void finish();
  void forget_early(const media::Track& next);
  void take_audio(Feed& from, const media::Track& track);
  void gather(media::Packet&& packet);
  bool may_begin(const media::Packet& newest) const;
  void begin();
  Feed& feed(feed::Id id) { return feeds_[feeds_[0].id() == id ? 0 : 1]; }
  const Feed& feed(feed::Id id) const { return feeds_[feeds_[0].id() == id ? 0 : 1]; }
  void deliver(media::Packet&& packet);
  void present();

  const job::Options options_;
  const OnRecord on_record_;
  packager::Packager packager_;
  Presentation presentation_;
  CaptionList captions_;
  std::array<Feed, feed::kIds.size()> feeds_;  ///< by feed::index(), or exchanged
  FeedTally tally_;
  ts::Merger merger_;  ///< its main path is shown_
  FeedOffset offset_;
  feed::Id shown_ = feed::Id::kPrimary;     ///< the one whose audio is played
  feed::Id wanted_ = feed::Id::kPrimary;    ///< the one that is to be shown
  feed::Id selected_ = feed::Id::kPrimary;  ///< the one that the server selected last
  feed::Select::How how_ = feed::Select::How::kForced;
  SwitchMarker switch_marker_;
  feed::Slate slate_;             ///< what the operator wants
  base::Micros now_ = 0;          ///< UTC, of the newest tick
  base::Micros selected_at_ = 0;  ///< UTC, when wanted_ became so
  bool merged_ = false;           ///< as logged
  VideoLane video_;
  Splices splices_;
  TimedEvents events_;
  Thumbnails thumbnails_;
  std::vector<std::unique_ptr<AudioLane>> audio_;
  CaptionLanes texts_;
  std::deque<media::Packet> early_;  ///< packets that wait for the first presentation; at most kMostEarly
};

}  // namespace worker
