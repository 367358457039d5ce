#pragma once

#include <cstdint>
#include <optional>

#include "captions/triplet.h"

namespace captions {

/// Picks one caption channel of CEA-608, CC1 to CC4, out of the triplets of a picture, for a decoder that knows CC1
/// alone. Text mode and XDS, which travel between the captions, are left out, and so are bytes with wrong parity. Spec:
/// [CTA-608-E 8].
class Line21Filter {
 public:
  /// REQUIRES: 1 to 4.
  explicit Line21Filter(int channel) : second_field_(channel > 2), second_(channel % 2 == 0) {}

  /// The next triplet, in order of presentation: as CC1 would have it, if it is the channel's.
  std::optional<Triplet> take(const Triplet& triplet);

 private:
  enum class Mode : std::uint8_t { kUnknown, kCaption, kText };

  bool takes_control(std::uint8_t group, std::uint8_t second);

  bool second_field_;
  bool second_;           ///< the second channel of its field
  bool current_ = false;  ///< what comes is the channel's
  bool xds_ = false;
  Mode mode_ = Mode::kUnknown;
};

}  // namespace captions
