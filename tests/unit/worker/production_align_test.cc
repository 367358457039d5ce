#include <gtest/gtest.h>

#include <cstdio>
#include <vector>

#include "producing.h"
#include "programmes.h"

/// Two feeds of one programme, one of which is behind the other.
namespace worker {
namespace {

using feed::Id;
using How = feed::Select::How;

constexpr std::int64_t kFrameMs = 40;
constexpr int kSeconds = 34;

rtmp::Buffer bytes(base::View view) { return {view.begin(), view.end()}; }

const transcode::testing::Feed& sound(unsigned seed) {
  static const std::array<transcode::testing::Feed, 2> made{sound_of(speech(1), kSeconds),
                                                            sound_of(speech(2), kSeconds)};
  return made[seed];
}

/// Pictures that can be decoded, and whose brightness rises from one to the next; a key frame a second.
const transcode::testing::Feed& moving() {
  static const transcode::testing::Feed made = [] {
    transcode::testing::VideoSpec spec;
    spec.width = 160;
    spec.height = 90;
    spec.frames = kSeconds * 25;
    spec.gop = 25;
    spec.timescale = 1000;
    return transcode::testing::make_video(spec);
  }();
  return made;
}

class Aligned {
 public:
  /// `late`: of the backup, ms. `coded`: pictures that can be decoded.
  Aligned(job::Options options, std::int64_t late, bool coded = false, unsigned other = 0)
      : channel(std::move(options)), late_{late < 0 ? -late : 0, late > 0 ? late : 0}, coded_(coded), sound_{0, other} {
    for (const Id id : feed::kIds) {
      channel.feed = id;
      channel.start();
      channel.announce(true);
      channel.say(coded_ ? rtmp_video_header(utc(0), bytes(moving().track.config.view())) : rtmp_video_header(utc(0)));
      channel.say(rtmp_message(feed::kRtmpAudio, 0, utc(0), rtmp::aac_tag(0, bytes(sound(0).track.config.view()))));
    }
  }
  /// Both feeds' programme as it arrives in [now, until) ms.
  void play(std::int64_t until) {
    for (; now < until; ++now) {
      for (const Id id : feed::kIds) {
        if (!there[feed::index(id)]) continue;
        channel.feed = id;
        const std::int64_t at = now - late_[feed::index(id)];
        if (at >= 0 && at % kFrameMs == 0) send_picture(id, at);
        if (at >= 0) send_sound(id, at);
      }
      if (now % 100 == 0) channel.say(feed::Tick{utc(now)});
    }
  }
  void send_picture(Id id, std::int64_t at) {
    const auto number = static_cast<std::size_t>(at / kFrameMs);
    if (coded_) {
      const media::Packet& packet = moving().packets.at(number);
      channel.say(rtmp_message(feed::kRtmpVideo, at, utc(now),
                               rtmp::avc_tag(packet.key ? 1 : 2, 1, 0, bytes(packet.data.view()))));
      if (channel.production.encoded_descriptor() >= 0 && number % 5 == 0) {
        pollfd ready{channel.production.encoded_descriptor(), POLLIN, 0};
        poll(&ready, 1, 20);
        channel.production.on_encoded();
      }
      return;
    }
    const bool key = number % 25 == 0;
    char name[16];
    std::snprintf(name, sizeof name, "<%c%05d>", id == Id::kPrimary ? 'p' : 'b', static_cast<int>(number));
    const std::string slice = std::string(rtmp::kFirstSlice) + name + std::string(500, 's');
    channel.say(
        rtmp_message(feed::kRtmpVideo, at, utc(now), rtmp::avc_tag(key ? 1 : 2, 1, 0, rtmp::nal(key ? 5 : 1, slice))));
  }
  /// Decoders have taken all that they were given. False after five seconds.
  bool wait_for_decoded() {
    for (int tries = 0; tries < 500 && stats().encode_lag_us > 0; ++tries) {
      pollfd ready{channel.production.encoded_descriptor(), POLLIN, 0};
      poll(&ready, 1, 10);
      channel.production.on_encoded();
    }
    return stats().encode_lag_us == 0;
  }
  void send_sound(Id id, std::int64_t at) {
    const auto& packets = sound(sound_[feed::index(id)]).packets;
    std::size_t& next = next_[feed::index(id)];
    for (; next < packets.size() && packets[next].pts * 1000 / kSoundRate <= at; ++next) {
      if (packets[next].pts < 0) continue;
      channel.say(rtmp_message(feed::kRtmpAudio, packets[next].pts * 1000 / kSoundRate, utc(now),
                               rtmp::aac_tag(1, bytes(packets[next].data.view()))));
    }
  }
  void select(Id id, How how) {
    channel.feed = id;
    channel.say(feed::Select{how, feed::SwitchReason::kAsked});
  }
  void lose(Id id) {
    there[feed::index(id)] = false;
    channel.feed = id;
    channel.say(feed::Stop{});
  }
  job::Stats& stats() {
    channel.production.report(stats_);
    return stats_;
  }
  base::Micros offset() { return static_cast<base::Micros>(stats().feed_offset_us.load()); }
  base::Micros delay(Id id) { return static_cast<base::Micros>(stats().feeds[feed::index(id)].delay_us.load()); }

