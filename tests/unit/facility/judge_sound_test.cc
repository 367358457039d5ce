#include <gtest/gtest.h>

#include <cmath>

#include "feeds.h"

namespace facility {
namespace {

template <typename Change>
Line line_of(const char* property, const Change& change) {
  Playing feed;
  change(feed);
  feed.play(10);
  return feed.line(property);
}

TEST(JudgeSound, WantsStereoOfTheStudiosRate) {
  const auto format = [](const auto& change) {
    return line_of("audio_format", [&](Playing& feed) { change(feed.make()); });
  };
  EXPECT_EQ(format([](auto&) {}).verdict, Verdict::kPass);
  EXPECT_EQ(format([](auto&) {}).measured, "AAC 48000 Hz, 2 channels, 1 track");
  EXPECT_EQ(format([](auto& make) { make.channels = 6; }).verdict, Verdict::kPass);
  EXPECT_EQ(format([](auto& make) { make.channels = 1; }).verdict, Verdict::kWarn);
  EXPECT_EQ(format([](auto& make) { make.sample_rate = 44'100; }).verdict, Verdict::kWarn);
}

TEST(JudgeSound, NoneFailsUnlessTheChannelWantsNone) {
  const auto silent = [](bool wanted) {
    return line_of("audio_format", [&](Playing& feed) {
      feed.make().audio.reset();
      feed.wanted.audio = wanted;
    });
  };
  EXPECT_EQ(silent(true).verdict, Verdict::kFail);
  EXPECT_EQ(silent(true).measured, "no sound");
  EXPECT_EQ(silent(false).verdict, Verdict::kPass);
}

TEST(JudgeSound, ATrackThatChangesOrIsEmptyFails) {
  Playing feed;
  feed.play(2);
  feed.make().channels = 6;
  feed.play(1);
  EXPECT_EQ(feed.verdict("audio_format"), Verdict::kFail);
  Playing empty;
  empty.take();
  EXPECT_EQ(empty.verdict("audio_format"), Verdict::kFail) << "no packet between the samples";
}

TEST(JudgeSound, WantsALanguageWhereThereAreSeveralTracks) {
  const auto language = [](std::uint64_t tracks, const char* text) {
    return line_of("audio_language", [&](Playing& feed) {
      feed.make().audio_tracks = tracks;
      feed.make().language = text;
    });
  };
  EXPECT_EQ(language(1, "").verdict, Verdict::kPass);
  EXPECT_EQ(language(1, "").measured, "not stated");
  EXPECT_EQ(language(2, "").verdict, Verdict::kWarn);
  EXPECT_EQ(language(2, "deu").verdict, Verdict::kPass);
  EXPECT_EQ(language(2, "deu").measured, "deu");
}

TEST(JudgeSound, JudgesTheFurthestOfSoundAndPicture) {
  const auto skew = [](base::Micros behind) {
    return line_of("av_skew", [&](Playing& feed) { feed.make().sound_behind = behind; });
  };
  EXPECT_EQ(skew(200 * kMillisecond).verdict, Verdict::kPass);
  EXPECT_EQ(skew(200 * kMillisecond).measured, "sound comes 200 ms after the picture of its time");
  EXPECT_EQ(skew(201 * kMillisecond).verdict, Verdict::kWarn);
  EXPECT_EQ(skew(-201 * kMillisecond).verdict, Verdict::kWarn);
  EXPECT_EQ(skew(-201 * kMillisecond).measured, "sound comes 201 ms before the picture of its time");
  EXPECT_EQ(skew(kSecond).verdict, Verdict::kWarn);
  EXPECT_EQ(skew(1001 * kMillisecond).verdict, Verdict::kFail);
  Playing feed;
  feed.make().sound_behind = -400 * kMillisecond;
  feed.play(1);
  feed.make().sound_behind = 100 * kMillisecond;
  feed.play(1);
  EXPECT_EQ(feed.line("av_skew").measured, "sound comes 400 ms before the picture of its time");
  Playing none;
  none.make().sound_behind.reset();
  EXPECT_EQ(none.play(2).verdict("av_skew"), Verdict::kNotMeasured);
}

TEST(JudgeSound, ComparesTheMeanPowerWithTheTarget) {
  const auto loudness = [](double level, double target) {
    return line_of("loudness", [&](Playing& feed) {
      feed.now.feed.loudness.short_term = level;
      feed.wanted.loudness = target;
    });
  };
  EXPECT_EQ(loudness(-20, -23).verdict, Verdict::kPass);
  EXPECT_EQ(loudness(-20, -23).measured, "-20.0 LUFS, -23.0 since it came");
  EXPECT_EQ(loudness(-20, -23).wanted, "-23.0 LUFS, within 3 LU");
  EXPECT_EQ(loudness(-19.9, -23).verdict, Verdict::kWarn);
  EXPECT_EQ(loudness(-26.1, -23).verdict, Verdict::kWarn);
  EXPECT_EQ(loudness(-14.1, -23).verdict, Verdict::kWarn);
  EXPECT_EQ(loudness(-13.9, -23).verdict, Verdict::kFail);
  EXPECT_EQ(loudness(-13.9, -23).advice.substr(0, 16), "9.1 LU too loud:");
  EXPECT_EQ(loudness(-32.1, -23).verdict, Verdict::kFail);
  EXPECT_EQ(loudness(-32.1, -23).advice.substr(0, 17), "9.1 LU too quiet:");
  EXPECT_EQ(loudness(-16, -16).verdict, Verdict::kPass);
}

TEST(JudgeSound, TakesWhatIsIntegratedBeforeAShortTermValueIsKnown) {
  const Line line = line_of("loudness", [](Playing& feed) {
    feed.now.feed.loudness.short_term.reset();
    feed.now.feed.loudness.integrated = -10;
  });
  EXPECT_EQ(line.measured, "-10.0 LUFS, -10.0 since it came");
  EXPECT_EQ(line.verdict, Verdict::kFail);
}

TEST(JudgeSound, SaysWhyLoudnessIsNotKnown) {
  const auto why = [](bool measures, bool audio) {
    return line_of("loudness", [&](Playing& feed) {
      feed.now.feed.loudness = {};
      feed.wanted.measures_loudness = measures;
      if (!audio) feed.make().audio.reset();
    });
  };
  EXPECT_EQ(why(true, true).verdict, Verdict::kNotMeasured);
  EXPECT_EQ(why(true, true).measured.substr(0, 20), "the sound is copied:");
  EXPECT_EQ(why(false, true).measured, "the channel has measure_loudness: false");
  EXPECT_EQ(why(true, false).measured, "no sound");
}

TEST(JudgeSound, PeaksStayBelowTheCeilingAndNeverReachFullScale) {
  const auto peak = [](double level) {
    return line_of("true_peak", [&](Playing& feed) { feed.now.feed.loudness.true_peak = level; }).verdict;
  };
  EXPECT_EQ(peak(-1), Verdict::kPass);
  EXPECT_EQ(peak(-0.9), Verdict::kWarn);
  EXPECT_EQ(peak(0), Verdict::kWarn);
  EXPECT_EQ(peak(0.1), Verdict::kFail);
}

TEST(JudgeSound, SilenceOfATenthOfTheTimeIsWorthAWarning) {
  const auto silence = [](int silent, int of) {
    Playing feed;
    for (int i = 0; i < of; ++i) {
      feed.now.feed.loudness.momentary = i < silent ? -100 : -23;
      feed.take();
    }
    return feed.line("silence");
  };
  EXPECT_EQ(silence(1, 10).verdict, Verdict::kPass);
  EXPECT_EQ(silence(2, 10).verdict, Verdict::kWarn);
  EXPECT_EQ(silence(9, 10).verdict, Verdict::kWarn);
  EXPECT_EQ(silence(10, 10).verdict, Verdict::kFail);
  EXPECT_EQ(silence(10, 10).measured, "silent in 10 of 10 samples");
  EXPECT_EQ(line_of("silence", [](Playing& feed) { feed.now.feed.loudness.momentary.reset(); }).verdict,
            Verdict::kNotMeasured);
}

}  // namespace
}  // namespace facility
