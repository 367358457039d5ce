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

void Line21Field::feed(std::uint8_t first, std::uint8_t second) {
  const Line21Reader::Pair pair = reader_.read(first, second);
  if (!pair.caption) return;
  int& characters = characters_[static_cast<std::size_t>(pair.channel)];
  characters = std::min(characters + characters_in(pair), kEnough);
}

}  // namespace captions
