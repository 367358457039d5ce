#include "transcode/slate_mix.h"

#include <gtest/gtest.h>

#include "unit/transcode/slate_file.h"

namespace transcode {
namespace {

using base::kMillisecond;
using base::kSecond;
using testing::loudness_at;
using testing::peak_of;
using testing::SoundFilm;

constexpr std::int64_t kTenSeconds = 480'000;

/// A feed whose samples are all 0.25, under a slate, from ten seconds on.
struct Mixed {
  explicit Mixed(const SoundFilm& film) : file(testing::sound_film(film)) {
    SlateSound::Format format{AV_SAMPLE_FMT_FLTP, {}, 48000};
    av_channel_layout_default(&format.layout, 2);
    layout = format.layout;
    auto made = SlateMix::make(file, format);
    EXPECT_TRUE(made.ok()) << made.error().message();
    mix = made.take();
  }
  void run(int frames) {
    for (int n = 0; n < frames; ++n) {
      const FramePtr frame(av_frame_alloc());
      frame->format = AV_SAMPLE_FMT_FLTP;
      frame->nb_samples = 960;
      frame->sample_rate = 48000;
      frame->ch_layout = layout;
      ASSERT_EQ(av_frame_get_buffer(frame.get(), 0), 0);
      for (const int channel : {0, 1}) {
        auto* const data = reinterpret_cast<float*>(frame->extended_data[channel]);
        std::fill(data, data + 960, 0.25F);
      }
      mix->mix(*frame, at);
      at += 960;
      const auto* const right = reinterpret_cast<const float*>(frame->extended_data[1]);
      out.insert(out.end(), right, right + 960);
    }
  }
  /// At an instant; units: ms since the beginning.
  float sample(std::int64_t ms) const { return out.at(static_cast<std::size_t>(ms * 48)); }

  std::vector<std::uint8_t> file;  ///< outlives the mix
  AVChannelLayout layout{};
  std::unique_ptr<SlateMix> mix;
  std::int64_t at = kTenSeconds;
  std::vector<float> out;
};

SoundFilm silent_film() {
  return {.loudness = [](std::int64_t) { return 0.0F; }};
}

SlateCourse from(bool on, base::Micros since, base::Micros turn) {
  return {on, 10 * kSecond + since, 10 * kSecond + turn};
}

TEST(SlateMix, LeavesTheSoundAsItIsWithoutASlate) {
  Mixed mixed({});
  mixed.run(5);
  for (const float sample : mixed.out) EXPECT_EQ(sample, 0.25F);
  EXPECT_FALSE(mixed.mix->sounds());
}

TEST(SlateMix, FadesTheFeedOutFromTheInstantOfThePicturesAndIn) {
  Mixed mixed(silent_film());
  mixed.mix->set(from(true, 100 * kMillisecond, 100 * kMillisecond), false);
  mixed.run(25);
  EXPECT_TRUE(mixed.mix->sounds());
  EXPECT_EQ(mixed.sample(99), 0.25F);
  EXPECT_NEAR(mixed.sample(150), 0.25 * 0.75, 0.005);
  EXPECT_NEAR(mixed.sample(250), 0.25 * 0.25, 0.005);
  EXPECT_NEAR(mixed.sample(301), 0, 0.001);
  mixed.mix->set(from(false, 600 * kMillisecond, 100 * kMillisecond), false);
  mixed.run(25);
  EXPECT_NEAR(mixed.sample(599), 0, 0.001);
  EXPECT_NEAR(mixed.sample(700), 0.125, 0.005);
  EXPECT_EQ(mixed.sample(801), 0.25F);
  EXPECT_FALSE(mixed.mix->sounds());
}

TEST(SlateMix, HasTheFilmWhereItsPicturesAreThoughItIsToldLate) {
  Mixed mixed({});
  mixed.mix->set(from(true, -3 * kSecond, -40 * kMillisecond), false);
  mixed.run(60);
  // Picture 0 of the turn began 40 ms before the first sample.
  for (std::int64_t n = 6; n < 28; ++n) {
    EXPECT_NEAR(loudness_at(mixed.out, n), 0.05 * static_cast<double>((n + 1) % 10 + 1), 0.03) << n;
  }
  EXPECT_LT(peak_of(mixed.out, 0, 480), 0.27F) << "from the feed on in a ramp";
}

TEST(SlateMix, StaysWithTheFilmOverItsTurns) {
  Mixed mixed({});
  mixed.mix->set(from(true, 0, 0), false);
  mixed.run(25);
  // The next turns are as long as the film, to less than could be seen.
  for (const base::Micros turn : {400 * kMillisecond + 500, 800 * kMillisecond - 700}) {
    mixed.mix->set(from(true, 0, turn), false);
    mixed.run(20);
  }
  for (std::int64_t n = 6; n < 32; ++n) {
    EXPECT_NEAR(loudness_at(mixed.out, n), 0.05 * static_cast<double>(n % 10 + 1), 0.03) << n;
  }
}

TEST(SlateMix, GoesWithAFilmThatLeavesItsPlace) {
  Mixed mixed({});
  mixed.mix->set(from(true, 0, 0), false);
  mixed.run(20);
  mixed.mix->set(from(true, 0, 200 * kMillisecond), false);
  mixed.run(20);
  EXPECT_NEAR(loudness_at(mixed.out, 8), 0.45, 0.03);
  EXPECT_NEAR(loudness_at(mixed.out, 12), 0.05 * 8, 0.03) << "the eighth picture of the turn from 200 ms on";
}

TEST(SlateMix, HidesTheFeedBeforeAnyPictureOfTheSlateIsSeen) {
  Mixed mixed({});
  mixed.run(5);
  mixed.mix->set({}, true);
  EXPECT_FALSE(mixed.mix->sounds());
  mixed.run(20);
  EXPECT_EQ(mixed.sample(99), 0.25F);
  EXPECT_NEAR(mixed.sample(200), 0.125, 0.005);
  EXPECT_EQ(peak_of(mixed.out, 305 * 48, 90 * 48), 0) << "no film without its pictures";
}

TEST(SlateMix, ThatBeginsUnderAnOrderLetsNothingOfTheFeedBeHeard) {
  Mixed mixed({});
  mixed.mix->set({}, true);
  mixed.run(10);
  EXPECT_EQ(peak_of(mixed.out, 0, 9600), 0);
}

TEST(SlateMix, KeepsTheFeedHiddenUntilThePicturesOfTheSlateGo) {
  Mixed mixed(silent_film());
  mixed.mix->set(from(true, 0, 0), true);
  mixed.run(20);
  mixed.mix->set(from(true, 0, 0), false);
  mixed.run(10);
  EXPECT_EQ(mixed.sample(590), 0) << "the order is over, its slate is still seen";
  mixed.mix->set(from(false, 600 * kMillisecond, 0), false);
  mixed.run(20);
  EXPECT_EQ(mixed.sample(900), 0.25F);
}

}  // namespace
}  // namespace transcode
