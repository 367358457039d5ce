#pragma once

#include <cstdint>
#include <optional>

#include "captions/line21_reader.h"
#include "captions/triplet.h"

namespace captions {

/// Picks one caption channel of CEA-608, CC1 to CC4, out of the triplets of a picture, for a decoder that knows CC1
/// alone. Text mode and XDS, which travel between the captions, are left out, and so are bytes with wrong parity. Spec:
/// [CTA-608-E 8].
class Line21Filter {
 public:
  /// REQUIRES: 1 to 4.
  explicit Line21Filter(int channel)
      : field_(channel > 2 ? Triplet::Kind::kField2 : Triplet::Kind::kField1), channel_((channel - 1) % 2) {}

  /// The next triplet, in order of presentation: as CC1 would have it, if it is the channel's.
  std::optional<Triplet> take(const Triplet& triplet);

 private:
  Triplet::Kind field_;
  int channel_;  ///< of its field
  Line21Reader reader_;
};

}  // namespace captions
