#include "captions/webvtt.h"

#include <gtest/gtest.h>

#include <string>

#include "media/text_cue.h"
#include "media/time.h"

namespace captions {
namespace {

constexpr std::int64_t kWrap = std::int64_t{1} << 33;
constexpr base::Micros kMilli = base::kMillisecond;

std::string header(base::Micros epoch) {
  std::string out;
  write_webvtt_header(out, epoch);
  return out;
}

std::string cue(base::Micros start, base::Micros end, std::string_view text, base::Micros epoch = 0) {
  std::string out;
  write_webvtt_cue(out, epoch, start, end, text);
  return out;
}

/// The settings of a cue whose text stands there.
std::string settings(const media::CuePlace& place) {
  std::string out;
  write_webvtt_cue(out, 0, 0, kMilli, "x", place);
  constexpr std::string_view kTimes = "00:00:00.000 --> 00:00:00.001";
  EXPECT_EQ(out.substr(0, kTimes.size()), kTimes);
  EXPECT_TRUE(out.ends_with("\nx\n\n"));
  return out.substr(kTimes.size(), out.find('\n') - kTimes.size());
}

/// MPEGTS of the map.
std::int64_t mapped(base::Micros epoch) {
  const std::string text = header(epoch);
  return std::stoll(text.substr(text.find("MPEGTS:") + 7));
}

/// Start of the wrap of 90 kHz in 33 bits that `at` is in, rounded up to a millisecond.
base::Micros wrap_before(base::Micros at) {
  const std::int64_t ticks = media::rescale(at, base::kSecond, 90'000) / kWrap * kWrap;
  return (ticks + 89) / 90 * kMilli;
}

TEST(WebVtt, BeginsWithTheMapAndABlankLine) {  // SU-1
  EXPECT_EQ(header(0), "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n");
}

TEST(WebVtt, TextInTheUpperHalfHangsFromItsTop) {
  EXPECT_EQ(settings({15, 25, 30}), " line:15% position:30% align:left");
  EXPECT_EQ(settings({40, 50, 30}), " line:40% position:30% align:left");
}

TEST(WebVtt, TextBelowTheMiddleStandsOnItsBottom) {
  EXPECT_EQ(settings({40, 51, 50, media::CuePlace::Align::kCenter}), " line:51%,end position:50% align:center");
  EXPECT_EQ(settings({60, 75, 90, media::CuePlace::Align::kRight}), " line:75%,end position:90% align:right");
}

TEST(WebVtt, TextAtTheBottomHasThePlaceThatThePlayerGivesIt) {
  EXPECT_EQ(settings({66, 76, 10}), " position:10% align:left");
}

TEST(WebVtt, PlacesStayInThePicture) { EXPECT_EQ(settings({-5, 10, 130}), " line:0% position:100% align:left"); }

TEST(WebVtt, MapsCueTimeZeroToTheMediaTimeOfTheEpoch) {  // SU-2
  const base::Micros at = 1'795'985'000 * base::kSecond;
  const base::Micros epoch = webvtt_epoch(at);
  EXPECT_EQ(epoch % kMilli, 0);
  EXPECT_EQ(mapped(epoch), epoch / kMilli * 90 % kWrap);
  EXPECT_LT(mapped(epoch), 90);
}

TEST(WebVtt, TheEpochIsTheNewestWrap) {
  const base::Micros at = 1'795'985'000 * base::kSecond;
  EXPECT_EQ(webvtt_epoch(at), wrap_before(at));
  EXPECT_LE(webvtt_epoch(at), at);
}

TEST(WebVtt, AfterAWrapTheOldEpochStaysForTheLongestCue) {
  const base::Micros wrap = wrap_before(1'795'985'000 * base::kSecond);
  EXPECT_LT(webvtt_epoch(wrap + media::kLongestCue - kMilli), wrap);
  EXPECT_EQ(webvtt_epoch(wrap + media::kLongestCue + kMilli), wrap);
}

TEST(WebVtt, ACueAcrossTheWrapHasTimesThatGoOn) {
  const base::Micros wrap = wrap_before(1'795'985'000 * base::kSecond);
  const base::Micros epoch = webvtt_epoch(wrap);
  EXPECT_EQ(cue(wrap - kMilli, wrap + kMilli, "x", epoch), "26:30:43.716 --> 26:30:43.718\nx\n\n");
}

TEST(WebVtt, WritesTimesToTheMillisecond) {
  EXPECT_EQ(cue(1'234'567, 3'661'000'499, "Hello"), "00:00:01.235 --> 01:01:01.000\nHello\n\n");
}

TEST(WebVtt, CutsWhatStartsBeforeTheEpoch) {
  EXPECT_EQ(cue(-5 * kMilli, 5 * kMilli, "x"), "00:00:00.000 --> 00:00:00.005\nx\n\n");
}

TEST(WebVtt, HasNoCueWithoutTimeOrText) {
  EXPECT_EQ(cue(5 * kMilli, 5 * kMilli + 100, "x"), "");
  EXPECT_EQ(cue(0, kMilli, ""), "");
  EXPECT_EQ(cue(0, kMilli, " \r\n\t\n"), "");
}

TEST(WebVtt, KeepsLinesAndDropsBlankOnesWhichWouldEndTheCue) {
  EXPECT_EQ(cue(0, kMilli, "one\n\n \r\ntwo\n"), "00:00:00.000 --> 00:00:00.001\none\ntwo\n\n");
}

TEST(WebVtt, EscapesWhatWouldBeMarkupOrTiming) {
  EXPECT_EQ(cue(0, kMilli, "<b> & 0 --> 1"), "00:00:00.000 --> 00:00:00.001\n&lt;b&gt; &amp; 0 --&gt; 1\n\n");
}

TEST(WebVtt, ReplacesWhatIsNoUtf8AndControlCharacters) {
  EXPECT_EQ(cue(0, kMilli, "a\xff\x01z \xc3\xa4"), "00:00:00.000 --> 00:00:00.001\na\xef\xbf\xbd z \xc3\xa4\n\n");
}

}  // namespace
}  // namespace captions
