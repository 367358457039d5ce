#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace captions {

/// Reads one field of line 21, pair by pair: whose each is, of the field's two caption channels, and whether that
/// channel shows captions. Text mode (T1 to T4) and XDS are none. Spec: [CTA-608-E 8].
class Line21Reader {
 public:
  enum class Kind : std::uint8_t {
    kNone,        ///< wrong parity, or part of an XDS packet
    kPadding,     ///< says nothing
    kControl,     ///< a control code, which includes rows, colours, and characters of two bytes
    kCharacters,  ///< two characters, or one and padding
  };
  /// Its bytes are without parity, and those of a control code as field 1 has them for its first channel.
  struct Pair {
    Kind kind = Kind::kNone;
    int channel = 0;       ///< 0 (CC1 in field 1, CC3 in field 2) or 1
    bool caption = false;  ///< the channel shows captions, with this code at the latest
    std::uint8_t first = 0;
    std::uint8_t second = 0;

    /// Miscellaneous control codes, such as the styles of captions.
    bool is_miscellaneous() const;
    /// Special and extended characters are codes of two bytes.
    bool is_character() const;
  };

  /// The next pair, with its parity bits.
  Pair read(std::uint8_t first, std::uint8_t second);

 private:
  enum class Mode : std::uint8_t { kUnknown, kCaption, kText };

  Pair read_control(std::uint8_t first, std::uint8_t second);

  std::array<Mode, 2> modes_{};  ///< by channel
  std::size_t current_ = 0;      ///< the channel of the last control code
  bool xds_ = false;
};

}  // namespace captions
