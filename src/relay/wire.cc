#include "relay/wire.h"

#include <algorithm>
#include <utility>

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace relay {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kFirstType = 64;
enum : std::uint8_t { kHello = kFirstType, kSeeded, kCaughtUp, kBeat, kAbsent, kUnavailable, kKnown };
constexpr std::uint8_t kResumed = 1;
constexpr std::size_t kMostViews = 64;
constexpr std::size_t kMostNames = 64;

void write_text(base::ByteWriter& out, std::string_view text) {
  out.u16(text.size());
  out.text(text);
}

void write_texts(base::ByteWriter& out, const std::vector<std::string>& texts) {
  out.u8(texts.size());
  for (const std::string& text : texts) write_text(out, text);
}

void write_view(base::ByteWriter& out, const hls::View& view) {
  write_text(out, view.name);
  write_texts(out, view.renditions);
  out.u32(static_cast<std::uint32_t>(view.least_height));
  out.u32(static_cast<std::uint32_t>(view.most_height));
  out.u8(view.codecs.size());
  for (const media::Codec codec : view.codecs) out.u8(static_cast<std::uint8_t>(codec));
  write_texts(out, view.languages);
  out.u8(view.low_latency ? 1 : 0);
  out.u64(static_cast<std::uint64_t>(view.hold_back));
  out.u64(static_cast<std::uint64_t>(view.start));
}

/// Window (8, µs); which markers are shown (1, a bit each); flags (1): audio only, I-frames, images; a count (1) of
/// views, each behind its length (2).
void write_terms(base::ByteWriter& out, const origin::Log::Options& terms) {
  out.u64(static_cast<std::uint64_t>(terms.window));
  const origin::MarkerList::Shown& shown = terms.markers;
  out.u8((shown.scte35 ? 1u : 0u) | (shown.api ? 2u : 0u) | (shown.outage ? 4u : 0u) | (shown.feed_switch ? 8u : 0u) |
         (shown.cue_tags ? 16u : 0u));
  out.u8((terms.audio_only == hls::AudioOnly::kYes ? 1u : 0u) | (terms.iframes ? 2u : 0u) | (terms.images ? 4u : 0u));
  out.u8(terms.views.size());
  for (const hls::View& view : terms.views) {
    base::ByteWriter one;
    write_view(one, view);
    out.u16(one.size());
    out.bytes(one.view());
  }
}

base::Result<std::string> read_text(base::ByteReader& in) {
  TRY(const std::uint16_t size, in.u16("text length"));
  TRY(const base::View text, in.bytes(size, "text"));
  return std::string(base::text_of(text));
}

base::Result<std::vector<std::string>> read_texts(base::ByteReader& in) {
  TRY(const std::uint8_t count, in.u8("texts"));
  if (count > kMostNames) return base::Error{base::Code::kTooLarge, "texts of a view", in.offset()};
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) {
    TRY(std::string text, read_text(in));
    texts.push_back(std::move(text));
  }
  return texts;
}

base::Result<hls::View> read_view(base::View bytes) {
  base::ByteReader in(bytes);
  hls::View view;
  TRY(view.name, read_text(in));
  TRY(view.renditions, read_texts(in));
  TRY(const std::uint32_t least, in.u32("least height"));
  TRY(const std::uint32_t most, in.u32("most height"));
  view.least_height = static_cast<int>(std::min<std::uint32_t>(least, INT32_MAX));
  view.most_height = static_cast<int>(std::min<std::uint32_t>(most, INT32_MAX));
  TRY(const std::uint8_t codecs, in.u8("codecs"));
  for (int i = 0; i < codecs; ++i) {
    TRY(const std::uint8_t codec, in.u8("codec"));
    if (codec > static_cast<std::uint8_t>(media::kLastCodec))
      return base::Error{base::Code::kUnsupported, "codec of a view", in.offset()};
    view.codecs.push_back(static_cast<media::Codec>(codec));
  }
  TRY(view.languages, read_texts(in));
  TRY(const std::uint8_t low_latency, in.u8("low latency"));
  view.low_latency = low_latency != 0;
  TRY(const std::uint64_t hold_back, in.u64("hold back"));
  TRY(const std::uint64_t start, in.u64("start"));
  constexpr std::uint64_t kLongest = 24 * 3600 * base::kSecond;
  view.hold_back = static_cast<base::Micros>(std::min(hold_back, kLongest));
  view.start = static_cast<base::Micros>(std::min(start, kLongest));
  return view;
}

