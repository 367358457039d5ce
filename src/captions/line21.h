#pragma once

#include <array>
#include <cstdint>

namespace captions {

/// One field of line 21: which of its two caption channels carry text. Text mode (T1 to T4) and XDS are none. Bytes
/// with wrong parity are left out. Spec: [CTA-608-E 8].
class Line21Field {
 public:
  /// Characters after which a channel counts: fewer may be damage that parity does not show.
  static constexpr int kEnough = 4;

  /// The next pair, with its parity bits.
  void feed(std::uint8_t first, std::uint8_t second);
  /// `channel`: 0 (CC1 in field 1, CC3 in field 2) or 1.
  bool carries(int channel) const { return channels_[static_cast<std::size_t>(channel)].characters >= kEnough; }

 private:
  enum class Mode : std::uint8_t { kUnknown, kCaption, kText };
  struct Channel {
    Mode mode = Mode::kUnknown;
    int characters = 0;  ///< at most kEnough
  };
  void control(std::uint8_t first, std::uint8_t second);
  void count(int characters);

  std::array<Channel, 2> channels_;
  std::size_t current_ = 0;
  bool xds_ = false;
};

}  // namespace captions
