#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "captions/line21_reader.h"

namespace captions {

/// One field of line 21: which of its two caption channels carry text. Text mode (T1 to T4) and XDS are none. Bytes
/// with wrong parity are left out. Spec: [CTA-608-E 8].
class Line21Field {
 public:
  /// Characters after which a channel counts: fewer may be damage that parity does not show.
  static constexpr int kEnough = 4;

  /// The next pair, with its parity bits. The channel that it brings text for, blanks not counted.
  std::optional<int> feed(std::uint8_t first, std::uint8_t second);
  /// `channel`: 0 (CC1 in field 1, CC3 in field 2) or 1.
  bool carries(int channel) const { return characters_[static_cast<std::size_t>(channel)] >= kEnough; }

 private:
  Line21Reader reader_;
  std::array<int, 2> characters_{};  ///< by channel; at most kEnough
};

}  // namespace captions
