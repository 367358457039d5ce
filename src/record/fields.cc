#include "record/fields.h"

#include <limits>
#include <utility>

#include "base/byte_reader.h"

namespace record {
namespace {

// A presentation of more renditions than this is nonsense, and every one costs a window.
constexpr std::uint32_t kMaxRenditions = 64;
constexpr std::uint32_t kMaxAttributes = 64;
constexpr std::uint32_t kMaxCaptions = 67;  // CC1 to CC4, SERVICE1 to SERVICE63
constexpr std::uint8_t kIndependent = 1;
constexpr std::uint8_t kLast = 2;
constexpr std::uint8_t kHeld = 4;
constexpr std::uint8_t kKeyInside = 8;
constexpr std::uint8_t kHasEnd = 1;
constexpr std::uint8_t kHasPlannedDuration = 2;
constexpr std::uint8_t kCanceled = 4;

template <typename T>
std::uint64_t bits(T value) {
  return static_cast<std::uint64_t>(value);
}

void write_bytes(base::ByteWriter& out, base::View bytes) {
  out.u32(bytes.size());
  out.bytes(bytes);
}
void write_text(base::ByteWriter& out, std::string_view text) { write_bytes(out, base::view_of(text)); }

/// A structure that may grow: its length, known when it is complete, stands before it.
class Structure {
 public:
  explicit Structure(base::ByteWriter& out) : out_(out), at_(out.size()) { out_.u32(0); }
  ~Structure() { out_.patch_u32(at_, static_cast<std::uint32_t>(out_.size() - at_ - 4)); }
  Structure(const Structure&) = delete;
  Structure& operator=(const Structure&) = delete;

 private:
  base::ByteWriter& out_;
  const std::size_t at_;
};

void write_video(base::ByteWriter& out, const media::VideoParams& video) {
  const Structure structure(out);
  out.u32(bits(video.width));
  out.u32(bits(video.height));
  out.u64(bits(video.frame_rate.num));
  out.u64(bits(video.frame_rate.den));
  out.u64(bits(video.pixel_aspect.num));
  out.u64(bits(video.pixel_aspect.den));
  out.u8(video.colour.primaries);
  out.u8(video.colour.transfer);
  out.u8(video.colour.matrix);
  out.u8(video.colour.full_range);
  out.u8(video.interlaced);
  out.u8(bits(video.bit_depth));
}

void write_audio(base::ByteWriter& out, const media::AudioParams& audio) {
  const Structure structure(out);
  out.u32(bits(audio.sample_rate));
  out.u32(bits(audio.channels));
  out.u32(bits(audio.frame_samples));
  out.u32(bits(audio.priming));
}

void write_track(base::ByteWriter& out, const media::Track& track) {
  const Structure structure(out);
  out.u32(track.id);
  out.u8(bits(track.codec));
  out.u64(bits(track.timescale));
  write_bytes(out, track.config.view());
  write_text(out, track.codec_string);
  write_text(out, track.language);
  write_video(out, track.video);
  write_audio(out, track.audio);
  out.u8(0);  // said that there are captions, which the presentation says now
}

void write_rendition(base::ByteWriter& out, const Rendition& rendition) {
  const Structure structure(out);
  write_text(out, rendition.name);
  write_track(out, rendition.track);
  write_bytes(out, rendition.init.view());
  out.u32(rendition.bandwidth);
  out.u32(rendition.average_bandwidth);
  write_text(out, rendition.label);
  out.u8(rendition.is_default);
  out.u64(bits(rendition.part_ticks));
  out.u8(rendition.copied);
  write_bytes(out, rendition.held.view());
  out.u32(rendition.held_ticks);
  write_text(out, rendition.characteristics);
  out.u8(rendition.forced);
}

void write_caption(base::ByteWriter& out, const media::Caption& caption) {
  const Structure structure(out);
  write_text(out, caption.service);
  write_text(out, caption.language);
  write_text(out, caption.name);
}

void write_attribute(base::ByteWriter& out, const Marker::Attribute& attribute) {
  const Structure structure(out);
  write_text(out, attribute.name);
  write_text(out, attribute.value);
  out.u8(attribute.bare);
}

struct Writer {
  base::ByteWriter& out;

