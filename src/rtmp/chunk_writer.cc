#include "rtmp/chunk_writer.h"

#include <algorithm>

namespace rtmp {

void ChunkWriter::write(std::uint8_t chunk_stream, Type type, std::uint32_t stream_id, std::uint32_t timestamp,
                        base::View payload) {
  constexpr std::uint32_t kExtendedMark = 0xFFFFFF;
  const bool extended = timestamp >= kExtendedMark;
  out_.u8(chunk_stream);
  out_.u24(extended ? kExtendedMark : timestamp);
  out_.u24(payload.size());
  out_.u8(static_cast<std::uint8_t>(type));
  out_.u32(__builtin_bswap32(stream_id));  // RT-7
  if (extended) out_.u32(timestamp);
  while (true) {
    const std::size_t size = std::min<std::size_t>(payload.size(), chunk_size_);
    out_.bytes(payload.first(size));
    payload = payload.subspan(size);
    if (payload.empty()) return;
    out_.u8(0xC0U | chunk_stream);
    if (extended) out_.u32(timestamp);  // RT-5
  }
}

void ChunkWriter::set_chunk_size(std::uint32_t size) {
  base::ByteWriter payload;
  payload.u32(size);
  write(2, Type::kSetChunkSize, 0, 0, payload.view());
  chunk_size_ = size;
}

}  // namespace rtmp
