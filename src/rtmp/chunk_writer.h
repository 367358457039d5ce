#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_writer.h"
#include "base/bytes.h"
#include "rtmp/message.h"

namespace rtmp {

/// Writes messages as chunks, each with a whole header (fmt 0): what a server says is small and rare. Spec: [rtmp 5.3].
class ChunkWriter {
 public:
  /// Appends `payload` as one message on chunk stream `chunk_stream` (2 to 63).
  void write(std::uint8_t chunk_stream, Type type, std::uint32_t stream_id, std::uint32_t timestamp,
             base::View payload);
  /// Announces and uses a new chunk size. REQUIRES: 1 <= size <= 0x7FFFFFFF.
  void set_chunk_size(std::uint32_t size);

  std::vector<std::uint8_t> take_output() { return out_.take(); }
  std::size_t held() const { return out_.size(); }

 private:
  base::ByteWriter out_;
  std::uint32_t chunk_size_ = 128;
};

}  // namespace rtmp
