#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/bytes.h"
#include "ts/counters.h"

namespace ts {

/// Finds 188-byte packets in bytes cut anywhere: locks on three sync bytes in a row at a stride of 188, 192 (a 4-byte
/// timecode before each packet) or 204 (16 parity bytes after it), which are left out, and searches again from the
/// place where a sync byte is missing (TS-1, SR-16). Feeding byte by byte equals feeding at once.
/// Owns: at most three strides of bytes between calls.
class PacketSync {
 public:
  /// Takes exactly 188 bytes, valid during the call only.
  using OnPacket = std::function<void(base::View)>;

  explicit PacketSync(Counters& counters) : counters_(counters) {}

  /// Calls `on_packet` for each packet, and `on_loss` when sync was lost: the packet handed on last may be damaged.
  void feed(base::View bytes, const OnPacket& on_packet, const std::function<void()>& on_loss);
  /// The input ended: gives out what is known to be packets without the bytes that would follow, and starts again.
  void flush(const OnPacket& on_packet);

  /// 188, 192 or 204; 0 while searching.
  std::size_t stride() const { return stride_; }

 private:
  enum class Found : std::uint8_t { kYes, kNo, kUnknown };

  std::size_t consume(base::View bytes, const OnPacket& on_packet, const std::function<void()>& on_loss);
  std::size_t search(base::View bytes);
  static Found try_stride(base::View bytes, std::size_t stride);

  Counters& counters_;
  std::size_t stride_ = 0;
  std::vector<std::uint8_t> pending_;
};

}  // namespace ts
