#include "channel/report.h"

#include <gtest/gtest.h>

#include <deque>

#include "fakes.h"

namespace channel {
namespace {

using base::kMillisecond;
using base::kSecond;
using feed::Role;

class ReportTest : public testing::Test {
 protected:
  FakeFeed& publish() {
    feeds_.emplace_back();
    auto answer = channel_.publish(request_for("match"), feeds_.back());
    feeds_.back().sink = std::get<ingest::FeedSink*>(answer);
    feeds_.back().start();
    return feeds_.back();
  }
  /// A publisher that has sent a header, for which a worker was started.
  FakeFeed& send() {
    FakeFeed& feed = publish();
    feed.rtmp(Role::kHeader, "");
    return feed;
  }
  FakeProcess& worker() { return spawner_.newest(); }
  job::Stats& stats() { return spawner_.newest().stats; }
  Report report() { return make_report(channel_); }

  FakeTime time_;
  FakeSpawner spawner_;
  std::deque<FakeFeed> feeds_;
  Channel channel_{
      {time_, time_, spawner_, [](const std::string&, std::shared_ptr<const origin::ChannelSnapshot>) {}, [] {}},
      "match",
      {}};
};

TEST_F(ReportTest, OfAChannelThatNobodyHasPublishedToSaysNothing) {
  const Report empty = report();
  EXPECT_EQ(empty.name, "match");
  EXPECT_EQ(empty.state, Channel::State::kIdle);
  EXPECT_EQ(empty.protocol, "");
  EXPECT_EQ(empty.encoder, "");
  EXPECT_EQ(empty.feed_started, 0);
  EXPECT_FALSE(empty.feed_silent);
  EXPECT_FALSE(empty.worker.running);
  EXPECT_EQ(empty.worker.pid, 0);
  EXPECT_EQ(empty.worker.source_video, "");
  EXPECT_EQ(empty.source.starts, 0U);
}

TEST_F(ReportTest, NamesThePublisherUntilItIsGone) {
  const base::Micros came = time_.utc();
  FakeFeed& feed = publish();
  time_.advance(kSecond);
  feed.rtmp(Role::kAudio, "12345");
  Report told = report();
  EXPECT_EQ(told.state, Channel::State::kLive);
  EXPECT_EQ(told.protocol, "rtmp");
  EXPECT_EQ(told.encoder, "test encoder");
  EXPECT_EQ(told.feed_started, came);
  EXPECT_EQ(told.feed.bytes, 5U);
  EXPECT_EQ(told.queue.messages, 1U);
  EXPECT_EQ(told.source.starts, 1U);
  feed.end();
  told = report();
  EXPECT_EQ(told.state, Channel::State::kGrace);
  EXPECT_EQ(told.protocol, "");
  EXPECT_EQ(told.encoder, "");
  EXPECT_EQ(told.feed_started, 0);
  EXPECT_EQ(told.feed.bytes, 5U) << "what was counted stays";
}

TEST_F(ReportTest, SaysThatAFeedIsSilentFromTwoSecondsOn) {
  FakeFeed& feed = publish();
  feed.rtmp(Role::kAudio, "f");
  time_.advance(FeedSlot::kSilent - 1);
  EXPECT_FALSE(report().feed_silent);
  time_.advance(1);
  EXPECT_TRUE(report().feed_silent);
  feed.rtmp(Role::kAudio, "f");
  EXPECT_FALSE(report().feed_silent);
}

TEST_F(ReportTest, CountsPublishersThatWereRefused) {
  publish().rtmp(Role::kAudio, "f");
  FakeFeed second;
  channel_.publish(request_for("match"), second);
  channel_.publish(request_for("match"), second);
  EXPECT_EQ(report().publishes_refused, 2U);
}

TEST_F(ReportTest, CountsPartsByWhatTheyAreAndHowLateTheyCame) {
  send();
  record::Part part = part_at(time_.utc(), 0);
  part.captured = time_.utc() - kSecond;
  record::Part held = part_at(time_.utc(), 1);
  held.held = true;
  worker().say({sound(), part, held});
  const Report told = report();
  EXPECT_EQ(told.late_parts, 1U);
  EXPECT_EQ(told.held_parts, 1U);
  EXPECT_EQ(told.capture_to_part.sum(), kSecond) << "what is held was never captured";
  EXPECT_NE(told.snapshot, nullptr);
}

// Two numbers that change places are two numbers that nobody can trust.
TEST_F(ReportTest, GivesEveryNumberOfTheWorkersUnderItsOwnName) {
  send();
  std::uint64_t next = 100;
  for (job::Stats::Number* number :
       {&stats().video_packets,    &stats().audio_packets,        &stats().unplayable_messages,
        &stats().ts_sync_losses,   &stats().ts_continuity_errors, &stats().ts_damaged_units,
        &stats().ts_scrambled,     &stats().ts_transport_errors,  &stats().ts_untimed,
        &stats().ts_unsupported,   &stats().timeline_anchors,     &stats().timeline_restamped,
        &stats().timeline_dropped, &stats().packager_dropped,     &stats().decoded_frames,
        &stats().decode_errors,    &stats().encoded_frames,       &stats().dropped_packets,
        &stats().dropped_frames,   &stats().duplicated_frames,    &stats().held_frames,
        &stats().log_lines_lost,   &stats().encode_lag_us,        &stats().encode_delay_us,
        &stats().audio_skew_us}) {
    *number = next++;
  }
  const WorkerReport told = report().worker;
  next = 100;
  for (const std::uint64_t number :
       {told.video_packets,        told.audio_packets,    told.unplayable_messages, told.ts_sync_losses,
        told.ts_continuity_errors, told.ts_damaged_units, told.ts_scrambled,        told.ts_transport_errors,
        told.ts_untimed,           told.ts_unsupported,   told.timeline_anchors,    told.timeline_restamped,
        told.timeline_dropped,     told.packager_dropped, told.decoded_frames,      told.decode_errors,
        told.encoded_frames,       told.dropped_packets,  told.dropped_frames,      told.duplicated_frames,
        told.held_frames,          told.log_lines_lost,   told.encode_lag_us,       told.encode_delay_us,
        told.audio_skew_us}) {
    EXPECT_EQ(number, next++);
  }
  EXPECT_TRUE(told.running);
  EXPECT_EQ(told.pid, 7);
}

TEST_F(ReportTest, DescribesTheSourcesPictureAsFarAsItIsKnown) {
  send();
  const auto video = [&](std::uint64_t codec_plus_one, std::uint64_t num, std::uint64_t den) {
    stats().source_codec_plus_one = codec_plus_one;
    stats().source_width = 1280;
    stats().source_height = 720;
    stats().source_rate_num = num;
    stats().source_rate_den = den;
    return report().worker.source_video;
  };
  EXPECT_EQ(video(0, 25, 1), "");
  EXPECT_EQ(video(1, 25, 1), "H.264 1280x720 25 frames/s");
  EXPECT_EQ(video(1, 30000, 1001), "H.264 1280x720 30000/1001 frames/s");
  EXPECT_EQ(video(2, 0, 1), "HEVC 1280x720");
  EXPECT_EQ(video(5, 0, 1), "MPEG-2 1280x720");
  EXPECT_EQ(video(14, 0, 1), "unknown 1280x720") << "a number that a broken worker wrote";
  EXPECT_EQ(video(UINT64_MAX, 0, 1), "unknown 1280x720");
}

TEST_F(ReportTest, DescribesTheSourcesSound) {
  send();
  const auto audio = [&](std::uint64_t codec_plus_one) {
    stats().source_audio_codec_plus_one = codec_plus_one;
    stats().source_sample_rate = 44'100;
    stats().source_channels = 2;
    return report().worker.source_audio;
  };
  EXPECT_EQ(audio(0), "");
  EXPECT_EQ(audio(6), "AAC 44100 Hz, channels 2");
  EXPECT_EQ(audio(7), "Opus 44100 Hz, channels 2");
  EXPECT_EQ(audio(11), "MP3 44100 Hz, channels 2");
}

TEST_F(ReportTest, HasNoWorkerWhileThereIsNone) {
  send();
  stats().video_packets = 5;
  worker().die();
  EXPECT_FALSE(report().worker.running);
  EXPECT_EQ(report().worker.video_packets, 0U);
  EXPECT_EQ(report().source.restarts, 1U);
  time_.advance(0);
  EXPECT_TRUE(report().worker.running);
}

}  // namespace
}  // namespace channel
