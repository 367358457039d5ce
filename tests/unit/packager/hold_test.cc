// Time without a feed becomes media: the last picture and silence, in every rendition's own format.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>

#include "captions/picture.h"
#include "channel.h"
#include "cmaf/part.h"
#include "media/nal.h"

using base::kMillisecond;
using base::kSecond;
using stream::kEpoch;

namespace {

constexpr base::Micros kStart = kEpoch + 720 * kMillisecond;

std::vector<media::Packet> packets(int seconds, base::Micros start = kStart) {
  return stream::interleave(stream::make_video({}, start, seconds * 25), stream::make_audio({}, start, seconds * 47));
}

void announce(Channel& channel) {
  channel.track(stream::video_track({}));
  channel.track(stream::audio_track({}));
}

/// A feed of ten seconds that is away from 3 s on, for `away`.
std::unique_ptr<Channel> away_for(base::Micros away) {
  auto channel = std::make_unique<Channel>(Channel::Options::holding());
  announce(*channel);
  channel->feed(stream::lose(packets(10), kStart + 3 * kSecond, kStart + 3 * kSecond + away));
  channel->finish();
  return channel;
}

std::int64_t count_held(const std::vector<record::Part>& parts) {
  return std::ranges::count_if(parts, [](const record::Part& part) { return part.held; });
}

std::vector<record::Marker> markers(const LogReader& log) {
  std::vector<record::Marker> found;
  for (const record::Record& record : log.records()) {
    if (const auto* marker = std::get_if<record::Marker>(&record)) found.push_back(*marker);
  }
  return found;
}

}  // namespace

TEST(PackagerHold, HasNoGapsAndNoDiscontinuity) {
  const auto away = away_for(4 * kSecond);
  const Channel& channel = *away;
  for (std::uint32_t r = 0; r < 2; ++r) {
    EXPECT_EQ(channel.log().check(r).gaps, 0);
    EXPECT_GT(channel.log().check(r).held, 4);
  }
  for (const record::Record& record : channel.log().records()) {
    EXPECT_FALSE(std::holds_alternative<record::Discontinuity>(record));
  }
  channel.log().check_aligned();
}

TEST(PackagerHold, RepeatsTheNewestKeyFrameOnceAPart) {
  const auto away = away_for(4 * kSecond);
  const Channel& channel = *away;
  std::string newest_key;
  for (const record::Part& part : channel.log().all<record::Part>(0)) {
    const std::vector<Sample> samples = samples_of(part);
    if (part.held) {
      EXPECT_EQ(samples.size(), 1U);
      EXPECT_TRUE(samples.front().sync);
      EXPECT_TRUE(part.independent);
      EXPECT_EQ(samples.front().data, newest_key);
      EXPECT_EQ(part.captured, 0);
    }
    for (const Sample& sample : samples) {
      if (sample.sync) newest_key = sample.data;
    }
  }
}

TEST(PackagerHold, FillsAudioWithWholeFramesOfSilence) {
  const auto away = away_for(4 * kSecond);
  const Channel& channel = *away;
  int silent = 0;
  for (const Sample& sample : samples_of(channel.log(), 1)) {
    if (sample.data != "silence") continue;
    ++silent;
    EXPECT_NEAR(static_cast<double>(sample.duration), 1024, 1024);
  }
  // Four seconds of 1024 samples at 48 kHz, what the frames around them do not cover, and the rest of the last part.
  EXPECT_NEAR(silent, 189, 4);
}

// The last frame of the open part lasts longer; no part is shorter than players may expect (LL-58).
TEST(PackagerHold, LetsTheLastFrameOfThePartLast) {
  const auto away = away_for(4 * kSecond);
  const Channel& channel = *away;
  bool before = true;
  for (const record::Part& part : channel.log().all<record::Part>(0)) {
    if (!part.held) continue;
    if (before) {
      EXPECT_GT(samples_of(part).front().dts, media::rescale(kStart + 3 * kSecond, kSecond, 90000) - 1);
    }
    before = false;
  }
  EXPECT_FALSE(before);
}

