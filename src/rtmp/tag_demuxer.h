#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "media/event.h"
#include "rtmp/composition.h"
#include "rtmp/frame_info.h"
#include "rtmp/nal_track.h"
#include "rtmp/stamp_order.h"
#include "rtmp/stream_info.h"
#include "rtmp/tag.h"
#include "rtmp/track_config.h"

namespace rtmp {

/// Something in a feed that is left out or repaired; reported once a track and kind.
struct Notice {
  enum class Kind : std::uint8_t {
    kUnplayable,     ///< a codec that we do not take; its track is dropped (RT-36)
    kBadTag,         ///< a message whose header does not parse
    kBadConfig,      ///< a sequence header that does not parse; the one before stays in force
    kNoConfig,       ///< frames before their sequence header, or before parameter sets of their own
    kDamagedFrame,   ///< NAL lengths or OBUs that do not add up, a slice that came after its picture
    kTooManyTracks,  ///< more than 16 (RT-42)
    kUnknownPacket,  ///< a packet type of the future
    kBadTime,        ///< a composition time that cannot be meant, replaced
  };
  Kind kind = Kind::kBadTag;
  std::uint32_t track_id = 0;  ///< as media::Track::id; 0 where no track is concerned
  std::string text;
};

/// Where a TagDemuxer's output goes.
class TagSink : public media::EventSink {
 public:
  virtual void on_stream_info(const StreamInfo& info) = 0;
  virtual void on_notice(const Notice& notice) = 0;
  virtual void on_frame_info(const FrameInfo& /*info*/) {}
};

/// Turns RTMP audio, video and data messages into tracks and packets. No clock; the same messages give the same output.
///
/// Track ids: video 1000 + track id, audio 2000 + track id; timescale 1000.
/// Times: 32-bit timestamps are unwrapped against the one before, whatever its track (RT-6). ModEx nanoseconds round
/// the presentation time to the nearest millisecond, which is all that this timescale holds. Decoding times that stand
/// still or step back by at most 100 ms are moved just after the one before (RT-26); larger steps pass. Composition
/// times pass as they are, also negative ones: pts may be less than dts. One that cannot be meant is replaced. Encoders
/// that stamp their messages with the presentation time get decoding times from StampOrder, for which the first
/// pictures of a track that may reorder, and has no composition times, wait.
///
/// Splice information in a data message (CuePoint) comes as media::Cue, at its "time" if that is near the message's;
/// other events (parse_data_event()) come as an ID3 tag, at the message's time. Subtitles (parse_text_event()) come as
/// media::Text, too, at the message's time if that is near the newest media's, else with it. "onFI" goes to
/// on_frame_info().
///
/// Formats: H.264 and HEVC as NalTrack has them. A track is announced by its sequence header, or by its first key frame
/// with parameter sets (AV1: a sequence header OBU, AAC: an ADTS header); again with the key frame whose configuration
/// is another one. A track whose codec becomes one that we do not take is gone after a few such frames; if the codec
/// that it had comes again without a sequence header, the one before holds. Spec: RT-23 to RT-26, RT-30 to RT-36,
/// RT-39.
class TagDemuxer {
 public:
  struct Counters {
    std::uint64_t packets = 0;
    std::uint64_t dropped = 0;    ///< track parts and messages left out, for any reason of Notice::Kind
    std::uint64_t repaired = 0;   ///< pictures whose composition time was replaced
    std::uint64_t texts = 0;      ///< subtitles taken, repaired ones included
    std::uint64_t texts_bad = 0;  ///< subtitles repaired, or left out: too long, without a text
  };

  explicit TagDemuxer(TagSink& sink) : sink_(sink) {}

  /// One message of type 8, 9 or 18 (as feed::RtmpMessage has it); other types are ignored.
  /// Units: timestamp in milliseconds as sent; arrived in UTC microseconds.
  void feed(Type type, std::uint32_t timestamp, base::Micros arrived, const base::Bytes& payload);
  /// Gives out what is held back: the feed has ended.
  void flush();

  const Counters& counters() const { return counters_; }

 private:
  /// When a frame is shown and decoded, as the message says. Units: milliseconds.
  struct Moment {
    std::int64_t time = 0;          ///< the message's timestamp, unwrapped: the decoding time as a rule
    std::int32_t composition = 0;   ///< as TagPart::composition
    std::uint32_t nanoseconds = 0;  ///< as TagPart::nanoseconds
  };
  struct EarlyPicture {
    Moment moment;
    media::Packet packet;
  };
  struct TrackState {
    media::Track track;
    bool announced = false;
    int strange = 0;                ///< frames in a row of a codec that we do not take
    std::unique_ptr<NalTrack> nal;  ///< of H.264 and HEVC
    CompositionFilter composition;
    StampOrder order;
    bool order_known = false;         ///< whether stamps are decoding or presentation times; see StampOrder
    std::vector<EarlyPicture> early;  ///< held back until it is known; StampOrder::kEnough at most
    std::optional<ColourSignal> colour;
    bool begun = false;  ///< last_dts holds: a packet has been given out
    std::int64_t last_dts = 0;
    std::uint32_t noticed = 0;  ///< bits of Notice::Kind
  };

  void on_part(const TagPart& part, base::Micros arrived, const base::Bytes& payload);
  void on_sequence_start(TrackState& state, const TagPart& part);
  void on_colour(TrackState& state, const TagPart& part);
  void on_frames(TrackState& state, const TagPart& part, base::Micros arrived, const base::Bytes& payload);
  void on_data(std::uint32_t timestamp, base::Micros arrived, base::View payload);
  void on_cue_point(std::uint32_t timestamp, base::Micros arrived, base::View payload);
  void on_text(std::int64_t time, base::Micros arrived, base::View payload);
  void on_unplayable(TrackState& state, const TagPart& part);

  // H.264 and HEVC.
  NalTrack& nal_of(TrackState& state, media::Codec codec);
  void on_nal_header(TrackState& state, const TagPart& part);
  void on_nal_frames(TrackState& state, const TagPart& part, base::Micros arrived, base::Bytes body);
  void deliver(TrackState& state, const AccessUnit& unit);
  void give_picture(TrackState& state, const Moment& moment, media::Packet&& packet);
  void give_early(TrackState& state);
  void flush(TrackState& state);

  // Other codecs.
  bool shape_av1(TrackState& state, media::Packet& packet);
  bool on_adts(TrackState& state, const TagPart& part, base::Micros arrived, const base::Bytes& payload);
  bool describe_by_frame(TrackState& state, const TagPart& part);

  bool announce_config(TrackState& state, media::Codec codec, const base::Bytes& config, Notice::Kind otherwise);
  void announce(TrackState& state, media::Track track);
  void give(TrackState& state, const Moment& moment, media::Packet&& packet);
  TrackState* track_of(const TagPart& part);
  void drop(TrackState* state, Notice::Kind kind, std::string text);
  void notice(TrackState* state, Notice::Kind kind, std::string text);

  TagSink& sink_;
  StreamInfo info_;
  media::Announced announced_;  ///< by the newest metadata, less what cannot be played
  std::vector<TrackState> tracks_;
  bool clock_begun_ = false;
  std::uint32_t last_timestamp_ = 0;
  std::int64_t time_ = 0;  ///< Units: milliseconds, unwrapped, of the message being read.
  std::uint32_t noticed_ = 0;
  Counters counters_;
};

}  // namespace rtmp