base::Result<origin::Log::Options> read_terms(base::ByteReader& in) {
  origin::Log::Options terms;
  TRY(const std::uint64_t window, in.u64("window"));
  constexpr std::uint64_t kLongest = 30 * 24 * 3600 * base::kSecond;
  if (window > kLongest) return base::Error{base::Code::kMalformed, "window", in.offset()};
  terms.window = static_cast<base::Micros>(window);
  TRY(const std::uint8_t shown, in.u8("markers"));
  terms.markers = {(shown & 1) != 0, (shown & 2) != 0, (shown & 4) != 0, (shown & 8) != 0, (shown & 16) != 0};
  TRY(const std::uint8_t flags, in.u8("window flags"));
  terms.audio_only = (flags & 1) != 0 ? hls::AudioOnly::kYes : hls::AudioOnly::kNo;
  terms.iframes = (flags & 2) != 0;
  terms.images = (flags & 4) != 0;
  TRY(const std::uint8_t views, in.u8("views"));
  if (views > kMostViews) return base::Error{base::Code::kTooLarge, "views", in.offset()};
  for (int i = 0; i < views; ++i) {
    TRY(const std::uint16_t size, in.u16("view length"));
    TRY(const base::View bytes, in.bytes(size, "view"));
    TRY(hls::View view, read_view(bytes));
    terms.views.push_back(std::move(view));
  }
  return terms;
}

base::Result<Hello> parse_hello(base::View fields) {
  base::ByteReader in(fields);
  Hello hello;
  TRY(const std::uint8_t version, in.u8("relay version"));
  if (version != kVersion) return base::Error{base::Code::kUnsupported, "relay version", 0};
  TRY(const std::uint8_t flags, in.u8("flags"));
  hello.resumed = (flags & kResumed) != 0;
  TRY(hello.at.log, in.u64("log"));
  TRY(hello.at.next, in.u64("next record"));
  TRY(const std::uint64_t begun, in.u64("newest segment"));
  TRY(const std::uint64_t discontinuities, in.u64("discontinuities"));
  TRY(const std::uint32_t target, in.u32("target duration"));
  // Sums of these have to stay within 64 bits.
  constexpr auto kMost = static_cast<std::int64_t>(std::uint64_t{1} << 60);
  hello.standing = {static_cast<std::int64_t>(begun), static_cast<std::int64_t>(discontinuities),
                    static_cast<int>(std::min<std::uint32_t>(target, INT32_MAX))};
  if (hello.standing.begun < -1 || hello.standing.begun > kMost || hello.standing.discontinuities < 0 ||
      hello.standing.discontinuities > kMost || target > 3600)
    return base::Error{base::Code::kMalformed, "standing", in.offset()};
  TRY(const std::uint8_t path, in.u8("path"));
  if (path > kLongestPath) return base::Error{base::Code::kTooLarge, "path", in.offset()};
  for (int i = 0; i < path; ++i) {
    TRY(const std::uint64_t node, in.u64("server"));
    hello.path.push_back(node);
  }
  TRY(hello.terms, read_terms(in));
  return hello;
}

base::Result<Beat> parse_beat(base::View fields) {
  base::ByteReader in(fields);
  Beat beat;
  TRY(const std::uint64_t utc, in.u64("time"));
  TRY(beat.next, in.u64("next record"));
  beat.utc = static_cast<base::Micros>(utc);
  return beat;
}

base::Result<Item> parse_known(base::View fields) {
  if (fields.size() < record::kHeaderSize) return base::Error{base::Code::kMalformed, "known part", 0};
  TRY(const record::Lengths lengths, record::parse_lengths(fields.first(record::kHeaderSize)));
  if (lengths.head != fields.size()) return base::Error{base::Code::kMalformed, "known part", 0};
  auto record = record::decode_head(fields);
  auto* part = record.ok() && *record ? std::get_if<record::Part>(&**record) : nullptr;
  if (part == nullptr) return base::Error{base::Code::kMalformed, "known part", 0};
  return Item(Known{std::move(*part)});
}

