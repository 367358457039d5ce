#pragma once

#include <cstdint>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/clock.h"
#include "media/instant.h"
#include "media/packet.h"
#include "media/teletext.h"
#include "media/text.h"
#include "media/track.h"

namespace media {

/// The track with this id sends nothing any more: its PID left the program, or its feed ended. The next track of its
/// kind takes its place.
struct TrackGone {
  std::uint32_t track_id = 0;
};

/// Packets were lost: video continues at its next key frame.
struct Loss {};

/// The feed has ended: what is held back has to come out.
struct End {};

/// The kinds of tracks that the feed says it has (RTMP metadata, the PMT), before or while their tracks come. Sent
/// again when that changes, also if a track turns out to be unplayable: what is not announced is not waited for.
struct Announced {
  bool video = false;
  bool audio = false;

  bool has(Kind kind) const { return kind == Kind::kVideo ? video : audio; }
  friend bool operator==(const Announced&, const Announced&) = default;
};

/// Splice information (SCTE-35), or timed metadata (ID3), that the feed carries, at its place among the packets.
struct Cue {
  enum class Kind : std::uint8_t { kSplice, kId3 };

  base::Bytes data;  ///< a whole splice_info_section; a whole ID3v2 tag
  /// From a demuxer: of splice information the newest time on the feed's clock, of a tag its own time. From the
  /// timeline: the UTC instant that it is about.
  Instant at;
  base::Micros arrived = 0;  ///< as Packet::arrived
  /// The times in the section are on the feed's clock. False: `at` is when it takes place.
  bool on_feed_clock = true;
  Kind kind = Kind::kSplice;
};

/// All that a feed consists of, in order: a Track is announced before its first packet and again, with the same id,
/// when its format changed.
using Event = std::variant<Track, TrackGone, Packet, Loss, End, Announced, Cue, Teletext, Text>;

/// What demuxers, and the timeline behind them, write to. Packets come in decoding order of each track.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on_event(Event&& event) = 0;

  void on_track(const Track& track) { on_event(track); }
  void on_packet(Packet&& packet) { on_event(std::move(packet)); }
};

}  // namespace media
