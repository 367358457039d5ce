#include "loudness/normaliser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tone.h"

namespace loudness {
namespace {

using testing::kRate;
using testing::tone;

constexpr std::size_t kChunk = 1024;

/// A normaliser, what came out of it, and a meter of that.
class NormaliserTest : public ::testing::Test {
 protected:
  explicit NormaliserTest(Normaliser::Options options = {})
      : normaliser_(Normaliser::make(front(2), kRate, options).take()), meter_(Meter::make(front(2), kRate).take()) {}

  /// Plays whole chunks of it.
  void play(const std::vector<float>& samples) {
    for (std::size_t at = 0; at + kChunk * 2 <= samples.size(); at += kChunk * 2) {
      chunk_.assign(samples.begin() + static_cast<std::ptrdiff_t>(at),
                    samples.begin() + static_cast<std::ptrdiff_t>(at + kChunk * 2));
      normaliser_.exchange(chunk_);
      take();
    }
  }
  void take() {
    meter_.add(chunk_);
    out_.insert(out_.end(), chunk_.begin(), chunk_.end());
  }
  void forget_output() {
    meter_ = Meter::make(front(2), kRate).take();
    out_.clear();
  }
  double gain() const { return normaliser_.state().gain.value(); }
  /// The largest difference of neighbours in a channel.
  double largest_step() const {
    double largest = 0;
    for (std::size_t i = 2; i < out_.size(); ++i)
      largest = std::max(largest, std::fabs(static_cast<double>(out_[i]) - static_cast<double>(out_[i - 2])));
    return largest;
  }

