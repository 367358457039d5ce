#include "worker/feed_offset.h"

#include <gtest/gtest.h>

#include "feeds.h"
#include "programmes.h"

namespace worker {
namespace {

using base::kMillisecond;
using base::kSecond;
using feed::Id;
using job::Alignment;

constexpr int kLength = 30;

const transcode::testing::Feed& programme() {
  static const transcode::testing::Feed made = sound_of(speech(1), kLength);
  return made;
}
const transcode::testing::Feed& another() {
  static const transcode::testing::Feed made = sound_of(speech(2), kLength);
  return made;
}

class FeedOffsetTest : public testing::Test {
 protected:
  struct From {
    const transcode::testing::Feed* sound = nullptr;
    base::Micros late = 0;
  };
  void announce(Id id, const From& from) {
    media::Track track = from.sound->track;
    track.id = id == Id::kPrimary ? 1 : 2;
    offset_.hear(id, track);
  }
  /// Both feeds' sound up to `until` after kEpoch, and the ticks.
  void play(const From& primary, const From& backup, base::Micros until) {
    for (; now_ < kEpoch + until; now_ += 100 * kMillisecond) {
      for (const Id id : feed::kIds) give(id, id == Id::kPrimary ? primary : backup);
      offset_.tick(now_, clocks_, codes_);
    }
  }
  void give(Id id, const From& from) {
    const std::int64_t zero = media::rescale(kEpoch + from.late, kSecond, kSoundRate);
    for (const media::Packet& coded : from.sound->packets) {
      media::Packet packet = coded;
      packet.track_id = id == Id::kPrimary ? 1 : 2;
      packet.pts = packet.dts = coded.pts + zero;
      const base::Micros at = media::rescale(packet.pts, kSoundRate, kSecond);
      packet.arrived = at;
      if (at >= now_ && at < now_ + 100 * kMillisecond) offset_.hear(id, packet);
    }
  }
  void same_programme(base::Micros late, base::Micros until = 22 * kSecond) {
    announce(Id::kPrimary, {&programme()});
    announce(Id::kBackup, {&programme(), late});
    play({&programme()}, {&programme(), late}, until);
  }
  Alignment method() const { return offset_.known().method; }

