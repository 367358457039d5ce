// Splice information on the timeline.
#include "rig.h"
#include "scte35/section.h"

using namespace rig;

namespace {

base::Bytes section(const scte35::Command& command, std::uint64_t adjustment = 0) {
  scte35::Section made;
  made.command = command;
  made.pts_adjustment = adjustment;
  return base::Bytes::adopt(scte35::write_section(made));
}

base::Bytes splice_at(std::int64_t pts, std::uint64_t adjustment = 0) {
  scte35::SpliceInsert insert;
  insert.event_id = 1;
  insert.time = static_cast<std::uint64_t>(pts) & (scte35::kWrap - 1);
  return section(insert, adjustment);
}

/// A feed of 25 pictures a second whose first stamp, at kEpoch, is `base`.
struct CueFeed : Rig {
  explicit CueFeed(std::int64_t base, int pictures = 100) : first(base) {
    announce(stream::Video{});
    play(0, pictures);
  }
  void play(int from, int pictures) {
    std::vector<media::Packet> packets = stream::make_video({}, kEpoch, from + pictures);
    packets.erase(packets.begin(), packets.begin() + from);
    const std::int64_t of_builder = stream::make_video({}, kEpoch, 1)[0].pts;
    for (media::Packet& packet : packets) {
      packet.dts += first - of_builder;
      packet.pts += first - of_builder;
      newest = packet.dts;
    }
    feed(std::move(packets));
  }
  void cue(const base::Bytes& bytes) { timeline.on_event(media::Cue{bytes, {newest, 90000}, 0}); }
  /// Milliseconds from the first picture.
  std::vector<std::int64_t> times() const {
    std::vector<std::int64_t> found;
    for (const media::Cue& cue : sink.cues) found.push_back((cue.at.micros() - begin()) / kMillisecond);
    return found;
  }
  base::Micros begin() const { return media::rescale(sink.video.at(0).pts, 90000, kSecond); }

  std::int64_t first;
  std::int64_t newest = 0;
};

using Times = std::vector<std::int64_t>;

}  // namespace

