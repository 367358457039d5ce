#include "captions/line21.h"

#include <algorithm>

namespace captions {
namespace {

constexpr std::uint8_t kSpace = 0x20;

int characters_in(const Line21Reader::Pair& pair) {
  if (pair.is_character()) return 1;
  if (pair.kind != Line21Reader::Kind::kCharacters) return 0;
  return (pair.first > kSpace ? 1 : 0) + (pair.second > kSpace ? 1 : 0);
}

}  // namespace

std::optional<int> Line21Field::feed(std::uint8_t first, std::uint8_t second) {
  const Line21Reader::Pair pair = reader_.read(first, second);
  const int brought = pair.caption ? characters_in(pair) : 0;
  if (brought == 0) return std::nullopt;
  int& characters = characters_[static_cast<std::size_t>(pair.channel)];
  characters = std::min(characters + brought, kEnough);
  return pair.channel;
}

}  // namespace captions
