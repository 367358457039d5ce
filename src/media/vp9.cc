#include "media/vp9.h"

#include <array>
#include <cstdio>

#include "base/byte_reader.h"
#include "media/bit_reader.h"

namespace media::vp9 {

base::Result<Config> parse_vpcc(base::View vpcc) {
  base::ByteReader reader{vpcc};
  TRY(const std::uint32_t version, reader.u32("vpcC version"));
  if (version >> 24 != 1) return base::Error{base::Code::kMalformed, "vpcC version"};
  Config config;
  TRY(config.profile, reader.u8("vpcC profile"));
  TRY(config.level, reader.u8("vpcC level"));
  TRY(const std::uint8_t packed, reader.u8("vpcC bit depth"));
  config.bit_depth = packed >> 4;
  config.chroma = (packed >> 1) & 7;
  config.colour.full_range = (packed & 1) != 0;
  TRY(config.colour.primaries, reader.u8("vpcC primaries"));
  TRY(config.colour.transfer, reader.u8("vpcC transfer"));
  TRY(config.colour.matrix, reader.u8("vpcC matrix"));
  TRY_OK(reader.u16("vpcC initialization data size"));
  if (config.profile > 3 || config.bit_depth < 8 || config.bit_depth > 12) {
    return base::Error{base::Code::kMalformed, "vpcC profile or bit depth"};
  }
  return config;
}

std::string codec_string(const Config& config) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "vp09.%02u.%02u.%02u", config.profile, config.level, config.bit_depth);
  return text.data();
}

bool is_key(base::View frame) {
  BitReader reader{frame};
  if (reader.bits(2) != 2) return false;  // frame_marker
  const std::uint32_t profile = reader.bits(1) | (reader.bits(1) << 1);
  if (profile == 3) reader.skip(1);
  if (reader.flag()) return false;  // show_existing_frame
  const bool inter = reader.flag();
  return !reader.failed() && !inter;
}

}  // namespace media::vp9
