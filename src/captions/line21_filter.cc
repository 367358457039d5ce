#include "captions/line21_filter.h"

#include "captions/line21_codes.h"

namespace captions {
namespace {

constexpr std::uint8_t kEraseDisplayed = 0x2c;

std::uint8_t with_parity(std::uint8_t code) {
  return line21::odd(code) ? code : static_cast<std::uint8_t>(code | line21::kParity);
}

/// What the decoder is to see of its channel. The screen may be erased in text mode, too.
bool is_for_captions(const Line21Reader::Pair& pair) {
  return pair.caption || (pair.is_miscellaneous() && pair.second == kEraseDisplayed);
}

}  // namespace

std::optional<Triplet> Line21Filter::take(const Triplet& triplet) {
  if (!triplet.valid || triplet.kind != field_) return std::nullopt;
  const Line21Reader::Pair pair = reader_.read(triplet.first, triplet.second);
  const Triplet taken{true, Triplet::Kind::kField1, with_parity(pair.first), with_parity(pair.second)};
  switch (pair.kind) {
    case Line21Reader::Kind::kNone: return std::nullopt;
    case Line21Reader::Kind::kPadding: return taken;
    default: break;
  }
  return pair.channel == channel_ && is_for_captions(pair) ? std::optional(taken) : std::nullopt;
}

}  // namespace captions
