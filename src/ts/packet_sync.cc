#include "ts/packet_sync.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "ts/packet.h"

namespace ts {
namespace {

constexpr std::array<std::size_t, 3> kStrides{kPacketSize, 192, 204};
constexpr std::size_t kLockPackets = 3;

}  // namespace

void PacketSync::feed(base::View bytes, const OnPacket& on_packet, const std::function<void()>& on_loss) {
  // What was left over is finished first with as few new bytes as a decision needs; the rest is read in place.
  constexpr std::size_t kEnough = 204 * kLockPackets;
  while (!pending_.empty() && !bytes.empty()) {
    const std::size_t before = pending_.size();
    const std::size_t take = std::min(bytes.size(), kEnough);
    pending_.insert(pending_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(take));
    const std::size_t used = consume(pending_, on_packet, on_loss);
    if (used >= before) {
      bytes = bytes.subspan(used - before);
      pending_.clear();
    } else {
      bytes = bytes.subspan(take);
      pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(used));
    }
  }
  if (bytes.empty()) return;
  const std::size_t used = consume(bytes, on_packet, on_loss);
  pending_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(used), bytes.end());
}

std::size_t PacketSync::consume(base::View bytes, const OnPacket& on_packet, const std::function<void()>& on_loss) {
  std::size_t at = 0;
  for (;;) {
    if (stride_ == 0) {
      const std::size_t skipped = search(bytes.subspan(at));
      counters_.bytes_skipped += skipped;
      at += skipped;
      if (stride_ == 0) return at;
    }
    while (bytes.size() - at >= stride_ && bytes[at] == kSyncByte) {
      on_packet(bytes.subspan(at, kPacketSize));
      at += stride_;
    }
    if (at == bytes.size() || bytes[at] == kSyncByte) return at;
    stride_ = 0;
    ++counters_.sync_losses;
    on_loss();
  }
}

std::size_t PacketSync::search(base::View bytes) {
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const void* hit = std::memchr(bytes.data() + at, kSyncByte, bytes.size() - at);
    if (hit == nullptr) return bytes.size();
    at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(hit) - bytes.data());
    for (const std::size_t stride : kStrides) {
      const Found found = try_stride(bytes.subspan(at), stride);
      if (found == Found::kUnknown) return at;
      if (found == Found::kYes) {
        stride_ = stride;
        return at;
      }
    }
  }
  return bytes.size();
}

PacketSync::Found PacketSync::try_stride(base::View bytes, std::size_t stride) {
  for (std::size_t i = 1; i < kLockPackets; ++i) {
    if (i * stride >= bytes.size()) return Found::kUnknown;
    if (bytes[i * stride] != kSyncByte) return Found::kNo;
  }
  return Found::kYes;
}

void PacketSync::flush(const OnPacket& on_packet) {
  const base::View rest(pending_);
  std::size_t at = 0;
  // Fewer than three packets came, or the last one misses the bytes that its stride adds: a sync byte, and another or
  // the end of input one packet later, must do.
  const std::size_t stride = stride_ == 0 ? kPacketSize : stride_;
  while (at + kPacketSize <= rest.size()) {
    const bool follows = at + stride >= rest.size() || rest[at + stride] == kSyncByte;
    if (rest[at] == kSyncByte && follows) {
      on_packet(rest.subspan(at, kPacketSize));
      at += stride;
    } else {
      ++at;
      ++counters_.bytes_skipped;
    }
  }
  pending_.clear();
  stride_ = 0;
}

}  // namespace ts
