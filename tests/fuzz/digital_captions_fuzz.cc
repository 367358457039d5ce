#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "captions/digital_decoder.h"
#include "captions/korean.h"
#include "captions/triplet.h"
#include "media/text_cue.h"

namespace {

// Three bytes are a triplet as pictures have it; the upper bits of the first say that it is the last of its picture.
captions::Triplet next_triplet(base::View& rest, bool& last) {
  const captions::Triplet triplet{(rest[0] & 4) != 0, static_cast<captions::Triplet::Kind>(rest[0] & 3), rest[1],
                                  rest[2]};
  last = (rest[0] & 0x80) == 0;
  rest = rest.subspan(3);
  return triplet;
}

void check(const std::optional<std::string>& screen, std::string& shown) {
  if (!screen) return;
  if (*screen == shown || !base::is_utf8(*screen) || screen->size() > media::kLongestCueText) std::abort();
  shown = *screen;
}

}  // namespace

// Whatever comes, what comes out is a text in UTF-8 that a cue has room for, and another one than before. Triplet by
// triplet the screen becomes what it becomes picture by picture.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::View rest{data, size};
  captions::DigitalDecoder whole(1);
  captions::DigitalDecoder single(1);
  static const bool loaded = captions::digital::load_korean().ok();
  if (!loaded) std::abort();
  // Services of an odd number of bytes are Korean.
  whole.read_korean(size % 2 == 1);
  single.read_korean(size % 2 == 1);
  std::string shown;
  std::string shown_single;
  std::vector<captions::Triplet> triplets;
  base::Micros at = 0;
  while (rest.size() >= 3) {
    bool last = false;
    triplets.push_back(next_triplet(rest, last));
    if (!last) continue;
    check(whole.feed(triplets, at), shown);
    for (const captions::Triplet& triplet : triplets) check(single.feed({&triplet, 1}, at), shown_single);
    triplets.clear();
    at += 40 * base::kMillisecond;
  }
  // Longer than any delay and what may follow it.
  for (int i = 0; i < 200; ++i) {
    at += base::kSecond * 30;
    check(whole.feed({}, at), shown);
    check(single.feed({}, at), shown_single);
  }
  if (shown != shown_single) std::abort();
  return 0;
}