TEST(Teletext, IsAtTheTimeOfItsStampUnderTheAnchorOfTheVideo) {
  CueFeed feed(900'000);
  const auto pages = std::make_shared<const media::TeletextPages>();
  const auto text = base::Bytes::copy_of(std::string_view("text"));
  feed.timeline.on_event(media::Teletext{5, pages, text, {900'000 + 90'000, 90000}, 7});
  ASSERT_EQ(feed.sink.teletexts.size(), 1U);
  EXPECT_EQ((feed.sink.teletexts[0].at.micros() - feed.begin()) / kMillisecond, 1000);
  EXPECT_EQ(feed.sink.teletexts[0].data, text);
  EXPECT_EQ(feed.sink.teletexts[0].stream, 5U);
  EXPECT_EQ(feed.sink.teletexts[0].arrived, 7);
}

TEST(Teletext, BeforeThereIsATimeIsLeftOutButForItsDescription) {
  Rig rig;
  const auto pages = std::make_shared<const media::TeletextPages>();
  rig.timeline.on_event(media::Teletext{5, pages, {}, {0, 90000}, 7});
  rig.timeline.on_event(media::Teletext{5, pages, base::Bytes::copy_of(std::string_view("text")), {0, 90000}, 7});
  ASSERT_EQ(rig.sink.teletexts.size(), 1U);
  EXPECT_TRUE(rig.sink.teletexts[0].data.empty());
}

TEST(Texts, AreAtTheirTimeUnderTheAnchorOfTheVideo) {
  CueFeed feed(900'000);
  feed.timeline.on_event(media::Text{"Goal", "en", {10'500, 1000}, 7});
  ASSERT_EQ(feed.sink.texts.size(), 1U);
  EXPECT_EQ((feed.sink.texts[0].at.micros() - feed.begin()) / kMillisecond, 500);
  EXPECT_EQ(feed.sink.texts[0].text, "Goal");
  EXPECT_EQ(feed.sink.texts[0].arrived, 7);
}

TEST(Texts, BeforeThereIsATimeAreLeftOut) {
  Rig rig;
  rig.timeline.on_event(media::Text{"Goal", "en", {10'500, 1000}, 7});
  EXPECT_TRUE(rig.sink.texts.empty());
}

TEST(Cues, AreAtThePictureThatTheyAreAbout) {
  CueFeed feed(900'000);
  feed.cue(splice_at(900'000 + 8 * 90'000));
  feed.cue(splice_at(900'000 + 90'000));
  EXPECT_EQ(feed.times(), (Times{8000, 1000}));
  EXPECT_EQ(feed.timeline.counters().cues, 2U);
}

TEST(Cues, BetweenTwoPicturesAreAtTheNearerOne) {
  CueFeed feed(900'000);
  feed.cue(splice_at(900'000 + 8 * 90'000 + 1000));
  feed.cue(splice_at(900'000 + 8 * 90'000 - 1000));
  feed.cue(splice_at(900'000 + 8 * 90'000 + 2600));
  EXPECT_EQ(feed.times(), (Times{8000, 8000, 8040}));
}

TEST(Cues, HaveTheirAdjustmentAdded) {
  CueFeed feed(900'000);
  feed.cue(splice_at(0, 900'000 + 2 * 90'000));
  EXPECT_EQ(feed.times(), Times{2000});
}

TEST(Cues, AreRightBeforeAndBehindTheWrapOfTheClock) {  // TS-4
  const auto wrap = static_cast<std::int64_t>(scte35::kWrap);
  CueFeed before(wrap - 2 * 90'000, 25);
  before.cue(splice_at(wrap + 3 * 90'000));
  EXPECT_EQ(before.times(), Times{5000}) << "announced across the wrap";
  CueFeed behind(wrap - 2 * 90'000, 100);
  behind.cue(splice_at(wrap + 3 * 90'000));
  behind.cue(splice_at(wrap - 90'000));
  EXPECT_EQ(behind.times(), (Times{5000, 1000}));
}

TEST(Cues, ThatAreToHappenAtOnceAreAtTheEndOfWhatThereIs) {
  CueFeed feed(900'000, 100);
  scte35::SpliceInsert insert;
  insert.immediate = true;
  feed.cue(section(insert));
  feed.cue(section(scte35::TimeSignal{}));
  EXPECT_EQ(feed.times(), (Times{4000, 4000}));
}

TEST(Cues, OnNoClockOfTheFeedAreWhereTheyCame) {
  CueFeed feed(900'000);
  feed.timeline.on_event(media::Cue{splice_at(4'000'000'000), {15'520, 1000}, 0, false});
  feed.timeline.on_event(media::Cue{section(scte35::TimeSignal{}), {15'560, 1000}, 0, false});
  EXPECT_EQ(feed.times(), (Times{5520, 5560}));
}

TEST(Cues, WaitForTheAnchorAFewOfThem) {
  Rig rig;
  rig.announce(stream::Video{});
  for (int i = 0; i < 20; ++i) rig.timeline.on_event(media::Cue{splice_at(900'000 + 8 * 90'000), {900'000, 90000}, 0});
  EXPECT_TRUE(rig.sink.cues.empty());
  EXPECT_EQ(rig.timeline.counters().cues_bad, 4U);
  EXPECT_NE(rig.timeline.cue_error(), "");
  rig.feed(stream::make_video({}, kEpoch, 30));
  EXPECT_EQ(rig.sink.cues.size(), 16U);
}

TEST(Cues, AreForgottenWithTheirPublisher) {
  Rig rig;
  rig.announce(stream::Video{});
  rig.timeline.on_event(media::Cue{splice_at(0), {0, 90000}, 0});
  rig.timeline.on_restart();
  rig.announce(stream::Video{});
  rig.feed(stream::make_video({}, kEpoch, 30));
  EXPECT_TRUE(rig.sink.cues.empty());
}

TEST(Cues, OfAFeedWithoutPicturesAreOnItsSoundsClock) {
  Rig rig;
  rig.announce(stream::Audio{});
  auto packets = stream::make_audio({}, kEpoch, 100);
  const std::int64_t first = packets[0].pts;
  rig.feed(std::move(packets));
  rig.timeline.flush();
  rig.timeline.on_event(media::Cue{splice_at(first + 90'000), {first, 90000}, 0});
  ASSERT_EQ(rig.sink.cues.size(), 1U);
  EXPECT_NEAR(static_cast<double>(rig.sink.cues[0].at.micros() - rig.sink.times[0].pts), 1e6, 1000);
}

TEST(Cues, ThatSayNothingAreLeftOutAndTheUnreadableCounted) {
  CueFeed feed(900'000);
  feed.cue(section(scte35::SpliceNull{}));
  EXPECT_EQ(feed.timeline.counters().cues_bad, 0U);
  feed.cue(base::Bytes::copy_of("garbage"));
  EXPECT_TRUE(feed.sink.cues.empty());
  EXPECT_EQ(feed.timeline.counters().cues, 0U);
  EXPECT_EQ(feed.timeline.counters().cues_bad, 1U);
  EXPECT_NE(feed.timeline.cue_error().find("table_id"), std::string::npos);
}

TEST(Cues, OfTimedMetadataAreAtTheirOwnTime) {
  CueFeed feed(900'000);
  const base::Bytes tag = base::Bytes::copy_of("ID3");
  feed.timeline.on_event(media::Cue{tag, {900'000 + 8 * 90'000 + 500, 90000}, 0, false, media::Cue::Kind::kId3});
  EXPECT_EQ(feed.times(), Times{8000}) << "of the picture that is next to it";
  EXPECT_EQ(feed.sink.cues[0].data, tag);
  EXPECT_EQ(feed.sink.cues[0].kind, media::Cue::Kind::kId3);
  EXPECT_EQ(feed.timeline.counters().cues, 1U);
  EXPECT_EQ(feed.timeline.counters().cues_bad, 0U) << "it is no section, and need not be one";
}
