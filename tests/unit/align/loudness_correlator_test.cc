#include "align/loudness_correlator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace align {
namespace {

using Kind = Match::Kind;

/// Power at a time of the programme. Units: seconds.
using Programme = std::function<double(double)>;

/// Words of 80 to 400 ms with pauses between them, longer ones now and then.
Programme speech(unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> word(0.08, 0.4);
  std::uniform_real_distribution<double> pause(0.03, 0.25);
  std::uniform_real_distribution<double> level(0.001, 0.1);
  struct Word {
    double from, until, power;
  };
  std::vector<Word> words;
  for (double at = -20; at < 100;) {
    const double until = at + word(random);
    words.push_back({at, until, level(random)});
    at = until + pause(random) * (random() % 8 == 0 ? 6 : 1);
  }
  return [words](double at) {
    const auto next =
        std::upper_bound(words.begin(), words.end(), at, [](double time, const Word& one) { return time < one.from; });
    if (next == words.begin() || at >= (next - 1)->until) return 1e-7;
    const Word& said = *(next - 1);
    return said.power * std::sin(M_PI * (at - said.from) / (said.until - said.from));
  };
}

/// A stadium: noise that wanders, and cheers.
Programme crowd(unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> step(0, 0.6);
  std::vector<double> level;
  double wander = 0;
  double cheer = 0;
  for (int i = 0; i < 6000; ++i) {
    wander = 0.97 * wander + step(random);
    if (random() % 250 == 0) cheer = 12;
    cheer *= 0.97;
    level.push_back(-30 + wander + cheer);
  }
  return [level](double at) {
    const double place = std::clamp((at + 20) * 50, 0.0, 5998.0);
    const auto i = static_cast<std::size_t>(place);
    const double part = place - static_cast<double>(i);
    return std::pow(10, (level[i] * (1 - part) + level[i + 1] * part) / 10);
  };
}

/// Two beats a second and nothing else.
double beat(double at) { return 0.1 * std::exp(-12 * (at * 2 - std::floor(at * 2)) / 2); }

struct Way {
  double late = 0;     ///< of its time stamps. Units: seconds
  double gain = 1;     ///< of power
  double noise = 0;    ///< that the codec makes of a hop's power, as a part of it
  double floor = 0;    ///< power of the noise that the codec adds
  double drift = 0;    ///< of its clock
  double phase = 0;    ///< of its first hop. Units: seconds
  int lost = 0;        ///< hops of 100
  unsigned seed = 99;  ///< of noise and losses
};

/// What is heard of a programme that came this way, from 0 to `length` seconds of UTC.
Envelope heard(const Programme& programme, const Way& way, double length = 25) {
  Envelope envelope;
  std::mt19937 random(way.seed);
  std::normal_distribution<double> noise(0, 1);
  // Sampled every 2 ms.
  for (std::int64_t hop = 100; hop < 100 + static_cast<std::int64_t>(length * 100); ++hop) {
    const bool lost = static_cast<int>(random() % 100) < way.lost;
    double power = 0;
    for (int i = 0; i < 5; ++i) {
      const double utc = static_cast<double>(hop - 100) / 100 + i * 0.002 + way.phase;
      power += programme((utc - way.late) * (1 + way.drift)) * way.gain;
    }
    power *= std::max(0.05, 1 + way.noise * noise(random));
    if (!lost) envelope.add(hop, power + 5 * way.floor, 5);
  }
  return envelope;
}

Match compared(const Envelope& first, const Envelope& second) {
  LoudnessCorrelator correlator;
  return correlator.compare(first, second);
}

base::Micros micros(double seconds) { return static_cast<base::Micros>(std::llround(seconds * 1e6)); }

TEST(LoudnessCorrelator, FindsOneProgrammeToLessThanAQuarterOfAFrame) {
  for (unsigned seed = 0; seed < 6; ++seed) {
    for (const double late : {-4.8, -2.013, -0.7, -0.004, 0.0, 0.04, 0.7, 1.2345, 4.9}) {
      const Programme programme = seed % 2 == 0 ? speech(seed) : crowd(seed);
      const Match match = compared(heard(programme, {}), heard(programme, {.late = late}));
      ASSERT_EQ(match.kind, Kind::kFound) << seed << " " << late << " " << match.confidence;
      EXPECT_NEAR(static_cast<double>(match.offset), static_cast<double>(micros(late)), 4000) << seed << " " << late;
      EXPECT_GT(match.confidence, 0.9);
    }
  }
}

TEST(LoudnessCorrelator, IsNotMisledByVolumeCodecsPhaseDriftAndLosses) {
  for (unsigned seed = 0; seed < 6; ++seed) {
    const Programme programme = seed % 2 == 0 ? speech(seed) : crowd(seed);
    const Way one{.noise = 0.15, .floor = 2e-7, .lost = 2, .seed = seed};
    const Way other{.late = 0.7,
                    .gain = 0.1,
                    .noise = 0.15,
                    .floor = 2e-7,
                    .drift = 50e-6,
                    .phase = 0.0037,
                    .lost = 3,
                    .seed = seed + 100};
    const Match match = compared(heard(programme, one), heard(programme, other));
    ASSERT_EQ(match.kind, Kind::kFound) << seed << " " << match.confidence;
    EXPECT_NEAR(static_cast<double>(match.offset), static_cast<double>(micros(0.7 - 0.0037)), 8000) << seed;
  }
}

TEST(LoudnessCorrelator, TellsTheSameWhicheverComesFirst) {
  const Programme programme = speech(3);
  const Envelope one = heard(programme, {});
  const Envelope other = heard(programme, {.late = 1.5});
  EXPECT_NEAR(static_cast<double>(compared(one, other).offset), 1.5e6, 4000);
  EXPECT_NEAR(static_cast<double>(compared(other, one).offset), -1.5e6, 4000);
}

TEST(LoudnessCorrelator, TakesTwoProgrammesForTwo) {
  for (unsigned seed = 0; seed < 16; ++seed) {
    const Programme one = seed % 3 == 0 ? crowd(seed) : speech(seed);
    const Programme other = seed % 2 == 0 ? crowd(seed + 1000) : speech(seed + 1000);
    const Match match = compared(heard(one, {}), heard(other, {}));
    EXPECT_EQ(match.kind, Kind::kDifferent) << seed << " " << match.confidence;
    EXPECT_LT(match.confidence, 0.5) << seed;
  }
}

TEST(LoudnessCorrelator, TakesOneProgrammeThatIsTooFarAwayForTwo) {
  for (unsigned seed = 0; seed < 4; ++seed) {
    const Programme programme = speech(seed);
    for (const double late : {-9.0, -5.3, 5.05, 5.5, 12.0}) {
      const Match match = compared(heard(programme, {}), heard(programme, {.late = late}));
      EXPECT_EQ(match.kind, Kind::kDifferent) << seed << " " << late;
    }
  }
}

TEST(LoudnessCorrelator, SaysNothingOfABeat) {
  for (const double late : {0.0, 0.3, 0.7, 2.0}) {
    EXPECT_EQ(compared(heard(beat, {}), heard(beat, {.late = late})).kind, Kind::kAmbiguous) << late;
    // Also where the two differ a little by chance.
    const Match match = compared(heard(beat, {.noise = 0.2, .seed = 1}), heard(beat, {.late = late, .noise = 0.2}));
    EXPECT_EQ(match.kind, Kind::kAmbiguous) << late;
  }
}

TEST(LoudnessCorrelator, FindsSpeechOverABeat) {
  for (unsigned seed = 0; seed < 8; ++seed) {
    const Programme words = speech(seed);
    const Programme both = [&](double at) { return words(at) + 0.05 * beat(at); };
    const Match match = compared(heard(both, {}), heard(both, {.late = 0.7}));
    ASSERT_EQ(match.kind, Kind::kFound) << seed;
    EXPECT_NEAR(static_cast<double>(match.offset), 0.7e6, 4000);
  }
}

TEST(LoudnessCorrelator, SaysNothingOfSilenceAndSteadyTones) {
  const Programme silence = [](double) { return 0.0; };
  const Programme tone = [](double) { return 0.01; };
  for (const Programme& programme : {silence, tone}) {
    const Match match = compared(heard(programme, {.noise = 0.03, .floor = 1e-8}),
                                 heard(programme, {.noise = 0.03, .floor = 1e-8, .seed = 5}));
    EXPECT_EQ(match.kind, Kind::kQuiet);
    EXPECT_EQ(compared(heard(programme, {}), heard(speech(1), {})).kind, Kind::kQuiet) << "one of the two is enough";
    EXPECT_EQ(compared(heard(speech(1), {}), heard(programme, {})).kind, Kind::kQuiet);
  }
}

TEST(LoudnessCorrelator, WaitsUntilEnoughIsKnownOfBoth) {
  const Programme programme = speech(1);
  EXPECT_EQ(compared(heard(programme, {}), Envelope{}).kind, Kind::kShort);
  EXPECT_EQ(compared(Envelope{}, heard(programme, {})).kind, Kind::kShort);
  EXPECT_EQ(compared(heard(programme, {}, 14), heard(programme, {}, 14)).kind, Kind::kShort);
  // The newest hop may not be whole: it is not compared.
  const double least = static_cast<double>(LoudnessCorrelator::kLeast) / 1e6 + 0.01;
  EXPECT_EQ(compared(heard(programme, {}, least), heard(programme, {}, least)).kind, Kind::kFound);
  EXPECT_EQ(compared(heard(programme, {}, least), heard(programme, {}, least - 0.01)).kind, Kind::kShort);
  EXPECT_EQ(compared(heard(programme, {}), heard(programme, {.lost = 40})).kind, Kind::kShort) << "too much is missing";
}

}  // namespace
}  // namespace align
