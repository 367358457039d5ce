#include "ingest/rtp.h"

#include <utility>

#include "base/byte_reader.h"

namespace ingest {
namespace {

constexpr std::size_t kFixedHeader = 12;
constexpr std::size_t kExtensionHeader = 4;
constexpr std::size_t kWord = 4;

std::uint32_t be16(base::View bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at] << 8 | bytes[at + 1]);
}

}  // namespace

base::Result<RtpPacket> parse_rtp(base::View datagram) {
  if (datagram.size() < kFixedHeader) return base::Error{base::Code::kTruncated, "RTP header"};
  if (datagram[0] >> 6 != 2) return base::Error{base::Code::kMalformed, "RTP version"};
  if (datagram[1] >= 192 && datagram[1] <= 223) return base::Error{base::Code::kUnsupported, "RTCP"};
  RtpPacket packet;
  packet.sequence = static_cast<std::uint16_t>(be16(datagram, 2));
  packet.sender = be16(datagram, 8) << 16 | be16(datagram, 10);
  std::size_t begin = kFixedHeader + kWord * (datagram[0] & 0x0F);
  if ((datagram[0] & 0x10) != 0) {
    if (datagram.size() < begin + kExtensionHeader) return base::Error{base::Code::kTruncated, "RTP extension", begin};
    begin += kExtensionHeader + kWord * be16(datagram, begin + 2);
  }
  const std::size_t padding = (datagram[0] & 0x20) != 0 ? datagram.back() : 0;
  if (datagram.size() < begin + padding) return base::Error{base::Code::kTruncated, "RTP payload", begin};
  packet.payload = datagram.subspan(begin, datagram.size() - begin - padding);
  return packet;
}

void RtpOrder::feed(const RtpPacket& packet, base::Micros now, std::vector<std::uint8_t>& out) {
  // The distance from the number that is due, in the half of the circle where it is.
  const auto ahead = static_cast<std::int16_t>(packet.sequence - static_cast<std::uint16_t>(next_));
  if (sender_ != packet.sender || ahead > kJump || ahead < -kJump) {
    flush(out);
    sender_ = packet.sender;
    next_ = packet.sequence;
    return feed(packet, now, out);
  }
  if (ahead < 0) {
    ++counters_.repeated;
    return;
  }
  if (ahead > 0) {
    hold(next_ + ahead, packet.payload, now);
    return settle(now, out);
  }
  if (!held_.empty()) ++counters_.reordered;
  out.insert(out.end(), packet.payload.begin(), packet.payload.end());
  ++next_;
  gap_since_ = now;
  release(out);
  settle(now, out);
}

void RtpOrder::hold(std::int64_t number, base::View payload, base::Micros now) {
  if (held_.empty()) gap_since_ = now;
  if (!held_.emplace(number, std::vector<std::uint8_t>(payload.begin(), payload.end())).second) ++counters_.repeated;
}

void RtpOrder::settle(base::Micros now, std::vector<std::uint8_t>& out) {
  while (!held_.empty() && (held_.size() > kMostHeld || now - gap_since_ >= kLongestWait)) {
    skip_gap();
    release(out);
    gap_since_ = now;
  }
}

void RtpOrder::flush(std::vector<std::uint8_t>& out) {
  while (!held_.empty()) {
    skip_gap();
    release(out);
  }
  sender_.reset();
}

/// What is due is given up.
void RtpOrder::skip_gap() {
  counters_.lost += static_cast<std::uint64_t>(held_.begin()->first - next_);
  next_ = held_.begin()->first;
}

/// Hands on what follows without a gap.
void RtpOrder::release(std::vector<std::uint8_t>& out) {
  while (!held_.empty() && held_.begin()->first == next_) {
    const std::vector<std::uint8_t> payload = std::move(held_.extract(held_.begin()).mapped());
    out.insert(out.end(), payload.begin(), payload.end());
    ++next_;
  }
}

}  // namespace ingest
