#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/byte_writer.h"

/// PNG files, uncompressed.
namespace media::testing {

using Rgba = std::array<std::uint8_t, 4>;

inline std::uint32_t png_crc(base::View bytes) {
  std::uint32_t crc = ~0U;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320U : crc >> 1;
  }
  return ~crc;
}

inline void put_chunk(base::ByteWriter& out, std::string_view type, base::View data) {
  base::ByteWriter checked;
  checked.text(type);
  checked.bytes(data);
  out.u32(data.size());
  out.bytes(checked.view());
  out.u32(png_crc(checked.view()));
}

/// zlib's format around stored blocks. Spec: [RFC 1950] [RFC 1951 3.2.4]
inline std::vector<std::uint8_t> stored(base::View bytes) {
  constexpr std::size_t kMostStored = 65'535;
  base::ByteWriter out;
  out.u16(0x7801);
  std::uint32_t low = 1;
  std::uint32_t high = 0;
  for (const std::uint8_t byte : bytes) {
    low = (low + byte) % 65'521;
    high = (high + low) % 65'521;
  }
  do {
    const std::size_t size = std::min(bytes.size(), kMostStored);
    out.u8(size == bytes.size() ? 1 : 0);
    for (const std::size_t number : {size, ~size}) {
      out.u8(number & 0xFF);
      out.u8((number >> 8) & 0xFF);
    }
    out.bytes(bytes.subspan(0, size));
    bytes = bytes.subspan(size);
  } while (!bytes.empty());
  out.u16(high);
  out.u16(low);
  return out.take();
}

inline base::ByteWriter png_head(int width, int height, int colour_type) {
  base::ByteWriter head;
  head.u32(static_cast<std::uint32_t>(width));
  head.u32(static_cast<std::uint32_t>(height));
  head.u8(8);
  head.u8(static_cast<std::uint8_t>(colour_type));
  head.zeros(3);
  base::ByteWriter out;
  out.text("\x89PNG\r\n\x1a\n");
  put_chunk(out, "IHDR", head.view());
  return out;
}

/// A picture whose sample at x, y is what `sample` says.
inline std::vector<std::uint8_t> png_of(int width, int height, const std::function<Rgba(int x, int y)>& sample) {
  base::ByteWriter out = png_head(width, height, 6);
  std::vector<std::uint8_t> rows;
  for (int y = 0; y < height; ++y) {
    rows.push_back(0);  // no filter
    for (int x = 0; x < width; ++x) {
      for (const std::uint8_t value : sample(x, y)) rows.push_back(value);
    }
  }
  put_chunk(out, "IDAT", stored(rows));
  put_chunk(out, "IEND", {});
  return out.take();
}

/// A picture of one colour.
inline std::vector<std::uint8_t> png_of(int width, int height, Rgba colour) {
  return png_of(width, height, [colour](int, int) { return colour; });
}

/// The same with a palette of that one colour.
inline std::vector<std::uint8_t> palette_png_of(int width, int height, Rgba colour) {
  base::ByteWriter out = png_head(width, height, 3);
  put_chunk(out, "PLTE", base::View(colour).subspan(0, 3));
  put_chunk(out, "tRNS", base::View(colour).subspan(3));
  const std::size_t row = static_cast<std::size_t>(width) + 1;
  put_chunk(out, "IDAT", stored(std::vector<std::uint8_t>(row * static_cast<std::size_t>(height), 0)));
  put_chunk(out, "IEND", {});
  return out.take();
}

}  // namespace media::testing
