#include "rtmp/chunk_reader.h"

#include <algorithm>
#include <array>
#include <utility>

namespace rtmp {
namespace {

using base::Code;
using base::Error;
using base::View;

constexpr std::uint32_t kExtended = 0xFFFFFF;
constexpr std::array<std::size_t, 4> kMessageHeader = {11, 7, 3, 0};
// No message is longer on the wire, so a larger chunk size has the same effect as this one (RT-9).
constexpr std::uint32_t kLargestChunk = 0xFFFFFF;
// The most memory that is reserved by the announced length of a message, if the peer has sent one as large before.
// Beyond it memory follows what really comes.
constexpr std::size_t kTrusted = 256 * 1024;

std::uint32_t number_at(View bytes, std::size_t offset, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = (value << 8) | bytes[offset + i];
  return value;
}

std::uint32_t chunk_stream_id(View header, std::size_t basic) {
  if (basic == 1) return header[0] & 0x3FU;
  if (basic == 2) return 64U + header[1];
  return 64U + header[1] + 256U * header[2];
}

std::size_t limit_for(Type type, const ChunkReader::Limits& limits) {
  switch (type) {
    case Type::kAudio:
    case Type::kVideo:
    case Type::kDataAmf0:
    case Type::kDataAmf3:
    case Type::kAggregate: return limits.message;
    default: return limits.command;
  }
}

}  // namespace

base::Result<std::optional<Message>> ChunkReader::next(View& bytes) {
  while (!replay_.empty() || !bytes.empty()) {
    std::optional<Message> message;
    if (!replay_.empty()) {
      const std::vector<std::uint8_t> replayed = std::exchange(replay_, {});
      View front = replayed;
      TRY(message, step(front));
      replay_.assign(front.begin(), front.end());
    } else {
      TRY(message, step(bytes));
    }
    if (!message) continue;
    TRY(const bool handled, handle_control(*message));
    if (!handled) return message;
  }
  return std::optional<Message>{};
}

base::Result<std::optional<Message>> ChunkReader::step(View& bytes) {
  if (!in_payload_) {
    TRY_OK(read_header(bytes));
    if (!in_payload_ || !replay_.empty()) return std::optional<Message>{};
  }
  TRY_OK(read_payload(bytes));
  if (chunk_left_ > 0) return std::optional<Message>{};
  in_payload_ = false;
  return take_message();
}

base::Status ChunkReader::read_header(View& bytes) {
  while (true) {
    TRY(const Shape shape, measure_header());
    if (repeat_is_missing(shape)) continue;
    if (header_size_ == shape.needed) {
      TRY_OK(apply_header(shape));
      header_size_ = 0;
      in_payload_ = true;
      return base::Ok{};
    }
    if (bytes.empty()) return base::Ok{};
    const std::size_t taken = std::min(bytes.size(), shape.needed - header_size_);
    std::copy_n(bytes.begin(), taken, header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
    header_size_ += taken;
    bytes = bytes.subspan(taken);
  }
}

base::Result<ChunkReader::Shape> ChunkReader::measure_header() {
  Shape shape;
  if (header_size_ == 0) return shape;
  const std::uint8_t first = header_[0];
  shape.basic = (first & 0x3F) == 0 ? 2 : (first & 0x3F) == 1 ? 3 : 1;
  shape.format = first >> 6;
  shape.needed = shape.basic + kMessageHeader[static_cast<std::size_t>(shape.format)];
  if (header_size_ < shape.basic) {
    shape.needed = shape.basic;
    return shape;
  }
  if (header_size_ < shape.needed) return shape;

  if (shape.format == 3) {
    TRY(current_, index_of(chunk_stream_id(header_, shape.basic), shape.format));
    shape.extended = streams_[current_].extended && !omits_repeat_;
  } else {
    shape.extended = number_at(header_, shape.basic, 3) == kExtended;
  }
  if (shape.extended) shape.needed += 4;
  return shape;
}

/// RT-5: a fmt 3 chunk repeats the extended timestamp, but some clients leave it out. What then stands in its place
/// is payload, and differs: the bytes are put back to be read as such, and the peer is known from now on.
bool ChunkReader::repeat_is_missing(const Shape& shape) {
  if (shape.format != 3 || !shape.extended) return false;
  const std::uint32_t expected = streams_[current_].field;
  for (std::size_t i = shape.basic; i < header_size_; ++i) {
    if (header_[i] == static_cast<std::uint8_t>(expected >> (24 - 8 * (i - shape.basic)))) continue;
    replay_.assign(header_.begin() + static_cast<std::ptrdiff_t>(shape.basic),
                   header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
    header_size_ = shape.basic;
    omits_repeat_ = true;
    return true;
  }
  return false;
}

base::Status ChunkReader::apply_header(const Shape& shape) {
  const View header(header_.data(), header_size_);
  TRY(current_, index_of(chunk_stream_id(header, shape.basic), shape.format));
  ChunkStream& stream = streams_[current_];
  const std::size_t at = shape.basic;
  if (shape.format < 2) {
    const std::uint32_t length = number_at(header, at + 3, 3);
    const auto type = static_cast<Type>(header[at + 6]);
    // A new message amid an unfinished one is an error; some encoders only write a fuller header than needed.
    const bool same = shape.format == 1 && length == stream.length && type == stream.type;
    if (stream.partial && !same) return Error{Code::kMalformed, "chunk header amid a message"};
    stream.length = length;
    stream.type = type;
  }
  if (shape.format == 0) {
    stream.stream_id = __builtin_bswap32(number_at(header, at + 7, 4));  // RT-7: little-endian
  }
  if (shape.format < 3 && !stream.partial) {
    stream.extended = shape.extended;
    stream.field = shape.extended ? number_at(header, header_size_ - 4, 4) : number_at(header, at, 3);
  }
  if (!stream.partial) TRY_OK(begin_message(stream, shape.format));
  chunk_left_ = std::min<std::size_t>(chunk_size_, stream.length - stream.payload.size());
  return base::Ok{};
}

base::Status ChunkReader::begin_message(ChunkStream& stream, int format) {
  if (stream.length > limit_for(stream.type, limits_)) return Error{Code::kTooLarge, "message length"};  // RT-41
  // RT-6: unsigned arithmetic carries the clock over its wrap; fmt 3 adds the last field once more.
  stream.timestamp = format == 0 ? stream.field : stream.timestamp + stream.field;
  stream.partial = true;
  return base::Ok{};
}

base::Status ChunkReader::read_payload(View& bytes) {
  ChunkStream& stream = streams_[current_];
  const std::size_t taken = std::min(bytes.size(), chunk_left_);
  if (partial_bytes_ + taken > limits_.partial) return Error{Code::kTooLarge, "unfinished messages"};
  std::vector<std::uint8_t>& payload = stream.payload;
  const std::size_t size = payload.size() + taken;
  if (size > payload.capacity()) {
    payload.reserve(std::min<std::size_t>(stream.length, std::max({size, 2 * payload.capacity(), stream.largest})));
  }
  payload.insert(payload.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
  partial_bytes_ += taken;
  chunk_left_ -= taken;
  bytes = bytes.subspan(taken);
  return base::Ok{};
}

std::optional<Message> ChunkReader::take_message() {
  ChunkStream& stream = streams_[current_];
  if (stream.payload.size() < stream.length) return std::nullopt;
  partial_bytes_ -= stream.payload.size();
  stream.partial = false;
  stream.largest = std::min(kTrusted, std::max(stream.largest, stream.payload.size()));
  return Message{stream.type, stream.timestamp, stream.stream_id,
                 base::Bytes::adopt(std::exchange(stream.payload, {}))};
}

/// Handles the two messages that concern the chunk stream itself; false for all others.
base::Result<bool> ChunkReader::handle_control(const Message& message) {
  if (message.type != Type::kSetChunkSize && message.type != Type::kAbort) return false;
  if (message.payload.size() < 4) return Error{Code::kTruncated, "protocol control message"};
  const std::uint32_t value = number_at(message.payload.view(), 0, 4);
  if (message.type == Type::kAbort) {
    abort(value);
    return true;
  }
  if (value == 0 || value > 0x7FFFFFFF) return Error{Code::kMalformed, "Set Chunk Size"};  // RT-9
  chunk_size_ = std::min(value, kLargestChunk);
  return true;
}

void ChunkReader::abort(std::uint32_t id) {
  for (ChunkStream& stream : streams_) {
    if (stream.id != id || !stream.partial) continue;
    partial_bytes_ -= stream.payload.size();
    stream.payload = {};
    stream.partial = false;
  }
}

base::Result<std::size_t> ChunkReader::index_of(std::uint32_t id, int format) {
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    if (streams_[i].id == id) return i;
  }
  // librtmp opens a chunk stream with fmt 1 at times, which lacks only the message stream id; less is not enough.
  if (format >= 2) return Error{Code::kMalformed, "chunk without a header to refer to"};
  if (streams_.size() >= limits_.streams) return Error{Code::kTooLarge, "chunk streams"};
  streams_.push_back({});
  streams_.back().id = id;
  return streams_.size() - 1;
}

std::size_t ChunkReader::held() const {
  std::size_t bytes = streams_.capacity() * sizeof(ChunkStream) + replay_.capacity();
  for (const ChunkStream& stream : streams_) bytes += stream.payload.capacity();
  return bytes;
}

}  // namespace rtmp
