#include "job/rung.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace job {
namespace {

using media::Rational;

struct Size {
  std::int64_t width = 0;
  std::int64_t height = 0;
};

std::int64_t even_down(std::int64_t value) { return std::max<std::int64_t>(2, value / 2 * 2); }
/// The even number nearest to `value * to / from`.
std::int64_t even_near(std::int64_t value, std::int64_t from, std::int64_t to) {
  return std::max<std::int64_t>(2, media::rescale(value, from * 2, to) * 2);
}

/// The picture in square pixels: the side that is short of samples is the one stretched, so no sample is thrown away.
Size square_size(const media::VideoParams& video) {
  Size size{video.width, video.height};
  const Rational aspect = video.pixel_aspect;
  if (!aspect.known() || aspect.num == aspect.den) return size;
  if (aspect.num > aspect.den) {
    size.width = media::rescale(size.width, aspect.den, aspect.num);
  } else {
    size.height = media::rescale(size.height, aspect.num, aspect.den);
  }
  return size;
}

/// What sport needs with veryfast: measured ladders of public broadcasters sit within 20 % of these.
int sport_bitrate(std::int64_t pixels, bool fast) {
  struct Point {
    std::int64_t pixels;
    std::int64_t bitrate;
  };
  constexpr std::array<Point, 5> kPoints{
      {{0, 0}, {640 * 360, 700'000}, {854 * 480, 1'200'000}, {1280 * 720, 2'500'000}, {1920 * 1080, 4'500'000}}};
  std::int64_t bitrate = kPoints.back().bitrate;
  for (std::size_t i = 1; i < kPoints.size(); ++i) {
    if (pixels > kPoints[i].pixels) continue;
    const Point& low = kPoints[i - 1];
    bitrate =
        low.bitrate + (pixels - low.pixels) * (kPoints[i].bitrate - low.bitrate) / (kPoints[i].pixels - low.pixels);
    break;
  }
  // Twice the frames cost 40 % more bits, not 100 %: neighbours resemble each other more.
  if (fast) bitrate = bitrate * 7 / 5;
  return static_cast<int>(std::max<std::int64_t>(100'000, (bitrate + 5'000) / 10'000 * 10'000));
}

bool above(Rational rate, std::int64_t limit) { return rate.known() && rate.num > limit * rate.den; }

/// Short side of each rung: the source's, capped, then the standard ones that are clearly smaller.
std::vector<std::int64_t> short_sides(std::int64_t source) {
  std::vector<std::int64_t> sides{even_down(std::min<std::int64_t>(source, 1080))};
  for (std::int64_t side : {720, 480, 360}) {
    // Above 80 % of the one before, a rung saves too little to be worth its encoder.
    if (side * 5 <= sides.back() * 4) sides.push_back(side);
  }
  return sides;
}

}  // namespace

std::string suffix_of(const AudioRung& rung) {
  const auto codec = [&] {
    switch (rung.codec) {
      case media::Codec::kOpus: return "opus";
      case media::Codec::kAc3: return "ac3";
      case media::Codec::kEac3: return "eac3";
      default: return "aac";
    }
  };
  std::string suffix = codec();
  return suffix.append("-").append(std::to_string(rung.channels));
}

int lines_of(const Rung& rung) { return std::min(rung.width, rung.height); }

media::Rational full_rate(const media::VideoParams& source) {
  if (!source.frame_rate.known()) return {};
  return media::reduce({source.frame_rate.num * (source.interlaced ? 2 : 1), source.frame_rate.den});
}

std::vector<Rung> default_ladder(const media::Track& source, int most_lines) {
  const Size whole = square_size(source.video);
  const std::int64_t whole_short = std::min(whole.width, whole.height);
  const Rational rate = full_rate(source.video);
  std::vector<Rung> ladder;
  for (std::int64_t side : short_sides(whole_short)) {
    Rung rung;
    rung.name.assign(1, 'v');
    rung.name += std::to_string(side);
    const bool portrait = whole.height > whole.width;
    const std::int64_t other = std::max(whole.width, whole.height);
    // A rung as large as the source only loses an odd line, it is never scaled up to an even one.
    const std::int64_t scaled = side >= whole_short - 1 ? even_down(other) : even_near(other, whole_short, side);
    rung.width = static_cast<int>(portrait ? side : scaled);
    rung.height = static_cast<int>(portrait ? scaled : side);
    // The first rung shows the motion as it is (MV-27), the small ones are for networks that cannot carry it.
    const bool halve = !ladder.empty() && side < 720 && above(rate, 30);
    rung.frame_rate = halve ? media::reduce({rate.num, rate.den * 2}) : rate;
    rung.bitrate = sport_bitrate(std::int64_t{rung.width} * rung.height, above(rung.frame_rate, 30));
    ladder.push_back(resolve(std::move(rung), source));
  }
  while (most_lines > 0 && ladder.size() > 1 && lines_of(ladder.front()) > most_lines) ladder.erase(ladder.begin());
  return ladder;
}

Rung resolve(Rung rung, const media::Track& source) {
  const Size whole = square_size(source.video);
  if (whole.width > 0 && whole.height > 0) {
    if (rung.width == 0 && rung.height == 0) {
      rung.width = static_cast<int>(even_down(whole.width));
      rung.height = static_cast<int>(even_down(whole.height));
    } else if (rung.width == 0) {
      rung.width = static_cast<int>(even_near(rung.height, whole.height, whole.width));
    } else if (rung.height == 0) {
      rung.height = static_cast<int>(even_near(rung.width, whole.width, whole.height));
    }
  }
  const Rational rate = full_rate(source.video);
  const bool slower =
      rung.frame_rate.known() && rate.known() &&
      static_cast<__int128>(rung.frame_rate.num) * rate.den < static_cast<__int128>(rate.num) * rung.frame_rate.den;
  if (rate.known() && !slower) rung.frame_rate = rate;
  if (rung.max_bitrate == 0) rung.max_bitrate = static_cast<int>(std::int64_t{rung.bitrate} * 11 / 10);
  // A segment of T seconds holds at most max_bitrate × T + buffer bits: half a second keeps every segment of 2 s under
  // 125 % of max_bitrate (MV-3), whatever the encoder does.
  if (rung.buffer_bits == 0) rung.buffer_bits = rung.max_bitrate / 2;
  return rung;
}

}  // namespace job
