#include "media/opus.h"

#include <array>

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace media::opus {
namespace {

using base::Code;
using base::Error;
using base::View;

base::Status read_mapping(base::ByteReader& reader, Config& config) {
  if (config.family == 0) {
    if (config.channels > 2) return Error{Code::kMalformed, "Opus: more than two channels without a mapping"};
    config.streams = 1;
    config.coupled = config.channels == 2 ? 1 : 0;
    return base::Ok{};
  }
  TRY(config.streams, reader.u8("Opus stream count"));
  TRY(config.coupled, reader.u8("Opus coupled count"));
  if (config.streams == 0 || config.coupled > config.streams) return Error{Code::kMalformed, "Opus stream count"};
  TRY(const View mapping, reader.bytes(static_cast<std::size_t>(config.channels), "Opus channel mapping"));
  config.mapping.assign(mapping.begin(), mapping.end());
  return base::Ok{};
}

}  // namespace

base::Result<Config> parse_dops(View payload) {
  base::ByteReader reader{payload};
  TRY(const std::uint8_t version, reader.u8("dOps version"));
  if (version != 0) return Error{Code::kMalformed, "dOps version"};
  Config config;
  TRY(config.channels, reader.u8("dOps channel count"));
  TRY(config.pre_skip, reader.u16("dOps pre-skip"));
  TRY(config.input_rate, reader.u32("dOps input rate"));
  TRY(const std::uint16_t gain, reader.u16("dOps gain"));
  config.gain = static_cast<std::int16_t>(gain);
  TRY(config.family, reader.u8("dOps mapping family"));
  if (config.channels == 0) return Error{Code::kMalformed, "dOps channel count"};
  TRY_OK(read_mapping(reader, config));
  return config;
}

base::Bytes make_dops(const Config& config) {
  base::ByteWriter writer{16};
  writer.u8(0);
  writer.u8(static_cast<std::uint8_t>(config.channels));
  writer.u16(static_cast<std::uint16_t>(config.pre_skip));
  writer.u32(config.input_rate);
  writer.u16(static_cast<std::uint16_t>(config.gain));
  writer.u8(config.family);
  if (config.family != 0) {
    writer.u8(config.streams);
    writer.u8(config.coupled);
    writer.bytes(config.mapping);
  }
  return writer.take_bytes();
}

base::Result<Config> parse_opus_head(View head) {
  base::ByteReader reader{head};
  TRY(const View magic, reader.bytes(8, "OpusHead"));
  if (base::text_of(magic) != "OpusHead") return Error{Code::kMalformed, "OpusHead"};
  TRY(const std::uint8_t version, reader.u8("OpusHead version"));
  if (version > 15) return Error{Code::kUnsupported, "OpusHead version", 8};
  Config config;
  TRY(config.channels, reader.u8("OpusHead channel count"));
  TRY(const std::uint16_t pre_skip, reader.u16("OpusHead pre-skip"));
  config.pre_skip = __builtin_bswap16(pre_skip);
  TRY(config.input_rate, reader.u32_little("OpusHead input rate"));
  TRY(const std::uint16_t gain, reader.u16("OpusHead gain"));
  config.gain = static_cast<std::int16_t>(__builtin_bswap16(gain));
  TRY(config.family, reader.u8("OpusHead mapping family"));
  if (config.channels == 0) return Error{Code::kMalformed, "OpusHead channel count", 9};
  TRY_OK(read_mapping(reader, config));
  return config;
}

int packet_samples(View packet) {
  if (packet.empty()) return 0;
  // Frame sizes of the 32 configurations [RFC 6716 table 2], in samples at 48 kHz.
  const unsigned config = packet[0] >> 3;
  constexpr std::array<int, 4> kSilk{480, 960, 1920, 2880};
  const int frame = config < 12 ? kSilk[config % 4] : config < 16 ? 480 << (config % 2) : 120 << (config % 4);
  int frames = 1;
  if ((packet[0] & 3) == 1 || (packet[0] & 3) == 2) frames = 2;
  if ((packet[0] & 3) == 3) {
    if (packet.size() < 2) return 0;
    frames = packet[1] & 0x3f;
  }
  // A packet holds at most 120 ms.
  return frame * frames > 5760 ? 0 : frame * frames;
}

}  // namespace media::opus
