#include <gtest/gtest.h>

#include <algorithm>

#include "producing.h"

/// Two feeds of a channel that copies them, whose pictures are of different bytes.
namespace worker {
namespace {

using feed::Id;
using How = feed::Select::How;

class TwoFeeds {
 public:
  explicit TwoFeeds(job::Options options = copying()) : channel(std::move(options)) {}

  void as(Id id) { channel.feed = id; }
  void begin(Id id, const rtmp::Buffer& avcc = rtmp::kAvcc) {
    as(id);
    channel.start();
    channel.announce(true);
    channel.say(rtmp_video_header(utc(0), avcc));
    channel.say(rtmp_audio_header(utc(0)));
  }
  /// Each feed that is there sends pictures and sound in [from, until) ms, key frames of the backup 520 ms after those
  /// of the primary; the server's ticks.
  void play(std::int64_t from, std::int64_t until) {
    for (std::int64_t at = from; at < until; at += 20) {
      for (const Id id : feed::kIds) {
        if (!there[feed::index(id)]) continue;
        as(id);
        const std::int64_t key = id == Id::kPrimary ? 0 : 520;
        if (at % 40 == 0) channel.say(picture(id, at, at % 1000 == key));
        if (at % 20 == 0) channel.say(rtmp_sound(at, utc(at)));
      }
      if (at % 100 == 0) channel.say(feed::Tick{utc(at)});
    }
  }
  void select(Id id, How how, std::optional<feed::SwitchReason> reason = std::nullopt) {
    as(id);
    channel.say(feed::Select{how, reason});
  }
  /// The switches in the log: "backup lost 3520" (ms since kEpoch) …
  std::vector<std::string> switches() const {
    std::vector<std::string> found;
    for (const record::Marker& marker : channel.all<record::Marker>()) {
      if (marker.kind != "switch" || marker.attributes.size() != 3) continue;
      found.push_back(marker.attributes[1].value + " " + marker.attributes[2].value + " " +
                      std::to_string((marker.start - kEpoch) / base::kMillisecond));
    }
    return found;
  }
  static feed::RtmpMessage picture(Id id, std::int64_t stamp, bool key) {
    const std::string slice = std::string(rtmp::kFirstSlice) + std::string(4000, letter(id));
    return rtmp_message(feed::kRtmpVideo, stamp, utc(stamp),
                        rtmp::avc_tag(key ? 1 : 2, 1, 0, rtmp::nal(key ? 5 : 1, slice)));
  }
  static base::Micros utc(std::int64_t at) { return Producing::utc(at); }

  static char letter(Id id) { return id == Id::kPrimary ? 'p' : 'b'; }

  /// Where the parts begin that have pictures of a feed, ms since kEpoch.
  std::vector<std::int64_t> parts_of(Id id) const {
    std::vector<std::int64_t> found;
    for (const record::Part& part : channel.parts("source")) {
      if (part.data.text().find(std::string(100, letter(id))) != std::string_view::npos) found.push_back(ms(part));
    }
    return found;
  }
  std::int64_t first_of(Id id) const { return parts_of(id).empty() ? -1 : parts_of(id).front(); }
  std::int64_t last_of(Id id) const { return parts_of(id).empty() ? -1 : parts_of(id).back(); }
  std::int64_t ms(const record::Part& part) const {
    const std::int64_t scale = channel.presentation.renditions.at(part.rendition).track.timescale;
    return (media::rescale(part.start, scale, base::kSecond) - kEpoch) / base::kMillisecond;
  }
  /// No part is missing, none overlaps, none is a gap.
  void expect_seamless(std::string_view name) const {
    const std::vector<record::Part> parts = channel.parts(name);
    ASSERT_GT(parts.size(), 2U);
    for (std::size_t i = 1; i < parts.size(); ++i) {
      EXPECT_EQ(parts[i].start, parts[i - 1].start + parts[i - 1].duration) << name << " " << i;
    }
    EXPECT_TRUE(channel.all<record::Gap>().empty());
  }

