#include "media/nal.h"

#include <cstring>
#include <optional>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "media/h264.h"
#include "media/hevc.h"

namespace media {

std::size_t find_start_code(base::View stream, std::size_t from) {
  const std::uint8_t* const begin = stream.data();
  const std::size_t size = stream.size();
  // The 01 is rarer than the zeros before it, and memchr looks for it many bytes at a time.
  for (std::size_t at = from + 2; at < size;) {
    const void* const found = std::memchr(begin + at, 1, size - at);
    if (found == nullptr) return size;
    const auto one = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - begin);
    if (begin[one - 1] == 0 && begin[one - 2] == 0) return one - 2;
    at = one + 1;
  }
  return size;
}

std::vector<base::View> split_annexb(base::View stream) {
  std::vector<base::View> nals;
  std::size_t start = find_start_code(stream, 0);
  while (start + 3 < stream.size()) {
    const std::size_t begin = start + 3;
    const std::size_t next = find_start_code(stream, begin);
    std::size_t end = next;
    // trailing_zero_8bits, and the zero_byte of a four-byte start code: a NAL unit never ends in a zero.
    while (end > begin && stream[end - 1] == 0) --end;
    if (end > begin) nals.push_back(stream.subspan(begin, end - begin));
    start = next;
  }
  return nals;
}

base::Result<std::vector<base::View>> split_lengths(base::View sample, int length_size) {
  std::vector<base::View> nals;
  base::ByteReader reader{sample};
  while (!reader.empty()) {
    std::uint32_t length = 0;
    for (int i = 0; i < length_size; ++i) {
      TRY(const std::uint8_t byte, reader.u8("NAL length"));
      length = (length << 8) | byte;
    }
    TRY(const base::View nal, reader.bytes(length, "NAL unit"));
    if (!nal.empty()) nals.push_back(nal);
  }
  return nals;
}

base::Bytes join_lengths(std::span<const base::View> nals) {
  std::size_t size = 0;
  for (const base::View nal : nals) size += 4 + nal.size();
  base::ByteWriter writer{size};
  for (const base::View nal : nals) {
    writer.u32(nal.size());
    writer.bytes(nal);
  }
  return writer.take_bytes();
}

std::vector<std::uint8_t> unescape(base::View nal) {
  std::vector<std::uint8_t> bytes;
  unescape(nal, bytes);
  return bytes;
}

void unescape(base::View nal, std::vector<std::uint8_t>& to) {
  to.clear();
  to.reserve(nal.size());
  int zeros = 0;
  for (const std::uint8_t byte : nal) {
    if (zeros >= 2 && byte == 3) {
      zeros = 0;
      continue;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    to.push_back(byte);
  }
}

std::vector<std::uint8_t> escape(base::View rbsp) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(rbsp.size() + 8);
  int zeros = 0;
  for (const std::uint8_t byte : rbsp) {
    if (zeros >= 2 && byte <= 3) {
      bytes.push_back(3);
      zeros = 0;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    bytes.push_back(byte);
  }
  return bytes;
}

/// A run of FF and a last byte, summed up.
std::optional<std::uint32_t> SeiReader::number() {
  std::uint32_t sum = 0;
  while (!rest_.empty()) {
    const std::uint8_t byte = rest_[0];
    rest_ = rest_.subspan(1);
    sum += byte;
    if (byte != 0xff) return sum;
  }
  return std::nullopt;
}

std::optional<SeiMessage> SeiReader::next() {
  if (rest_.size() <= 2) return std::nullopt;  // rbsp_trailing_bits
  const auto type = number();
  const auto size = number();
  if (!type || !size || *size > rest_.size()) {
    rest_ = {};
    return std::nullopt;
  }
  const base::View payload = rest_.first(*size);
  rest_ = rest_.subspan(*size);
  return SeiMessage{*type, payload};
}

std::vector<SeiMessage> split_sei(base::View rbsp) {
  std::vector<SeiMessage> messages;
  SeiReader reader(rbsp);
  while (const auto message = reader.next()) messages.push_back(*message);
  return messages;
}

Picture inspect(Codec codec, std::span<const base::View> nals) {
  return codec == Codec::kHevc ? hevc::inspect(nals) : h264::inspect(nals);
}

}  // namespace media
