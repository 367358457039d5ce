#include "transcode/slate_sound.h"

#include <gtest/gtest.h>

#include "unit/transcode/picture.h"
#include "unit/transcode/slate_file.h"

namespace transcode {
namespace {

using testing::loudness_at;
using testing::peak_of;
using testing::SoundFilm;

SlateSound::Format stereo() {
  SlateSound::Format format{AV_SAMPLE_FMT_FLTP, {}, 48000};
  av_channel_layout_default(&format.layout, 2);
  return format;
}

/// The left channel of `count` samples from `from` on, read in frames as an encoder takes them.
std::vector<float> read_sound(SlateSound& sound, std::int64_t from, std::int64_t count) {
  std::vector<float> samples;
  while (static_cast<std::int64_t>(samples.size()) < count) {
    const FramePtr frame = sound.read(from + static_cast<std::int64_t>(samples.size()), 1024);
    const auto* const left = reinterpret_cast<const float*>(frame->extended_data[0]);
    samples.insert(samples.end(), left, left + frame->nb_samples);
  }
  samples.resize(static_cast<std::size_t>(count));
  return samples;
}

/// The largest step from one sample to the next.
float steepest(const std::vector<float>& samples) {
  float most = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) most = std::max(most, std::fabs(samples[i] - samples[i - 1]));
  return most;
}

TEST(SlateSound, IsThatOfThePictureInEveryTurn) {
  for (const char* format : {"matroska", "mpegts"}) {
    const auto file = testing::sound_film({.format = format});
    const auto sound = SlateSound::make(file, stereo());
    ASSERT_TRUE(sound.ok()) << format << ": " << sound.error().message();
    EXPECT_NEAR(static_cast<double>((*sound)->length()), 19200, 1) << format;
    const auto samples = read_sound(**sound, 0, 3 * 19200);
    for (std::int64_t n = 0; n < 30; ++n) {
      EXPECT_NEAR(loudness_at(samples, n), 0.05 * static_cast<double>(n % 10 + 1), 0.03) << format << " " << n;
    }
  }
}

TEST(SlateSound, IsSilentWhereItIsShorterThanThePictures) {
  const auto file = testing::sound_film({.sound = 200'000});
  const auto sound = SlateSound::make(file, stereo()).take();
  const auto samples = read_sound(*sound, 0, 2 * 19200);
  for (const std::int64_t n : {2, 3, 12, 13}) EXPECT_GT(loudness_at(samples, n), 0.1F) << n;
  for (const std::int64_t n : {7, 8, 9, 17, 18, 19}) EXPECT_LT(loudness_at(samples, n), 0.001F) << n;
}

TEST(SlateSound, BeginsAfterTheFirstPictureWhereTheFileHasItSo) {
  const auto file = testing::sound_film({.begins = 120'000, .sound = 280'000});
  const auto sound = SlateSound::make(file, stereo()).take();
  const auto samples = read_sound(*sound, 0, 2 * 19200);
  for (const std::int64_t n : {0, 1, 10, 11}) EXPECT_LT(loudness_at(samples, n), 0.001F) << n;
  for (const std::int64_t n : {4, 8, 14, 18}) {
    EXPECT_NEAR(loudness_at(samples, n), 0.05 * static_cast<double>(n % 10 + 1), 0.03) << n;
  }
}

TEST(SlateSound, BeginsSecondsAfterTheFirstPicture) {
  const auto loudness = [](std::int64_t n) { return n < 80 ? 0.5F : 0.05F * static_cast<float>(n % 10 + 1); };
  const auto file = testing::sound_film({.pictures = 100, .begins = 3'200'000, .sound = 800'000, .loudness = loudness});
  const auto sound = SlateSound::make(file, stereo()).take();
  const auto samples = read_sound(*sound, 0, 100 * 1920);
  EXPECT_EQ(peak_of(samples, 0, 79 * 1920), 0);
  for (std::int64_t n = 82; n < 99; ++n) EXPECT_NEAR(loudness_at(samples, n), loudness(n), 0.03) << n;
}

TEST(SlateSound, EndsWithThePicturesWhereItIsLonger) {
  const auto file =
      testing::sound_film({.sound = 900'000, .loudness = [](std::int64_t n) { return n < 10 ? 0.1F : 0.5F; }});
  const auto sound = SlateSound::make(file, stereo()).take();
  EXPECT_EQ(sound->length(), 19200);
  EXPECT_LT(peak_of(read_sound(*sound, 0, 3 * 19200), 0, 3 * 19200 - 100), 0.2F);
}

TEST(SlateSound, OfOnePictureLastsAsLongAsItself) {
  const auto file = testing::sound_film({.pictures = 1, .sound = 400'000});
  const auto sound = SlateSound::make(file, stereo());
  ASSERT_TRUE(sound.ok()) << sound.error().message();
  EXPECT_NEAR(static_cast<double>((*sound)->length()), 19200, 1100) << "to a frame of AAC";
  EXPECT_GT(loudness_at(read_sound(**sound, 0, 19200), 8), 0.3F);
}

TEST(SlateSound, TurnsWithoutAClick) {
  // 1 kHz at 0.5: no step of the tone is larger than 0.5 * 2 pi / 48. Its turns do not fit those of the pictures.
  for (const base::Micros lasts : {190'300, 400'000}) {
    const auto file = testing::sound_film({.sound = lasts, .loudness = [](std::int64_t) { return 0.5F; }});
    const auto sound = SlateSound::make(file, stereo()).take();
    const auto samples = read_sound(*sound, 0, 5 * 19200);
    EXPECT_GT(loudness_at(samples, 42), 0.4F);
    EXPECT_LT(steepest(samples), 0.085F) << lasts;
  }
}

TEST(SlateSound, ComesInTheRateAndTheChannelsOfTheEncoder) {
  const auto file = testing::sound_film({.rate = 44100, .channels = 1});
  for (const AVSampleFormat format : {AV_SAMPLE_FMT_FLT, AV_SAMPLE_FMT_FLTP}) {
    SlateSound::Format wanted = stereo();
    wanted.format = format;
    const auto sound = SlateSound::make(file, wanted);
    ASSERT_TRUE(sound.ok()) << sound.error().message();
    const FramePtr frame = (*sound)->read(9 * 1920, 1920);
    EXPECT_EQ(frame->ch_layout.nb_channels, 2);
    EXPECT_EQ(frame->format, format);
    const auto* const data = reinterpret_cast<const float*>(frame->extended_data[0]);
    const int stride = format == AV_SAMPLE_FMT_FLT ? 2 : 1;
    const auto* const right =
        format == AV_SAMPLE_FMT_FLT ? data + 1 : reinterpret_cast<const float*>(frame->extended_data[1]);
    float peak = 0;
    for (int i = 600; i < 1320; ++i) {
      peak = std::max(peak, data[i * stride]);
      EXPECT_FLOAT_EQ(data[i * stride], right[i * stride]);
    }
    EXPECT_NEAR(peak, 0.5 * 0.707, 0.03) << "one channel in two is as loud as it was alone";
  }
}

TEST(SlateSound, GoesToAnyPlaceOfALongFilm) {
  const auto loudness = [](std::int64_t n) { return 0.05F * static_cast<float>(n % 10 + 1); };
  for (const char* format : {"matroska", "mpegts"}) {
    const auto file =
        testing::sound_film({.pictures = 100, .sound = 4 * base::kSecond, .format = format, .loudness = loudness});
    const auto sound = SlateSound::make(file, stereo()).take();
    for (const std::int64_t picture : {75, 3, 42, 10 * 100 + 88}) {
      const auto samples = read_sound(*sound, picture * 1920, 4 * 1920);
      for (std::int64_t n = 1; n < 4; ++n) {
        EXPECT_NEAR(loudness_at(samples, n), loudness(picture + n), 0.03) << format << " " << picture + n;
      }
    }
  }
}

TEST(SlateSound, SaysWhereAFileHasNone) {
  for (const auto& file : {testing::png(64, 36, 1, 2, 3), testing::counting_film(5)}) {
    const auto sound = SlateSound::make(file, stereo());
    ASSERT_FALSE(sound.ok());
    EXPECT_EQ(sound.error().code, base::Code::kNotFound);
  }
}

TEST(SlateSound, RefusesWhatIsNoFilmAndFormatsThatItDoesNotMix) {
  const auto nothing = SlateSound::make(base::view_of("#EXTM3U\n/etc/passwd\n"), stereo());
  ASSERT_FALSE(nothing.ok());
  EXPECT_EQ(nothing.error().code, base::Code::kMalformed);
  const auto file = testing::sound_film({});
  SlateSound::Format whole = stereo();
  whole.format = AV_SAMPLE_FMT_S16;
  EXPECT_EQ(SlateSound::make(file, whole).error().code, base::Code::kUnsupported);
}

TEST(SlateSound, OfAFileThatIsCutOffIsWhatThereIs) {
  auto file =
      testing::sound_film({.pictures = 50, .sound = 2 * base::kSecond, .loudness = [](std::int64_t) { return 0.5F; }});
  file.resize(file.size() / 2);
  const auto sound = SlateSound::make(file, stereo());
  ASSERT_TRUE(sound.ok()) << sound.error().message();
  EXPECT_LT((*sound)->length(), 80'000);
  EXPECT_GT(peak_of(read_sound(**sound, 0, 96'000), 2000, 8000), 0.4F);
}

}  // namespace
}  // namespace transcode
