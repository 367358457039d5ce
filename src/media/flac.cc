#include "media/flac.h"

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "media/bit_reader.h"

namespace media::flac {
namespace {

using base::Code;
using base::Error;
using base::View;

constexpr std::size_t kStreamInfoSize = 34;

/// The payload of STREAMINFO, which must be the first metadata block.
base::Result<View> find_stream_info(base::ByteReader& reader) {
  TRY(const std::uint8_t type, reader.u8("FLAC metadata block"));
  TRY(const std::uint32_t length, reader.u24("FLAC metadata block length"));
  if ((type & 0x7f) != 0 || length != kStreamInfoSize) return Error{Code::kMalformed, "FLAC STREAMINFO"};
  return reader.bytes(length, "FLAC STREAMINFO");
}

}  // namespace

base::Result<Config> parse_dfla(View dfla) {
  base::ByteReader bytes{dfla};
  TRY(const std::uint32_t version, bytes.u32("dfLa version"));
  if (version != 0) return Error{Code::kMalformed, "dfLa version"};
  TRY(const View info, find_stream_info(bytes));
  BitReader reader{info};
  Config config;
  config.min_block = static_cast<int>(reader.bits(16));
  config.max_block = static_cast<int>(reader.bits(16));
  reader.skip(48);  // frame sizes
  config.sample_rate = static_cast<int>(reader.bits(20));
  config.channels = static_cast<int>(reader.bits(3)) + 1;
  config.bits = static_cast<int>(reader.bits(5)) + 1;
  if (config.sample_rate == 0 || config.max_block < 16) return Error{Code::kMalformed, "FLAC STREAMINFO"};
  return config;
}

base::Result<base::Bytes> make_dfla(View header) {
  constexpr std::string_view kMagic = "fLaC";
  base::ByteReader reader{header};
  if (base::text_of(header).starts_with(kMagic)) TRY_OK(reader.skip(kMagic.size(), "fLaC"));
  TRY(const View info, find_stream_info(reader));
  base::ByteWriter writer{4 + 4 + kStreamInfoSize};
  writer.u32(0);
  writer.u8(0x80);  // last block, STREAMINFO
  writer.u24(kStreamInfoSize);
  writer.bytes(info);
  TRY_OK(parse_dfla(writer.view()));
  return writer.take_bytes();
}

}  // namespace media::flac
