#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/byte_reader.h"
#include "cmaf/box_reader.h"
#include "cmaf/init.h"
#include "media/describe.h"

namespace cmaf {
namespace {

using base::ByteReader;
using base::Code;
using base::Error;
using base::View;
using media::Codec;
using media::Track;

// Fields of a sample entry before its boxes. Units: bytes. Spec: [ISO 14496-12 12.1.3, 12.2.3].
constexpr std::size_t kVideoEntryHead = 78;
constexpr std::size_t kAudioEntryHead = 28;

/// A sample entry and the box in it that holds the decoder configuration.
struct Entry {
  std::string_view type;
  Codec codec;
  std::string_view config;
};
constexpr std::array<Entry, 9> kEntries{{{"avc1", Codec::kH264, "avcC"},
                                         {"hvc1", Codec::kHevc, "hvcC"},
                                         {"av01", Codec::kAv1, "av1C"},
                                         {"vp09", Codec::kVp9, "vpcC"},
                                         {"mp4a", Codec::kAac, "esds"},
                                         {"Opus", Codec::kOpus, "dOps"},
                                         {"ac-3", Codec::kAc3, "dac3"},
                                         {"ec-3", Codec::kEac3, "dec3"},
                                         {"fLaC", Codec::kFlac, "dfLa"}}};

/// The length of an MPEG-4 descriptor: seven bits a byte, the highest bit says that more follow, four bytes at most.
/// Spec: [ISO 14496-1 8.3.3].
base::Result<std::size_t> descriptor_length(ByteReader& reader) {
  std::size_t length = 0;
  for (int i = 0; i < 4; ++i) {
    TRY(const std::uint8_t byte, reader.u8("descriptor length"));
    length = (length << 7) | (byte & 0x7f);
    if ((byte & 0x80) == 0) return length;
  }
  return Error{Code::kMalformed, "descriptor length", reader.offset()};
}

/// Opens a descriptor of this tag and returns its body. Errors: kMalformed for another tag, kTruncated.
base::Result<View> descriptor(ByteReader& reader, std::uint8_t tag) {
  TRY(const std::uint8_t found, reader.u8("descriptor"));
  if (found != tag) return Error{Code::kMalformed, "descriptor tag", reader.offset() - 1};
  TRY(const std::size_t length, descriptor_length(reader));
  return reader.bytes(length, "descriptor");
}

/// Codec and AudioSpecificConfig of an esds box.
base::Status read_esds(View payload, Track& track) {
  ByteReader box{payload};
  TRY_OK(box.u32("esds version"));
  TRY(const View stream, descriptor(box, 3));
  ByteReader stream_reader{stream};
  TRY_OK(stream_reader.u16("ES_ID"));
  TRY(const std::uint8_t flags, stream_reader.u8("ES flags"));
  if ((flags & 0xe0) != 0) return Error{Code::kUnsupported, "ES descriptor with optional fields"};
  TRY(const View decoder, descriptor(stream_reader, 4));
  ByteReader decoder_reader{decoder};
  TRY(const std::uint8_t object_type, decoder_reader.u8("object type"));
  TRY_OK(decoder_reader.skip(12, "decoder config"));
  if (object_type == 0x6b || object_type == 0x69) {  // MPEG-1 and MPEG-2 audio
    track.codec = Codec::kMp3;
    return base::Ok{};
  }
  if (object_type != 0x40) return Error{Code::kUnsupported, "MPEG-4 object type"};
  TRY(const View config, descriptor(decoder_reader, 5));
  track.config = base::Bytes::copy_of(config);
  return base::Ok{};
}

base::Status read_video_fields(View entry, std::span<const BoxView> boxes, Track& track) {
  track.video.width = entry[24] * 256 + entry[25];
  track.video.height = entry[26] * 256 + entry[27];
  for (const BoxView& box : boxes) {
    ByteReader reader{box.payload};
    if (box.type == "pasp") {
      TRY(track.video.pixel_aspect.num, reader.u32("pasp"));
      TRY(track.video.pixel_aspect.den, reader.u32("pasp"));
    } else if (box.type == "colr") {
      TRY(const View kind, reader.bytes(4, "colr"));
      if (base::text_of(kind) != "nclx") continue;
      TRY(const View colour, reader.bytes(7, "colr"));
      track.video.colour = {colour[1], colour[3], colour[5], (colour[6] & 0x80) != 0};
    }
  }
  return base::Ok{};
}

base::Status read_entry(const BoxView& box, Track& track) {
  const auto known = std::find_if(kEntries.begin(), kEntries.end(), [&](const Entry& e) { return e.type == box.type; });
  if (known == kEntries.end()) return Error{Code::kUnsupported, "sample entry " + std::string{box.type}};
  track.codec = known->codec;
  const bool video = track.kind() == media::Kind::kVideo;
  const std::size_t head = video ? kVideoEntryHead : kAudioEntryHead;
  if (box.payload.size() < head) return Error{Code::kTruncated, "sample entry"};
  TRY(const std::vector<BoxView> boxes, split_boxes(box.payload.subspan(head)));
  const auto config =
      std::find_if(boxes.begin(), boxes.end(), [&](const BoxView& b) { return b.type == known->config; });
  if (config == boxes.end()) return Error{Code::kNotFound, "box " + std::string{known->config}};
  if (video) {
    TRY_OK(read_video_fields(box.payload, boxes, track));
  } else {
    track.audio.channels = box.payload[16] * 256 + box.payload[17];
    track.audio.sample_rate = box.payload[24] * 256 + box.payload[25];
  }
  if (known->config == "esds") return read_esds(config->payload, track);
  track.config = base::Bytes::copy_of(config->payload);
  return base::Ok{};
}

base::Status read_media_header(View mdhd, Track& track) {
  ByteReader reader{mdhd};
  TRY(const std::uint32_t version, reader.u32("mdhd version"));
  const bool wide = version >> 24 == 1;
  TRY_OK(reader.skip(wide ? 16 : 8, "mdhd times"));
  TRY(track.timescale, reader.u32("mdhd timescale"));
  TRY_OK(reader.skip(wide ? 8 : 4, "mdhd duration"));
  TRY(const std::uint16_t language, reader.u16("mdhd language"));
  if (track.timescale == 0) return Error{Code::kMalformed, "mdhd timescale"};
  for (int shift = 10; shift >= 0; shift -= 5) track.language += static_cast<char>(((language >> shift) & 0x1f) + 0x60);
  if (track.language == "und") track.language.clear();
  return base::Ok{};
}

}  // namespace

base::Result<Track> read_init(View init) {
  TRY(const View mdia, find_box(init, {"moov", "trak", "mdia"}));
  Track track;
  track.id = kTrackId;
  TRY(const View mdhd, find_box(mdia, {"mdhd"}));
  TRY_OK(read_media_header(mdhd, track));
  TRY(const View stsd, find_box(mdia, {"minf", "stbl", "stsd"}));
  if (stsd.size() < 8) return Error{Code::kTruncated, "stsd"};
  TRY(const std::vector<BoxView> entries, split_boxes(stsd.subspan(8)));
  if (entries.size() != 1) return Error{Code::kMalformed, "stsd with other than one entry"};
  TRY_OK(read_entry(entries.front(), track));
  return media::describe(std::move(track));
}

}  // namespace cmaf
