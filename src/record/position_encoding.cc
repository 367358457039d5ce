#include "record/position_encoding.h"

#include <utility>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "record/encoding.h"

namespace record {
namespace {

constexpr std::uint8_t kFormerFormat = 1;
constexpr std::uint8_t kStarted = 2;
constexpr std::uint8_t kMedia = 4;
constexpr std::int64_t kNone = INT64_MIN;

base::Result<std::int64_t> number(base::ByteReader& in, const char* field) {
  TRY(const std::uint64_t value, in.u64(field));
  return static_cast<std::int64_t>(value);
}

void write(base::ByteWriter& out, const Position::Rendition& at, base::View key_part) {
  out.u64(static_cast<std::uint64_t>(at.msn));
  out.u32(at.next_part);
  out.u64(static_cast<std::uint64_t>(at.segment_start));
  out.u64(static_cast<std::uint64_t>(at.end));
  out.u64(static_cast<std::uint64_t>(at.timescale));
  out.u8((at.former_format ? kFormerFormat : 0U) | (at.started ? kStarted : 0U) | (at.media ? kMedia : 0U));
  out.u32(key_part.size());
  out.bytes(key_part);
}

base::Result<Position::Rendition> parse_place(base::ByteReader& in) {
  Position::Rendition at;
  TRY(at.msn, number(in, "segment"));
  TRY(at.next_part, in.u32("next part"));
  TRY(at.segment_start, number(in, "segment start"));
  TRY(at.end, number(in, "end"));
  TRY(at.timescale, number(in, "timescale"));
  if (at.timescale <= 0) return base::Error{base::Code::kMalformed, "timescale", in.offset()};
  TRY(const std::uint8_t flags, in.u8("flags"));
  at.former_format = (flags & kFormerFormat) != 0;
  at.started = (flags & kStarted) != 0;
  at.media = (flags & kMedia) != 0;
  TRY(const std::uint32_t size, in.u32("key part"));
  TRY(const base::View key_part, in.bytes(size, "key part"));
  at.key_part = base::Bytes::copy_of(key_part);
  return at;
}

}  // namespace

base::Bytes encode_position(const Position& position, std::size_t most_media) {
  base::ByteWriter out;
  out.u64(static_cast<std::uint64_t>(position.owed_discontinuity.value_or(kNone)));
  out.u64(static_cast<std::uint64_t>(position.outage.value_or(kNone)));
  out.u32(position.moved_cuts.size());
  for (const MovedCut& cut : position.moved_cuts) {
    out.u64(static_cast<std::uint64_t>(cut.msn));
    out.u64(static_cast<std::uint64_t>(cut.start));
  }
  out.u32(position.renditions.size());
  for (const Position::Rendition& at : position.renditions) {
    const bool fits = out.size() + at.key_part.size() <= most_media;
    write(out, at, fits ? at.key_part.view() : base::View{});
  }
  out.bytes(encode(Record{position.presentation}).head);
  return base::Bytes::adopt(out.take());
}

base::Result<Position> parse_position(base::View bytes) {
  base::ByteReader in(bytes);
  Position position;
  TRY(const std::int64_t owed, number(in, "owed discontinuity"));
  if (owed != kNone) position.owed_discontinuity = owed;
  TRY(const std::int64_t outage, number(in, "outage"));
  if (outage != kNone) position.outage = outage;
  TRY(const std::uint32_t cuts, in.u32("cut count"));
  if (cuts > Position::kMostCuts) return base::Error{base::Code::kMalformed, "cut count", in.offset()};
  for (std::uint32_t i = 0; i < cuts; ++i) {
    MovedCut cut;
    TRY(cut.msn, number(in, "segment of a cut"));
    TRY(cut.start, number(in, "time of a cut"));
    position.moved_cuts.push_back(cut);
  }
  TRY(const std::uint32_t count, in.u32("rendition count"));
  for (std::uint32_t i = 0; i < count; ++i) {
    TRY(Position::Rendition at, parse_place(in));
    position.renditions.push_back(std::move(at));
  }
  Decoder decoder;
  TRY_OK(decoder.feed(bytes.subspan(in.offset())));
  Record decoded;
  if (!decoder.next(decoded) || !std::holds_alternative<Presentation>(decoded)) {
    return base::Error{base::Code::kMalformed, "presentation", in.offset()};
  }
  position.presentation = std::get<Presentation>(std::move(decoded));
  if (position.presentation.renditions.size() != position.renditions.size()) {
    return base::Error{base::Code::kMalformed, "rendition count"};
  }
  return position;
}

}  // namespace record
