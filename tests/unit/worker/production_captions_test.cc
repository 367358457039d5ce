#include "captioned.h"
#include "job/teletext_page.h"
#include "producing.h"
#include "unit/captions/sample.h"

namespace worker {
namespace {

using Kind = captions::Triplet::Kind;

std::vector<captions::Triplet> roll_up(Kind field, std::uint8_t control, std::string_view text) {
  std::vector<captions::Triplet> triplets{captions::testing::pair(field, control, 0x25)};
  for (const captions::Triplet& typed : captions::testing::typed(field, text)) triplets.push_back(typed);
  return triplets;
}

/// Half a second with captions in one picture.
void say_captions(Producing& channel, std::int64_t from, std::span<const captions::Triplet> triplets) {
  for (std::int64_t at = from; at < from + 520; at += 40) {
    channel.say(captioned(at, at % 1000 == 0, at == from ? triplets : std::span<const captions::Triplet>{}));
    channel.say(feed::Tick{Producing::utc(at)});
  }
}

std::vector<std::string> services(const record::Presentation& presentation) {
  std::vector<std::string> names;
  for (const media::Caption& caption : presentation.captions.services) names.push_back(caption.service);
  return names;
}

job::Options silent_copy() {
  job::Options options = copying();
  options.audio = job::Options::Audio::kNone;
  return options;
}

TEST(ProductionCaptions, ThatAreFoundLateJoinThePresentation) {
  Producing channel(silent_copy());
  channel.start();
  channel.headers(false);
  channel.play(0, 3000, {.audio = false});
  EXPECT_TRUE(services(channel.presentation).empty());
  say_captions(channel, 3000, roll_up(Kind::kField1, 0x14, "GOAL"));
  EXPECT_EQ(services(channel.presentation), Names{"CC1"});
  say_captions(channel, 4000, roll_up(Kind::kField2, 0x15, "TOOR"));
  EXPECT_EQ(services(channel.presentation), (Names{"CC1", "CC3"}));
  EXPECT_EQ(channel.all<record::Presentation>().size(), 3U);
  EXPECT_TRUE(channel.all<record::Discontinuity>().empty());
  EXPECT_EQ(channel.names(), Names{"source"});
}

TEST(ProductionCaptions, ThatTheFeedAnnouncesAreNamedFromTheStart) {
  using ts::operator+;
  job::Options options = silent_copy();
  options.subtitles = {{0, "", "", false, false, false, false, 0, 1}, {1, "fr"}};
  Producing channel(options);
  channel.start(feed::Format::kMpegTs);
  ts::Mux mux;
  mux.pat({{1, 100}}).pmt(1, 100, {{0x1b, TsFeed::kVideoPid, ts::hex("860d c2 656e67 c1 3fff 737061 7e 3fff")}});
  channel.say(feed::TsBytes{Producing::utc(0), base::Bytes::adopt(mux.bytes())});
  TsFeed feed;
  for (int i = 0; i < 50; ++i) {
    channel.say(feed.picture(i, Producing::utc(i * 40)));
    channel.say(feed::Tick{Producing::utc(i * 40)});
  }
  EXPECT_EQ(channel.presentation.captions.services,
            (std::vector<media::Caption>{{"CC1", "spa", ""}, {"SERVICE1", "eng", ""}}));
  EXPECT_EQ(channel.all<record::Presentation>().size(), 1U);
  EXPECT_EQ(channel.presentation.renditions[channel.place_of("s1")].track.language, "eng");
  job::Stats stats{};
  channel.production.report(stats);
  EXPECT_EQ(stats.feeds[0].line21_announced, 1U);
  EXPECT_EQ(stats.feeds[0].digital_announced, 1U);
  EXPECT_EQ(job::language_of(stats.feeds[0].caption_languages[0]), "spa");
  EXPECT_EQ(job::language_of(stats.feeds[0].caption_languages[4]), "eng");
  EXPECT_EQ(stats.line21_listed, 1U);
  EXPECT_EQ(stats.digital_listed, 1U);
  EXPECT_EQ(stats.feeds[0].line21_captions, 0U) << "none was found";
  EXPECT_EQ(channel.presentation.renditions[channel.place_of("s2")].track.language, "fr");
}

TEST(ProductionCaptions, AreReportedByFeed) {
  Producing channel(silent_copy());
  channel.start();
  channel.headers(false);
  say_captions(channel, 0, roll_up(Kind::kField2, 0x1d, "TOOR"));
  say_captions(channel, 1000, captions::testing::packet({0x40 | 4, 'G', 'O', 'A', 'L'}));
  job::Stats stats{};
  channel.production.report(stats);
  EXPECT_EQ(stats.feeds[0].line21_captions, 8U);
  EXPECT_EQ(stats.feeds[0].digital_captions, 2U);
  EXPECT_EQ(stats.feeds[0].caption_pictures, 2U);
  EXPECT_GT(stats.feeds[0].caption_text_us[3], 0U) << "CC4";
  EXPECT_GT(stats.feeds[0].caption_text_us[5], stats.feeds[0].caption_text_us[3]) << "SERVICE2, a second later";
  EXPECT_EQ(stats.feeds[0].caption_text_us[0], 0U);
  EXPECT_EQ(stats.feeds[0].line21_announced + stats.feeds[0].digital_announced, 0U) << "not in RTMP";
  EXPECT_EQ(stats.feeds[1].caption_pictures, 0U);
}

TEST(ProductionCaptions, StayWhenThePublisherComesBackWithoutThem) {
  Producing channel(silent_copy());
  channel.start();
  channel.headers(false);
  say_captions(channel, 0, roll_up(Kind::kField1, 0x14, "GOAL"));
  channel.start();
  channel.headers(false, 1000);
  channel.play(1000, 3000, {.audio = false, .stamps = -1000});
  EXPECT_EQ(services(channel.presentation), Names{"CC1"});
  job::Stats stats{};
  channel.production.report(stats);
  EXPECT_EQ(stats.feeds[0].line21_captions, 0U) << "this publisher has none so far";
}

TEST(ProductionCaptions, AreKeptByAWorkerThatContinuesTheLog) {
  Producing before(silent_copy());
  before.start();
  before.headers(false);
  say_captions(before, 0, roll_up(Kind::kField1, 0x14, "GOAL"));
  Producing after(silent_copy());
  after.resume(before);
  after.start();
  after.headers(false, 2000);
  after.play(2000, 4000, {.audio = false});
  EXPECT_EQ(services(after.presentation), Names{"CC1"});
  say_captions(after, 4000, roll_up(Kind::kField1, 0x1c, "TOOR"));
  EXPECT_EQ(services(after.presentation), (Names{"CC1", "CC2"}));
}

TEST(ProductionCaptions, OfTheConfigurationAreNamedFromTheStart) {
  job::Options options = silent_copy();
  options.captions.services = {{"CC1", "en", "English"}};
  Producing channel(options);
  channel.start();
  channel.headers(false);
  channel.play(0, 2000, {.audio = false});
  EXPECT_EQ(channel.presentation.captions, options.captions);
}

TEST(ProductionCaptions, AreNotRepeatedWithThePictureThatACopyHoldsForASlate) {
  Producing channel(silent_copy());
  channel.start();
  channel.headers(false);
  const auto typed = roll_up(Kind::kField1, 0x14, "GOAL");
  for (std::int64_t at = 0; at < 6000; at += 40) {
    if (at == 2000) channel.say(feed::Slate{true, ""});
    channel.say(captioned(at, at % 1000 == 0, typed));
    channel.say(feed::Tick{Producing::utc(at)});
  }
  const std::vector<record::Part> parts = channel.parts("source");
  ASSERT_GT(parts.size(), 8U);
  EXPECT_NE(parts.front().data.text().find("GA94"), std::string_view::npos);
  EXPECT_EQ(parts.back().data.text().find("GA94"), std::string_view::npos);
}

TEST(ProductionCaptions, OfAFeedThatIsNotShownAreNotNamed) {
  Producing channel(silent_copy());
  channel.start();
  channel.headers(false);
  channel.play(0, 1000, {.audio = false});
  channel.feed = feed::Id::kBackup;
  channel.start();
  channel.headers(false, 1000);
  say_captions(channel, 1000, roll_up(Kind::kField1, 0x14, "GOAL"));
  EXPECT_TRUE(services(channel.presentation).empty());
  job::Stats stats{};
  channel.production.report(stats);
  EXPECT_EQ(stats.feeds[1].line21_captions, 1U);
}

}  // namespace
}  // namespace worker
