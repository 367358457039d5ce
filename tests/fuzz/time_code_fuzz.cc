#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "media/h264.h"
#include "media/h264_timing.h"
#include "media/time_code_reader.h"

namespace {

constexpr std::array kRates{media::Rational{25, 1}, media::Rational{30'000, 1001}, media::Rational{50, 1},
                            media::Rational{60'000, 1001}, media::Rational{0, 1}};

/// A byte string led by its length.
base::View next_string(base::View& rest) {
  const std::size_t length = std::min<std::size_t>(rest[0], rest.size() - 1);
  const base::View string = rest.subspan(1, length);
  rest = rest.subspan(1 + length);
  return string;
}

void check(const media::TimeCode& code) {
  if (!media::valid(code)) std::abort();
  if (media::time_of_day(code) < 0 || media::time_of_day(code) > media::kDay) std::abort();
  if (media::frame_number(media::advanced(code, 1)) > media::frame_number(code) + 1) std::abort();
  // The codes that drop-frame leaves out are read, and are no frame's.
  const bool left_out = code.drop_frame && code.seconds == 0 && code.minutes % 10 != 0 && code.frames < code.rate / 15;
  if (!left_out && media::advanced(code, 0) != code) std::abort();
  if (media::parse_time_code(media::to_string(code), code.rate).has_value() != media::valid(code)) std::abort();
}

}  // namespace

// Two bytes choose codec and rate; then a sequence parameter set, and pictures. Every code that is found is valid.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array kCodecs{media::Codec::kH264, media::Codec::kHevc, media::Codec::kMpeg2Video};
  base::View rest{data, size};
  if (rest.size() < 3) return 0;
  media::Track track;
  track.codec = kCodecs[rest[0] % kCodecs.size()];
  track.video.frame_rate = kRates[rest[1] % kRates.size()];
  rest = rest.subspan(2);
  const base::View sps = next_string(rest);
  constexpr std::array<std::uint8_t, 4> kPps{0x68, 0xce, 0x38, 0x80};
  const std::array<base::View, 1> sets{sps};
  const std::array<base::View, 1> pictures{base::View{kPps}};
  if (track.codec == media::Codec::kH264 && !sps.empty()) {
    if (auto config = media::h264::make_avcc(sets, pictures); config.ok()) track.config = config.take();
  }
  media::TimeCodeReader reader;
  reader.set_track(track);
  while (!rest.empty()) {
    if (const auto code = reader.read(next_string(rest))) check(*code);
  }
  return 0;
}