  FeedOffset offset_{"test"};
  FeedOffset::Clocks clocks_;
  FeedOffset::Codes codes_;
  base::Micros now_ = kEpoch;
};

TEST_F(FeedOffsetTest, HearsByHowMuchTheBackupIsBehind) {
  same_programme(700 * kMillisecond);
  EXPECT_EQ(method(), Alignment::kLoudness);
  EXPECT_NEAR(static_cast<double>(offset_.known().offset), 700e3, 4e3);
  EXPECT_GT(offset_.known().confidence, 0.9);
}

TEST_F(FeedOffsetTest, HearsByHowMuchTheBackupIsAhead) {
  same_programme(-1300 * kMillisecond);
  EXPECT_NEAR(static_cast<double>(offset_.known().offset), -1300e3, 4e3);
}

TEST_F(FeedOffsetTest, SaysNothingOfTwoProgrammesOrOfOneFeed) {
  announce(Id::kPrimary, {&programme()});
  play({&programme()}, {&another()}, 5 * kSecond);
  EXPECT_EQ(method(), Alignment::kNone);
  announce(Id::kBackup, {&another()});
  play({&programme()}, {&another()}, 29 * kSecond);
  EXPECT_EQ(method(), Alignment::kNone);
}

TEST_F(FeedOffsetTest, TakesTheStampsOfOneClockWhereLoudnessBearsThemOut) {
  clocks_ = {kEpoch, kEpoch + 703 * kMillisecond};
  same_programme(700 * kMillisecond);
  EXPECT_EQ(method(), Alignment::kPts);
  EXPECT_EQ(offset_.known().offset, 703 * kMillisecond) << "as exact as the stamps";
}

TEST_F(FeedOffsetTest, TakesStampsThatHaveStartedAgainForThoseOfOneClock) {
  // 2^33 ticks of 90 kHz.
  clocks_ = {kEpoch, kEpoch + 700 * kMillisecond - 95'443'717'688};
  same_programme(700 * kMillisecond);
  EXPECT_EQ(method(), Alignment::kPts);
  EXPECT_NEAR(static_cast<double>(offset_.known().offset), 700e3, 2);
}

TEST_F(FeedOffsetTest, DoesNotTakeStampsThatLoudnessContradicts) {
  clocks_ = {kEpoch, kEpoch + 740 * kMillisecond};
  same_programme(700 * kMillisecond);
  EXPECT_EQ(method(), Alignment::kLoudness);
}

TEST_F(FeedOffsetTest, ForgetsItWhenAPublisherComesAnew) {
  same_programme(700 * kMillisecond);
  offset_.restart(Id::kBackup);
  EXPECT_EQ(method(), Alignment::kNone);
  announce(Id::kBackup, {&programme(), 700 * kMillisecond});
  play({&programme()}, {&programme(), 700 * kMillisecond}, 25 * kSecond);
  EXPECT_EQ(method(), Alignment::kNone) << "too little is known of it";
}

TEST_F(FeedOffsetTest, ForgetsItWhenAClockIsAnchoredAnew) {
  clocks_ = {kEpoch, kEpoch};
  same_programme(700 * kMillisecond);
  EXPECT_EQ(method(), Alignment::kLoudness);
  clocks_[1] = kEpoch + 999;
  offset_.tick(now_, clocks_);
  EXPECT_EQ(method(), Alignment::kLoudness) << "less than a stamp is rounded by";
  clocks_[1] = kEpoch + 3000;
  offset_.tick(now_, clocks_);
  EXPECT_EQ(method(), Alignment::kNone);
}

TEST_F(FeedOffsetTest, KeepsItWhereASoundTrackGoesAndListensAgainWhenItComes) {
  same_programme(700 * kMillisecond);
  offset_.hear(Id::kBackup, media::TrackGone{2});
  offset_.hear(Id::kBackup, media::Packet{});
  offset_.tick(now_ + 10 * kSecond, clocks_);
  EXPECT_EQ(method(), Alignment::kLoudness) << "the feeds are where they were";
}

constexpr base::Micros kTenOClock = 36'000 * kSecond;

TEST_F(FeedOffsetTest, TimeCodeOfBothTellsItAtOnce) {
  clocks_ = {kEpoch, kEpoch + 90 * kSecond};
  codes_ = {kTenOClock, kTenOClock + 90 * kSecond - 1500 * kMillisecond};
  offset_.tick(now_, clocks_, codes_);
  EXPECT_EQ(method(), Alignment::kTimeCode);
  EXPECT_EQ(offset_.known().offset, 1500 * kMillisecond) << "what the primary has now comes 1.5 s later in the backup";
  EXPECT_EQ(offset_.known().confidence, 1);
}

TEST_F(FeedOffsetTest, TimeCodeOfOneTellsNothing) {
  clocks_ = {kEpoch, kEpoch};
  codes_ = {kTenOClock, std::nullopt};
  offset_.tick(now_, clocks_, codes_);
  EXPECT_EQ(method(), Alignment::kNone);
}

TEST_F(FeedOffsetTest, TimeCodesOnBothSidesOfMidnightAreNear) {
  clocks_ = {kEpoch, kEpoch};
  codes_ = {kSecond, 24 * 3600 * kSecond - kSecond};
  offset_.tick(now_, clocks_, codes_);
  EXPECT_EQ(offset_.known().offset, 2 * kSecond);
}

TEST_F(FeedOffsetTest, TimeCodesFarApartAreOfTwoClocks) {
  clocks_ = {kEpoch, kEpoch};
  codes_ = {kTenOClock, kTenOClock + 3600 * kSecond};
  offset_.tick(now_, clocks_, codes_);
  EXPECT_EQ(method(), Alignment::kNone);
}

TEST_F(FeedOffsetTest, TimeCodeThatIsGoneTellsNothingAnyMore) {
  clocks_ = {kEpoch, kEpoch};
  codes_ = {kTenOClock, kTenOClock};
  offset_.tick(now_, clocks_, codes_);
  EXPECT_EQ(method(), Alignment::kTimeCode);
  codes_[1].reset();
  offset_.tick(now_, clocks_, codes_);
  EXPECT_EQ(method(), Alignment::kNone);
}

TEST_F(FeedOffsetTest, TimeCodeIsPreferredToWhatIsHeard) {
  clocks_ = {kEpoch, kEpoch + 703 * kMillisecond};
  codes_ = {kTenOClock, kTenOClock + kMillisecond};
  same_programme(700 * kMillisecond);
  EXPECT_EQ(method(), Alignment::kTimeCode);
  EXPECT_EQ(offset_.known().offset, 702 * kMillisecond);
  EXPECT_LT(offset_.known().confidence, 1) << "that of what is heard";
}

TEST_F(FeedOffsetTest, TimeCodeThatIsContradictedByWhatIsHeardIsNotBelieved) {
  clocks_ = {kEpoch, kEpoch};
  codes_ = {kTenOClock, kTenOClock};
  same_programme(700 * kMillisecond);
  EXPECT_EQ(method(), Alignment::kLoudness) << "each encoder has begun to count when it started";
}

}  // namespace
}  // namespace worker
