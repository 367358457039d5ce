#pragma once

#include <array>
#include <cstddef>

#include "captions/service.h"
#include "captions/service_blocks.h"
#include "captions/triplet.h"

namespace captions {

/// The caption channel of CEA-708 (DTVCC): which of its services carry text. Spec: [CTA-708-E 5 to 7].
class DigitalChannel {
 public:
  static constexpr int kServices = ServiceBlocks::kServices;
  /// Characters after which a service counts.
  static constexpr int kEnough = 4;

  /// The next triplet of the caption channel, in order of presentation. Adds the services that it completes text for,
  /// blanks not counted, to `brought`.
  void feed(const Triplet& triplet, ServiceSet& brought);
  /// `service`: 1 to kServices.
  bool carries(int service) const { return characters_[static_cast<std::size_t>(service)] >= kEnough; }

 private:
  ServiceBlocks blocks_;
  std::array<int, kServices + 1> characters_{};
};

}  // namespace captions
