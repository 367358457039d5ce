#include "captions/line21.h"

#include <algorithm>

#include "captions/line21_codes.h"

namespace captions {

using namespace line21;

namespace {

constexpr std::uint8_t kSpace = 0x20;

/// Special and extended characters are codes of two bytes.
bool is_character(std::uint8_t group, std::uint8_t code) {
  if (group == 0x11) return code >= 0x30 && code <= 0x3f;
  return (group == 0x12 || group == 0x13) && code >= 0x20 && code <= 0x3f;
}

}  // namespace

void Line21Field::feed(std::uint8_t first, std::uint8_t second) {
  if (!odd(first) || !odd(second)) return;
  first = static_cast<std::uint8_t>(first & ~kParity);
  second = static_cast<std::uint8_t>(second & ~kParity);
  if (first >= kFirstControl && first <= kLastControl) {
    control(first, second);
  } else if (first > 0 && first < kFirstControl) {
    xds_ = first != kXdsEnd;
  } else if (!xds_) {
    count((first > kSpace ? 1 : 0) + (second > kSpace ? 1 : 0));
  }
}

void Line21Field::control(std::uint8_t first, std::uint8_t second) {
  // A control code of captions suspends an XDS packet.
  xds_ = false;
  current_ = (first & kSecondChannel) != 0 ? 1 : 0;
  const auto group = static_cast<std::uint8_t>(first & ~kSecondChannel);
  if (is_character(group, second)) return count(1);
  // Miscellaneous control codes; field 2 may have its own first byte for them.
  if (group != 0x14 && group != 0x15) return;
  switch (second) {
    case 0x20:  // resume caption loading
    case 0x25:  // roll-up of two to four rows
    case 0x26:
    case 0x27:
    case 0x29:  // resume direct captioning
    case 0x2f:  // end of caption
      channels_[current_].mode = Mode::kCaption;
      break;
    case 0x2a:  // text restart
    case 0x2b:  // resume text display
      channels_[current_].mode = Mode::kText;
      break;
    default: break;
  }
}

void Line21Field::count(int characters) {
  Channel& channel = channels_[current_];
  if (channel.mode == Mode::kCaption) channel.characters = std::min(channel.characters + characters, kEnough);
}

}  // namespace captions
