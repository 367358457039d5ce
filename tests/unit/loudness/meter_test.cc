#include "loudness/meter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tone.h"

namespace loudness {
namespace {

using testing::kRate;
using testing::tone;

Meter stereo_meter(int rate = kRate) {
  auto made = Meter::make(front(2), rate);
  EXPECT_TRUE(made.ok());
  return made.take();
}

/// Levels in dBFS of both channels, and for how long.
using Passages = std::vector<std::pair<double, double>>;

Reading reading_of(const Passages& passages) {
  Meter meter = stereo_meter();
  for (const auto& [level, seconds] : passages) meter.add(tone({level, level}, seconds));
  return meter.reading();
}

// The signals of EBU Tech 3341, table 1, by number. Each is a sine of 1 kHz in both channels.
TEST(Meter, MeasuresTheSignalsOfTech3341) {
  const Reading first = reading_of({{-23, 20}});
  EXPECT_NEAR(*first.momentary, -23, 0.1);
  EXPECT_NEAR(*first.short_term, -23, 0.1);
  EXPECT_NEAR(*first.integrated, -23, 0.1);
  const Reading second = reading_of({{-33, 20}});
  EXPECT_NEAR(*second.momentary, -33, 0.1);
  EXPECT_NEAR(*second.short_term, -33, 0.1);
  EXPECT_NEAR(*second.integrated, -33, 0.1);
  EXPECT_NEAR(*reading_of({{-36, 10}, {-23, 60}, {-36, 10}}).integrated, -23, 0.1) << "3: the relative gate";
  EXPECT_NEAR(*reading_of({{-72, 10}, {-36, 10}, {-23, 60}, {-36, 10}, {-72, 10}}).integrated, -23, 0.1)
      << "4: the absolute gate";
  EXPECT_NEAR(*reading_of({{-26, 20}, {-20, 20.1}, {-26, 20}}).integrated, -23, 0.1) << "5: no gate";
}

TEST(Meter, WeighsSurroundChannelsAndLeavesLowFrequencyEffectsOut) {
  Layout layout = front(6);
  layout.weights[3] = Weight::kNone;
  layout.weights[4] = layout.weights[5] = Weight::kSurround;
  auto meter = Meter::make(layout, kRate);
  ASSERT_TRUE(meter.ok());
  meter->add(tone({-28, -28, -24, -3, -30, -30}, 20));
  EXPECT_NEAR(*meter->reading().integrated, -23, 0.1) << "Tech 3341, signal 6, with noise in the LFE";
}

// Tech 3341, 15 to 19: sines whose samples miss their peaks.
TEST(Meter, FindsPeaksBetweenSamples) {
  struct Signal {
    double hertz;
    double degrees;
    double level;
    double peak;
  };
  for (const Signal& signal :
       {Signal{12'000, 0, -6.02, -6}, Signal{12'000, 45, -6.02, -6}, Signal{8'000, 60, -6.02, -6},
        Signal{6'000, 67.5, -6.02, -6}, Signal{12'000, 45, 3, 3}}) {
    Meter meter = stereo_meter();
    // Both begin with a whole period; the edge in front of the first one has a peak of its own.
    for (int i = 0; i < 2; ++i)
      meter.add(tone({signal.level, signal.level}, 0.5, signal.hertz, signal.degrees * M_PI / 180));
    EXPECT_LE(decibels(meter.newest_peak()), signal.peak + 0.2) << signal.hertz << " " << signal.degrees;
    EXPECT_GE(decibels(meter.newest_peak()), signal.peak - 0.4) << signal.hertz << " " << signal.degrees;
  }
}

// EBU Tech 3342, table 1.
TEST(Meter, MeasuresTheLoudnessRange) {
  EXPECT_NEAR(*reading_of({{-20, 20}, {-30, 20}}).range, 10, 1);
  EXPECT_NEAR(*reading_of({{-20, 20}, {-15, 20}}).range, 5, 1);
  EXPECT_NEAR(*reading_of({{-40, 20}, {-20, 20}}).range, 20, 1);
  EXPECT_NEAR(*reading_of({{-50, 20}, {-35, 20}, {-20, 20}, {-35, 20}, {-50, 20}}).range, 15, 1);
}

TEST(Meter, KnowsNothingBeforeItsWindowsAreFull) {
  Meter meter = stereo_meter();
  EXPECT_FALSE(meter.reading().true_peak);
  meter.add(tone({-23, -23}, 0.39));
  EXPECT_FALSE(meter.reading().momentary);
  EXPECT_FALSE(meter.reading().integrated);
  EXPECT_NEAR(*meter.reading().true_peak, -23, 0.2);
  meter.add(tone({-23, -23}, 0.02));
  EXPECT_NEAR(*meter.reading().momentary, -23, 0.2);
  EXPECT_NEAR(*meter.reading().integrated, -23, 0.2);
  EXPECT_FALSE(meter.reading().short_term);
  EXPECT_FALSE(meter.reading().range);
  meter.add(tone({-23, -23}, 2.6));
  EXPECT_NEAR(*meter.reading().short_term, -23, 0.2);
  EXPECT_TRUE(meter.reading().range);
}

TEST(Meter, SaysThatSilenceIsSilent) {
  Meter meter = stereo_meter();
  meter.add(std::vector<float>(std::size_t{kRate} * 8, 0));
  EXPECT_EQ(meter.reading().momentary, kSilence);
  EXPECT_EQ(meter.reading().short_term, kSilence);
  EXPECT_EQ(meter.reading().true_peak, kSilence);
  EXPECT_FALSE(meter.reading().integrated) << "nothing passed the gate";
  EXPECT_FALSE(meter.reading().range);
}

TEST(Meter, ForgetsWhatWasLoudAfterEachWindowButTheIntegratedOne) {
  Meter meter = stereo_meter();
  meter.add(tone({-10, -10}, 10));
  meter.add(tone({-30, -30}, 1));
  EXPECT_NEAR(*meter.reading().momentary, -30, 0.1);
  EXPECT_GT(*meter.reading().short_term, -12);
  meter.add(tone({-30, -30}, 2.5));
  EXPECT_NEAR(*meter.reading().short_term, -30, 0.1);
  EXPECT_NEAR(*meter.reading().integrated, -10, 0.3);
  EXPECT_NEAR(*meter.reading().true_peak, -10, 0.1);
}

TEST(Meter, TellsThePeakOfTheNewestSamplesAlone) {
  Meter meter = stereo_meter();
  meter.add(tone({-6, -6}, 0.1));
  EXPECT_NEAR(meter.newest_peak(), 0.5, 0.01);
  meter.add(std::vector<float>(1000, 0));
  meter.add(std::vector<float>(1000, 0));
  EXPECT_EQ(meter.newest_peak(), 0);
}

TEST(Meter, GoesOnWithAnotherFormat) {
  Meter meter = stereo_meter();
  meter.add(tone({-23, -23}, 5));
  ASSERT_TRUE(meter.change(front(1), 44'100).ok());
  EXPECT_FALSE(meter.reading().momentary) << "nothing of the new format yet";
  EXPECT_NEAR(*meter.reading().integrated, -23, 0.1);
  meter.add(tone({-20}, 5, 1000, 0, 44'100));
  EXPECT_NEAR(*meter.reading().integrated, -23, 0.1) << "one channel of -20 dBFS is as loud as two of -23";
  EXPECT_NEAR(*meter.reading().momentary, -23, 0.1);
  EXPECT_NEAR(*meter.reading().true_peak, -20, 0.1);
}

TEST(Meter, RefusesFormatsThatCannotBe) {
  for (const auto& [channels, rate] :
       {std::pair{0, kRate}, std::pair{2, 0}, std::pair{2, 7'999}, std::pair{2, 192'001}})
    EXPECT_FALSE(Meter::make(front(channels), rate).ok()) << channels << " " << rate;
  Layout many;
  many.channels = 65;
  EXPECT_FALSE(Meter::make(many, kRate).ok());
  Meter meter = stereo_meter();
  meter.add(tone({-23, -23}, 1));
  EXPECT_FALSE(meter.change(many, kRate).ok());
  meter.add(std::vector<float>(65 * 100, 1));
  EXPECT_NEAR(*meter.reading().true_peak, -23, 0.2) << "what cannot be understood is not measured";
  EXPECT_TRUE(meter.change(front(2), kRate).ok());
  meter.add(tone({-6, -6}, 1));
  EXPECT_NEAR(*meter.reading().true_peak, -6, 0.2);
}

TEST(Meter, TakesNoSamplesThatAreNoSound) {
  Meter meter = stereo_meter();
  meter.add(tone({-23, -23}, 1));
  std::vector<float> bad(200, 0.1F);
  for (const float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -1e30F}) {
    bad[77] = value;
    meter.add(bad);
  }
  meter.add({});
  EXPECT_NEAR(*meter.reading().integrated, -23, 0.1);
  EXPECT_NEAR(*meter.reading().true_peak, -23, 0.1);
}

TEST(Meter, OfMomentaryLoudnessAloneSaysNoMore) {
  auto meter = Meter::make(front(2), kRate, Meter::Measures::kMomentary);
  ASSERT_TRUE(meter.ok());
  meter->add(tone({-23, -23}, 5));
  EXPECT_NEAR(*meter->momentary(), -23, 0.1);
  EXPECT_NEAR(*meter->reading().true_peak, -23, 0.1);
  EXPECT_FALSE(meter->reading().short_term);
  EXPECT_FALSE(meter->reading().integrated);
  EXPECT_FALSE(meter->reading().range);
}

TEST(Decibels, AndAmplitudesAreEachOthersReverse) {
  EXPECT_NEAR(amplitude(-6.0206), 0.5, 1e-5);
  EXPECT_NEAR(decibels(0.5), -6.0206, 1e-4);
  EXPECT_EQ(decibels(0), kSilence);
  EXPECT_EQ(decibels(1e-9), kSilence);
}

}  // namespace
}  // namespace loudness
