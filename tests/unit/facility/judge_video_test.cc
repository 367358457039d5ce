#include <gtest/gtest.h>

#include "feeds.h"

namespace facility {
namespace {

/// A feed of which `change` is so all the time, after ten seconds.
template <typename Change>
Playing with(const Change& change) {
  Playing feed;
  change(feed);
  feed.play(10);
  return feed;
}

TEST(JudgeVideo, DescribesTheFormat) {
  EXPECT_EQ(Playing().play(3).line("video_format").measured, "H.264 High, level 4.0, 8 bit, progressive");
  const auto hevc = with([](Playing& feed) {
    feed.make().video = media::Codec::kHevc;
    feed.make().profile = 2;
    feed.make().level = 123;
    feed.make().bit_depth = 10;
    feed.make().interlaced = true;
  });
  EXPECT_EQ(hevc.line("video_format").measured, "HEVC Main 10, level 4.1, 10 bit, interlaced");
  const auto baseline = [](int constraints) {
    return with([&](Playing& feed) {
             feed.make().profile = 66;
             feed.make().constraints = constraints;
             feed.make().level = 31;
           })
        .line("video_format")
        .measured;
  };
  EXPECT_EQ(baseline(0x40), "H.264 Constrained Baseline, level 3.1, 8 bit, progressive");
  EXPECT_EQ(baseline(0x80), "H.264 Baseline, level 3.1, 8 bit, progressive");
}

TEST(JudgeVideo, ACopyIsToPlayEverywhereAndAnEncodeHasNeedOfADecoderAlone) {
  const auto verdicts = [](const auto& change) {
    Verdict each[2];
    for (const bool copies : {false, true}) {
      each[copies ? 1 : 0] = with([&](Playing& feed) {
                               feed.wanted.copies_video = copies;
                               change(feed.make());
                             }).verdict("video_format");
    }
    return std::pair(each[0], each[1]);
  };
  const std::pair good(Verdict::kPass, Verdict::kPass);
  const std::pair odd(Verdict::kPass, Verdict::kWarn);
  EXPECT_EQ(verdicts([](auto&) {}), good);
  EXPECT_EQ(verdicts([](auto& make) { make.profile = 77; }), good);
  EXPECT_EQ(verdicts([](auto& make) { make.profile = 110; }), odd);
  EXPECT_EQ(verdicts([](auto& make) { make.bit_depth = 10; }), odd);
  EXPECT_EQ(verdicts([](auto& make) { make.interlaced = true; }), odd);
  EXPECT_EQ(verdicts([](auto& make) { make.video = media::Codec::kHevc; }), odd);
  EXPECT_EQ(verdicts([](auto& make) { make.video = media::Codec::kMpeg2Video; }), odd);
  EXPECT_EQ(verdicts([](auto& make) { make.video.reset(); }), (std::pair(Verdict::kFail, Verdict::kFail)));
}

TEST(JudgeVideo, AFormatOrSizeThatChangesFails) {
  Playing feed;
  feed.play(2);
  feed.make().width = 1920;
  feed.play(1);
  EXPECT_EQ(feed.verdict("picture_size"), Verdict::kFail);
  EXPECT_EQ(feed.line("picture_size").measured, "1920x720, changed 1 times");
  EXPECT_EQ(feed.verdict("video_format"), Verdict::kPass);
  feed.make().level = 41;
  feed.play(1);
  EXPECT_EQ(feed.verdict("video_format"), Verdict::kFail);
}

TEST(JudgeVideo, ComparesTheRateWithWhatIsDeclared) {
  const auto rate = [](std::uint64_t pictures, int seconds, media::Rational declared = {50, 1}) {
    Playing feed;
    feed.pictures = pictures;
    feed.make().rate = declared;
    feed.play(seconds);
    return feed.line("frame_rate");
  };
  EXPECT_EQ(rate(50, 10).verdict, Verdict::kPass);
  EXPECT_EQ(rate(50, 10).measured, "50.00 pictures/s");
  EXPECT_EQ(rate(50, 10).wanted, "50.00 pictures/s as declared");
  EXPECT_EQ(rate(49, 120).verdict, Verdict::kWarn) << "2 % are missing";
  EXPECT_EQ(rate(51, 120).verdict, Verdict::kWarn) << "2 % are too many";
  EXPECT_EQ(rate(47, 120).verdict, Verdict::kFail) << "6 %";
  EXPECT_EQ(rate(49, 3).verdict, Verdict::kPass) << "three pictures may be on the other side of an end";
  EXPECT_EQ(rate(30, 60, {30000, 1001}).verdict, Verdict::kPass) << "the tenth of a percent";
  EXPECT_EQ(rate(25, 10, {}).verdict, Verdict::kWarn);
  EXPECT_EQ(rate(25, 10, {}).measured, "25.00 pictures/s, none declared");
  EXPECT_EQ(rate(0, 10).verdict, Verdict::kNotMeasured);
}

TEST(JudgeVideo, TheGopOfACopyIsNoLongerThanASegmentAndDividesIt) {
  const auto gop = [](base::Micros length, bool copies) {
    return with([&](Playing& feed) {
             feed.make().gop = length;
             feed.wanted.copies_video = copies;
           })
        .line("gop_length");
  };
  EXPECT_EQ(gop(2 * kSecond, true).verdict, Verdict::kPass);
  EXPECT_EQ(gop(2 * kSecond, true).measured, "2.00 s");
  EXPECT_EQ(gop(2 * kSecond, true).wanted, "at most 2.00 s, the segment");
  EXPECT_EQ(gop(kSecond, true).verdict, Verdict::kPass);
  EXPECT_EQ(gop(2'045 * kMillisecond, true).verdict, Verdict::kPass) << "by rounding";
  EXPECT_EQ(gop(2'050 * kMillisecond, true).verdict, Verdict::kFail);
  EXPECT_EQ(gop(1'920 * kMillisecond, true).verdict, Verdict::kWarn) << "it does not divide the segment";
  EXPECT_EQ(gop(1'500 * kMillisecond, true).verdict, Verdict::kWarn);
  EXPECT_EQ(gop(1'500 * kMillisecond, false).verdict, Verdict::kPass);
  EXPECT_EQ(gop(4 * kSecond, false).verdict, Verdict::kPass);
  EXPECT_EQ(gop(4'050 * kMillisecond, false).verdict, Verdict::kWarn);
  EXPECT_EQ(gop(12 * kSecond, false).verdict, Verdict::kWarn);
  EXPECT_EQ(gop(12'001 * kMillisecond, false).verdict, Verdict::kFail) << "more than is kept of it for a switch";
}

TEST(JudgeVideo, AGopThatIsNotOverCountsOnceItIsTooLong) {
  const auto since_key = [](base::Micros span, base::Micros gop) {
    Playing feed;
    feed.make().gop = gop;
    feed.make().since_key = span;
    feed.take();
    return feed.line("gop_length");
  };
  EXPECT_EQ(since_key(3 * kSecond, 0).verdict, Verdict::kNotMeasured);
  EXPECT_EQ(since_key(5 * kSecond, 0).verdict, Verdict::kWarn);
  EXPECT_EQ(since_key(5 * kSecond, 0).measured, "above 5.00 s");
  EXPECT_EQ(since_key(13 * kSecond, 2 * kSecond).verdict, Verdict::kFail);
  EXPECT_EQ(since_key(13 * kSecond, 2 * kSecond).measured, "above 13.00 s, down to 2.00 s");
  EXPECT_EQ(since_key(kSecond, 2 * kSecond).measured, "2.00 s");
}

TEST(JudgeVideo, OpenGopsAreWorthAWarningWhereTheyAreCopied) {
  const auto kind = [](bool open, bool copies) {
    Playing feed;
    feed.wanted.copies_video = copies;
    feed.play(4);
    if (open) ++feed.make().open_key_frames;
    feed.play(4);
    return feed.line("gop_kind");
  };
  EXPECT_EQ(kind(false, true).verdict, Verdict::kPass);
  EXPECT_EQ(kind(false, true).measured, "closed");
  EXPECT_EQ(kind(true, true).verdict, Verdict::kWarn);
  EXPECT_EQ(kind(true, true).measured, "open in 1 of 4");
  EXPECT_EQ(kind(true, false).verdict, Verdict::kPass);
  Playing feed;
  feed.play(1);
  EXPECT_EQ(feed.verdict("gop_kind"), Verdict::kNotMeasured);
}

TEST(JudgeVideo, LooksAtThePictureWhereSomebodyDoes) {
  const auto picture = [](const auto& change) {
    return with([&](Playing& feed) { change(feed.make()); }).verdict("picture");
  };
  EXPECT_EQ(picture([](auto&) {}), Verdict::kPass);
  EXPECT_EQ(picture([](auto& make) { make.watched = 0; }), Verdict::kNotMeasured);
  EXPECT_EQ(picture([](auto& make) { make.black = 2 * kSecond; }), Verdict::kFail);
  EXPECT_EQ(picture([](auto& make) { make.black = 2 * kSecond - 1; }), Verdict::kPass);
  EXPECT_EQ(picture([](auto& make) { make.frozen = 2 * kSecond; }), Verdict::kWarn);
  EXPECT_EQ(picture([](auto& make) { make.frozen = 2 * kSecond - 1; }), Verdict::kPass);
  EXPECT_EQ(picture([](auto& make) {
              make.watched = 0;
              make.scrambled = 2 * kSecond;
            }),
            Verdict::kFail);
}

}  // namespace
}  // namespace facility
