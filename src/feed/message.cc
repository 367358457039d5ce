#include "feed/message.h"

#include <algorithm>
#include <utility>

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace feed {
namespace {

// type 1, feed 1, then fields: a 8, b 4, c 1, role 1, track 1, payload length 4
constexpr std::size_t kHeaderSize = Reader::kHeaderSize;
constexpr std::size_t kFeedAt = 1;
// RTMP messages are limited to 16 MiB - 1 by their 24-bit length; TS chunks are far smaller.
constexpr std::size_t kMaxPayload = 16U << 20;

enum Type : std::uint8_t {
  kStart = 1,
  kRtmp,
  kTs,
  kTick,
  kStop,
  kFinish,
  kDropped,
  kResume,
  kSelect,
  kSlate,
  kEconomy,
  kCaption,
  kTimedEvent,
  kOverlay,
  kClock
};

struct Media {
  Role role = Role::kOther;
  std::uint8_t track = 0;
  base::Bytes payload;
};

Encoded pack(Type type, std::uint64_t a, std::uint32_t b, std::uint8_t c, Media media = {}) {
  base::ByteWriter out(kHeaderSize);
  out.u8(type);
  out.u8(0);  // encode() writes the feed
  out.u64(a);
  out.u32(b);
  out.u8(c);
  out.u8(static_cast<std::uint8_t>(media.role));
  out.u8(media.track);
  out.u32(media.payload.size());
  return {out.take(), std::move(media.payload)};
}

struct Encoder {
  Encoded operator()(const Resume& m) const { return pack(kResume, 0, 0, 0, {Role::kOther, 0, m.position}); }
  Encoded operator()(const Start& m) const {
    return pack(kStart, static_cast<std::uint64_t>(m.zero.value_or(0)), m.zero ? 1 : 0,
                static_cast<std::uint8_t>(m.format));
  }
  Encoded operator()(const RtmpMessage& m) const {
    return pack(kRtmp, static_cast<std::uint64_t>(m.arrived), m.timestamp, m.type, {m.role, m.track, m.payload});
  }
  Encoded operator()(const TsBytes& m) const {
    return pack(kTs, static_cast<std::uint64_t>(m.arrived), 0, 0, {m.role, 0, m.payload});
  }
  Encoded operator()(const Tick& m) const { return pack(kTick, static_cast<std::uint64_t>(m.utc), 0, 0); }
  Encoded operator()(const Stop&) const { return pack(kStop, 0, 0, 0); }
  Encoded operator()(const Finish&) const { return pack(kFinish, 0, 0, 0); }
  Encoded operator()(const Dropped& m) const { return pack(kDropped, m.bytes, 0, 0); }
  // Reasons are counted from 1; 0: none.
  Encoded operator()(const Select& m) const {
    const std::uint32_t reason = m.reason ? static_cast<std::uint32_t>(*m.reason) + 1 : 0;
    return pack(kSelect, 0, reason, static_cast<std::uint8_t>(m.how));
  }
  Encoded operator()(const Slate& m) const {
    return pack(kSlate, 0, 0, m.on ? 1 : 0, {Role::kOther, 0, base::Bytes::copy_of(m.text)});
  }
  // The payload: the id's length in two bytes, the id, the text. A cue is far shorter than 2^32 us.
  Encoded operator()(const Caption& m) const {
    base::ByteWriter out(2 + m.cue.id.size() + m.cue.text.size());
    out.u16(m.cue.id.size());
    out.bytes(base::view_of(m.cue.id));
    out.bytes(base::view_of(m.cue.text));
    return pack(kCaption, static_cast<std::uint64_t>(m.cue.start), static_cast<std::uint32_t>(m.cue.end - m.cue.start),
                m.rendition, {Role::kOther, 0, base::Bytes::adopt(out.take())});
  }
  Encoded operator()(const TimedEvent& m) const {
    return pack(kTimedEvent, static_cast<std::uint64_t>(m.at), 0, static_cast<std::uint8_t>(m.kind),
                {Role::kOther, 0, m.data});
  }
  // The payload: id and text, each after its length in two bytes, four numbers of two bytes, the picture.
  Encoded operator()(const Overlay& m) const {
    const media::Overlay& overlay = m.overlay;
    base::ByteWriter out(12 + overlay.id.size() + overlay.text.size() + overlay.png.size());
    for (const std::string& text : {overlay.id, overlay.text}) {
      out.u16(text.size());
      out.text(text);
    }
    for (const int number : {overlay.margin, overlay.width, overlay.line, overlay.opacity}) {
      out.u16(static_cast<std::uint64_t>(number));
    }
    out.bytes(overlay.png.view());
    return pack(kOverlay, 0, static_cast<std::uint32_t>(overlay.corner), m.on ? 1 : 0,
                {Role::kOther, 0, out.take_bytes()});
  }
  Encoded operator()(const Economy& m) const { return pack(kEconomy, 0, 0, m.level); }
  Encoded operator()(const Clock& m) const {
    return pack(kClock, static_cast<std::uint64_t>(m.zero.value_or(0)), m.ask, m.zero ? 1 : 0);
  }
};

struct Header {
  std::uint8_t type = 0;
  Id feed = Id::kPrimary;
  std::uint64_t a = 0;
  std::uint32_t b = 0;
  std::uint8_t c = 0;
  Role role = Role::kOther;
  std::uint8_t track = 0;
  std::uint32_t length = 0;
};

base::Result<Header> parse_header(base::View bytes) {
  base::ByteReader in(bytes);
  Header header;
  TRY(header.type, in.u8("feed message type"));
  TRY(const std::uint8_t feed, in.u8("feed message feed"));
  if (feed >= kIds.size()) return base::Error{base::Code::kMalformed, "feed message feed"};
  header.feed = static_cast<Id>(feed);
  TRY(header.a, in.u64("feed message field"));
  TRY(header.b, in.u32("feed message field"));
  TRY(header.c, in.u8("feed message field"));
  TRY(const std::uint8_t role, in.u8("feed message role"));
  if (role > static_cast<std::uint8_t>(Role::kOther)) return base::Error{base::Code::kMalformed, "feed message role"};
  header.role = static_cast<Role>(role);
  TRY(header.track, in.u8("feed message track"));
  TRY(header.length, in.u32("feed message length"));
  if (header.length > kMaxPayload) return base::Error{base::Code::kTooLarge, "feed message payload"};
  return header;
}

std::optional<SwitchReason> reason_of(std::uint32_t reason_plus_one) {
  if (reason_plus_one == 0) return std::nullopt;
  return static_cast<SwitchReason>(reason_plus_one - 1);
}

base::Result<Message> make_caption(const Header& header, base::View payload) {
  base::ByteReader in(payload);
  TRY(const std::uint16_t length, in.u16("length of a caption's id"));
  TRY(const base::View id, in.bytes(length, "caption's id"));
  Caption caption{header.c, {}};
  const auto text_of = [](base::View bytes) {
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  caption.cue.id = text_of(id);
  caption.cue.text = text_of(payload.subspan(2 + id.size()));
  caption.cue.start = static_cast<base::Micros>(header.a);
  caption.cue.end = caption.cue.start + static_cast<base::Micros>(header.b);
  return Message{std::move(caption)};
}

base::Result<Message> make_overlay(const Header& header, const base::Bytes& payload) {
  using Corner = media::Overlay::Corner;
  if (header.c > 1 || header.b > static_cast<std::uint32_t>(Corner::kBottomRight)) {
    return base::Error{base::Code::kMalformed, "overlay"};
  }
  Overlay made{header.c == 1, {}};
  made.overlay.corner = static_cast<Corner>(header.b);
  base::ByteReader in(payload.view());
  for (std::string* const text : {&made.overlay.id, &made.overlay.text}) {
    TRY(const std::uint16_t length, in.u16("length of an overlay's text"));
    TRY(const base::View bytes, in.bytes(length, "overlay's text"));
    *text = std::string(base::text_of(bytes));
  }
  for (int* const number : {&made.overlay.margin, &made.overlay.width, &made.overlay.line, &made.overlay.opacity}) {
    TRY(*number, in.u16("overlay's size"));
  }
  made.overlay.png = payload.slice(in.offset());
  return Message{std::move(made)};
}

base::Result<Message> make_message(const Header& header, base::Bytes payload) {
  const auto time = static_cast<base::Micros>(header.a);
  switch (header.type) {
    case kStart:
      if (header.c != 1 && header.c != 2) return base::Error{base::Code::kMalformed, "feed format"};
      if (header.b > 1) return base::Error{base::Code::kMalformed, "feed start"};
      return Message{Start{static_cast<Format>(header.c), header.b == 1 ? std::optional(time) : std::nullopt}};
    case kResume: return Message{Resume{std::move(payload)}};
    case kRtmp:
      return Message{RtmpMessage{header.c, header.b, time, std::move(payload), header.role, header.track, false}};
    case kTs: return Message{TsBytes{time, std::move(payload), header.role}};
    case kTick: return Message{Tick{time}};
    case kStop: return Message{Stop{}};
    case kFinish: return Message{Finish{}};
    case kDropped: return Message{Dropped{header.a}};
    case kSelect:
      if (header.c > 1 || header.b > kSwitchReasons.size())
        return base::Error{base::Code::kMalformed, "feed selection"};
      return Message{Select{static_cast<Select::How>(header.c), reason_of(header.b)}};
    case kSlate:
      if (header.c > 1) return base::Error{base::Code::kMalformed, "slate"};
      return Message{Slate{header.c == 1, std::string(payload.text())}};
    case kCaption: return make_caption(header, payload.view());
    case kOverlay: return make_overlay(header, payload);
    case kEconomy: return Message{Economy{header.c}};
    case kClock:
      if (header.c > 1) return base::Error{base::Code::kMalformed, "clock"};
      return Message{Clock{header.b, header.c == 1 ? std::optional(time) : std::nullopt}};
    case kTimedEvent:
      if (header.c > static_cast<std::uint8_t>(TimedEvent::Kind::kId3))
        return base::Error{base::Code::kMalformed, "kind of a timed event"};
      return Message{TimedEvent{static_cast<TimedEvent::Kind>(header.c), time, std::move(payload)}};
    default: return base::Error{base::Code::kMalformed, "feed message type"};
  }
}

}  // namespace

std::string_view to_string(Id id) { return id == Id::kPrimary ? "primary" : "backup"; }

std::string_view to_string(SwitchReason reason) {
  switch (reason) {
    case SwitchReason::kLost: return "lost";
    case SwitchReason::kSilent: return "silent";
    case SwitchReason::kScrambled: return "scrambled";
    case SwitchReason::kBlack: return "black";
    case SwitchReason::kFrozen: return "frozen";
    case SwitchReason::kLowRate: return "low_rate";
    case SwitchReason::kTsErrors: return "ts_errors";
    case SwitchReason::kMute: return "mute";
    case SwitchReason::kReturned: return "returned";
    case SwitchReason::kAsked: return "asked";
  }
  return "unknown";
}

std::optional<Id> id_from(std::string_view text) {
  for (const Id id : kIds) {
    if (text == to_string(id)) return id;
  }
  return std::nullopt;
}

Encoded encode(Id feed, const Message& message) {
  Encoded encoded = std::visit(Encoder{}, message);
  encoded.header[kFeedAt] = static_cast<std::uint8_t>(feed);
  return encoded;
}

base::Status Reader::feed(base::View bytes) {
  while (!bytes.empty()) {
    if (header_size_ < kHeaderSize) {
      const std::size_t taken = std::min(bytes.size(), kHeaderSize - header_size_);
      std::copy_n(bytes.begin(), taken, header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
      header_size_ += taken;
      bytes = bytes.subspan(taken);
      if (header_size_ < kHeaderSize) break;
      TRY(const Header header, parse_header(header_));
      payload_left_ = header.length;
      payload_.reserve(payload_left_);
    }
    const std::size_t taken = std::min(bytes.size(), payload_left_);
    payload_.insert(payload_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
    payload_left_ -= taken;
    bytes = bytes.subspan(taken);
    if (payload_left_ > 0) break;
    TRY(const Header header, parse_header(header_));
    header_size_ = 0;
    TRY(Message message, make_message(header, base::Bytes::adopt(std::exchange(payload_, {}))));
    Addressed& whole = ready_.emplace_back();
    whole.feed = header.feed;
    whole.message = std::move(message);
  }
  return base::Ok{};
}

bool Reader::next(Addressed& message) {
  if (ready_.empty()) return false;
  message = std::move(ready_.front());
  ready_.pop_front();
  return true;
}

}  // namespace feed
