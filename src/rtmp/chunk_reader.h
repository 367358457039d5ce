#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "rtmp/message.h"

namespace rtmp {

/// Cuts a peer's chunk stream into messages. Set Chunk Size and Abort are handled here and not handed out.
///
/// Memory: grows with the bytes received, never with a length declared (RT-41); bounded by Limits.
/// Errors: kMalformed or kTooLarge; the stream is then lost and the connection must go.
/// Spec: [rtmp 5.3], RT-4 to RT-9, RT-41, RT-42.
class ChunkReader {
 public:
  struct Limits {
    std::size_t message = std::size_t{10} << 20;  ///< bytes of one audio, video, data or aggregate message
    std::size_t command = std::size_t{64} << 10;  ///< bytes of any other message (RT-43)
    std::size_t partial = std::size_t{20} << 20;  ///< bytes of all unfinished messages together
    std::size_t streams = 64;                     ///< chunk stream ids in use
  };

  explicit ChunkReader(const Limits& limits) : limits_(limits) {}

  /// From the next message header on, these limits hold.
  void set_limits(const Limits& limits) { limits_ = limits; }

  /// Takes bytes off the front of `bytes` until a message is whole, and returns it; nullopt once `bytes` is empty.
  base::Result<std::optional<Message>> next(base::View& bytes);

  /// Memory held for unfinished messages.
  std::size_t held() const;
  std::uint32_t chunk_size() const { return chunk_size_; }

 private:
  /// What a chunk stream id remembers between its chunks.
  struct ChunkStream {
    std::uint32_t id = 0;
    bool extended = false;  ///< the last header had the extended timestamp
    bool partial = false;   ///< a message has begun and is not whole
    Type type = Type::kCommandAmf0;
    std::uint32_t length = 0;
    std::uint32_t stream_id = 0;
    std::uint32_t field = 0;      ///< timestamp or delta of the last header: what fmt 3 repeats
    std::uint32_t timestamp = 0;  ///< absolute, of the message begun last
    std::vector<std::uint8_t> payload;
    std::size_t largest = 0;  ///< size of the largest message that came whole
  };
  /// How far the bytes in header_ have got.
  struct Shape {
    std::size_t basic = 1;
    std::size_t needed = 1;  ///< bytes of the whole header, as far as known by now
    bool extended = false;
    int format = 0;
  };

  base::Result<std::optional<Message>> step(base::View& bytes);
  base::Status read_header(base::View& bytes);
  base::Result<Shape> measure_header();
  bool repeat_is_missing(const Shape& shape);
  base::Status apply_header(const Shape& shape);
  base::Status begin_message(ChunkStream& stream, int format);
  base::Status read_payload(base::View& bytes);
  std::optional<Message> take_message();
  base::Result<bool> handle_control(const Message& message);
  void abort(std::uint32_t id);
  base::Result<std::size_t> index_of(std::uint32_t id, int format);

  Limits limits_;
  std::uint32_t chunk_size_ = 128;
  std::vector<ChunkStream> streams_;
  std::size_t current_ = 0;  ///< index in streams_ of the chunk being read
  bool in_payload_ = false;
  std::size_t chunk_left_ = 0;  ///< payload bytes of this chunk still to come
  std::size_t partial_bytes_ = 0;
  bool omits_repeat_ = false;              ///< this peer leaves the extended timestamp out of fmt 3 chunks (RT-5)
  std::array<std::uint8_t, 18> header_{};  ///< basic 3 + message 11 + extended 4
  std::size_t header_size_ = 0;
  std::vector<std::uint8_t> replay_;  ///< bytes taken for an extended timestamp that were not one; read first
};

}  // namespace rtmp
