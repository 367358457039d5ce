// What a channel does with captions that others write.
#include <string>

#include "channel_fixture.h"

namespace channel {
namespace {

class ChannelCaptionsTest : public ChannelTest {
 protected:
  /// A channel with a text rendition and a few parts.
  void begin() {
    Options made = options();
    made.media.subtitles = {{0, "de", "", false, false, false}};
    channel_.set_options(made);
    publish();
    record::Presentation presentation = sound();
    record::Rendition text;
    text.name = "s1";
    text.track.codec = media::Codec::kWebVtt;
    text.track.timescale = 90'000;
    text.track.language = "de";
    text.part_ticks = 60'000;
    presentation.renditions.push_back(text);
    worker().say({presentation, part_at(time_.utc(), 0), part_at(time_.utc(), 1), part_at(time_.utc(), 2)});
  }
  LiveCaptions::Outcome caption(std::string text, base::Micros lasts = 10 * kSecond) {
    LiveCaptions::Request request;
    request.language = "de";
    request.text = std::move(text);
    request.duration = lasts;
    return channel_.caption(request);
  }
  /// Of the captions alone.
  std::string told() {
    std::string all;
    for (const feed::Addressed& one : worker().heard) {
      if (const auto* caption = std::get_if<feed::Caption>(&one.message)) all += caption->cue.text + " ";
    }
    return all;
  }
  std::size_t parts_with(std::string_view words) {
    const origin::RenditionSnapshot& text = *snapshot_->renditions.at(1);
    std::size_t found = 0;
    const auto count = [&](const hls::Segment& segment) {
      for (const hls::Part& part : segment.parts) found += part.data.text().find(words) != std::string_view::npos;
    };
    for (const auto& segment : text.revision().closed->segments) count(*segment);
    if (text.revision().open != nullptr) count(*text.revision().open);
    return found;
  }
};

TEST_F(ChannelCaptionsTest, GoToTheWorkerOfAChannelThatIsLive) {
  EXPECT_EQ(caption("early").refusal, CaptionRefusal::kNoRendition);
  begin();
  EXPECT_FALSE(caption("Tor").refusal);
  EXPECT_EQ(told(), "Tor ");
  EXPECT_EQ(channel_.captions().counters().taken, 1U);
}

TEST_F(ChannelCaptionsTest, AReloadCountsOnceAWorkerHasTakenItUp) {
  begin();
  Options made = options();
  made.media.subtitles = {{0, "fr", "", false, false, false}, {0, "de", "", false, false, false}};
  channel_.set_options(made);
  EXPECT_EQ(caption("Tor").refusal, CaptionRefusal::kNoRendition) << "de is s2 now, and the log has s1 alone";
  EXPECT_EQ(told(), "");
}

TEST_F(ChannelCaptionsTest, AreRefusedBeforeAnythingIsPublished) {
  Options made = options();
  made.media.subtitles = {{0, "de", "", false, false, false}};
  channel_.set_options(made);
  EXPECT_EQ(caption("early").refusal, CaptionRefusal::kNotLive);
  publish();
  EXPECT_EQ(caption("early").refusal, CaptionRefusal::kNotLive);
}

TEST_F(ChannelCaptionsTest, TheNextWorkerIsToldOfThoseThatAreNotOver) {
  begin();
  caption("over", kSecond);
  caption("stays", 50 * kSecond);
  wait(2 * kSecond);
  worker().die();
  wait(kSecond);
  ASSERT_EQ(workers(), 2U);
  EXPECT_EQ(told(), "stays ");
}

TEST_F(ChannelCaptionsTest, NoMoreThanTheNewestAreRemembered) {
  begin();
  for (int i = 0; i < 200; ++i) {
    caption(std::to_string(i), 60 * kSecond);
    wait(100 * kMillisecond);
  }
  worker().die();
  wait(kSecond);
  std::size_t count = 0;
  for (const feed::Addressed& one : worker().heard) count += std::holds_alternative<feed::Caption>(one.message);
  EXPECT_EQ(count, WorkerSource::kMostCaptions);
  EXPECT_TRUE(told().starts_with("136 ")) << told();
}

TEST_F(ChannelCaptionsTest, AreShownWhileThereIsNoWorker) {
  begin();
  // Of a crash loop, the fifth comes after a pause of two seconds.
  for (const base::Micros pause : {100, 600, 1100}) {
    worker().die();
    wait(pause * kMillisecond);
  }
  worker().die();
  EXPECT_FALSE(caption("Tor").refusal);
  wait(1900 * kMillisecond);
  EXPECT_EQ(workers(), 4U);
  EXPECT_GE(parts_with("Tor"), 2U);
}

}  // namespace
}  // namespace channel
