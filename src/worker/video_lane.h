#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "feed/message.h"
#include "govern/load_meter.h"
#include "job/options.h"
#include "media/instant.h"
#include "media/packet.h"
#include "media/track.h"
#include "transcode/decode_side.h"
#include "transcode/encode_side.h"
#include "transcode/hold_clock.h"
#include "transcode/output.h"
#include "worker/lane_outlet.h"
#include "worker/plan.h"
#include "worker/rate_meter.h"

namespace worker {

/// The channel's video on its way to its renditions: a copy, the rungs of a ladder, or both. The first video track that
/// comes decides what is made of it; a later one takes its place when it is gone, whatever its format: rungs stay as
/// they are, a copy changes its format.
///
/// Another feed's track takes its place by switch_to(). Rungs change between two decoded pictures, the copy at the new
/// track's next key frame; until both have, packets of the two tracks are taken.
/// Thread: one (encoders have their own; on_encoded() takes what they made).
class VideoLane final : private transcode::Output {
 public:
  struct Counters : transcode::EncodeSide::Counters {
    transcode::DecodeSide::Counters decoding;  ///< of all feeds so far
  };

  /// Both outlive this.
  VideoLane(const job::Options& options, LaneOutlet& outlet);
  ~VideoLane() override;

  /// Whether a track was taken.
  bool known() const { return source_.has_value(); }
  /// Whether that track still comes.
  bool active() const { return active_; }
  /// The track that is shown, or was last.
  const std::optional<media::Track>& source() const { return source_; }
  /// The feed's track, new or in another format. False where it is not for this lane: another one is shown.
  /// `claimed_rate`: what the container says of its bit rate, 0 where it does not. Units: bit/s.
  bool take(const media::Track& track, std::int64_t claimed_rate);
  /// False where the packet is of another track.
  bool take(media::Packet& packet);
  /// The track with this id is gone.
  void release(std::uint32_t track_id);
  /// The feed ended: the next video track of any id takes over.
  void release();

  /// Another feed's `track` is to be shown; `since_key`: its packets from the newest key frame on.
  /// kAsked: the present track is shown until the new one has a picture for the time after it. kForced: it is shown no
  /// longer. REQUIRES: known(), and no switch is under way.
  void switch_to(const media::Track& track, std::int64_t claimed_rate, std::vector<media::Packet>&& since_key,
                 feed::Select::How how);
  /// Whether switch_after() is possible: a copy changes at a key frame, wherever that is.
  bool can_pause() const { return encode_ && !copy_; }
  /// As switch_to() with kForced, where the other feed is behind by `behind`: the last picture stays for so long, then
  /// comes the one that follows it. REQUIRES: can_pause().
  void switch_after(const media::Track& track, std::int64_t claimed_rate, std::vector<media::Packet>&& since_key,
                    base::Micros behind);
  /// Whether a switch is under way.
  bool switching() const { return incoming_.has_value(); }
  /// UTC of the first picture of this track since it came to be shown; nothing until there is one, or while another
  /// track is shown. Of a copy beside rungs, the copy's.
  std::optional<base::Micros> shown_from(std::uint32_t track_id) const;
  /// Gives the switch up: the present track stays, or, if it is shown no longer, the next one that comes takes over.
  void cancel_switch();

  /// Decodes another feed's `track` all the time, without showing it, so that switch_to() has nothing to catch up with:
  /// from the newest key frame on, whose packets up to now are `since_key`. Nothing happens if it is decoded already,
  /// or where nothing is encoded. REQUIRES: no switch is under way.
  void stand_by(const media::Track& track, const std::vector<media::Packet>& since_key);
  /// No other track is decoded any more.
  void stand_down();
  /// A packet of the track that stands by; of another one nothing happens.
  void decode_standby(const media::Packet& packet);

  /// Packets of this track were lost.
  void on_loss(std::uint32_t track_id);
  /// It is `utc`: what encoders should have shown by now, and was not there, is the last picture again.
  void hold(base::Micros utc);
  /// The log has a picture of an earlier worker, which the packager holds: what is copied need not begin by itself.
  void continue_log() { continued_ = true; }
  /// Shows the slate in the rungs, whatever the feed shows, until it is called with one that is off; a copy holds its
  /// last key frame. Also of encoders that are opened later.
  void show_slate(const feed::Slate& slate);
  /// Where the slate's film is in the rungs; off where there are none, or no film.
  transcode::SlateCourse slate_course() const { return encode_ ? encode_->slate_course() : transcode::SlateCourse{}; }
  /// Lays something over the pictures of the rungs, or takes it away; also of encoders that are opened later.
  void show_overlay(const feed::Overlay& order);
  /// A segment of the copy starts at `time`: encoders put their key frames there. Units: ticks of the copy's track.
  void on_cut(std::int64_t time);
  /// Encoded renditions have a key frame at the first picture at `at` (UTC) or later; also those that are opened later.
  void force_key_at(media::Instant at);
  /// Whether encoders have had the picture at `at` (UTC), or a later one: no key frame can be put there.
  bool encoded(base::Micros at) const;
  /// A rung lost frames and needs a key frame.
  void on_key_wanted(std::uint32_t rendition);

  /// Readable while encoders have something to deliver; -1 where nothing is encoded.
  int encoded_descriptor() const { return encode_ ? encode_->descriptor() : -1; }
  void on_encoded();
  void flush();

