#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"
#include "rtmp/fourcc.h"
#include "rtmp/message.h"

namespace rtmp {

/// What one track's share of an audio or video message is.
enum class Unit : std::uint8_t {
  kSequenceStart,  ///< body: decoder configuration
  kFrames,         ///< body: coded data; empty for audio means silence (RT-25)
  kSequenceEnd,
  kMetadata,         ///< body: AMF0, colorInfo
  kTsSequenceStart,  ///< body: the AV1 video descriptor of MPEG-2 TS
  kChannels,         ///< MultichannelConfig
  kCommand,          ///< seek markers; carries no media
  kUnknown,          ///< a packet type of the future (RT-36)
};

/// One track's share of a message. `body` lives as long as the message's payload.
struct TagPart {
  media::Kind kind = media::Kind::kVideo;
  std::uint8_t track = 0;             ///< as sent; 0 outside multitrack (RT-34)
  FourCc code = 0;                    ///< as sent, or the equivalent of a legacy codec id; 0 where it has none
  std::uint8_t legacy_id = 0;         ///< CodecID or SoundFormat where code is 0
  std::optional<media::Codec> codec;  ///< empty where we do not take it
  Unit unit = Unit::kUnknown;
  bool key = false;               ///< video: FrameType says key frame; audio: true
  std::int32_t composition = 0;   ///< Units: milliseconds, presentation minus decoding time.
  std::uint32_t nanoseconds = 0;  ///< added to the presentation time (RT-35)
  base::View body;

  /// The codec's name for people: "vp08", "Sorenson H.263".
  std::string codec_name() const;
};

/// The track parts of an audio (8) or video (9) message: legacy and enhanced tags. One as a rule, more with multitrack,
/// at most 16; none for an empty message. Codec ids 12 (HEVC, as Chinese encoders send it) and the packet types of
/// Enhanced RTMP v2 included.
/// Errors: kTruncated, kMalformed (nested multitrack), kTooLarge (tracks).
/// Spec: [flv E.4], [ertmp2], RT-24, RT-25, RT-30 to RT-36.
base::Result<std::vector<TagPart>> parse_tag(Type type, base::View payload);

/// What the server, which does not demultiplex, must know of an audio or video message.
struct TagSummary {
  bool video = false;
  bool sequence_start = false;  ///< decoder configuration: never to be dropped
  bool frames = false;          ///< coded data
  bool key = false;             ///< a video key frame of some track
  std::uint8_t track = 0;       ///< the first one in it, as sent
  /// The first track in it that we cannot play.
  struct Unplayable {
    std::uint8_t track = 0;
    bool enhanced = false;  ///< named by a FourCC
    std::string codec;
  };
  std::optional<Unplayable> unplayable;
};

/// Errors: as parse_tag.
base::Result<TagSummary> inspect_tag(Type type, base::View payload);

/// Whether an AMF0 data message is onMetaData: which tracks the feed says it has. Others (cue points, text, captions)
/// are of their moment.
bool is_metadata(base::View payload);

}  // namespace rtmp
