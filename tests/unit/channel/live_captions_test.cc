#include "channel/live_captions.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace channel {
namespace {

constexpr base::Micros kWritten = 1'795'985'000 * base::kSecond;

struct Writer {
  LiveCaptions::Outcome add(LiveCaptions::Request request, base::Micros now = kWritten) {
    return captions.add(request, subtitles, live, now);
  }
  static LiveCaptions::Request german(std::string text = "Tor") {
    LiveCaptions::Request request;
    request.language = "de";
    request.text = std::move(text);
    return request;
  }
  std::uint64_t refused(CaptionRefusal why) const { return captions.counters().refused[static_cast<std::size_t>(why)]; }

  bool live = true;
  std::vector<job::Subtitle> subtitles{
      {1, "de", "", false, false, false}, {0, "en", "", false, false, false}, {0, "de", "", false, false, false}};
  std::vector<feed::Caption> written;
  LiveCaptions captions{[this](const feed::Caption& caption) { written.push_back(caption); }};
};

TEST(LiveCaptions, GoToTheRenditionOfTheirLanguageThatTakesThem) {
  Writer writer;
  const LiveCaptions::Outcome outcome = writer.add(Writer::german());
  EXPECT_FALSE(outcome.refusal);
  ASSERT_EQ(writer.written.size(), 1U);
  EXPECT_EQ(writer.written[0].rendition, 2);
  EXPECT_EQ(writer.written[0].cue.text, "Tor");
  EXPECT_EQ(writer.captions.counters().taken, 1U);
}

TEST(LiveCaptions, DoNotGoToARenditionOfTeletext) {
  Writer writer;
  writer.subtitles = {{0, "de", "", false, false, false, true, 888}};
  EXPECT_EQ(writer.add(Writer::german()).refusal, CaptionRefusal::kNoRendition);
}

TEST(LiveCaptions, BeginNowAndLastFourSecondsUnlessTheySay) {
  Writer writer;
  EXPECT_EQ(writer.add(Writer::german()).start, kWritten);
  EXPECT_EQ(writer.add(Writer::german()).end, kWritten + 4 * base::kSecond);
  LiveCaptions::Request request = Writer::german();
  request.start = kWritten + base::kSecond;
  request.duration = 2 * base::kSecond;
  EXPECT_EQ(writer.add(request).end, kWritten + 3 * base::kSecond);
  request.duration.reset();
  request.end = kWritten + 9 * base::kSecond;
  EXPECT_EQ(writer.add(request).end, kWritten + 9 * base::kSecond);
}

TEST(LiveCaptions, LastAMinuteAtMost) {
  Writer writer;
  LiveCaptions::Request request = Writer::german();
  request.end = kWritten + 3600 * base::kSecond;
  EXPECT_EQ(writer.add(request).end, kWritten + 60 * base::kSecond);
}

TEST(LiveCaptions, ARefusedOneSaysWhyAndIsCounted) {
  Writer writer;
  LiveCaptions::Request request = Writer::german();
  request.language = "fr";
  EXPECT_EQ(writer.add(request).refusal, CaptionRefusal::kNoRendition);
  request = Writer::german();
  request.start = kWritten - 61 * base::kSecond;
  request.end = kWritten + base::kSecond;
  EXPECT_EQ(writer.add(request).refusal, CaptionRefusal::kPast);
  request.start = kWritten - 2 * base::kSecond;
  request.end = kWritten;
  EXPECT_EQ(writer.add(request).refusal, CaptionRefusal::kPast);
  request = Writer::german();
  request.start = kWritten + 601 * base::kSecond;
  EXPECT_EQ(writer.add(request).refusal, CaptionRefusal::kFuture);
  writer.live = false;
  EXPECT_EQ(writer.add(Writer::german()).refusal, CaptionRefusal::kNotLive);
  EXPECT_EQ(writer.refused(CaptionRefusal::kNoRendition), 1U);
  EXPECT_EQ(writer.refused(CaptionRefusal::kPast), 2U);
  EXPECT_EQ(writer.refused(CaptionRefusal::kFuture), 1U);
  EXPECT_EQ(writer.refused(CaptionRefusal::kNotLive), 1U);
  EXPECT_TRUE(writer.written.empty());
}

TEST(LiveCaptions, FiftyAreTakenAtOnceAndTenASecond) {
  Writer writer;
  for (int i = 0; i < 1000; ++i) writer.add(Writer::german());
  EXPECT_EQ(writer.written.size(), 50U);
  EXPECT_EQ(writer.refused(CaptionRefusal::kTooMany), 950U);
  for (int i = 0; i < 100; ++i) writer.add(Writer::german(), kWritten + base::kSecond);
  EXPECT_EQ(writer.written.size(), 60U);
  // A clock that is set back brings nothing.
  for (int i = 0; i < 100; ++i) writer.add(Writer::german(), kWritten);
  EXPECT_EQ(writer.written.size(), 60U);
}

}  // namespace
}  // namespace channel
