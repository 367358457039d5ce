#include "rtmp/tag.h"

#include <array>

#include "base/byte_reader.h"

namespace rtmp {
namespace {

using base::ByteReader;
using base::Code;
using base::Error;
using media::Kind;

constexpr std::size_t kMaxTracks = 16;  // RT-42

// Legacy ids. Spec: [flv E.4.2.1, E.4.3.1].
constexpr std::uint8_t kAvc = 7;
constexpr std::uint8_t kLegacyHevc = 12;
constexpr std::uint8_t kMp3 = 2;
constexpr std::uint8_t kExAudio = 9;
constexpr std::uint8_t kAac = 10;
constexpr std::uint8_t kMp3At8kHz = 14;
// Frame types.
constexpr std::uint8_t kKeyFrame = 1;
constexpr std::uint8_t kGeneratedKeyFrame = 4;
constexpr std::uint8_t kCommandFrame = 5;
// Packet types of Enhanced RTMP, shared by audio and video but for multitrack.
enum PacketType : std::uint8_t {
  kSequenceStart = 0,
  kCodedFrames = 1,
  kSequenceEnd = 2,
  kCodedFramesX = 3,     // video
  kMetadata = 4,         // video; MultichannelConfig in audio
  kMultitrackAudio = 5,  // MPEG2TSSequenceStart in video
  kMultitrackVideo = 6,
  kModEx = 7,
};
enum MultitrackType : std::uint8_t { kOneTrack = 0, kManyTracks = 1, kManyTracksManyCodecs = 2 };

constexpr std::array<const char*, 16> kVideoNames = {"",
                                                     "JPEG",
                                                     "Sorenson H.263",
                                                     "Screen Video",
                                                     "VP6",
                                                     "VP6 with alpha",
                                                     "Screen Video 2",
                                                     "H.264",
                                                     "H.263",
                                                     "MPEG-4 Part 2",
                                                     "",
                                                     "",
                                                     "HEVC",
                                                     "AV1 as codec 13",
                                                     "",
                                                     ""};
constexpr std::array<const char*, 16> kAudioNames = {"PCM",
                                                     "ADPCM",
                                                     "MP3",
                                                     "PCM",
                                                     "Nellymoser 16 kHz",
                                                     "Nellymoser 8 kHz",
                                                     "Nellymoser",
                                                     "G.711 A-law",
                                                     "G.711 mu-law",
                                                     "",
                                                     "AAC",
                                                     "Speex",
                                                     "",
                                                     "",
                                                     "MP3 8 kHz",
                                                     "device specific sound"};

base::Result<std::int32_t> read_signed24(ByteReader& reader) {
  TRY(const std::uint32_t bits, reader.u24("composition time"));
  return static_cast<std::int32_t>(bits << 8) >> 8;
}

void set_code(TagPart& part, FourCc code) {
  part.code = code;
  part.codec = codec_of(code);
  // A FourCC of the other kind (video named "Opus") is no codec of this track.
  if (part.codec && media::kind_of(*part.codec) != part.kind) part.codec.reset();
}

/// The unit that a packet type means, and what of the body belongs to its header.
base::Status read_unit(TagPart& part, std::uint8_t packet_type, base::View body) {
  ByteReader reader(body);
  const bool video = part.kind == Kind::kVideo;
  switch (packet_type) {
    case kSequenceStart: part.unit = Unit::kSequenceStart; break;
    case kCodedFrames: {
      part.unit = Unit::kFrames;
      // RT-31: only these have a composition time.
      const bool composed = part.code == fourcc("avc1") || part.code == fourcc("hvc1") || part.code == fourcc("vvc1");
      if (video && composed) {
        TRY(part.composition, read_signed24(reader));
      }
      break;
    }
    case kSequenceEnd: part.unit = Unit::kSequenceEnd; break;
    case kCodedFramesX: part.unit = video ? Unit::kFrames : Unit::kUnknown; break;
    case kMetadata: part.unit = video ? Unit::kMetadata : Unit::kChannels; break;
    case kMultitrackAudio: part.unit = video ? Unit::kTsSequenceStart : Unit::kUnknown; break;
    default: part.unit = Unit::kUnknown; break;
  }
  part.body = reader.rest();
  return base::Ok{};
}

/// RT-33: OneTrack has no size, ManyTracks repeats id and size, ManyTracksManyCodecs the FourCC as well.
base::Result<std::vector<TagPart>> read_multitrack(TagPart part, ByteReader& reader) {
  const std::uint8_t nested = part.kind == Kind::kVideo ? kMultitrackVideo : kMultitrackAudio;
  TRY(const std::uint8_t types, reader.u8("multitrack type"));
  const std::uint8_t multitrack = types >> 4;
  const std::uint8_t packet_type = types & 0x0F;
  if (packet_type == nested) return Error{Code::kMalformed, "multitrack within multitrack", reader.offset()};
  if (multitrack > kManyTracksManyCodecs) return Error{Code::kUnsupported, "multitrack type", reader.offset()};
  if (multitrack != kManyTracksManyCodecs) {
    TRY(const FourCc code, reader.u32("FourCC"));
    set_code(part, code);
  }
  std::vector<TagPart> parts;
  while (!reader.empty()) {
    if (parts.size() == kMaxTracks) return Error{Code::kTooLarge, "tracks in one message", reader.offset()};
    if (multitrack == kManyTracksManyCodecs) {
      TRY(const FourCc code, reader.u32("FourCC"));
      set_code(part, code);
    }
    TRY(part.track, reader.u8("track id"));
    std::size_t size = reader.left();
    if (multitrack != kOneTrack) {
      TRY(size, reader.u24("track size"));
    }
    TRY(const base::View body, reader.bytes(size, "track body"));
    part.composition = 0;
    TRY_OK(read_unit(part, packet_type, body));
    parts.push_back(part);
    if (multitrack == kOneTrack) break;
  }
  return parts;
}

/// RT-35: modifiers come first, each with the packet type that follows it.
base::Result<std::uint8_t> read_modifiers(TagPart& part, std::uint8_t packet_type, ByteReader& reader) {
  while (packet_type == kModEx) {
    TRY(const std::uint8_t short_size, reader.u8("ModEx size"));
    std::size_t size = std::size_t{short_size} + 1;
    if (size == 256) {
      TRY(const std::uint16_t long_size, reader.u16("ModEx size"));
      size = std::size_t{long_size} + 1;
    }
    TRY(const base::View data, reader.bytes(size, "ModEx data"));
    TRY(const std::uint8_t types, reader.u8("ModEx type"));
    packet_type = types & 0x0F;
    constexpr std::uint8_t kTimestampOffsetNano = 0;
    constexpr std::uint32_t kMostNanoseconds = 999'999;
    if (types >> 4 != kTimestampOffsetNano || size < 3) continue;
    const std::uint32_t nanoseconds = std::uint32_t{data[0]} << 16 | std::uint32_t{data[1]} << 8 | data[2];
    if (nanoseconds <= kMostNanoseconds) part.nanoseconds = nanoseconds;
  }
  return packet_type;
}

base::Result<std::vector<TagPart>> read_enhanced(TagPart part, std::uint8_t packet_type, bool command,
                                                 ByteReader& reader) {
  TRY(packet_type, read_modifiers(part, packet_type, reader));
  const bool video = part.kind == Kind::kVideo;
  if (command && packet_type != kMetadata) {
    part.unit = Unit::kCommand;
    return std::vector<TagPart>{part};
  }
  if (packet_type == (video ? kMultitrackVideo : kMultitrackAudio)) return read_multitrack(part, reader);
  TRY(const FourCc code, reader.u32("FourCC"));
  set_code(part, code);
  TRY_OK(read_unit(part, packet_type, reader.rest()));
  return std::vector<TagPart>{part};
}

base::Result<std::vector<TagPart>> read_video(ByteReader& reader) {
  TRY(const std::uint8_t head, reader.u8("video tag"));
  TagPart part;
  part.kind = Kind::kVideo;
  const std::uint8_t frame_type = (head >> 4) & 7;
  part.key = frame_type == kKeyFrame || frame_type == kGeneratedKeyFrame;
  if ((head & 0x80) != 0) return read_enhanced(part, head & 0x0F, frame_type == kCommandFrame, reader);

  part.legacy_id = head & 0x0F;
  if (part.legacy_id == kAvc) set_code(part, fourcc("avc1"));
  if (part.legacy_id == kLegacyHevc) set_code(part, fourcc("hvc1"));
  part.unit = frame_type == kCommandFrame ? Unit::kCommand : Unit::kFrames;
  if (part.codec && part.unit == Unit::kFrames) {
    TRY(const std::uint8_t packet_type, reader.u8("AVCPacketType"));
    TRY(part.composition, read_signed24(reader));
    part.unit = packet_type == 0   ? Unit::kSequenceStart
                : packet_type == 1 ? Unit::kFrames
                : packet_type == 2 ? Unit::kSequenceEnd
                                   : Unit::kUnknown;
  }
  part.body = reader.rest();
  return std::vector<TagPart>{part};
}

base::Result<std::vector<TagPart>> read_audio(ByteReader& reader) {
  TRY(const std::uint8_t head, reader.u8("audio tag"));
  TagPart part;
  part.kind = Kind::kAudio;
  part.key = true;
  part.legacy_id = head >> 4;
  if (part.legacy_id == kExAudio) return read_enhanced(part, head & 0x0F, false, reader);

  part.unit = Unit::kFrames;
  if (part.legacy_id == kMp3 || part.legacy_id == kMp3At8kHz) set_code(part, fourcc(".mp3"));
  if (part.legacy_id == kAac) {
    set_code(part, fourcc("mp4a"));
    // An AAC tag of one byte is silence, too (RT-25).
    if (!reader.empty()) {
      TRY(const std::uint8_t packet_type, reader.u8("AACPacketType"));
      part.unit = packet_type == 0 ? Unit::kSequenceStart : packet_type == 1 ? Unit::kFrames : Unit::kUnknown;
    }
  }
  part.body = reader.rest();
  return std::vector<TagPart>{part};
}

}  // namespace

std::string TagPart::codec_name() const {
  if (code != 0) return name_of(code);
  const std::string name = (kind == Kind::kVideo ? kVideoNames : kAudioNames)[legacy_id & 0x0F];
  return name.empty() ? "codec id " + std::to_string(legacy_id) : name;
}

base::Result<std::vector<TagPart>> parse_tag(Type type, base::View payload) {
  if (payload.empty()) return std::vector<TagPart>{};
  ByteReader reader(payload);
  return type == Type::kVideo ? read_video(reader) : read_audio(reader);
}

base::Result<TagSummary> inspect_tag(Type type, base::View payload) {
  TRY(const std::vector<TagPart> parts, parse_tag(type, payload));
  TagSummary summary;
  summary.video = type == Type::kVideo;
  if (!parts.empty()) summary.track = parts.front().track;
  for (const TagPart& part : parts) {
    if (part.unit == Unit::kCommand || part.unit == Unit::kUnknown) continue;
    if (!part.codec && !summary.unplayable) {
      summary.unplayable = TagSummary::Unplayable{part.track, part.code != 0, part.codec_name()};
    }
    if (part.unit == Unit::kSequenceStart || part.unit == Unit::kTsSequenceStart) summary.sequence_start = true;
    if (part.unit != Unit::kFrames || part.body.empty()) continue;
    summary.frames = true;
    summary.key = summary.key || (summary.video && part.key);
  }
  return summary;
}

bool is_metadata(base::View payload) {
  constexpr std::string_view kStart{"\x02\x00\x0AonMetaData", 13};  // an AMF0 string of 10 bytes
  return base::text_of(payload.first(std::min(payload.size(), kStart.size()))) == kStart;
}

}  // namespace rtmp