  Normaliser normaliser_;
  Meter meter_;
  std::vector<float> chunk_;
  std::vector<float> out_;
};

TEST_F(NormaliserTest, BringsAQuietProgrammeToTheTarget) {
  play(tone({-33, -33}, 15));
  EXPECT_NEAR(gain(), 10, 0.1);
  forget_output();
  play(tone({-33, -33}, 10));
  EXPECT_NEAR(*meter_.reading().integrated, -23, 0.2);
}

TEST_F(NormaliserTest, BringsALoudProgrammeToTheTarget) {
  play(tone({-9, -9}, 15));
  forget_output();
  play(tone({-9, -9}, 10));
  EXPECT_NEAR(*meter_.reading().integrated, -23, 0.2);
}

TEST_F(NormaliserTest, LeavesAProgrammeAtTheTargetAsItIs) {
  const std::vector<float> in = tone({-23, -23}, 10);
  play(in);
  normaliser_.finish(chunk_);
  take();
  ASSERT_EQ(out_.size(), in.size() / (2 * kChunk) * 2 * kChunk) << "each sample once";
  for (std::size_t i = 0; i < out_.size(); ++i) ASSERT_NEAR(out_[i], in[i], 0.002) << i;
}

TEST_F(NormaliserTest, GivesAChunkWhenTheNextOneComes) {
  chunk_.assign(kChunk * 2, 0.01F);
  normaliser_.exchange(chunk_);
  EXPECT_TRUE(chunk_.empty());
  chunk_.assign(kChunk * 2, 0.02F);
  normaliser_.exchange(chunk_);
  ASSERT_EQ(chunk_.size(), kChunk * 2);
  EXPECT_NEAR(chunk_[0], 0.01F, 1e-6);
  normaliser_.finish(chunk_);
  EXPECT_NEAR(chunk_.at(0), 0.02F, 1e-6);
  normaliser_.finish(chunk_);
  EXPECT_TRUE(chunk_.empty()) << "there is nothing any more";
}

TEST_F(NormaliserTest, MovesSlowlyOnceAProgrammeHasBegun) {
  play(tone({-29, -29}, 1));
  EXPECT_EQ(gain(), 0) << "it is not known yet";
  play(tone({-29, -29}, 1));
  EXPECT_GT(gain(), 2) << "quickly at first";
  EXPECT_LE(gain(), 6);
  play(tone({-29, -29}, 8));
  EXPECT_NEAR(gain(), 6, 0.1);
  play(tone({-17, -17}, 5));
  EXPECT_GT(gain(), 6 - 5.1 * Normaliser::kRate);
  EXPECT_LT(gain(), 3);
}

TEST_F(NormaliserTest, ForgetsTheLevelOfAnotherProgrammeAndKeepsItsGainUntilItKnows) {
  play(tone({-33, -33}, 40));
  EXPECT_NEAR(gain(), 10, 0.1);
  normaliser_.restart();
  play(std::vector<float>(kRate * 2, 0));
  EXPECT_NEAR(gain(), 10, 0.1);
  play(tone({-23, -23}, 5));
  EXPECT_NEAR(gain(), 0, 0.3) << "as quickly as at the beginning";
}

TEST_F(NormaliserTest, HasTheGainForAProgrammeWhoseLoudnessIsKnownFromItsBeginningOn) {
  play(tone({-33, -33}, 5));
  EXPECT_NEAR(gain(), 10, 0.1);
  normaliser_.restart(-17.0);
  forget_output();
  play(tone({-17, -17}, 0.1));
  EXPECT_NEAR(gain(), -6, 1e-6);
  forget_output();
  play(tone({-17, -17}, 2));
  EXPECT_NEAR(*meter_.reading().integrated, -23, 0.1) << "nothing that was too loud";
  normaliser_.restart(-70.0);
  play(tone({-17, -17}, 0.1));
  EXPECT_NEAR(gain(), -6, 0.1) << "silence says nothing";
}

TEST_F(NormaliserTest, ChangesAtOnceWithoutAStep) {
  play(tone({-33, -33}, 5, 100));
  forget_output();
  play(tone({-33, -33}, 0.1, 100));
  const double before = largest_step();
  normaliser_.restart(-33 + 6);
  play(tone({-33, -33}, 0.1, 100));
  EXPECT_LT(largest_step(), before * 1.2);
}

TEST_F(NormaliserTest, IsNotMovedBySilenceAndWhispers) {
  play(tone({-29, -29}, 15));
  EXPECT_NEAR(gain(), 6, 0.1);
  play(std::vector<float>(std::size_t{kRate} * 2 * 35, 0));
  EXPECT_NEAR(gain(), 6, 0.1);
  play(tone({-55, -55}, 35));
  EXPECT_NEAR(gain(), 6, 0.1);
}

TEST_F(NormaliserTest, FollowsTheLoudPassagesOfAProgrammeAndNotItsPauses) {
  for (int i = 0; i < 6; ++i) {
    play(tone({-27, -27}, 3));
    play(tone({-45, -45}, 3));
  }
  EXPECT_NEAR(gain(), 4, 0.7);
}

TEST_F(NormaliserTest, AmplifiesNoMoreThanItMay) {
  play(tone({-45, -45}, 40));
  EXPECT_NEAR(gain(), 15, 1e-6) << "which docs/operations.md promises";
  EXPECT_EQ(normaliser_.state().reduction, 0);
  EXPECT_EQ(normaliser_.state().limited, 0);
}

TEST_F(NormaliserTest, AttenuatesNoMoreThanItMay) {
  play(tone({12, 12}, 13));  // a decoder's samples may pass full scale
  EXPECT_NEAR(gain(), -30, 1e-6) << "which docs/operations.md promises";
}

TEST_F(NormaliserTest, KeepsPeaksBelowTheCeiling) {
  play(tone({-40, -40}, 20));  // a gain of 15 dB
  for (int i = 0; i < 20; ++i) {
    play(tone({-40, -40}, 0.4));
    play(tone({-0.1, -3}, 0.05 + 0.01 * i, 700 + 301 * i));
  }
  EXPECT_LE(*meter_.reading().true_peak, -1);
  EXPECT_GT(*meter_.reading().true_peak, -3) << "and not further than it has to be";
  EXPECT_GT(normaliser_.state().limited, base::kSecond);
}

TEST_F(NormaliserTest, KeepsThePeaksOfItsVeryFirstSamplesBelowTheCeiling) {
  play(tone({0, 0}, 0.5, 997));
  EXPECT_LE(*meter_.reading().true_peak, -1);
}

TEST_F(NormaliserTest, KeepsPeaksBetweenSamplesBelowTheCeiling) {
  play(tone({0, 0}, 5, 12'000, M_PI / 4));  // its samples are 3 dB below its peaks
  EXPECT_LE(*meter_.reading().true_peak, -1);
}

TEST_F(NormaliserTest, TellsWhatTheLimiterDoes) {
  play(tone({-23, -23}, 5));
  EXPECT_EQ(normaliser_.state().reduction, 0);
  play(tone({2, 2}, 0.3));
  play(tone({-23, -23}, 1));
  EXPECT_NEAR(normaliser_.state().reduction, 3.1, 0.5);
  EXPECT_GT(normaliser_.state().limited, 300 * base::kMillisecond);
  play(tone({-23, -23}, 4));
  EXPECT_EQ(normaliser_.state().reduction, 0) << "of the last second";
}

class LimiterTest : public NormaliserTest {
 protected:
  LimiterTest() : NormaliserTest({.ceiling = -6}) {}
  /// The limiter's gain at each sample, where all of `in` is above 0: too short to have another one.
  std::vector<double> gains(const std::vector<float>& in) {
    play(in);
    EXPECT_EQ(gain(), 0);
    std::vector<double> found;
    for (std::size_t i = 0; i < out_.size(); i += 2) found.push_back(double{out_[i]} / double{in[i]});
    return found;
  }
};

TEST_F(LimiterTest, GoesDownBeforeAPeakAndUpSlowlyBehindItWithoutAStep) {
  constexpr std::size_t kBurst = 9000;
  constexpr std::size_t kMillisecond = kRate / 1000;
  std::vector<float> in(std::size_t{44} * kChunk * 2, 0.3F);
  std::fill_n(in.begin() + kBurst * 2, 400, 0.99F);
  const std::vector<double> gain = gains(in);
  EXPECT_NEAR(gain.at(kBurst - 20 * kMillisecond), 1, 1e-3) << "not earlier than it has to";
  EXPECT_LE(gain.at(kBurst) * 0.99, amplitude(-6));
  EXPECT_LT(gain.at(kBurst + 30 * kMillisecond), 0.65);
  EXPECT_GT(gain.at(kBurst + 30 * kMillisecond), 0.5);
  EXPECT_GT(gain.at(kBurst + 700 * kMillisecond), 0.97);
  double step = 0;
  for (std::size_t i = 1; i < gain.size(); ++i) step = std::max(step, std::fabs(gain[i] - gain[i - 1]));
  EXPECT_LT(step, 1.1 / 12 / Normaliser::kBlock) << "a straight line of 16 ms from 1 to 0 at most";
}

class PeaksAloneTest : public NormaliserTest {
 protected:
  PeaksAloneTest() : NormaliserTest({.target = std::nullopt}) {}
};

TEST_F(PeaksAloneTest, LeavesALevelAsItIsWhateverItIs) {
  for (const double level : {-60.0, -33.0, -9.0, -3.0}) {
    normaliser_.restart(level);
    const std::vector<float> in = tone({level, level}, 7);
    forget_output();
    play(in);
    const std::size_t late = level == -60 ? 0 : kChunk * 2;
    for (std::size_t i = late; i < out_.size(); ++i) ASSERT_EQ(out_[i], in[i - late]) << level << " dB, " << i;
  }
  EXPECT_FALSE(normaliser_.state().gain);
  EXPECT_EQ(normaliser_.state().reduction, 0);
  EXPECT_EQ(normaliser_.state().limited, 0);
}

TEST_F(PeaksAloneTest, KeepsThePeaksOfADownmixBelowTheCeiling) {
  play(tone({8, 8}, 3));  // left, centre and surround, all at full scale
  EXPECT_LE(*meter_.reading().true_peak, -1);
  EXPECT_GT(*meter_.reading().true_peak, -1.5);
  EXPECT_NEAR(normaliser_.state().reduction, 9.1, 0.3);
  play(tone({-12, -12}, 2));
  forget_output();
  play(tone({-12, -12}, 1));
  EXPECT_NEAR(*meter_.reading().true_peak, -12, 0.1) << "it does not stay";
}

class CeilingTest : public NormaliserTest {
 protected:
  CeilingTest() : NormaliserTest({.target = -16, .ceiling = -3}) {}
};

TEST_F(CeilingTest, IsTheConfiguredOneAndSoIsTheTarget) {
  play(tone({-20, -20}, 15));
  forget_output();
  play(tone({-20, -20}, 5));
  EXPECT_NEAR(*meter_.reading().integrated, -16, 0.2);
  play(tone({-1, -1}, 0.5));
  EXPECT_LE(*meter_.reading().true_peak, -3);
  EXPECT_GT(*meter_.reading().true_peak, -3.6);
}

TEST(Normaliser, RefusesWhatCannotBeMeasured) { EXPECT_FALSE(Normaliser::make(front(0), kRate, {}).ok()); }

}  // namespace
}  // namespace loudness
