#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "media/overlay.h"
#include "media/text_cue.h"

/// What the server sends a media worker on a pipe: feed bytes and time. Little framing, no FFmpeg, no sockets.
namespace feed {

enum class Format : std::uint8_t { kRtmp = 1, kMpegTs = 2 };

/// The feeds that a channel may have at a time. Both are demultiplexed; one is shown.
enum class Id : std::uint8_t { kPrimary = 0, kBackup = 1 };
inline constexpr std::array kIds{Id::kPrimary, Id::kBackup};
constexpr std::size_t index(Id id) { return static_cast<std::size_t>(id); }
constexpr Id other(Id id) { return id == Id::kPrimary ? Id::kBackup : Id::kPrimary; }
/// "primary", "backup": as in stream ids, addresses, the API and metrics.
std::string_view to_string(Id id);
std::optional<Id> id_from(std::string_view text);

/// A publisher came (again): everything the demuxer knew is forgotten, the timeline is not.
struct Start {
  Format format = Format::kRtmp;
  /// Where the publisher has been there for longer: the UTC of its stamp 0, of any wrap, as an earlier worker had it.
  std::optional<base::Micros> zero = std::nullopt;
};

/// Where the log of an earlier worker of this channel stands: the worker continues it. Comes first, or not at all.
struct Resume {
  base::Bytes position;  ///< as the layers above encode it
};

/// What a message is to a decoder, as found once where it came in.
enum class Role : std::uint8_t {
  kHeader,    ///< decoder configuration or metadata: never dropped, and sent again to a worker that starts later
  kKeyFrame,  ///< video that needs nothing before it
  kFrame,     ///< other video
  kAudio,
  kOther,  ///< carries no media: cues, commands, the end of a sequence, what is broken
};
constexpr bool is_media(Role role) { return role == Role::kKeyFrame || role == Role::kFrame || role == Role::kAudio; }

/// RtmpMessage::type.
inline constexpr std::uint8_t kRtmpAudio = 8;
inline constexpr std::uint8_t kRtmpVideo = 9;
inline constexpr std::uint8_t kRtmpData = 18;

/// One RTMP message of type 8 (audio), 9 (video) or 18 (data, AMF0 without "@setDataFrame"), whole.
struct RtmpMessage {
  std::uint8_t type = 0;
  std::uint32_t timestamp = 0;  ///< Units: milliseconds, as sent, wraps included.
  base::Micros arrived = 0;     ///< UTC
  base::Bytes payload;
  Role role = Role::kOther;
  std::uint8_t track = 0;   ///< the first one in it, as sent; 0 outside multitrack (RT-34)
  bool unplayable = false;  ///< broken, or with a track of a codec that nothing here plays; for the server alone
};

/// Transport stream bytes, cut anywhere.
struct TsBytes {
  base::Micros arrived = 0;
  base::Bytes payload;
  /// kKeyFrame: the demuxer resynchronises by itself after a loss. kOther: tables and stuffing alone.
  Role role = Role::kKeyFrame;
};

/// It is now `utc`, and nothing that the server has received before is still on its way: lets the packager, which
/// has no clock, fill missing time. Sent every 0.1 s while a publisher is there or awaited.
struct Tick {
  base::Micros utc = 0;
};

/// The publisher went; it may come back.
struct Stop {};

/// The channel ends: flush, write record::End and leave.
struct Finish {};

/// The server dropped feed bytes because the worker lagged: resume at the next key frame.
struct Dropped {
  std::uint64_t bytes = 0;
};

/// Why another feed is shown than before.
enum class SwitchReason : std::uint8_t {
  kLost,
  kSilent,
  kScrambled,
  kBlack,
  kFrozen,
  kLowRate,
  kTsErrors,
  kMute,
  kReturned,
  kAsked,
};
inline constexpr std::array kSwitchReasons{SwitchReason::kLost,     SwitchReason::kSilent, SwitchReason::kScrambled,
                                           SwitchReason::kBlack,    SwitchReason::kFrozen, SwitchReason::kLowRate,
                                           SwitchReason::kTsErrors, SwitchReason::kMute,   SwitchReason::kReturned,
                                           SwitchReason::kAsked};
/// "lost", "frozen", …: as in metrics, the API and the log.
std::string_view to_string(SwitchReason reason);

/// The feed that this is addressed to is to be shown.
struct Select {
  enum class How : std::uint8_t {
    kAsked,   ///< the other feed goes on until this one has a picture for the time after it: nothing is lost
    kForced,  ///< the other feed is gone, or not worth showing: as soon as this one has a picture
  };
  How how = How::kForced;
  /// Empty if the log shows this feed already, or has not begun: it has no marker of a switch then.
  std::optional<SwitchReason> reason = std::nullopt;
};

/// The operator wants the channel's slate to be shown, whatever its feeds show, or no longer.
struct Slate {
  bool on = false;
  std::string text = {};  ///< over it, or over the picture of that instant where there is none; empty: none
};

/// Something that is to lie over the pictures of encoded renditions, or no longer.
struct Overlay {
  bool on = false;
  media::Overlay overlay;  ///< off: the id alone
};

/// The ladder is to save CPU.
struct Economy {
  std::uint8_t level = 0;  ///< see transcode::most_economy()
};

/// A cue that came from outside, for one of the channel's text renditions.
struct Caption {
  std::uint8_t rendition = 0;  ///< index in job::Options::subtitles
  media::TextCue cue;
};

/// What an operator signals for an instant of the programme.
struct TimedEvent {
  enum class Kind : std::uint8_t {
    kSplice,  ///< splice information: as if the feed had it, but for the marker, which the log has already
    kCut,     ///< a segment is to begin there, as at a splice; without data
    kId3,     ///< timed metadata
  };
  Kind kind = Kind::kSplice;
  base::Micros at = 0;  ///< UTC
  base::Bytes data;     ///< a splice_info_section, an ID3v2 tag
};

/// The answer to job::FeedStats::clock_ask: by which clock the feed is put on the UTC timeline.
struct Clock {
  std::uint32_t ask = 0;
  std::optional<base::Micros> zero;  ///< UTC of its stamp 0, of any wrap; empty: none was agreed on
};

using Message = std::variant<Resume, Start, RtmpMessage, TsBytes, Tick, Stop, Finish, Dropped, Select, Slate, Economy,
                             Caption, TimedEvent, Overlay, Clock>;

/// A message of the pipe and the feed that it is of. Resume, Tick, Finish, Slate, Economy, Caption, TimedEvent and
/// Overlay are of the channel; their `feed` says nothing.
struct Addressed {
  Id feed = Id::kPrimary;
  Message message;
};

/// Header and payload of one message as they go down the pipe; the payload is shared, not copied.
struct Encoded {
  std::vector<std::uint8_t> header;
  base::Bytes payload;
};
Encoded encode(Id feed, const Message& message);

/// Cuts a byte stream into messages. Feeding byte by byte equals feeding at once.
/// Errors: kMalformed or kTooLarge, after which the stream is lost (the peer is our own server: a bug or a broken
/// pipe).
class Reader {
 public:
  static constexpr std::size_t kHeaderSize = 21;

  base::Status feed(base::View bytes);
  /// The next whole message, if there is one.
  bool next(Addressed& message);

 private:
  std::array<std::uint8_t, kHeaderSize> header_{};
  std::size_t header_size_ = 0;
  std::vector<std::uint8_t> payload_;
  std::size_t payload_left_ = 0;
  std::deque<Addressed> ready_;
};

}  // namespace feed