base::Bytes bare(std::uint8_t type) { return base::Bytes::adopt(record::encode_fields(type, {})); }

/// An item that is no record; its checksum is right.
base::Result<Item> parse_item(std::uint8_t type, base::View fields) {
  switch (type) {
    case kHello: {
      TRY(Hello hello, parse_hello(fields));
      return Item(std::move(hello));
    }
    case kSeeded: return Item(Seeded{});
    case kCaughtUp: return Item(CaughtUp{});
    case kBeat: {
      TRY(const Beat beat, parse_beat(fields));
      return Item(beat);
    }
    case kAbsent: return Item(Absent{});
    case kKnown: return parse_known(fields);
    case kUnavailable:
    default: return Item(Unavailable{});
  }
}

}  // namespace

base::Bytes encode_hello(const Hello& hello) {
  base::ByteWriter out;
  out.u8(kVersion);
  out.u8(hello.resumed ? kResumed : 0);
  out.u64(hello.at.log);
  out.u64(hello.at.next);
  out.u64(static_cast<std::uint64_t>(hello.standing.begun));
  out.u64(static_cast<std::uint64_t>(hello.standing.discontinuities));
  out.u32(static_cast<std::uint32_t>(hello.standing.target_duration));
  out.u8(hello.path.size());
  for (const std::uint64_t node : hello.path) out.u64(node);
  write_terms(out, hello.terms);
  return base::Bytes::adopt(record::encode_fields(kHello, out.view()));
}

base::Bytes encode_beat(const Beat& beat) {
  base::ByteWriter out;
  out.u64(static_cast<std::uint64_t>(beat.utc));
  out.u64(beat.next);
  return base::Bytes::adopt(record::encode_fields(kBeat, out.view()));
}

base::Bytes encode_known(base::View head) { return base::Bytes::adopt(record::encode_fields(kKnown, head)); }

const base::Bytes& seeded_item() {
  static const base::Bytes item = bare(kSeeded);
  return item;
}
const base::Bytes& caught_up_item() {
  static const base::Bytes item = bare(kCaughtUp);
  return item;
}
const base::Bytes& absent_item() {
  static const base::Bytes item = bare(kAbsent);
  return item;
}
const base::Bytes& unavailable_item() {
  static const base::Bytes item = bare(kUnavailable);
  return item;
}

base::Status Reader::feed(base::View bytes) {
  if (failed_) return *failed_;
  staging_.insert(staging_.end(), bytes.begin(), bytes.end());
  base::Status status = cut();
  if (!status.ok()) failed_ = status.error();
  return status;
}

bool Reader::next(Item& item) {
  if (ready_.empty()) return false;
  item = std::move(ready_.front());
  ready_.pop_front();
  return true;
}

base::Status Reader::cut() {
  std::size_t taken = 0;
  while (staging_.size() - taken >= record::kHeaderSize) {
    const base::View left = base::View(staging_).subspan(taken);
    TRY(const record::Lengths lengths, record::parse_lengths(left.first(record::kHeaderSize)));
    if (left.size() < lengths.size()) break;
    TRY_OK(take(lengths, left.first(lengths.size())));
    taken += lengths.size();
  }
  staging_.erase(staging_.begin(), staging_.begin() + static_cast<std::ptrdiff_t>(taken));
  return base::Ok{};
}

base::Status Reader::take(const record::Lengths& lengths, base::View bytes) {
  if (lengths.type >= kFirstType) {
    TRY_OK(record::decode_head(bytes));
    if (lengths.type > kKnown) return base::Ok{};  // not known here
    TRY(Item item, parse_item(lengths.type, bytes.subspan(record::kHeaderSize)));
    ready_.push_back(std::move(item));
    return base::Ok{};
  }
  TRY_OK(records_.feed(bytes));
  record::Record record;
  if (records_.next(record)) {
    ready_.emplace_back(std::move(record));
  } else {
    ready_.emplace_back(Skipped{});
  }
  return base::Ok{};
}

}  // namespace relay