  void operator()(const Presentation& presentation) const {
    out.u64(bits(presentation.segment.num));
    out.u64(bits(presentation.segment.den));
    out.u64(bits(presentation.formats_from));
    out.u32(presentation.renditions.size());
    for (const Rendition& rendition : presentation.renditions) write_rendition(out, rendition);
    out.u8(presentation.captions.none);
    out.u32(presentation.captions.services.size());
    for (const media::Caption& caption : presentation.captions.services) write_caption(out, caption);
    out.u8(presentation.captions.carried);
    out.u8(presentation.cuts_move);
  }
  void operator()(const Part& part) const {
    out.u32(part.rendition);
    out.u64(bits(part.msn));
    out.u32(part.index);
    out.u64(bits(part.start));
    out.u64(bits(part.duration));
    out.u8((part.independent ? kIndependent : 0U) | (part.last ? kLast : 0U) | (part.held ? kHeld : 0U) |
           (part.key_inside ? kKeyInside : 0U));
    out.u64(bits(part.captured));
  }
  void operator()(const Gap& gap) const {
    out.u32(gap.rendition);
    out.u64(bits(gap.msn));
    out.u32(gap.index);
    out.u64(bits(gap.start));
    out.u64(bits(gap.duration));
  }
  void operator()(const SegmentEnd& end) const {
    out.u32(end.rendition);
    out.u64(bits(end.msn));
    out.u64(bits(end.start));
    out.u64(bits(end.duration));
    write_bytes(out, end.data.view());
  }
  void operator()(const Discontinuity& discontinuity) const { out.u64(bits(discontinuity.msn)); }
  void operator()(const Marker& marker) const {
    write_text(out, marker.id);
    write_text(out, marker.kind);
    out.u64(bits(marker.start));
    out.u8((marker.end ? kHasEnd : 0U) | (marker.planned_duration ? kHasPlannedDuration : 0U) |
           (marker.canceled ? kCanceled : 0U));
    out.u64(bits(marker.end.value_or(0)));
    out.u64(bits(marker.planned_duration.value_or(0)));
    out.u32(marker.attributes.size());
    for (const Marker::Attribute& attribute : marker.attributes) write_attribute(out, attribute);
    write_bytes(out, marker.payload.view());
  }
  void operator()(const End&) const {}
  void operator()(const Closing&) const {}
  void operator()(const Thumbnail& thumbnail) const {
    write_text(out, thumbnail.feed);
    out.u64(bits(thumbnail.at));
    write_bytes(out, thumbnail.jpeg.view());
  }
  void operator()(const MovedCut& cut) const {
    out.u64(bits(cut.msn));
    out.u64(bits(cut.start));
  }
};

base::Error out_of_range(const char* field, const base::ByteReader& in) {
  return base::Error{base::Code::kMalformed, field, in.offset()};
}

base::Result<std::int64_t> i64(base::ByteReader& in, const char* field) {
  TRY(const std::uint64_t value, in.u64(field));
  return static_cast<std::int64_t>(value);
}
base::Result<int> positive(base::ByteReader& in, const char* field) {
  TRY(const std::uint32_t value, in.u32(field));
  if (value > static_cast<std::uint32_t>(std::numeric_limits<int>::max())) return out_of_range(field, in);
  return static_cast<int>(value);
}
base::Result<bool> flag(base::ByteReader& in, const char* field) {
  TRY(const std::uint8_t value, in.u8(field));
  if (value > 1) return out_of_range(field, in);
  return value == 1;
}
base::Result<base::View> sized(base::ByteReader& in, const char* field) {
  TRY(const std::uint32_t length, in.u32(field));
  return in.bytes(length, field);
}
base::Result<std::string> text(base::ByteReader& in, const char* field) {
  TRY(const base::View bytes, sized(in, field));
  return std::string(base::text_of(bytes));
}
/// Numerator at least `least`, denominator above 0.
base::Result<media::Rational> ratio(base::ByteReader& in, std::int64_t least, const char* field) {
  media::Rational value;
  TRY(value.num, i64(in, field));
  TRY(value.den, i64(in, field));
  if (value.num < least || value.den <= 0) return out_of_range(field, in);
  return value;
}

/// Reads one structure; what stands behind the fields that `parse` takes is of a later day.
template <typename Parse>
auto structure(base::ByteReader& in, const char* name, Parse parse) -> decltype(parse(in)) {
  TRY(const base::View bytes, sized(in, name));
  base::ByteReader fields(bytes);
  return parse(fields);
}

base::Result<media::VideoParams> parse_video(base::ByteReader& in) {
  media::VideoParams video;
  TRY(video.width, positive(in, "width"));
  TRY(video.height, positive(in, "height"));
  TRY(video.frame_rate, ratio(in, 0, "frame rate"));
  TRY(video.pixel_aspect, ratio(in, 0, "pixel aspect"));
  TRY(video.colour.primaries, in.u8("colour primaries"));
  TRY(video.colour.transfer, in.u8("colour transfer"));
  TRY(video.colour.matrix, in.u8("colour matrix"));
  TRY(video.colour.full_range, flag(in, "colour range"));
  TRY(video.interlaced, flag(in, "interlaced"));
  TRY(video.bit_depth, in.u8("bit depth"));
  return video;
}

base::Result<media::AudioParams> parse_audio(base::ByteReader& in) {
  media::AudioParams audio;
  TRY(audio.sample_rate, positive(in, "sample rate"));
  TRY(audio.channels, positive(in, "channels"));
  TRY(audio.frame_samples, positive(in, "frame samples"));
  TRY(audio.priming, positive(in, "priming"));
  return audio;
}

base::Result<media::Track> parse_track(base::ByteReader& in) {
  media::Track track;
  TRY(track.id, in.u32("track id"));
  TRY(const std::uint8_t codec, in.u8("codec"));
  if (codec > bits(media::kLastCodec)) return base::Error{base::Code::kUnsupported, "codec", in.offset()};
  track.codec = static_cast<media::Codec>(codec);
  TRY(track.timescale, i64(in, "timescale"));
  if (track.timescale <= 0) return out_of_range("timescale", in);
  TRY(const base::View config, sized(in, "decoder configuration"));
  track.config = base::Bytes::copy_of(config);
  TRY(track.codec_string, text(in, "codec string"));
  TRY(track.language, text(in, "language"));
  TRY(track.video, structure(in, "picture", parse_video));
  TRY(track.audio, structure(in, "sound", parse_audio));
  return track;
}

base::Result<Rendition> parse_rendition(base::ByteReader& in) {
  Rendition rendition;
  TRY(rendition.name, text(in, "rendition name"));
  TRY(rendition.track, structure(in, "track", parse_track));
  TRY(const base::View init, sized(in, "init section"));
  rendition.init = base::Bytes::copy_of(init);
  TRY(rendition.bandwidth, in.u32("bandwidth"));
  TRY(rendition.average_bandwidth, in.u32("average bandwidth"));
  TRY(rendition.label, text(in, "label"));
  TRY(rendition.is_default, flag(in, "default"));
  TRY(rendition.part_ticks, i64(in, "part target"));
  TRY(rendition.copied, flag(in, "copied"));
  TRY(const base::View held, sized(in, "silent frame"));
  rendition.held = base::Bytes::copy_of(held);
  TRY(rendition.held_ticks, in.u32("duration of the silent frame"));
  if (!in.empty()) {  // not there in what an older worker wrote
    TRY(rendition.characteristics, text(in, "characteristics"));
  }
  if (!in.empty()) {  // likewise
    TRY(rendition.forced, flag(in, "forced"));
  }
  return rendition;
}

base::Result<media::Caption> parse_caption(base::ByteReader& in) {
  media::Caption caption;
  TRY(caption.service, text(in, "caption service"));
  TRY(caption.language, text(in, "caption language"));
  TRY(caption.name, text(in, "caption name"));
  return caption;
}

base::Result<media::Captions> parse_captions(base::ByteReader& in) {
  media::Captions captions;
  TRY(captions.none, flag(in, "no captions"));
  TRY(const std::uint32_t count, in.u32("caption count"));
  if (count > kMaxCaptions) return out_of_range("caption count", in);
  for (std::uint32_t i = 0; i < count; ++i) {
    TRY(media::Caption caption, structure(in, "caption", parse_caption));
    captions.services.push_back(std::move(caption));
  }
  if (!in.empty()) {  // not there in what an older worker wrote
    TRY(captions.carried, flag(in, "pictures that carry captions"));
  }
  return captions;
}

base::Result<Record> parse_presentation(base::ByteReader& in) {
  Presentation presentation;
  TRY(presentation.segment, ratio(in, 1, "segment duration"));
  TRY(presentation.formats_from, i64(in, "first segment of new formats"));
  TRY(const std::uint32_t count, in.u32("rendition count"));
  if (count > kMaxRenditions) return out_of_range("rendition count", in);
  for (std::uint32_t i = 0; i < count; ++i) {
    TRY(Rendition rendition, structure(in, "rendition", parse_rendition));
    presentation.renditions.push_back(std::move(rendition));
  }
  if (!in.empty()) {  // not there in what an older worker wrote
    TRY(presentation.captions, parse_captions(in));
  }
  if (!in.empty()) {
    TRY(presentation.cuts_move, flag(in, "cuts that move"));
  }
  return Record(std::move(presentation));
}

base::Result<Record> parse_gap(base::ByteReader& in) {
  Gap gap;
  TRY(gap.rendition, in.u32("gap rendition"));
  TRY(gap.msn, i64(in, "gap segment"));
  TRY(gap.index, in.u32("gap index"));
  TRY(gap.start, i64(in, "gap start"));
  TRY(gap.duration, i64(in, "gap duration"));
  return Record(gap);
}

base::Result<Record> parse_segment_end(base::ByteReader& in) {
  SegmentEnd end;
  TRY(end.rendition, in.u32("segment rendition"));
  TRY(end.msn, i64(in, "segment number"));
  TRY(end.start, i64(in, "segment start"));
  TRY(end.duration, i64(in, "segment duration"));
  if (!in.empty()) {  // not there in what an older worker wrote
    TRY(const base::View data, sized(in, "segment text"));
    end.data = base::Bytes::copy_of(data);
  }
  return Record(end);
}

base::Result<Marker::Attribute> parse_attribute(base::ByteReader& in) {
  Marker::Attribute attribute;
  TRY(attribute.name, text(in, "attribute name"));
  TRY(attribute.value, text(in, "attribute value"));
  if (in.empty()) return attribute;  // of a writer that had no more
  TRY(const std::uint8_t bare, in.u8("attribute form"));
  attribute.bare = bare != 0;
  return attribute;
}

base::Result<Record> parse_marker(base::ByteReader& in) {
  Marker marker;
  TRY(marker.id, text(in, "marker id"));
  TRY(marker.kind, text(in, "marker kind"));
  TRY(marker.start, i64(in, "marker start"));
  TRY(const std::uint8_t flags, in.u8("marker flags"));
  TRY(const base::Micros end, i64(in, "marker end"));
  if ((flags & kHasEnd) != 0) marker.end = end;
  marker.canceled = (flags & kCanceled) != 0;
  TRY(const base::Micros planned, i64(in, "marker planned duration"));
  if ((flags & kHasPlannedDuration) != 0) marker.planned_duration = planned;
  TRY(const std::uint32_t count, in.u32("attribute count"));
  if (count > kMaxAttributes) return out_of_range("attribute count", in);
  for (std::uint32_t i = 0; i < count; ++i) {
    TRY(Marker::Attribute attribute, structure(in, "attribute", parse_attribute));
    marker.attributes.push_back(std::move(attribute));
  }
  TRY(const base::View payload, sized(in, "marker payload"));
  marker.payload = base::Bytes::copy_of(payload);
  return Record(std::move(marker));
}

base::Result<Record> parse_discontinuity(base::ByteReader& in) {
  Discontinuity discontinuity;
  TRY(discontinuity.msn, i64(in, "discontinuity segment"));
  return Record(discontinuity);
}

base::Result<Record> parse_thumbnail(base::ByteReader& in) {
  Thumbnail thumbnail;
  TRY(thumbnail.feed, text(in, "thumbnail feed"));
  TRY(thumbnail.at, i64(in, "thumbnail time"));
  TRY(const base::View jpeg, sized(in, "thumbnail"));
  thumbnail.jpeg = base::Bytes::copy_of(jpeg);
  return Record(std::move(thumbnail));
}

base::Result<Record> parse_moved_cut(base::ByteReader& in) {
  MovedCut cut;
  TRY(cut.msn, i64(in, "segment of a cut"));
  TRY(cut.start, i64(in, "time of a cut"));
  return Record(cut);
}

base::Result<Record> parse_any(Type type, base::ByteReader& in) {
  switch (type) {
    case Type::kPresentation: return parse_presentation(in);
    case Type::kGap: return parse_gap(in);
    case Type::kSegmentEnd: return parse_segment_end(in);
    case Type::kDiscontinuity: return parse_discontinuity(in);
    case Type::kMarker: return parse_marker(in);
    case Type::kEnd: return Record(End{});
    case Type::kClosing: return Record(Closing{});
    case Type::kThumbnail: return parse_thumbnail(in);
    case Type::kMovedCut: return parse_moved_cut(in);
    case Type::kPart: break;  // has a body: parse_part_fields()
  }
  return base::Error{base::Code::kUnsupported, "record type", 0};
}

}  // namespace

bool known_type(std::uint8_t type) {
  return type >= bits(Type::kPresentation) && type <= bits(Type::kThumbnail) && type != kDistantPart;
}

Type type_of(const Record& record) {
  const auto number = static_cast<std::uint8_t>(record.index() + 1);
  return static_cast<Type>(number < kDistantPart ? number : number + 1);
}

void write_fields(base::ByteWriter& out, const Record& record) { std::visit(Writer{out}, record); }

void write_body_fields(base::ByteWriter& out, std::uint64_t hash, std::uint32_t key_size) {
  out.u64(hash);
  out.u32(key_size);
}

base::Result<Part> parse_part_fields(base::View fields) {
  base::ByteReader in(fields);
  Part part;
  TRY(part.rendition, in.u32("part rendition"));
  TRY(part.msn, i64(in, "part segment"));
  TRY(part.index, in.u32("part index"));
  TRY(part.start, i64(in, "part start"));
  TRY(part.duration, i64(in, "part duration"));
  TRY(const std::uint8_t flags, in.u8("part flags"));
  part.independent = (flags & kIndependent) != 0;
  part.last = (flags & kLast) != 0;
  part.held = (flags & kHeld) != 0;
  part.key_inside = (flags & kKeyInside) != 0;
  TRY(part.captured, i64(in, "part capture time"));
  if (!in.empty()) {  // not there in what an older worker wrote
    TRY(part.stored.hash, in.u64("hash of the body"));
    TRY(part.stored.key_size, in.u32("size of the first picture"));
  }
  return part;
}

base::Result<Record> parse_fields(Type type, base::View fields) {
  base::ByteReader in(fields);
  return parse_any(type, in);
}

}  // namespace record
