#include "cmaf/init.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/byte_writer.h"
#include "base/hash.h"
#include "cmaf/box_writer.h"
#include "cmaf/sample_entry.h"
#include "media/describe.h"
#include "media/language.h"

namespace cmaf {
namespace {

using base::ByteWriter;
using base::Code;
using base::Error;
using media::Codec;
using media::Track;

constexpr std::uint32_t kIdentity = 0x00010000;
constexpr std::uint64_t kUndetermined = 0x55c4;  // "und"

void write_matrix(ByteWriter& writer) {
  for (const std::uint32_t value : {kIdentity, 0u, 0u, 0u, kIdentity, 0u, 0u, 0u, 0x40000000u}) writer.u32(value);
}

void write_file_type(ByteWriter& writer) {
  const Box box{writer, "ftyp"};
  writer.text("iso6");
  writer.u32(0);
  // cmf2: negative composition offsets and no edit list (CM-16).
  for (const std::string_view brand : {"iso6", "cmfc", "cmf2"}) writer.text(brand);
}

void write_movie_header(ByteWriter& writer, const Track& track) {
  const Box box{writer, "mvhd", 0, 0};
  writer.zeros(8);  // creation and modification: same track, same bytes
  writer.u32(static_cast<std::uint64_t>(track.timescale));
  writer.u32(0);  // duration: live (CM-2)
  writer.u32(kIdentity);
  writer.u16(0x0100);
  writer.zeros(10);
  write_matrix(writer);
  writer.zeros(24);
  writer.u32(kTrackId + 1);  // next_track_ID
}

/// Width shown, in square pixels of the picture's height, as 16.16.
std::uint64_t shown_width(const media::VideoParams& video) {
  const media::Rational aspect = video.pixel_aspect.known() ? video.pixel_aspect : media::Rational{1, 1};
  const std::int64_t width = media::rescale(std::int64_t{video.width} * kIdentity, aspect.den, aspect.num);
  return static_cast<std::uint64_t>(std::min<std::int64_t>(width, 0xffff0000));
}

void write_track_header(ByteWriter& writer, const Track& track) {
  const bool video = track.kind() == media::Kind::kVideo;
  const Box box{writer, "tkhd", 0, 7};  // enabled, in movie, in preview
  writer.zeros(8);
  writer.u32(kTrackId);
  writer.zeros(4 + 4 + 8 + 4);  // reserved, duration, reserved, layer and alternate group
  writer.u16(video ? 0 : 0x0100);
  writer.u16(0);
  write_matrix(writer);
  writer.u32(video ? shown_width(track.video) : 0);
  writer.u32(video ? static_cast<std::uint64_t>(track.video.height) << 16 : 0);
}

/// Three lower-case letters in 5 bits each.
std::uint64_t packed_language(const std::string& tag) {
  const std::string_view known = media::language_code(tag);
  const std::string_view language = known.empty() ? std::string_view(tag) : known;
  const bool letters = language.size() == 3 &&
                       std::all_of(language.begin(), language.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (!letters) return kUndetermined;
  std::uint64_t packed = 0;
  for (const char c : language) packed = (packed << 5) | static_cast<std::uint64_t>(c - 0x60);
  return packed;
}

void write_media_header(ByteWriter& writer, const Track& track) {
  {
    const Box box{writer, "mdhd", 0, 0};
    writer.zeros(8);
    writer.u32(static_cast<std::uint64_t>(track.timescale));
    writer.u32(0);
    writer.u16(packed_language(track.language));
    writer.u16(0);
  }
  const bool video = track.kind() == media::Kind::kVideo;
  const Box box{writer, "hdlr", 0, 0};
  writer.u32(0);
  writer.text(video ? "vide" : "soun");
  writer.zeros(12);
  writer.text(video ? "video" : "audio");
  writer.u8(0);
}

void write_sample_table(ByteWriter& writer, const Track& track) {
  const Box table{writer, "stbl"};
  {
    const Box box{writer, "stsd", 0, 0};
    writer.u32(1);
    write_sample_entry(writer, track);
  }
  for (const std::string_view empty : {"stts", "stsc", "stco"}) {
    const Box box{writer, empty, 0, 0};
    writer.u32(0);
  }
  const Box box{writer, "stsz", 0, 0};
  writer.zeros(8);
}

void write_media_information(ByteWriter& writer, const Track& track) {
  const Box information{writer, "minf"};
  if (track.kind() == media::Kind::kVideo) {
    const Box box{writer, "vmhd", 0, 1};
    writer.zeros(8);
  } else {
    const Box box{writer, "smhd", 0, 0};
    writer.zeros(4);
  }
  {
    const Box data{writer, "dinf"};
    const Box references{writer, "dref", 0, 0};
    writer.u32(1);
    const Box self{writer, "url ", 0, 1};  // this file, no other (CM-25)
  }
  write_sample_table(writer, track);
}

void write_movie(ByteWriter& writer, const Track& track) {
  const Box movie{writer, "moov"};
  write_movie_header(writer, track);
  {
    const Box box{writer, "trak"};
    write_track_header(writer, track);
    const Box media{writer, "mdia"};
    write_media_header(writer, track);
    write_media_information(writer, track);
  }
  const Box extends{writer, "mvex"};
  const Box defaults{writer, "trex", 0, 0};
  writer.u32(kTrackId);
  writer.u32(1);     // default_sample_description_index
  writer.zeros(12);  // duration, size and flags stand in every fragment
}

}  // namespace

base::Status check_track(const Track& track) {
  if (track.codec == Codec::kMpeg2Video || track.codec == Codec::kMp2 || track.kind() == media::Kind::kText)
    return Error{Code::kUnsupported, "codec in CMAF"};
  if (track.timescale < 1 || track.timescale > 0xffffffff) return Error{Code::kMalformed, "timescale"};
  if (track.kind() == media::Kind::kVideo) {
    const auto fits = [](int side) { return side >= 1 && side <= 0xffff; };
    if (!fits(track.video.width) || !fits(track.video.height)) return Error{Code::kMalformed, "picture size"};
    if (track.video.pixel_aspect.num > 0xffffffff || track.video.pixel_aspect.den > 0xffffffff) {
      return Error{Code::kMalformed, "pixel aspect"};
    }
  } else if (track.audio.sample_rate < 1 || track.audio.channels < 1 || track.audio.channels > 0xffff) {
    return Error{Code::kMalformed, "sample rate or channels"};
  }
  TRY_OK(media::describe(track));
  return base::Ok{};
}

base::Bytes write_init(const Track& track) {
  if (!check_track(track)) return {};
  base::ByteWriter writer{1024};
  write_file_type(writer);
  write_movie(writer, track);
  return writer.take_bytes();
}

std::string init_name(base::View init) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "init-%08x.mp4", static_cast<unsigned>(base::hash64(init) & 0xffffffff));
  return text.data();
}

base::Result<std::string> codec_string_of_init(base::View init) {
  TRY(const Track track, read_init(init));
  return track.codec_string;
}

}  // namespace cmaf
