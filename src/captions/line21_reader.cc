#include "captions/line21_reader.h"

#include "captions/line21_codes.h"

namespace captions {

using namespace line21;

namespace {

constexpr std::uint8_t kMiscellaneous = 0x14;
// Field 2 may have its own first byte for them.
constexpr std::uint8_t kMiscellaneousOfField2 = 0x15;
constexpr std::uint8_t kLastMiscellaneous = 0x2f;

}  // namespace

bool Line21Reader::Pair::is_miscellaneous() const {
  return kind == Kind::kControl && first == kMiscellaneous && second <= kLastMiscellaneous;
}

bool Line21Reader::Pair::is_character() const {
  if (kind != Kind::kControl) return false;
  if (first == 0x11) return second >= 0x30 && second <= 0x3f;
  return (first == 0x12 || first == 0x13) && second >= 0x20 && second <= 0x3f;
}

Line21Reader::Pair Line21Reader::read(std::uint8_t first, std::uint8_t second) {
  if (!odd(first) || !odd(second)) return {};
  first = static_cast<std::uint8_t>(first & ~kParity);
  second = static_cast<std::uint8_t>(second & ~kParity);
  if (first >= kFirstControl && first <= kLastControl) return read_control(first, second);
  if (first > 0 && first < kFirstControl) {
    xds_ = first != kXdsEnd;
    return {};
  }
  const bool caption = modes_[current_] == Mode::kCaption;
  if (first == 0 && second == 0) return {Kind::kPadding, static_cast<int>(current_), caption, 0, 0};
  if (xds_) return {};
  return {Kind::kCharacters, static_cast<int>(current_), caption, first, second};
}

Line21Reader::Pair Line21Reader::read_control(std::uint8_t first, std::uint8_t second) {
  // A control code of captions suspends an XDS packet.
  xds_ = false;
  current_ = (first & kSecondChannel) != 0 ? 1 : 0;
  first = static_cast<std::uint8_t>(first & ~kSecondChannel);
  if (first == kMiscellaneousOfField2 && second <= kLastMiscellaneous) first = kMiscellaneous;
  Mode& mode = modes_[current_];
  const bool miscellaneous = first == kMiscellaneous;
  switch (miscellaneous ? second : 0) {
    case 0x20:  // resume caption loading
    case 0x25:  // roll-up of two to four rows
    case 0x26:
    case 0x27:
    case 0x29:  // resume direct captioning
    case 0x2f:  // end of caption
      mode = Mode::kCaption;
      break;
    case 0x2a:  // text restart
    case 0x2b:  // resume text display
      mode = Mode::kText;
      break;
    default: break;
  }
  return {Kind::kControl, static_cast<int>(current_), mode == Mode::kCaption, first, second};
}

}  // namespace captions
