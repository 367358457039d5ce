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
  Report reported = report();
  EXPECT_EQ(reported.state, Channel::State::kLive);
  EXPECT_EQ(reported.protocol, "rtmp");
  EXPECT_EQ(reported.encoder, "test encoder");
  EXPECT_EQ(reported.feed_started, came);
  EXPECT_EQ(reported.feed.bytes, 5U);
  EXPECT_EQ(reported.queue.messages, 1U);
  EXPECT_EQ(reported.source.starts, 1U);
  feed.end();
  reported = report();
  EXPECT_EQ(reported.state, Channel::State::kGrace);
  EXPECT_EQ(reported.protocol, "");
  EXPECT_EQ(reported.encoder, "");
  EXPECT_EQ(reported.feed_started, 0);
  EXPECT_EQ(reported.feed.bytes, 5U) << "what was counted stays";
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
  const Report reported = report();
  EXPECT_EQ(reported.late_parts, 1U);
  EXPECT_EQ(reported.held_parts, 1U);
  EXPECT_EQ(reported.capture_to_part.sum(), kSecond) << "what is held was never captured";
  EXPECT_NE(reported.snapshot, nullptr);
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
  const WorkerReport reported = report().worker;
  next = 100;
  for (const std::uint64_t number :
       {reported.video_packets,    reported.audio_packets,        reported.unplayable_messages,
        reported.ts_sync_losses,   reported.ts_continuity_errors, reported.ts_damaged_units,
        reported.ts_scrambled,     reported.ts_transport_errors,  reported.ts_untimed,
        reported.ts_unsupported,   reported.timeline_anchors,     reported.timeline_restamped,
        reported.timeline_dropped, reported.packager_dropped,     reported.decoded_frames,
        reported.decode_errors,    reported.encoded_frames,       reported.dropped_packets,
        reported.dropped_frames,   reported.duplicated_frames,    reported.held_frames,
        reported.log_lines_lost,   reported.encode_lag_us,        reported.encode_delay_us,
        reported.audio_skew_us}) {
    EXPECT_EQ(number, next++);
  }
  EXPECT_TRUE(reported.running);
  EXPECT_EQ(reported.pid, 7);
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
