// Text renditions of a channel, of the captions in its pictures and of the API.
#include "captioned.h"
#include "job/teletext_page.h"
#include "producing.h"
#include "unit/captions/sample.h"
#include "unit/teletext/maker.h"

namespace worker {
namespace {

using captions::Triplet;
using captions::testing::field1;

/// A pop-on caption, in one picture.
std::vector<Triplet> caption(std::string_view text) {
  std::vector<Triplet> triplets{field1(0x14, 0x20), field1(0x14, 0x70)};
  for (const Triplet& pair : captions::testing::typed(Triplet::Kind::kField1, text)) triplets.push_back(pair);
  triplets.push_back(field1(0x14, 0x2f));
  return triplets;
}

/// Pictures in [from, until), the first with captions.
void play(Producing& channel, std::int64_t from, std::int64_t until, std::span<const Triplet> triplets = {}) {
  for (std::int64_t at = from; at < until; at += 40) {
    channel.say(captioned(at, at % 1000 == 0, at == from ? triplets : std::span<const Triplet>{}));
    if (at % 120 == 0) channel.say(feed::Tick{Producing::utc(at)});
  }
}

job::Options with_texts() {
  job::Options options = copying();
  options.audio = job::Options::Audio::kNone;
  options.subtitles = {{1, "en", "English", false, false, true}, {0, "de", "", false, false, false}};
  return options;
}

std::vector<std::string> texts(const Producing& channel, std::string_view name) {
  std::vector<std::string> found;
  for (const record::Part& part : channel.parts(name)) found.emplace_back(part.data.text());
  return found;
}

std::size_t count_with(const Producing& channel, std::string_view name, std::string_view words) {
  const std::vector<std::string> all = texts(channel, name);
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const std::string& text) { return text.find(words) != std::string::npos; }));
}

TEST(ProductionTexts, AreDeclaredFromTheStart) {  // MV-28
  Producing channel(with_texts());
  channel.start();
  channel.headers(false);
  play(channel, 0, 3000);
  EXPECT_EQ(channel.names(), (Names{"s1", "s2", "source"}));
  EXPECT_EQ(channel.all<record::Presentation>().front().renditions.size(), 3U);
  const record::Rendition& english = channel.presentation.renditions[channel.place_of("s1")];
  EXPECT_EQ(english.label, "English");
  EXPECT_EQ(english.track.language, "en");
  EXPECT_EQ(english.characteristics,
            "public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound");
  EXPECT_EQ(channel.presentation.renditions[channel.place_of("s2")].characteristics, "");
  EXPECT_EQ(channel.parts("s1").size(), channel.parts("source").size());
}

TEST(ProductionTexts, ThereAreNoneUnlessAsked) {
  job::Options options = with_texts();
  options.subtitles.clear();
  Producing channel(options);
  channel.start();
  channel.headers(false);
  play(channel, 0, 2000);
  EXPECT_EQ(channel.names(), Names{"source"});
}