  /// What the pictures of a track have been, where all of them are decoded.
  std::optional<transcode::PictureHealth::Report> health(std::uint32_t track_id) const;
  /// What decodes all pictures of this track; null where nothing does.
  transcode::DecodeSide* decoded(std::uint32_t track_id) const;
  /// Whether something is encoded.
  bool encodes() const { return encode_ != nullptr; }
  /// See transcode::EncodeSide::take_thumbnail(); nothing where nothing is encoded.
  std::optional<transcode::Thumbnail> take_thumbnail() { return encode_ ? encode_->take_thumbnail() : std::nullopt; }
  /// See transcode::EncodeSide::ask_snapshots(); nothing happens where nothing is encoded.
  void ask_snapshots() {
    if (encode_) encode_->ask_snapshots();
  }
  void give_up_snapshots() {
    if (encode_) encode_->give_up_snapshots();
  }
  struct Snapshot {
    std::string rung;  ///< its name
    transcode::Thumbnail thumbnail;
  };
  std::optional<Snapshot> take_snapshot();
  /// Whether the feed's own pictures are a rendition.
  bool copies() const { return copy_.has_value(); }
  /// Of packets in a format that nothing can be made of.
  std::uint64_t unplayable() const { return unplayable_; }
  /// Nothing where nothing is encoded.
  std::optional<Counters> ladder_counters() const;
  /// How the encoders keep up; nothing where there are none, or nothing that they could save.
  std::optional<govern::Load> load() const;
  /// The last level of set_economy(); 0 where nothing can be saved.
  int most_economy() const { return encode_ ? encode_->most_economy() : 0; }
  /// See transcode::EncodeSide::set_economy(). Also of encoders that are opened later.
  void set_economy(int level);
  /// The level that was asked for.
  int economy() const { return economy_; }

 private:
  struct RungLane {
    media::Track track;
    std::optional<std::uint32_t> rendition;
  };
  /// The other feed's track while a switch to it is under way.
  struct Incoming {
    media::Track track;
    std::int64_t claimed_rate = 0;
    std::unique_ptr<transcode::DecodeSide> decode;  ///< null where nothing is encoded, or it cannot be decoded
    bool copied = false;                            ///< the copy has switched
  };

  /// The other feed's track between switches.
  struct Standby {
    media::Track track;
    std::unique_ptr<transcode::DecodeSide> decode;
  };

  void put_overlay(const media::Overlay& overlay);
  void open(std::int64_t claimed_rate);
  base::Status open_ladder();
  std::shared_ptr<transcode::Slate> open_slate() const;
  void change(const media::Track& track);
  void change_incoming(const media::Track& track);
  void change_decoder(const media::Track& track);
  void set_copy_format(const media::Track& track);
  bool take_incoming(media::Packet& packet);
  void copy_incoming();
  void settle_switch();
  std::unique_ptr<transcode::DecodeSide> make_incoming(const media::Track& track,
                                                       std::vector<media::Packet>&& since_key);
  void put_aside(const media::Track& track, std::unique_ptr<transcode::DecodeSide> side);
  void retire(std::unique_ptr<transcode::DecodeSide> side);
  void publish_copy(const media::Packet& packet);
  std::int64_t still_every() const;
  packager::RenditionSpec describe_copy() const;
  packager::RenditionSpec describe_rung(std::size_t rung) const;
  void on_track(std::size_t rung, const media::Track& track) override;
  void on_packet(std::size_t rung, media::Packet&& packet) override;

  const job::Options& options_;
  LaneOutlet& outlet_;
  std::optional<media::Track> source_;
  media::Track format_;    ///< of the copy: the newest that could be copied
  bool active_ = false;    ///< source_ is a track of a current feed
  bool playable_ = false;  ///< something can be made of its format
  VideoPlan plan_;
  std::optional<RateMeter> rate_;  ///< of the copy
  std::int64_t claimed_rate_ = 0;
  std::optional<std::uint32_t> copy_;              ///< rendition
  std::unique_ptr<transcode::EncodeSide> encode_;  ///< outlives the decode sides
  std::unique_ptr<transcode::DecodeSide> decode_;  ///< of source_
  std::optional<Incoming> incoming_;
  std::optional<Standby> standby_;           ///< with Options::Standby::kHot
  transcode::DecodeSide::Counters retired_;  ///< of decode sides that are gone
  transcode::HoldClock hold_clock_;
  std::optional<media::Instant> paused_until_;  ///< no picture comes up to there: switch_after()
  std::vector<RungLane> rungs_;
  std::uint64_t unplayable_ = 0;
  std::map<std::string, media::Overlay> overlays_;  ///< by id
  feed::Slate slate_;                               ///< what the operator wants
  int economy_ = 0;                                 ///< the level that is asked for
  base::Bytes still_;                               ///< newest key frame of the copy that was published, in format_
  std::int64_t still_composition_ = 0;              ///< its pts - dts
  std::int64_t copied_at_ = 0;                      ///< dts of what was published last, likewise
  bool continued_ = false;
  std::optional<base::Micros> copied_from_;  ///< the first picture of the copy's present track
  std::vector<media::Instant> keys_;         ///< asked for before there were encoders
  bool copy_held_ = false;                   ///< the copy shows still_, up to a key frame
};

}  // namespace worker
