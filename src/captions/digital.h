#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "captions/triplet.h"

namespace captions {

/// The caption channel of CEA-708 (DTVCC): which of its services carry text. A packet that is cut off by the next one,
/// or that does not parse, counts up to there. Spec: [CTA-708-E 5 to 7].
class DigitalChannel {
 public:
  static constexpr int kServices = 63;
  /// Characters after which a service counts.
  static constexpr int kEnough = 4;

  /// The next triplet of the caption channel, in order of presentation.
  void feed(const Triplet& triplet);
  /// `service`: 1 to kServices.
  bool carries(int service) const { return characters_[static_cast<std::size_t>(service)] >= kEnough; }

 private:
  /// A header with a packet_size_code of 0 is followed by 127 bytes.
  static constexpr std::size_t kLongest = 128;

  void put(const Triplet& triplet);
  void read_packet(base::View blocks);

  std::array<std::uint8_t, kLongest> packet_{};
  std::size_t size_ = 0;    ///< bytes of it that have come
  std::size_t length_ = 0;  ///< bytes of it in all; 0: none has begun
  std::array<int, kServices + 1> characters_{};
};

}  // namespace captions