TEST(ProductionTexts, TeletextOfATransportStreamIsInThePartOfItsPicture) {
  using ts::operator+;
  constexpr int kTeletext = 500;
  job::Options options = with_texts();
  options.subtitles = {{0, "", "", false, false, false, true, 888}};
  Producing channel(options);
  channel.start(feed::Format::kMpegTs);
  TsFeed feed;
  ts::Mux mux;
  mux.pat({{1, 100}})
      .pmt(1, 100,
           {{0x1b, TsFeed::kVideoPid, {}}, {0x06, kTeletext, ts::Blob{0x56, 5} + ts::Blob{'e', 'n', 'g', 0x28, 0x88}}});
  channel.say(feed::TsBytes{Producing::utc(0), base::Bytes::adopt(mux.bytes())});
  const auto page = [&](int picture, const std::vector<teletext::Line>& lines) {
    mux.packets().clear();
    const std::uint64_t pts = 900'000 + static_cast<std::uint64_t>(picture) * 3600;
    mux.pes(kTeletext, {.pts = pts, .stream_id = 0xbd}, teletext::testing::payload(lines));
    channel.say(feed::TsBytes{Producing::utc(picture * 40), base::Bytes::adopt(mux.bytes())});
  };
  for (int i = 0; i < 125; ++i) {
    if (i == 55) page(i, {teletext::testing::header(), teletext::testing::row(20, "GOAL")});
    if (i == 80) page(i, {teletext::testing::header()});
    channel.say(feed.picture(i, Producing::utc(i * 40)));
    channel.say(feed::Tick{Producing::utc(i * 40)});
  }
  const record::Rendition& english = channel.presentation.renditions[channel.place_of("s1")];
  EXPECT_EQ(english.track.language, "eng");
  EXPECT_FALSE(english.characteristics.empty()) << "hard of hearing";
  const auto parts = channel.parts("s1");
  std::vector<std::int64_t> with;
  for (const record::Part& part : parts) {
    if (part.data.text().find("GOAL") != std::string::npos) with.push_back((part.start - parts.front().start) / 45'000);
  }
  EXPECT_EQ(with, (std::vector<std::int64_t>{4, 5, 6})) << "from 2.2 s to 3.2 s, in parts of 0.5 s";
  job::Stats stats{};
  channel.production.report(stats);
  EXPECT_EQ(stats.feeds[0].teletext.load(), 2U);
  EXPECT_EQ(job::unpacked(stats.feeds[0].teletext_pages[0].load()), (media::TeletextPage{0x888, "eng", true, true}));
}

TEST(ProductionTexts, CaptionsAreInThePartOfTheirPicture) {
  Producing channel(with_texts());
  channel.start();
  channel.headers(false);
  play(channel, 0, 2200);
  play(channel, 2200, 4000, caption("GOAL"));
  const auto parts = channel.parts("s1");
  const auto first = std::find_if(parts.begin(), parts.end(), [](const record::Part& part) {
    return part.data.text().find("GOAL") != std::string_view::npos;
  });
  ASSERT_NE(first, parts.end());
  const std::int64_t at = media::rescale(Producing::utc(2200), base::kSecond, 90'000);
  EXPECT_LE(first->start, at);
  EXPECT_GT(first->start + first->duration, at);
  EXPECT_EQ(count_with(channel, "s2", "GOAL"), 0U);
}

TEST(ProductionTexts, CaptionsThatNobodyClearsEndAfterSixteenSeconds) {
  Producing channel(with_texts());
  channel.start();
  channel.headers(false);
  play(channel, 0, 1000);
  play(channel, 1000, 24'000, caption("GOAL"));
  const std::size_t with = count_with(channel, "s1", "GOAL");
  EXPECT_GE(with, 32U);
  EXPECT_LE(with, 34U);
}

TEST(ProductionTexts, TextDataOfTheEncoderIsInThePartOfItsTime) {
  using rtmp::amf::Value;
  job::Options options = with_texts();
  options.subtitles = {{0, "en", "", false, false, false, false, 0, 0, true},
                       {0, "", "", false, false, false, false, 0, 0, true}};
  Producing channel(options);
  channel.start();
  channel.headers(false);
  const auto send = [&](std::int64_t at, Value::Object said) {
    channel.say(rtmp_message(feed::kRtmpData, at, Producing::utc(at),
                             rtmp::amf::write_values({"onTextData", std::move(said)})));
  };
  play(channel, 0, 2200);
  send(2200, {{"text", "GOAL"}});
  send(2200, {{"text", "TOR"}, {"language", "ger"}});
  send(2200, {{"text", std::string(5000, 'x')}});
  play(channel, 2200, 3200);
  send(3200, {{"text", ""}});
  send(3200, {{"text", "Wer?"}, {"language", "ger"}});
  send(3200, {{"text", "?"}, {"language", "fra"}});
  play(channel, 3200, 5000);
  EXPECT_EQ(count_with(channel, "s1", "GOAL"), 3U) << "from 2.2 s to 3.2 s, in parts of 0.5 s";
  EXPECT_EQ(count_with(channel, "s2", "TOR"), 3U);
  EXPECT_GE(count_with(channel, "s2", "Wer?"), 3U);
  EXPECT_EQ(count_with(channel, "s2", "GOAL") + count_with(channel, "s1", "TOR"), 0U);
  EXPECT_EQ(channel.presentation.renditions[channel.place_of("s2")].track.language, "ger");
  job::Stats stats{};
  channel.production.report(stats);
  EXPECT_EQ(stats.feeds[0].texts.load(), 5U);
  EXPECT_EQ(stats.feeds[0].bad_texts.load(), 1U);
  EXPECT_EQ(stats.texts_unplaced.load(), 1U);
}

TEST(ProductionTexts, CuesOfTheApiGoToTheirRenditionAlone) {
  Producing channel(with_texts());
  channel.start();
  channel.headers(false);
  play(channel, 0, 2000);
  const media::TextCue cue{"", Producing::utc(2600), Producing::utc(3400), "Tor"};
  channel.say(feed::Caption{1, cue});
  channel.say(feed::Caption{0, cue});
  channel.say(feed::Caption{7, cue});
  play(channel, 2000, 5000);
  EXPECT_GE(count_with(channel, "s2", "Tor"), 2U);
  EXPECT_EQ(count_with(channel, "s1", "Tor"), 0U);
}

TEST(ProductionTexts, GoOnUnderTheNextWorker) {
  Producing before(with_texts());
  before.start();
  before.headers(false);
  play(before, 0, 3000);
  Producing after(with_texts());
  after.resume(before);
  after.start();
  after.headers(false, 3000);
  play(after, 3000, 6000, caption("GOAL"));
  EXPECT_EQ(after.names(), before.names());
  ASSERT_FALSE(after.parts("s1").empty());
  const record::Part last = before.parts("s1").back();
  EXPECT_EQ(after.parts("s1").front().start, last.start + last.duration);
  EXPECT_GT(count_with(after, "s1", "GOAL"), 0U);
}

TEST(ProductionTexts, OneThatIsNewJoinsALogThatGoesOn) {
  job::Options plain = with_texts();
  plain.subtitles.clear();
  Producing before(plain);
  before.start();
  before.headers(false);
  play(before, 0, 3000);
  Producing after(with_texts());
  after.resume(before);
  after.start();
  after.headers(false, 3000);
  play(after, 3000, 6000);
  EXPECT_EQ(after.names(), (Names{"s1", "s2", "source"}));
  EXPECT_FALSE(after.parts("s2").empty());
}

}  // namespace
}  // namespace worker
