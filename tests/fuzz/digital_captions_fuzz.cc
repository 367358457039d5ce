#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
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

struct Shown {
  std::string text;
  std::optional<media::CuePlace> place;
  friend bool operator==(const Shown&, const Shown&) = default;
};

bool inside(const media::CuePlace& place) {
  return place.top >= 0 && place.bottom <= 100 && place.top <= place.bottom && place.across >= 0 && place.across <= 100;
}

void check(captions::DigitalDecoder& decoder, std::span<const captions::Triplet> triplets, base::Micros at,
           Shown& shown) {
  const auto screen = decoder.feed(triplets, at);
  if (!screen) return;
  const Shown now{*screen, decoder.place()};
  if (now == shown || !base::is_utf8(*screen) || screen->size() > media::kLongestCueText) std::abort();
  if (now.place && (!inside(*now.place) || now.text.empty())) std::abort();
  shown = now;
}

}  // namespace

// Whatever comes, what comes out is a text in UTF-8 that a cue has room for, another one than before or elsewhere, in
// the picture. Triplet by
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
  Shown shown;
  Shown shown_single;
  std::vector<captions::Triplet> triplets;
  base::Micros at = 0;
  while (rest.size() >= 3) {
    bool last = false;
    triplets.push_back(next_triplet(rest, last));
    if (!last) continue;
    check(whole, triplets, at, shown);
    for (const captions::Triplet& triplet : triplets) check(single, {&triplet, 1}, at, shown_single);
    triplets.clear();
    at += 40 * base::kMillisecond;
  }
  // Longer than any delay and what may follow it.
  for (int i = 0; i < 200; ++i) {
    at += base::kSecond * 30;
    check(whole, {}, at, shown);
    check(single, {}, at, shown_single);
  }
  if (!(shown == shown_single)) std::abort();
  return 0;
}