// Design: nothing is published later than PART-TARGET + 0.5 s after the part before.
TEST(PackagerHold, BeginsWithinHalfASecondAfterThePartIsDue) {
  Channel channel(Channel::Options::holding());
  announce(channel);
  channel.feed(packets(3));
  const auto newest = [&channel](std::uint32_t r) {
    const record::Part part = channel.log().all<record::Part>(r).back();
    const std::int64_t scale = channel.log().presentation().renditions[r].track.timescale;
    return media::rescale(part.start + part.duration, scale, kSecond);
  };
  for (base::Micros now = kStart + 4 * kSecond; now < kStart + 20 * kSecond; now += kSecond / 10) {
    channel.wait_until(now);
    // At most the allowance, a tick and a part behind: the part that is under way is not due.
    for (std::uint32_t r = 0; r < 2; ++r) EXPECT_LE(now - newest(r), kSecond + 50 * kMillisecond) << r;
  }
}

// A mobile uplink stalls for 1.1 s and then brings everything: the second time it is waited for.
TEST(PackagerHold, HoldsNothingInStallsOfANetworkThatIsKnownForThem) {
  Channel channel(Channel::Options::holding());
  announce(channel);
  std::vector<media::Packet> sent = packets(20);
  for (media::Packet& packet : sent) {
    for (const base::Micros stall : {5 * kSecond, 9 * kSecond, 13 * kSecond}) {
      const base::Micros over = kStart + stall + 1100 * kMillisecond;
      if (packet.arrived >= kStart + stall) packet.arrived = std::max(packet.arrived, over);
    }
  }
  channel.feed(std::move(sent));
  for (std::uint32_t r = 0; r < 2; ++r) {
    std::vector<std::int64_t> held;
    for (const record::Part& part : channel.log().all<record::Part>(r)) {
      const std::int64_t scale = channel.log().presentation().renditions[r].track.timescale;
      if (part.held) held.push_back((media::rescale(part.start, scale, kSecond) - kStart) / kSecond);
    }
    EXPECT_FALSE(held.empty()) << "the first is not known to be one";
    for (const std::int64_t second : held) EXPECT_LT(second, 8) << r;
  }
}

// LL-11: the last part ends where its segment would have ended, however long the picture was held before.
TEST(PackagerHold, FinishesWithinTheTargetDurationWheneverItIs) {
  for (int tenths = 0; tenths < 30; ++tenths) {
    Channel channel(Channel::Options::holding());
    announce(channel);
    channel.feed(packets(4));
    channel.wait_until(kStart + 4 * kSecond + tenths * kSecond / 10);
    channel.finish();
    for (std::uint32_t r = 0; r < 2; ++r) channel.log().check(r);
    channel.log().check_aligned();
  }
}

