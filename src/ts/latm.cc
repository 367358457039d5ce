#include "ts/latm.h"

#include <algorithm>

namespace ts {
namespace {

constexpr std::size_t kLoasHeader = 3;

base::Error truncated(const char* field) { return base::Error{base::Code::kTruncated, field}; }
base::Error unsupported(const char* field) { return base::Error{base::Code::kUnsupported, field}; }

/// LatmGetValue(): up to four bytes, as many as two bits say.
std::uint32_t latm_value(media::BitReader& in) {
  const std::uint32_t bytes = in.bits(2) + 1;
  return in.bits(8 * bytes);
}

/// `count` bits from bit `start` on, moved to the front of bytes of their own.
base::Bytes copy_bits(base::View bytes, std::size_t start, std::size_t count) {
  media::BitReader in(bytes);
  in.skip(start);
  std::vector<std::uint8_t> out;
  out.reserve((count + 7) / 8);
  for (; count >= 8; count -= 8) out.push_back(static_cast<std::uint8_t>(in.bits(8)));
  if (count > 0) {
    const auto rest = static_cast<unsigned>(count);
    out.push_back(static_cast<std::uint8_t>(in.bits(rest) << (8 - rest)));
  }
  return base::Bytes::adopt(std::move(out));
}

}  // namespace

base::Result<std::vector<base::Bytes>> LatmReader::read(base::View element) {
  media::BitReader in(element);
  const bool same_config = in.flag();
  if (!same_config) {
    config_.reset();
    TRY_OK(read_mux_config(in, element));
  }
  if (!config_) return base::Error{base::Code::kNotFound, "StreamMuxConfig"};
  std::vector<base::Bytes> units;
  for (int i = 0; i < subframes_; ++i) {
    TRY(base::Bytes unit, read_payload(in));
    if (!unit.empty()) units.push_back(std::move(unit));
  }
  return units;
}

base::Status LatmReader::read_mux_config(media::BitReader& in, base::View element) {
  version1_ = in.flag();
  if (version1_ && in.flag()) return unsupported("audioMuxVersionA");
  if (version1_) latm_value(in);  // taraBufferFullness
  if (!in.flag()) return unsupported("allStreamsSameTimeFraming 0");
  subframes_ = static_cast<int>(in.bits(6)) + 1;
  if (in.bits(4) != 0) return unsupported("numProgram");
  if (in.bits(3) != 0) return unsupported("numLayer");
  TRY_OK(read_audio_config(in, element, version1_));
  TRY_OK(read_frame_length(in));
  if (in.flag()) {  // otherDataPresent
    if (version1_) {
      latm_value(in);
    } else {
      for (bool more = true; more && !in.failed();) {
        more = in.flag();
        in.skip(8);
      }
    }
  }
  if (in.flag()) in.skip(8);  // crcCheckPresent
  if (in.failed()) {
    config_.reset();
    return truncated("StreamMuxConfig");
  }
  return base::Ok{};
}

base::Status LatmReader::read_audio_config(media::BitReader& in, base::View element, bool has_length) {
  const std::size_t length = has_length ? latm_value(in) : 0;
  const std::size_t start = in.position();
  if (has_length) {
    if (in.failed() || length > in.left()) return truncated("AudioSpecificConfig");
    base::Bytes asc = copy_bits(element, start, length);
    TRY(config_, media::aac::parse_config(asc.view()));
    in.skip(length);
    asc_ = std::move(asc);
    return base::Ok{};
  }
  TRY(config_, media::aac::parse_config(in));
  if (in.failed()) return truncated("AudioSpecificConfig");
  asc_ = copy_bits(element, start, in.position() - start);
  return base::Ok{};
}

base::Status LatmReader::read_frame_length(media::BitReader& in) {
  if (in.bits(3) != 0) {
    config_.reset();
    return unsupported("frameLengthType");
  }
  in.skip(8);  // latmBufferFullness
  return base::Ok{};
}

base::Result<base::Bytes> LatmReader::read_payload(media::BitReader& in) {
  std::size_t length = 0;
  for (std::uint32_t more = 255; more == 255 && !in.failed();) {
    more = in.bits(8);
    length += more;
  }
  if (in.failed() || in.left() < length * 8) return truncated("PayloadMux");
  std::vector<std::uint8_t> unit(length);
  for (std::uint8_t& byte : unit) byte = static_cast<std::uint8_t>(in.bits(8));
  return base::Bytes::adopt(std::move(unit));
}

AudioFramer::Probe LatmFramer::probe(base::View bytes) {
  if (bytes[0] != 0x56 || (bytes.size() > 1 && (bytes[1] & 0xe0) != 0xe0)) return {};
  if (bytes.size() < kLoasHeader) return {Probe::Verdict::kMore, 0};
  const std::size_t length = static_cast<std::size_t>(bytes[1] & 0x1f) << 8 | bytes[2];
  return length == 0 ? Probe{} : frame_of(kLoasHeader + length, bytes);
}

AudioFramer::Opened LatmFramer::open(base::View frame) {
  auto units = reader_.read(frame.subspan(kLoasHeader));
  if (!units) return {};
  media::Track track;
  track.codec = media::Codec::kAac;
  track.config = reader_.config();
  if (!writer_.announce(std::move(track))) return {};
  const media::aac::Config& config = reader_.parsed();
  return {units.take(), config.frame_samples, config.core_sample_rate};
}

}  // namespace ts
