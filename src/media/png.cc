#include "media/png.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "base/byte_reader.h"

namespace media {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";
constexpr std::uint32_t kHead = 0x49484452;  // "IHDR"
constexpr std::uint32_t kData = 0x49444154;  // "IDAT"
constexpr std::uint32_t kEnd = 0x49454E44;   // "IEND"
constexpr std::size_t kTypeSize = 4;

/// The CRC of ISO 3309, low bit first. Spec: [ISO/IEC 15948 annex D]
std::uint32_t crc_of(base::View bytes) {
  std::uint32_t crc = ~0U;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

Error cut_off() { return {Code::kTruncated, "the PNG file is cut off: export it again"}; }
Error damaged(const char* what) {
  return {Code::kMalformed, std::string("the PNG file is damaged (") + what + "): export it again"};
}

struct Chunk {
  std::uint32_t type = 0;
  base::View data;
};

base::Result<Chunk> next_chunk(base::ByteReader& in) {
  const auto length = in.u32("length");
  if (!length.ok() || in.left() < kTypeSize + *length) return cut_off();
  const base::View checked = in.rest().subspan(0, kTypeSize + *length);
  Chunk chunk;
  TRY(chunk.type, in.u32("type"));
  TRY(chunk.data, in.bytes(*length, "data"));
  const auto crc = in.u32("CRC");
  if (!crc.ok()) return cut_off();
  if (*crc != crc_of(checked)) return damaged("a check sum");
  return chunk;
}

base::Result<PngSize> size_in(base::View head) {
  base::ByteReader in(head);
  const auto width = in.u32("width");
  const auto height = in.u32("height");
  if (!width.ok() || !height.ok() || *width == 0 || *height == 0) return damaged("its size");
  if (*width > kLargestPng || *height > kLargestPng) {
    return Error{Code::kTooLarge, "the PNG picture has " + std::to_string(*width) + "x" + std::to_string(*height) +
                                      " pixels: scale it down to at most 2048x2048"};
  }
  return PngSize{static_cast<int>(*width), static_cast<int>(*height)};
}

}  // namespace

base::Result<PngSize> png_size(base::View file) {
  if (!base::text_of(file).starts_with(kSignature)) {
    return Error{Code::kUnsupported,
                 "the file is no PNG picture: convert it to one, such as with ffmpeg -i FILE logo.png"};
  }
  if (file.size() > kMostPngBytes) {
    return Error{Code::kTooLarge, "the PNG file is larger than 1 MiB: scale it down, or save it with a palette"};
  }
  base::ByteReader in(file.subspan(kSignature.size()));
  TRY(const Chunk head, next_chunk(in));
  if (head.type != kHead) return damaged("it does not begin with its size");
  TRY(const PngSize size, size_in(head.data));
  bool has_samples = false;
  for (;;) {
    TRY(const Chunk chunk, next_chunk(in));
    has_samples = has_samples || chunk.type == kData;
    if (chunk.type != kEnd) continue;
    if (!has_samples) return damaged("it has no samples");
    return size;
  }
}

}  // namespace media