TEST(PackagerHold, SaysWhenAnOutageBeganAndWhenItWasOver) {
  const auto away = away_for(4 * kSecond);
  const Channel& channel = *away;
  const std::vector<record::Marker> outages = markers(channel.log());
  ASSERT_EQ(outages.size(), 2U);
  EXPECT_EQ(outages[0].kind, "outage");
  EXPECT_EQ(outages[0].end, std::nullopt);
  EXPECT_NEAR(static_cast<double>(outages[0].start - kStart - 3 * kSecond), 0, 600'000);
  EXPECT_EQ(outages[1].id, outages[0].id);
  EXPECT_EQ(outages[1].start, outages[0].start);
  ASSERT_TRUE(outages[1].end);
  // Video comes back with its key frame at 8 s.
  EXPECT_NEAR(static_cast<double>(*outages[1].end - kStart - 8 * kSecond), 0, 100'000);
}

TEST(PackagerHold, SaysNothingWhereNothingWasHeld) {
  Channel channel(Channel::Options::holding());
  announce(channel);
  channel.feed(packets(6));
  EXPECT_EQ(channel.packager().counters().held_parts, 0U);
  channel.finish();
  EXPECT_TRUE(markers(channel.log()).empty());
}

// TS-6: an encoder whose sound is seconds behind its picture in time stamps sends the first of it late.
TEST(PackagerHold, WaitsForTheFirstSoundOfAFeedWhoseSoundLags) {
  constexpr base::Micros kLag = 8 * kSecond;
  Channel channel(Channel::Options::holding());
  announce(channel);
  std::vector<media::Packet> audio = stream::make_audio({}, kStart, 20 * 47);
  for (media::Packet& packet : audio) packet.arrived += kLag;
  channel.feed(stream::interleave(stream::make_video({}, kStart, 20 * 25), std::move(audio)));
  for (const record::Part& part : channel.log().all<record::Part>(1)) EXPECT_FALSE(part.held);
  EXPECT_GT(channel.log().all<record::Part>(1).size(), 20U);
  EXPECT_TRUE(channel.log().all<record::Gap>(1).empty());
}

// Frames may refer to what came before a repeated key frame: only the next key frame is of use.
TEST(PackagerHold, GoesOnWithTheNextKeyFrame) {
  const auto away = away_for(2 * kSecond + 200 * kMillisecond);
  const Channel& channel = *away;
  bool held = false;
  for (const record::Part& part : channel.log().all<record::Part>(0)) {
    for (const Sample& sample : samples_of(part)) {
      if (held && !part.held) {
        EXPECT_TRUE(sample.sync);
        held = false;
      }
    }
    held = held || part.held;
  }
}

// One part more would be 2.5025 s of 2.002.
TEST(PackagerHold, FinishesWithinTheTargetDurationWhereSoundReachesPastTheLastWholePart) {
  stream::Video video;
  video.rate = {30000, 1001};
  video.gop = 60;
  for (const base::Micros past : {0, 60, 120, 170, 220}) {
    Channel channel(Channel::Options::holding());
    channel.track(stream::video_track(video));
    channel.track(stream::audio_track(stream::Audio{}));
    const base::Micros start = kStart + 630 * kMillisecond;
    const int sounds = static_cast<int>(media::rescale(6006 + past, 1000 * 1024, 48000));
    auto pictures = stream::make_video(video, start, 180);
    pictures.erase(pictures.begin() + 150);  // so that the segment's end is not known from the key frames
    channel.feed(stream::interleave(std::move(pictures), stream::make_audio({}, start, sounds)));
    channel.finish();
    for (const std::uint32_t rendition : {0U, 1U}) channel.log().check(rendition);
  }
}

TEST(PackagerHold, EndsWithoutTrailingGaps) {
  Channel channel(Channel::Options::holding());
  announce(channel);
  channel.feed(packets(3));
  channel.wait_until(kStart + 15 * kSecond);
  channel.finish();
  for (std::uint32_t r = 0; r < 2; ++r) {
    EXPECT_EQ(channel.log().check(r).gaps, 0);
    EXPECT_TRUE(channel.log().all<record::Part>(r).back().held);
  }
}

// Players ask for the part that comes next as soon as it is hinted at (LL-75): where it never comes Shaka stands
// still. It is the last one, its segment ends with it, and no further one is announced.
// Shaka takes the earliest end of the renditions for the presentation's: a browser refuses that duration where another
// has a frame after it, and the player never ends.
TEST(PackagerHold, FinishesWithThePartThatPlayersAskForAlready) {
  for (const auto& [frames, sound] : std::vector<std::pair<int, int>>{
           {75, 141}, {80, 150}, {87, 164}, {88, 165}, {100, 188}, {80, 120}, {80, 190}, {78, 230}, {80, 300}}) {
    Channel channel(Channel::Options::holding());
    announce(channel);
    channel.feed(stream::interleave(stream::make_video({}, kStart, frames), stream::make_audio({}, kStart, sound)));
    const auto expected = [&channel](std::uint32_t r) {
      const record::Part part = channel.log().all<record::Part>(r).back();
      return part.last ? std::pair{part.msn + 1, 0U} : std::pair{part.msn, part.index + 1};
    };
    const std::array next{expected(0), expected(1)};
    channel.finish();
    channel.log().check_aligned();
    const std::vector<record::Record>& records = channel.log().records();
    EXPECT_EQ(std::count_if(records.begin(), records.end(),
                            [](const auto& record) { return std::holds_alternative<record::Closing>(record); }),
              1);
    for (std::uint32_t r = 0; r < 2; ++r) {
      const std::vector<record::Part> parts = channel.log().all<record::Part>(r);
      const auto came = [&](const record::Part& part) { return std::pair{part.msn, part.index} == next.at(r); };
      EXPECT_TRUE(std::any_of(parts.begin(), parts.end(), came)) << frames << channel.log().trace(r);
      EXPECT_TRUE(parts.back().last) << frames << channel.log().trace(r);
      EXPECT_EQ(channel.log().all<record::SegmentEnd>(r).back().msn,
                channel.log().all<record::SegmentEnd>(0).back().msn);
      EXPECT_EQ(parts.back().msn, channel.log().all<record::SegmentEnd>(r).back().msn);
    }
    const record::SegmentEnd video = channel.log().all<record::SegmentEnd>(0).back();
    const record::SegmentEnd audio = channel.log().all<record::SegmentEnd>(1).back();
    const std::int64_t end = media::rescale(video.start + video.duration, 90000, 48000);
    EXPECT_NEAR(static_cast<double>(audio.start + audio.duration - end), 0, 513) << frames << ' ' << sound;
  }
}

TEST(PackagerHold, DoesNotTypeTheCaptionsOfTheKeyFrameAgain) {
  Channel channel(Channel::Options::holding());
  announce(channel);
  const std::vector<std::uint8_t> slice{0x65, 0x88};
  const base::Bytes plain = media::join_lengths(std::vector<base::View>{slice});
  const std::vector<captions::Triplet> typed{{true, captions::Triplet::Kind::kField1, 'H', 'I'}};
  std::vector<media::Packet> given = packets(10);
  for (media::Packet& packet : given) {
    if (packet.track_id == stream::kVideoId) packet.data = captions::with_captions(media::Codec::kH264, plain, typed);
  }
  channel.feed(stream::lose(given, kStart + 3 * kSecond, kStart + 7 * kSecond));
  channel.finish();
  int held = 0;
  for (const record::Part& part : channel.log().all<record::Part>(0)) {
    for (const Sample& sample : samples_of(part)) {
      EXPECT_EQ(sample.data.find("GA94") == std::string::npos, part.held);
    }
    held += part.held ? 1 : 0;
  }
  EXPECT_GT(held, 4);
}

// A worker that continues with a log holds the log's own picture and silence until its feed has a key frame.
void begins_with_the_picture_of_the_log(int gop) {
  const stream::Video video{.gop = gop};
  Channel channel(Channel::Options::holding());
  channel.track(stream::video_track(video));
  channel.track(stream::audio_track({}));
  channel.feed(stream::interleave(stream::make_video(video, kStart, 5 * 25), stream::make_audio({}, kStart, 5 * 47)));
  record::Position position;
  std::string newest_key;
  for (const record::Record& record : channel.log().records()) position.apply(record);
  for (const Sample& sample : samples_of(channel.log(), 0)) {
    if (sample.sync) newest_key = sample.data;
  }

  LogReader log;
  packager::Packager::Options options;
  packager::Packager next(options, log);
  next.resume(position);
  next.set_presentation(packager::specs_of(position.presentation));
  for (base::Micros now = kStart + 5 * kSecond; now < kStart + 9 * kSecond; now += kSecond / 10) next.tick(now);
  EXPECT_TRUE(log.all<record::Gap>(0).empty());
  EXPECT_TRUE(log.all<record::Gap>(1).empty());
  ASSERT_GT(log.all<record::Part>(0).size(), 4U);
  ASSERT_GT(log.all<record::Part>(1).size(), 4U);
  EXPECT_EQ(samples_of(log.all<record::Part>(0).front()).front().data, newest_key);
  EXPECT_EQ(samples_of(log.all<record::Part>(1).front()).front().data, "silence");
  EXPECT_EQ(log.all<record::Part>(0).front().start, position.renditions[0].end);
}
TEST(PackagerHold, BeginsWithThePictureOfTheLogThatItGoesOnWith) { begins_with_the_picture_of_the_log(50); }
// Its key frames are within parts, that of the beginning apart.
TEST(PackagerHold, BeginsWithTheNewestPictureWhereverTheKeyFramesOfACopyLie) {
  for (const int gop : {57, 63, 71}) begins_with_the_picture_of_the_log(gop);
}

namespace {

/// Samples of the video where a copied feed of `frames` is followed by another's 125, whose first picture comes `late`
/// before the end of what is published; those of the second feed are in capitals.
std::vector<Sample> taken_over(std::int64_t late, int frames = 125) {
  Channel channel(Channel::Options::holding());
  announce(channel);
  channel.feed(stream::interleave(stream::make_video({}, kStart, frames), stream::make_audio({}, kStart, 235)));
  const Sample published = samples_of(channel.log(), 0).back();
  std::int64_t dts = published.dts + published.duration - late;
  for (media::Packet& packet : stream::make_video({}, kStart + 5 * kSecond, 125)) {
    packet.dts = packet.pts = dts;
    dts += 3600;
    packet.data = base::Bytes::copy_of("OTHER");
    channel.packager().on_packet(0, std::move(packet));
  }
  channel.finish();
  channel.log().check(0);
  return samples_of(channel.log(), 0);
}

}  // namespace

TEST(PackagerHold, LosesNothingOfAFeedThatTakesOverWithItsClockALittleBehind) {
  const std::int64_t frame = 3600;
  for (const std::int64_t late : {std::int64_t{0}, std::int64_t{1}, frame / 2, frame, 5 * frame, 12 * frame}) {
    const std::vector<Sample> samples = taken_over(late);
    const auto others = std::ranges::count(samples, "OTHER", &Sample::data);
    EXPECT_EQ(others, 125) << late;
    const auto first = std::ranges::find(samples, "OTHER", &Sample::data);
    EXPECT_TRUE(first->sync) << late;
    for (std::size_t i = 1; i < samples.size(); ++i) EXPECT_GT(samples[i].dts, samples[i - 1].dts) << late;
    // Whoever is behind catches up: the last pictures have their own times.
    EXPECT_EQ(samples.back().dts - samples[samples.size() - 2].dts, frame) << late;
  }
}

TEST(PackagerHold, LosesNothingWhereThePartUnderWayHasPicturesOfThatTimeAlready) {
  // The open part has 1 to 12 pictures; the other feed's first one has the time of one of them.
  for (int frames = 126; frames < 138; ++frames) {
    for (const std::int64_t after : {1, 3600, 7201, 20000}) {
      EXPECT_EQ(std::ranges::count(taken_over(-after, frames), "OTHER", &Sample::data), 125) << frames << ", " << after;
    }
  }
}

TEST(PackagerHold, GivesUpAGroupOfPicturesThatIsLateByMoreThanAPart) {
  const std::vector<Sample> samples = taken_over(std::int64_t{90000} * 7 / 10);
  const auto others = std::ranges::count(samples, "OTHER", &Sample::data);
  EXPECT_EQ(others, 75) << "two groups of three";
}

// LL-58 lets independent parts be shorter, and all of the sound's are; hls-parser does not.
TEST(PackagerHold, MakesNoShortPartOfSoundWhereverAFeedComesBack) {
  Channel::Options options = Channel::Options::holding();
  options.packager.part_target = 200 * kMillisecond;
  for (base::Micros away = 2000 * kMillisecond; away < 2220 * kMillisecond; away += kMillisecond) {
    Channel channel(options);
    announce(channel);
    channel.feed(packets(3));
    channel.feed(packets(3, kStart + 3 * kSecond + away));
    channel.finish();
    channel.log().check(1);
    const std::vector<record::Part> parts = channel.log().all<record::Part>(1);
    ASSERT_GT(count_held(parts), 5) << away;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      if (parts[i + 1].msn != parts[i].msn) continue;
      EXPECT_GE(parts[i].duration * 100, channel.log().presentation().renditions[1].part_ticks * 85)
          << away << ", part " << i;
    }
  }
}

namespace {

media::Track small_video() {
  media::Track small = stream::video_track({});
  small.video.width = 640;
  small.config = base::Bytes::copy_of("another configuration");
  return small;
}

std::int64_t count_breaks(const LogReader& log) {
  return std::ranges::count_if(log.records(), [](const record::Record& record) {
    return std::holds_alternative<record::Discontinuity>(record);
  });
}

}  // namespace

// Seen in a soak of a busy machine: media is usually late, so the end of the open segment is filled late, and the first
// key frame of the new size comes more than a part after it. That part was a gap.
TEST(PackagerHold, HasNoGapWhereTheFeedComesBackInAnotherFormatWheneverThatIs) {
  for (base::Micros away = 200 * kMillisecond; away <= 6 * kSecond; away += 40 * kMillisecond) {
    Channel channel(Channel::Options::holding());
    announce(channel);
    std::vector<media::Packet> before = packets(3);
    for (media::Packet& packet : before) packet.arrived += packet.arrived > kStart ? 300 * kMillisecond : 0;
    channel.feed(std::move(before));
    channel.timeline().on_restart();
    channel.wait_until(kStart + 3 * kSecond + away);
    channel.track(small_video());
    channel.track(stream::audio_track({}));
    channel.feed(packets(4, kStart + 3 * kSecond + away));
    channel.finish();
    EXPECT_EQ(count_breaks(channel.log()), 1) << away;
    for (std::uint32_t r = 0; r < 2; ++r)
      EXPECT_EQ(channel.log().all<record::Gap>(r).size(), 0U) << r << " away " << away;
  }
}

// A player has asked for the part after the newest one by then (LL-77), which check() looks for.
TEST(PackagerHold, PublishesThePartThatItHintedAtWheneverAStallIsOver) {
  const base::Micros begin = 3 * kSecond;
  for (const base::Micros phase : {0, 500, 900, 1700}) {
    for (base::Micros away = 600 * kMillisecond; away <= 7 * kSecond; away += 200 * kMillisecond) {
      const base::Micros start = kEpoch + phase * kMillisecond;
      Channel channel(Channel::Options::holding());
      announce(channel);
      std::vector<media::Packet> all = packets(14, start);
      for (media::Packet& packet : all) {
        if (packet.arrived > start + begin) packet.arrived = std::max(packet.arrived, start + begin + away);
      }
      channel.feed(std::move(all));
      channel.finish();
      for (std::uint32_t r = 0; r < 2; ++r) channel.log().check(r);
      ASSERT_FALSE(testing::Test::HasFailure()) << "phase " << phase << " ms, away " << away;
    }
  }
}

// Seen in a soak: the other feed's key frame came within the last picture of the feed before it, and sound had gone
// past it.
TEST(PackagerHold, CutsSoundWithThePictureWhereverAnotherFeedTakesOver) {
  for (int frames = 150; frames < 205; ++frames) {
    for (const base::Micros early : {1, 5, 20, 39, 41}) {
      Channel channel(Channel::Options::holding());
      announce(channel);
      const base::Micros end = kStart + frames * 40 * kMillisecond;
      const int sounds = frames * 40 * 48 / 1024 + 2;
      channel.feed(stream::interleave(stream::make_video({}, kStart, frames), stream::make_audio({}, kStart, sounds)));
      channel.wait_until(end + 100 * kMillisecond);
      for (media::Packet& packet : stream::make_video({}, end - early * kMillisecond, 125)) {
        packet.dts = packet.pts = media::rescale(packet.arrived, base::kSecond, 90000);
        channel.packager().on_packet(0, std::move(packet));
      }
      channel.packager().tick(end + 200 * kMillisecond);
      std::vector<media::Packet> sound = stream::make_audio({}, kStart, sounds + 235);
      for (std::size_t i = static_cast<std::size_t>(sounds); i < sound.size(); ++i) {
        sound[i].dts = sound[i].pts =
            media::rescale(kStart, base::kSecond, 48000) + static_cast<std::int64_t>(i) * 1024;
        channel.packager().on_packet(1, std::move(sound[i]));
      }
      channel.finish();
      channel.log().check(0);
      channel.log().check(1);
      channel.log().check_aligned();
      ASSERT_FALSE(testing::Test::HasFailure()) << frames << " pictures, " << early << " ms early";
    }
  }
}

// Seen in a soak: a feed that froze right after it had been changed over to. A player stood still at the gap for good.
TEST(PackagerHold, DoesNotBeginAFormatOfWhichNoKeyFrameComes) {
  for (const int pictures : {0, 10}) {
    Channel channel(Channel::Options::holding());
    announce(channel);
    channel.feed(packets(3));
    const std::vector<packager::RenditionSpec> before = packager::specs_of(channel.log().presentation());
    std::vector<packager::RenditionSpec> other = before;
    other[0].track = small_video();
    channel.packager().set_presentation(other);
    const base::Micros back = kStart + 9 * kSecond;
    for (media::Packet& packet : stream::make_video({}, kStart + 3 * kSecond, pictures)) {
      packet.key = false;
      channel.packager().on_packet(0, std::move(packet));
    }
    channel.wait_until(back);
    channel.packager().set_presentation(before);
    channel.feed(packets(4, back));
    channel.finish();
    EXPECT_EQ(count_breaks(channel.log()), 0);
    for (std::uint32_t r = 0; r < 2; ++r) {
      channel.log().check(r);
      EXPECT_EQ(channel.log().all<record::Gap>(r).size(), 0U) << r;
    }
    EXPECT_GT(count_held(channel.log().all<record::Part>(0)), 8);
  }
}

// Seen in a soak: another feed is shown, whose first key frame belongs where something is published already, and the
// feed freezes then.
TEST(PackagerHold, HasNoGapWhereAFormatBeginsLateAndItsFeedFreezes) {
  for (int frames = 125; frames < 180; frames += 6) {
    for (const int held : {0, 300, 700, 1300}) {
      for (const int late : {-41, 0, 1, 30, 200, 450, 700, 1500}) {
        Channel channel(Channel::Options::holding());
        announce(channel);
        const base::Micros end = kStart + frames * 40 * kMillisecond;
        channel.feed(stream::interleave(stream::make_video({}, kStart, frames),
                                        stream::make_audio({}, kStart, frames * 15 / 8)));
        const base::Micros now = end + held * kMillisecond;
        channel.wait_until(now);
        std::vector<packager::RenditionSpec> other = packager::specs_of(channel.log().presentation());
        other[0].track = small_video();
        channel.packager().set_presentation(other);
        const base::Micros first = now - late * kMillisecond;
        for (media::Packet& packet : stream::make_video({}, first, 150)) {
          packet.dts = packet.pts = media::rescale(packet.arrived, base::kSecond, 90000);
          const bool frozen = packet.arrived > first + 100 * kMillisecond;
          channel.wait_until(frozen ? std::max(packet.arrived, now + 4 * kSecond) : now);
          channel.packager().on_packet(0, std::move(packet));
        }
        channel.finish();
        channel.log().check(0);
        EXPECT_EQ(channel.log().all<record::Gap>(0).size(), 0U);
        EXPECT_EQ(count_breaks(channel.log()), 1);
        ASSERT_FALSE(testing::Test::HasFailure()) << frames << " pictures, held " << held << " ms, late " << late;
      }
    }
  }
}

TEST(PackagerHold, BeginsAFormatWithItsFirstKeyFrame) {
  for (const int without_key : {0, 1, 30, 60, 130}) {
    Channel channel(Channel::Options::holding());
    announce(channel);
    channel.feed(packets(3));
    channel.timeline().on_restart();
    channel.track(small_video());
    channel.track(stream::audio_track({}));
    std::vector<media::Packet> after = packets(10, kStart + 3 * kSecond);
    int pictures = 0;
    for (media::Packet& packet : after) {
      if (packet.track_id == stream::kVideoId && pictures++ < without_key) packet.key = false;
    }
    channel.feed(std::move(after));
    channel.finish();
    EXPECT_EQ(count_breaks(channel.log()), 1) << without_key;
    for (std::uint32_t r = 0; r < 2; ++r) {
      channel.log().check(r);
      EXPECT_EQ(channel.log().all<record::Gap>(r).size(), 0U) << r << ", " << without_key;
    }
  }
}
