#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "feed/message.h"
#include "unit/rtmp/tag_builder.h"
#include "unit/ts/ts_builder.h"
#include "unit/worker/feeds.h"

namespace soak {

/// Which moment of the programme a frame shows stands in its last bytes, in milliseconds.
inline constexpr std::size_t kDigits = 12;

inline std::string digits_of(std::int64_t at) {
  const std::string text = std::to_string(at);
  return std::string(kDigits - text.size(), '0') + text;
}
/// The moment that a frame shows; nullopt: it is none of an encoder below (silence that was filled in).
inline std::optional<std::int64_t> moment_of(base::View frame) {
  if (frame.size() < kDigits) return std::nullopt;
  const auto* from = reinterpret_cast<const char*>(frame.data() + frame.size() - kDigits);
  std::int64_t at = 0;
  const auto [end, error] = std::from_chars(from, from + kDigits, at);
  if (error != std::errc{} || end != from + kDigits) return std::nullopt;
  return at;
}

/// An encoder of 25 pictures a second and AAC of 48 kHz. `at`: the moment of the programme, ms; the time stamps that it
/// sends begin with `first_stamp` at moment 0 and wrap as the protocol's do.
class Encoder {
 public:
  virtual ~Encoder() = default;
  virtual feed::Format format() const = 0;
  /// What it sends before the first frame, and each second.
  virtual std::vector<feed::Message> headers(base::Micros utc, bool first) = 0;
  virtual feed::Message picture(std::int64_t at, base::Micros utc, bool key) = 0;
  virtual feed::Message sound(std::int64_t at, base::Micros utc) = 0;
};

class RtmpEncoder final : public Encoder {
 public:
  /// Units: ms.
  explicit RtmpEncoder(std::int64_t first_stamp) : first_stamp_(first_stamp) {}

  feed::Format format() const override { return feed::Format::kRtmp; }
  std::vector<feed::Message> headers(base::Micros utc, bool first) override {
    if (!first) return {};
    return {worker::rtmp_video_header(utc), worker::rtmp_audio_header(utc)};
  }
  feed::Message picture(std::int64_t at, base::Micros utc, bool key) override {
    const std::string slice = std::string(rtmp::kFirstSlice) + std::string(200, 's') + digits_of(at);
    return worker::rtmp_message(feed::kRtmpVideo, first_stamp_ + at, utc,
                                rtmp::avc_tag(key ? 1 : 2, 1, 0, rtmp::nal(key ? 5 : 1, slice)));
  }
  feed::Message sound(std::int64_t at, base::Micros utc) override {
    using rtmp::operator+;
    const std::string digits = digits_of(at);
    return worker::rtmp_message(feed::kRtmpAudio, first_stamp_ + at, utc,
                                rtmp::aac_tag(1, rtmp::Buffer(60, 0x21) + rtmp::Buffer(digits.begin(), digits.end())));
  }

 private:
  const std::int64_t first_stamp_;
};

class TsEncoder final : public Encoder {
 public:
  /// Units: ticks of 90 kHz.
  explicit TsEncoder(std::int64_t first_stamp) : first_stamp_(first_stamp) {}

  feed::Format format() const override { return feed::Format::kMpegTs; }
  std::vector<feed::Message> headers(base::Micros utc, bool /*first*/) override {
    mux_.pat({{1, 100}}).pmt(1, 100, {{0x1b, kVideo, {}}, {0x0f, kAudio, {}}}, 0);
    return {taken(utc)};
  }
  feed::Message picture(std::int64_t at, base::Micros utc, bool key) override {
    using ts::operator+;
    const ts::Blob unit = key ? ts::h264_key(200) : ts::hex("00000001 0910") + ts::h264_p(200);
    mux_.pes(kVideo, {.pts = stamp(at)}, marked(unit, at));
    return taken(utc);
  }
  feed::Message sound(std::int64_t at, base::Micros utc) override {
    mux_.pes(kAudio, {.pts = stamp(at), .stream_id = 0xc0}, marked(ts::adts(60), at));
    return taken(utc);
  }

 private:
  static constexpr std::uint16_t kVideo = 256;
  static constexpr std::uint16_t kAudio = 257;

  static ts::Blob marked(ts::Blob bytes, std::int64_t at) {
    const std::string digits = digits_of(at);
    std::copy(digits.begin(), digits.end(), bytes.end() - kDigits);
    return bytes;
  }
  std::uint64_t stamp(std::int64_t at) const {
    return static_cast<std::uint64_t>(first_stamp_ + at * 90) & 0x1FFFFFFFF;
  }
  feed::TsBytes taken(base::Micros utc) {
    feed::TsBytes bytes;
    bytes.arrived = utc;
    bytes.payload = base::Bytes::adopt(mux_.bytes());
    mux_.packets().clear();
    return bytes;
  }

  const std::int64_t first_stamp_;
  ts::Mux mux_;
};

}  // namespace soak