  Producing channel;
  std::array<bool, 2> there{true, true};
};

TEST(TwoFeeds, TheOneThatIsNotShownLeavesNoTrace) {
  TwoFeeds feeds;
  feeds.begin(Id::kPrimary);
  feeds.begin(Id::kBackup);
  feeds.play(0, 4000);
  EXPECT_EQ(feeds.first_of(Id::kBackup), -1);
  EXPECT_EQ(feeds.channel.names(), (Names{"a1", "source"}));
  EXPECT_EQ(feeds.channel.all<record::Presentation>().size(), 1U);
  feeds.expect_seamless("source");
  feeds.expect_seamless("a1");
  feeds.as(Id::kBackup);
  EXPECT_GE(feeds.channel.video_packets(), 80U) << "but it is demultiplexed";
}

TEST(TwoFeeds, ACopyChangesOverAtTheOthersNextKeyFrame) {
  TwoFeeds feeds;
  feeds.begin(Id::kPrimary);
  feeds.begin(Id::kBackup);
  feeds.play(0, 2700);
  feeds.select(Id::kBackup, How::kAsked);
  feeds.play(2700, 6000);
  EXPECT_GE(feeds.first_of(Id::kBackup), 3000);
  EXPECT_LE(feeds.first_of(Id::kBackup), 4000) << "its key frame is at 3.52 s";
  EXPECT_EQ(count_held(feeds.channel.parts("source")), 0U) << "the primary went on until then";
  EXPECT_TRUE(feeds.channel.all<record::Discontinuity>().empty()) << "the parameters are equal";
  EXPECT_EQ(feeds.channel.all<record::Presentation>().size(), 1U);
  feeds.expect_seamless("source");
  feeds.expect_seamless("a1");
}

TEST(TwoFeeds, APrimaryThatIsLostIsHeldUntilTheBackupsKeyFrame) {
  TwoFeeds feeds;
  feeds.begin(Id::kPrimary);
  feeds.begin(Id::kBackup);
  feeds.play(0, 2600);
  feeds.there[0] = false;
  feeds.as(Id::kPrimary);
  feeds.channel.say(feed::Stop{});
  feeds.select(Id::kBackup, How::kForced);
  feeds.play(2600, 6000);
  EXPECT_LE(feeds.first_of(Id::kBackup), 4000);
  EXPECT_LE(feeds.last_of(Id::kPrimary), 3500);
  EXPECT_TRUE(feeds.channel.all<record::Discontinuity>().empty());
  feeds.expect_seamless("source");
  feeds.expect_seamless("a1");
  EXPECT_EQ(count_held(feeds.channel.parts("a1")), 0U) << "its sound needs no key frame";
}

TEST(TwoFeeds, ABackupOfOtherParametersIsOneDiscontinuity) {
  TwoFeeds feeds;
  feeds.begin(Id::kPrimary);
  rtmp::Buffer other = rtmp::kAvcc;
  other[3] = other[11] = 0x20;  // another level
  feeds.begin(Id::kBackup, other);
  feeds.play(0, 2600);
  feeds.select(Id::kBackup, How::kAsked);
  feeds.play(2600, 8000);
  EXPECT_EQ(feeds.channel.all<record::Discontinuity>().size(), 1U);
  EXPECT_EQ(feeds.channel.all<record::Presentation>().size(), 2U);
  feeds.expect_seamless("source");
  feeds.expect_seamless("a1");
}

TEST(TwoFeeds, ChangingBackAndForthLosesNoTime) {
  TwoFeeds feeds;
  feeds.begin(Id::kPrimary);
  feeds.begin(Id::kBackup);
  std::int64_t at = 0;
  for (int i = 0; i < 20; ++i) {
    feeds.play(at, at + 1700);
    at += 1700;
    feeds.select(i % 2 == 0 ? Id::kBackup : Id::kPrimary, How::kAsked);
  }
  feeds.play(at, at + 3000);
  feeds.expect_seamless("source");
  feeds.expect_seamless("a1");
  EXPECT_EQ(count_held(feeds.channel.parts("source")), 0U);
  const record::Part video = feeds.channel.parts("source").back();
  const record::Part audio = feeds.channel.parts("a1").back();
  EXPECT_NEAR(static_cast<double>(feeds.ms(video)), static_cast<double>(feeds.ms(audio)), 520)
      << "sound and picture end in the same place";
}

TEST(TwoFeeds, AChannelBeginsWithTheFeedThatWasSelectedFirst) {
  TwoFeeds feeds;
  feeds.select(Id::kBackup, How::kForced);
  feeds.there[0] = false;
  feeds.begin(Id::kBackup);
  feeds.play(0, 3000);
  EXPECT_NE(feeds.first_of(Id::kBackup), -1);
  feeds.begin(Id::kPrimary);
  feeds.there[0] = true;
  feeds.play(3000, 5000);
  EXPECT_EQ(feeds.first_of(Id::kPrimary), -1);
}

TEST(TwoFeeds, ASelectionBeforeAnythingIsPresentedTakesWhatTheOtherHasSent) {
  TwoFeeds feeds;
  feeds.begin(Id::kPrimary);  // and sends nothing
  feeds.begin(Id::kBackup);
  feeds.there[0] = false;
  feeds.play(520, 1400);
  EXPECT_TRUE(feeds.channel.records.empty());
  feeds.select(Id::kBackup, How::kForced);
  feeds.play(1400, 4000);
  EXPECT_EQ(feeds.channel.names(), (Names{"a1", "source"}));
  EXPECT_LE(feeds.first_of(Id::kBackup), 600) << "from its key frame on";
}

TEST(TwoFeeds, ASwitchThatIsUnderWayIsForcedWhenTheShownFeedIsLostMeanwhile) {
  TwoFeeds feeds;
  feeds.begin(Id::kPrimary);
  feeds.begin(Id::kBackup);
  feeds.play(0, 2600);
  feeds.select(Id::kBackup, How::kAsked);
  feeds.play(2600, 2800);
  feeds.there[0] = false;
  feeds.as(Id::kPrimary);
  feeds.channel.say(feed::Stop{});
  feeds.play(2800, 6000);
  EXPECT_LE(feeds.first_of(Id::kBackup), 4000);
  feeds.expect_seamless("source");
  EXPECT_EQ(count_held(feeds.channel.parts("a1")), 0U) << "the other's sound is played at once";
}

TEST(TwoFeeds, AFeedThatIsALittleBehindCostsNoGroupOfPictures) {
  for (const std::int64_t behind : {40, 120, 280}) {
    TwoFeeds feeds;
    feeds.begin(Id::kPrimary);
    feeds.begin(Id::kBackup);
    for (std::int64_t at = 0; at < 9000; at += 20) {
      feeds.as(Id::kPrimary);
      if (at % 40 == 0) feeds.channel.say(TwoFeeds::picture(Id::kPrimary, at, at % 1000 == 0));
      // Its first key frame came as soon as it could, all that follows comes later than that.
      feeds.as(Id::kBackup);
      const std::int64_t stamp = at < 600 ? at : at - behind;
      feed::RtmpMessage picture = TwoFeeds::picture(Id::kBackup, stamp, stamp % 3000 == 520);
      picture.arrived = TwoFeeds::utc(at);
      if (at % 40 == 0) feeds.channel.say(picture);
      if (at == 2600) feeds.select(Id::kBackup, How::kAsked);
      if (at % 100 == 0) feeds.channel.say(feed::Tick{TwoFeeds::utc(at)});
    }
    EXPECT_GE(feeds.first_of(Id::kBackup), 3000) << behind;
    EXPECT_LE(feeds.first_of(Id::kBackup), 4200) << behind;
    EXPECT_LE(count_held(feeds.channel.parts("source")), 1U) << behind << " ms behind";
  }
}

TEST(TwoFeeds, ASwitchIsGivenUpWhenTheFeedItGoesToIsLost) {
  TwoFeeds feeds;
  feeds.begin(Id::kPrimary);
  feeds.begin(Id::kBackup);
  feeds.play(0, 2600);
  feeds.select(Id::kBackup, How::kAsked);
  feeds.there[1] = false;
  feeds.as(Id::kBackup);
  feeds.channel.say(feed::Stop{});
  feeds.play(2600, 3000);
  feeds.select(Id::kPrimary, How::kForced);
  feeds.play(3000, 7000);
  EXPECT_EQ(feeds.first_of(Id::kBackup), -1);
  EXPECT_EQ(count_held(feeds.channel.parts("source")), 0U);
  feeds.expect_seamless("source");
}

TEST(TwoFeeds, AfterASwitchTheFirstFeedsReturnDisturbsNothing) {
  TwoFeeds feeds;
  feeds.begin(Id::kPrimary);
  feeds.begin(Id::kBackup);
  feeds.play(0, 2600);
  feeds.there[0] = false;
  feeds.select(Id::kBackup, How::kForced);
  feeds.play(2600, 5000);
  const std::size_t held = count_held(feeds.channel.parts("source"));
  feeds.begin(Id::kPrimary);
  feeds.there[0] = true;
  feeds.play(5000, 8000);
  EXPECT_EQ(count_held(feeds.channel.parts("source")), held);
  EXPECT_LE(feeds.last_of(Id::kPrimary), 3500);
  EXPECT_EQ(feeds.channel.names(), (Names{"a1", "source"})) << "its tracks are not further languages";
  feeds.expect_seamless("source");
}

TEST(TwoFeedsMarker, IsInTheLogFromTheOtherFeedsFirstPictureOn) {
  TwoFeeds feeds;
  feeds.begin(Id::kPrimary);
  feeds.begin(Id::kBackup);
  feeds.play(0, 2700);
  feeds.select(Id::kBackup, How::kAsked, feed::SwitchReason::kBlack);
  feeds.play(2700, 3500);
  EXPECT_EQ(feeds.switches(), Names{}) << "the primary is still seen";
  feeds.play(3500, 5000);
  EXPECT_EQ(feeds.switches(), Names{"backup black 3520"}) << "its key frame";
  feeds.select(Id::kPrimary, How::kAsked, feed::SwitchReason::kReturned);
  feeds.play(5000, 7000);
  EXPECT_EQ(feeds.switches(), (Names{"backup black 3520", "primary returned 5000"}));
}

TEST(TwoFeedsMarker, StandsInTheLogBeforeThePartWithThatPicture) {
  TwoFeeds feeds;
  feeds.begin(Id::kPrimary);
  feeds.begin(Id::kBackup);
  feeds.play(0, 2700);
  feeds.select(Id::kBackup, How::kForced, feed::SwitchReason::kLost);
  feeds.play(2700, 5000);
  const auto& log = feeds.channel.records;
  const auto marker = std::find_if(log.begin(), log.end(), [](const record::Record& at) {
    const auto* one = std::get_if<record::Marker>(&at);
    return one != nullptr && one->kind == "switch";
  });
  const auto part = std::find_if(log.begin(), log.end(), [](const record::Record& at) {
    const auto* one = std::get_if<record::Part>(&at);
    return one != nullptr && one->data.text().find(std::string(100, 'b')) != std::string_view::npos;
  });
  ASSERT_NE(marker, log.end());
  ASSERT_NE(part, log.end());
  EXPECT_LT(marker - log.begin(), part - log.begin());
}

TEST(TwoFeedsMarker, OneThatIsTakenBackBeforeItIsSeenIsNone) {
  TwoFeeds feeds;
  feeds.begin(Id::kPrimary);
  feeds.begin(Id::kBackup);
  feeds.play(0, 2700);
  feeds.select(Id::kBackup, How::kAsked, feed::SwitchReason::kAsked);
  feeds.play(2700, 3200);
  feeds.select(Id::kPrimary, How::kAsked, feed::SwitchReason::kAsked);
  feeds.play(3200, 6000);
  EXPECT_EQ(feeds.switches(), Names{});
}

TEST(TwoFeedsMarker, TheFeedThatAChannelBeginsWithIsNone) {
  TwoFeeds feeds;
  feeds.begin(Id::kPrimary);  // and sends nothing
  feeds.begin(Id::kBackup);
  feeds.there[0] = false;
  feeds.play(520, 1400);
  feeds.select(Id::kBackup, How::kForced, feed::SwitchReason::kSilent);
  feeds.play(1400, 4000);
  EXPECT_EQ(feeds.switches(), Names{}) << "nothing was seen before";
}

TEST(TwoFeedsMarker, AFeedOfSoundAloneHasOne) {
  TwoFeeds feeds;
  feeds.begin(Id::kPrimary);
  feeds.play(0, 2600);
  feeds.as(Id::kBackup);
  feeds.channel.start();
  feeds.channel.say(rtmp_audio_header(TwoFeeds::utc(2600)));
  feeds.there = {false, false};
  for (std::int64_t at = 2600; at < 16'000; at += 20) {
    feeds.as(Id::kBackup);
    feeds.channel.say(rtmp_sound(at, TwoFeeds::utc(at)));
    if (at == 15'000) feeds.select(Id::kBackup, How::kForced, feed::SwitchReason::kLost);
    if (at % 100 == 0) feeds.channel.say(feed::Tick{TwoFeeds::utc(at)});
  }
  EXPECT_EQ(feeds.switches().size(), 1U);
}

TEST(TwoFeedsMarker, AWorkerThatReplacesAnotherMarksTheSwitchThatWasNotMarkedYet) {
  for (const bool marked : {false, true}) {
    TwoFeeds before;
    before.begin(Id::kPrimary);
    before.begin(Id::kBackup);
    before.play(0, 3000);
    TwoFeeds after;
    after.channel.resume(before.channel);
    after.select(Id::kBackup, How::kForced, marked ? std::nullopt : std::optional(feed::SwitchReason::kLost));
    after.begin(Id::kPrimary);
    after.begin(Id::kBackup);
    after.play(3500, 7000);
    EXPECT_EQ(after.switches(), marked ? Names{} : Names{"backup lost 3520"})
        << "its first picture, though its sound is known before";
  }
}

TEST(TwoFeeds, AWorkerThatReplacesAnotherShowsTheSelectedFeed) {
  TwoFeeds before;
  before.begin(Id::kPrimary);
  before.begin(Id::kBackup);
  before.play(0, 3000);
  TwoFeeds after;
  after.channel.resume(before.channel);
  after.select(Id::kBackup, How::kForced);
  after.begin(Id::kPrimary);
  after.begin(Id::kBackup);
  after.play(3500, 7000);
  EXPECT_EQ(after.channel.names(), (Names{"a1", "source"}));
  EXPECT_NE(after.first_of(Id::kBackup), -1);
  after.expect_seamless("source");
}

}  // namespace
}  // namespace worker