  /// The pictures that are copied, in their order: "p00001" …
  std::vector<std::string> pictures() const {
    std::vector<std::string> found;
    for (const record::Part& part : channel.parts("source")) {
      const std::string_view data = part.data.text();
      for (std::size_t i = data.find('<'); i != std::string_view::npos; i = data.find('<', i + 1)) {
        if (i + 8 <= data.size() && data[i + 7] == '>') found.emplace_back(data.substr(i + 1, 6));
      }
    }
    return found;
  }
  /// Numbers of the last picture before, and the first one after, each change from one feed to the other.
  std::vector<std::pair<int, int>> changes() const {
    std::vector<std::pair<int, int>> found;
    const std::vector<std::string> shown = pictures();
    for (std::size_t i = 1; i < shown.size(); ++i) {
      if (shown[i][0] == shown[i - 1][0]) continue;
      found.emplace_back(std::stoi(shown[i - 1].substr(1)), std::stoi(shown[i].substr(1)));
    }
    return found;
  }
  static base::Micros utc(std::int64_t at) { return Producing::utc(at); }

  Producing channel;
  std::array<bool, 2> there{true, true};
  std::int64_t now = 0;

 private:
  const std::array<std::int64_t, 2> late_;
  const bool coded_;
  const std::array<unsigned, 2> sound_;
  std::array<std::size_t, 2> next_{};
  job::Stats stats_{};
};

using Changes = std::vector<std::pair<int, int>>;

/// The first picture after a change follows the last one before it, or is the same: of a copy, what the feed shown
/// before had of the same instant may have come first. `off`: pictures that a feed that is behind shows again.
void expect_next(const std::pair<int, int>& change, int off) {
  EXPECT_GE(change.second, change.first + off);
  EXPECT_LE(change.second, change.first + off + 1);
}

TEST(Align, TellsHowFarTheFeedsAreApart) {
  for (const std::int64_t late : {720, -1200}) {
    Aligned feeds(copying(), late);
    feeds.play(22'000);
    EXPECT_NE(feeds.stats().alignment, 0U) << late;
    EXPECT_NEAR(static_cast<double>(feeds.offset()), static_cast<double>(late * 1000), 20e3);
  }
}

TEST(Align, ABackupThatIsAheadIsHeldBackAndASwitchGoesOnWithTheNextPicture) {
  Aligned feeds(copying(), -720);
  feeds.play(22'000);
  EXPECT_EQ(feeds.delay(Id::kBackup), 720'000);
  EXPECT_EQ(feeds.delay(Id::kPrimary), 0);
  feeds.select(Id::kBackup, How::kAsked);
  feeds.play(26'000);
  const Changes changes = feeds.changes();
  ASSERT_EQ(changes.size(), 1U);
  expect_next(changes[0], 0);
  EXPECT_EQ(count_held(feeds.channel.parts("source")), 0U);
  EXPECT_EQ(feeds.delay(Id::kBackup), 720'000) << "it stays where it is";
}

TEST(Align, APrimaryThatIsAheadIsHeldBackOnceTheBackupIsShown) {
  Aligned feeds(copying(), 720);
  feeds.play(22'000);
  EXPECT_EQ(feeds.delay(Id::kBackup), 0) << "it is behind";
  feeds.select(Id::kBackup, How::kAsked);
  feeds.play(26'000);
  EXPECT_EQ(feeds.delay(Id::kPrimary), 720'000);
  feeds.select(Id::kPrimary, How::kAsked);
  feeds.play(30'000);
  const Changes changes = feeds.changes();
  ASSERT_EQ(changes.size(), 2U);
  expect_next(changes[0], -18);
  expect_next(changes[1], 0);
}

TEST(Align, ABackupThatIsAheadGoesOnWhereALostPrimaryWas) {
  Aligned feeds(copying(), -720);
  feeds.play(23'000);
  feeds.lose(Id::kPrimary);
  feeds.select(Id::kBackup, How::kForced);
  feeds.play(27'000);
  const Changes changes = feeds.changes();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_GT(changes[0].second, changes[0].first);
  EXPECT_LE(changes[0].second, changes[0].first + 26) << "its next key frame";
}

TEST(Align, FeedsOfTwoProgrammesStayAsTheyAre) {
  Aligned feeds(copying(), -720, false, 1);
  feeds.play(30'000);
  EXPECT_EQ(feeds.stats().alignment, 0U);
  EXPECT_EQ(feeds.delay(Id::kBackup), 0);
}

TEST(Align, APublisherThatComesAnewIsNotHeldBack) {
  Aligned feeds(copying(), -720);
  feeds.play(22'000);
  ASSERT_EQ(feeds.delay(Id::kBackup), 720'000);
  feeds.channel.feed = Id::kBackup;
  feeds.channel.start();
  EXPECT_EQ(feeds.delay(Id::kBackup), 0);
  EXPECT_EQ(feeds.stats().alignment, 0U);
}

job::Options encoding() {
  job::Options options = copying();
  options.copy_video = false;
  options.ladder = {transcode::testing::ladder_rung(48)};
  return options;
}

TEST(Align, RungsHoldTheLastPictureForAsLongAsTheBackupIsBehind) {
  Aligned feeds(encoding(), 720, true);
  feeds.play(22'000);
  ASSERT_NE(feeds.stats().alignment, 0U);
  ASSERT_TRUE(feeds.wait_for_decoded());
  feeds.select(Id::kBackup, How::kAsked);
  feeds.play(25'000);
  const auto markers = feeds.channel.all<record::Marker>();
  const auto made = std::find_if(markers.begin(), markers.end(), [](const auto& at) { return at.kind == "switch"; });
  ASSERT_TRUE(made != markers.end());
  const std::int64_t from = (made->start - kEpoch) / base::kMillisecond;
  // The primary's picture of the time of the selection is the last one; encoders may be a few behind.
  EXPECT_LE(from, 22'000 + 720 + 40);
  EXPECT_GE(from, 22'000 + 720 - 400);
  EXPECT_GE(feeds.stats().held_frames, 10U);
  feeds.select(Id::kPrimary, How::kAsked);
  EXPECT_EQ(feeds.delay(Id::kPrimary), 720'000);
}

TEST(Align, ABackupThatIsTooFarBehindIsNotWaitedFor) {
  Aligned feeds(encoding(), 2400, true);
  feeds.play(22'000);
  ASSERT_NEAR(static_cast<double>(feeds.offset()), 2.4e6, 20e3);
  const std::uint64_t before = feeds.stats().held_frames;
  feeds.select(Id::kBackup, How::kAsked);
  feeds.play(25'000);
  EXPECT_LE(feeds.stats().held_frames, before + 10) << "it is shown again";
}

TEST(Align, AfterALossNoMoreThanHalfASecondIsWaited) {
  for (const int behind : {400, 720}) {
    Aligned feeds(encoding(), behind, true);
    feeds.play(22'000);
    ASSERT_NEAR(static_cast<double>(feeds.offset()), behind * 1e3, 20e3);
    ASSERT_TRUE(feeds.wait_for_decoded());
    const std::uint64_t before = feeds.stats().held_frames;
    feeds.select(Id::kBackup, How::kForced);
    feeds.play(25'000);
    const std::uint64_t held = feeds.stats().held_frames - before;
    // Encoders may be a few pictures behind.
    EXPECT_EQ(held >= 5, behind == 400) << behind << " ms behind, " << held << " pictures held";
  }
}

}  // namespace
}  // namespace worker
