#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "captions/triplet.h"

namespace captions {

/// What a packet of the caption channel has for one service.
struct ServiceBlock {
  int service = 0;  ///< 1 to 63
  base::View bytes;
};

/// Puts the packets of the caption channel of CEA-708 (DTVCC) together, and takes them apart into service blocks. A
/// packet that is cut off by the next one is left out, and so is what stands behind a block that does not parse.
/// Sequence numbers are not regarded: encoders are known that do not count. Spec: [CTA-708-E 5, 6].
class ServiceBlocks {
 public:
  static constexpr int kServices = 63;

  /// The blocks of the packet that is whole with this triplet, in their order; mostly none. Valid until the next call.
  std::span<const ServiceBlock> feed(const Triplet& triplet);

 private:
  /// A header with a packet_size_code of 0 is followed by 127 bytes.
  static constexpr std::size_t kLongest = 128;

  void split(base::View rest);

  std::array<std::uint8_t, kLongest> packet_{};
  std::size_t size_ = 0;    ///< bytes of it that have come
  std::size_t length_ = 0;  ///< bytes of it in all; 0: none has begun
  std::vector<ServiceBlock> blocks_;
};

}  // namespace captions
