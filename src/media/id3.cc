#include "media/id3.h"

#include "base/byte_writer.h"

namespace media {
namespace {

constexpr std::size_t kTagHead = 10;
constexpr std::size_t kFrameHead = 10;
constexpr std::uint8_t kUtf8 = 3;

/// Seven bits a byte.
void write_size(base::ByteWriter& out, std::size_t size) {
  for (int shift = 21; shift >= 0; shift -= 7) out.u8(size >> shift & 0x7f);
}

}  // namespace

base::Bytes write_id3_text(std::string_view description, std::string_view value) {
  const std::size_t body = 1 + description.size() + 1 + value.size();
  base::ByteWriter out(kTagHead + kFrameHead + body);
  out.text("ID3");
  out.u8(4);   // version 2.4.0
  out.u16(0);  // revision and flags
  write_size(out, kFrameHead + body);
  out.text("TXXX");
  write_size(out, body);
  out.u16(0);  // flags
  out.u8(kUtf8);
  out.text(description);
  out.u8(0);
  out.text(value);
  return base::Bytes::adopt(out.take());
}

bool is_id3(base::View bytes) {
  if (bytes.size() < kTagHead || bytes[0] != 'I' || bytes[1] != 'D' || bytes[2] != '3') return false;
  std::size_t size = 0;
  for (std::size_t i = 6; i < kTagHead; ++i) {
    if (bytes[i] > 0x7f) return false;
    size = size << 7 | bytes[i];
  }
  return size <= bytes.size() - kTagHead;
}

}  // namespace media
