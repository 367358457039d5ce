#include "ts/pes.h"

#include <algorithm>
#include <climits>
#include <utility>

#include "base/byte_reader.h"

namespace ts {
namespace {

constexpr std::size_t kFixedHeader = 6;  // start code, stream_id, PES_packet_length

/// Padding, private_stream_2, ECM, EMM, DSM-CC, program directory and the like have no timestamps and no media.
bool carries_media(std::uint8_t stream_id) {
  switch (stream_id) {
    case 0xbc:
    case 0xbe:
    case 0xbf:
    case 0xf0:
    case 0xf1:
    case 0xf2:
    case 0xf8:
    case 0xff: return false;
    default: return stream_id >= 0xbd;
  }
}

base::Result<std::uint64_t> read_timestamp(base::ByteReader& in, const char* field) {
  TRY(const base::View b, in.bytes(5, field));
  if ((b[0] & 1) == 0 || (b[2] & 1) == 0 || (b[4] & 1) == 0) {
    return base::Error{base::Code::kMalformed, field, in.offset()};
  }
  return (std::uint64_t{b[0]} & 0x0e) << 29 | std::uint64_t{b[1]} << 22 | (std::uint64_t{b[2]} & 0xfe) << 14 |
         std::uint64_t{b[3]} << 7 | std::uint64_t{b[4]} >> 1;
}

}  // namespace

base::Result<Pes> parse_pes(base::Bytes bytes) {
  base::ByteReader in(bytes.view());
  TRY(const std::uint32_t start, in.u24("packet_start_code_prefix"));
  if (start != 1) return base::Error{base::Code::kMalformed, "packet_start_code_prefix"};
  TRY(const std::uint8_t stream_id, in.u8("stream_id"));
  if (!carries_media(stream_id)) return base::Error{base::Code::kUnsupported, "stream_id"};
  TRY(const std::uint16_t length, in.u16("PES_packet_length"));
  TRY(const std::uint8_t marker, in.u8("PES flags"));
  if ((marker & 0xc0) != 0x80) return base::Error{base::Code::kMalformed, "PES marker bits", in.offset()};
  TRY(const std::uint8_t flags, in.u8("PES flags"));
  TRY(const std::uint8_t header_length, in.u8("PES_header_data_length"));
  TRY(const base::View header, in.bytes(header_length, "PES header"));
  base::ByteReader fields(header);
  Pes pes;
  pes.bounded = length != 0;
  if ((flags & 0x80) != 0) {
    TRY(pes.pts, read_timestamp(fields, "PTS"));
  }
  if ((flags & 0xc0) == 0xc0) {
    TRY(pes.dts, read_timestamp(fields, "DTS"));
  }
  pes.data = bytes.slice(in.offset());
  return pes;
}

void PesAssembler::feed(base::View payload, bool unit_start, bool stuffed, base::Micros arrived,
                        std::vector<Pes>& out) {
  if (unit_start) {
    end_by_start(out);
    begin();
  } else if (!active_) {
    if (ended_early_ && !payload.empty()) {
      // The guess was wrong: a PES was handed on without these bytes. Never guess again on this PID.
      stuffed_ends_ = INT_MIN;
      ended_early_ = false;
      ++counters_.pes_damaged;
    }
    return;
  } else if (saw_stuffed_) {
    stuffed_ends_ = INT_MIN;
  }
  last_arrived_ = arrived;
  saw_stuffed_ = stuffed;
  append(payload);
  end_if_whole(stuffed, out);
}

void PesAssembler::begin() {
  active_ = true;
  ended_early_ = false;
  need_ = 0;
  buffer_.clear();
}

void PesAssembler::append(base::View payload) {
  if (buffer_.size() + payload.size() > limit_) {
    ++counters_.pes_oversized;
    drop();
    return;
  }
  buffer_.insert(buffer_.end(), payload.begin(), payload.end());
  if (need_ == 0 && buffer_.size() >= kFixedHeader) {
    const std::size_t length = static_cast<std::size_t>(buffer_[4]) << 8 | buffer_[5];
    if (length != 0) need_ = kFixedHeader + length;
  }
}

void PesAssembler::end_by_start(std::vector<Pes>& out) {
  if (!active_) return;
  if (need_ != 0 || buffer_.size() < kFixedHeader) {
    ++counters_.pes_damaged;  // shorter than it said
    drop();
    return;
  }
  // A PES that fills its last packet to the brim has nothing to stuff and says nothing about the muxer.
  if (saw_stuffed_ && stuffed_ends_ >= 0) ++stuffed_ends_;
  finish(out);
}

void PesAssembler::end_if_whole(bool stuffed, std::vector<Pes>& out) {
  if (!active_ || buffer_.size() < kFixedHeader) return;
  if (need_ != 0) {
    if (buffer_.size() < need_) return;
    buffer_.resize(need_);
    finish(out);
  } else if (stuffed && stuffing_ends()) {
    finish(out);
    ended_early_ = true;
  }
}

void PesAssembler::finish(std::vector<Pes>& out) {
  active_ = false;
  const std::size_t size = buffer_.size();
  auto pes = parse_pes(base::Bytes::adopt(std::exchange(buffer_, {})));
  buffer_.reserve(std::min(limit_, size + size / 4));
  if (!pes) {
    if (pes.error().code != base::Code::kUnsupported) ++counters_.pes_damaged;
    return;
  }
  pes->arrived = last_arrived_;
  ++counters_.pes;
  out.push_back(pes.take());
}

void PesAssembler::lose() {
  if (active_) ++counters_.pes_damaged;
  ended_early_ = false;  // what comes next may well belong to a PES whose start was lost
  drop();
}

void PesAssembler::drop() {
  active_ = false;
  buffer_.clear();
}

void PesAssembler::flush(std::vector<Pes>& out) {
  if (active_) end_by_start(out);
}

}  // namespace ts
