#include <utility>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "record/encoding.h"
#include "record/position.h"

namespace record {
namespace {

constexpr std::uint8_t kPlaceFormer = 1;
constexpr std::uint8_t kPlaceStarted = 2;

std::uint64_t raw(std::int64_t value) { return static_cast<std::uint64_t>(value); }

void write_place(base::ByteWriter& out, const Position::Rendition& at, base::View key_part) {
  out.u64(raw(at.msn));
  out.u32(at.next_part);
  out.u64(raw(at.segment_start));
  out.u64(raw(at.end));
  out.u64(raw(at.timescale));
  out.u8((at.former_format ? kPlaceFormer : 0U) | (at.started ? kPlaceStarted : 0U));
  out.u32(key_part.size());
  out.bytes(key_part);
}

base::Result<std::int64_t> signed_of(base::ByteReader& in, const char* field) {
  TRY(const std::uint64_t value, in.u64(field));
  return static_cast<std::int64_t>(value);
}

base::Result<Position::Rendition> parse_place(base::ByteReader& in) {
  Position::Rendition at;
  TRY(at.msn, signed_of(in, "segment"));
  TRY(at.next_part, in.u32("part"));
  TRY(at.segment_start, signed_of(in, "segment start"));
  TRY(at.end, signed_of(in, "end"));
  TRY(at.timescale, signed_of(in, "timescale"));
  if (at.timescale <= 0) return base::Error{base::Code::kMalformed, "timescale", in.offset()};
  TRY(const std::uint8_t flags, in.u8("flags"));
  at.former_format = (flags & kPlaceFormer) != 0;
  at.started = (flags & kPlaceStarted) != 0;
  TRY(const std::uint32_t size, in.u32("key part"));
  TRY(const base::View key_part, in.bytes(size, "key part"));
  at.key_part = base::Bytes::copy_of(key_part);
  return at;
}

base::Result<Presentation> presentation_of(base::View bytes) {
  Decoder decoder;
  TRY_OK(decoder.feed(bytes));
  Record decoded;
  if (!decoder.next(decoded) || !std::holds_alternative<Presentation>(decoded)) {
    return base::Error{base::Code::kMalformed, "presentation"};
  }
  return std::get<Presentation>(std::move(decoded));
}

}  // namespace

// The renditions' places first, as many as there are renditions, then the discontinuity that is owed, then the
// presentation's record to the end.
base::Bytes encode_position(const Position& position, std::size_t most_media) {
  base::ByteWriter out;
  out.u32(position.renditions.size());
  for (const Position::Rendition& at : position.renditions) {
    const bool fits = out.size() + at.key_part.size() <= most_media;
    write_place(out, at, fits ? at.key_part.view() : base::View{});
  }
  out.u8(position.owed_discontinuity.has_value());
  out.u64(raw(position.owed_discontinuity.value_or(0)));
  out.bytes(encode(Record{position.presentation}).head);
  return out.take_bytes();
}

base::Result<Position> parse_position(base::View bytes) {
  base::ByteReader in(bytes);
  TRY(const std::uint32_t count, in.u32("rendition count"));
  Position position;
  for (std::uint32_t i = 0; i < count; ++i) {
    TRY(Position::Rendition at, parse_place(in));
    position.renditions.push_back(std::move(at));
  }
  TRY(const std::uint8_t owed, in.u8("discontinuity owed"));
  TRY(const std::int64_t discontinuity, signed_of(in, "discontinuity"));
  if (owed != 0) position.owed_discontinuity = discontinuity;
  TRY(position.presentation, presentation_of(in.rest()));
  if (position.presentation.renditions.size() != position.renditions.size()) {
    return base::Error{base::Code::kMalformed, "rendition count"};
  }
  return position;
}

}  // namespace record
