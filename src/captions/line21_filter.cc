#include "captions/line21_filter.h"

#include "captions/line21_codes.h"

namespace captions {

using namespace line21;

namespace {

constexpr std::uint8_t kMiscellaneous = 0x14;
constexpr std::uint8_t kMiscellaneousOfField2 = 0x15;

std::uint8_t with_parity(std::uint8_t code) { return odd(code) ? code : static_cast<std::uint8_t>(code | kParity); }

}  // namespace

std::optional<Triplet> Line21Filter::take(const Triplet& triplet) {
  const auto field = second_field_ ? Triplet::Kind::kField2 : Triplet::Kind::kField1;
  if (!triplet.valid || triplet.kind != field || !odd(triplet.first) || !odd(triplet.second)) return std::nullopt;
  auto first = static_cast<std::uint8_t>(triplet.first & ~kParity);
  const auto second = static_cast<std::uint8_t>(triplet.second & ~kParity);
  const Triplet padding{true, Triplet::Kind::kField1, kParity, kParity};
  if (first >= kFirstControl && first <= kLastControl) {
    // A control code of captions suspends an XDS packet.
    xds_ = false;
    current_ = ((first & kSecondChannel) != 0) == second_;
    first = static_cast<std::uint8_t>(first & ~kSecondChannel);
    const bool miscellaneous = first == kMiscellaneous || (first == kMiscellaneousOfField2 && second_field_);
    if (!current_ || !takes_control(miscellaneous ? kMiscellaneous : first, second)) return std::nullopt;
    if (miscellaneous && second < 0x30) first = kMiscellaneous;
    return Triplet{true, Triplet::Kind::kField1, with_parity(first), triplet.second};
  }
  if (first > 0 && first < kFirstControl) {
    xds_ = first != kXdsEnd;
    return std::nullopt;
  }
  if (first == 0 && second == 0) return padding;
  if (xds_ || !current_ || mode_ != Mode::kCaption) return std::nullopt;
  return Triplet{true, Triplet::Kind::kField1, triplet.first, triplet.second};
}

bool Line21Filter::takes_control(std::uint8_t group, std::uint8_t second) {
  if (group != kMiscellaneous) return mode_ == Mode::kCaption;
  switch (second) {
    case 0x20:  // resume caption loading
    case 0x25:  // roll-up of two to four rows
    case 0x26:
    case 0x27:
    case 0x29:  // resume direct captioning
    case 0x2f:  // end of caption
      mode_ = Mode::kCaption;
      return true;
    case 0x2a:  // text restart
    case 0x2b:  // resume text display
      mode_ = Mode::kText;
      return false;
    case 0x2c:  // erase displayed memory, which text mode leaves alone
      return true;
    default: return mode_ == Mode::kCaption;
  }
}

}  // namespace captions
