#include "channel/report.h"

#include <gtest/gtest.h>

#include <deque>

#include "fakes.h"
#include "job/teletext_page.h"
#include "job/time_code.h"

namespace channel {
namespace {

using base::kMillisecond;
using base::kSecond;
using feed::Role;

class ReportTest : public testing::Test {
 protected:
  FakeFeed& publish() {
    feeds_.emplace_back();
    auto answer = channel_.publish(request_for("match"), feed::Id::kPrimary, feeds_.back());
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
  FakeEvents events_;
  std::deque<FakeFeed> feeds_;
  Channel channel_{{time_, time_, spawner_, events_,
                    [](const std::string&, std::shared_ptr<const origin::ChannelSnapshot>) {}, [] {}},
                   "match",
                   {}};
};

TEST_F(ReportTest, OfAChannelThatNobodyHasPublishedToSaysNothing) {
  const Report empty = report();
  EXPECT_EQ(empty.name, "match");
  EXPECT_EQ(empty.state, Channel::State::kIdle);
  EXPECT_TRUE(empty.feeds[0].used);
  EXPECT_EQ(empty.feeds[0].protocol, "");
  EXPECT_EQ(empty.feeds[0].encoder, "");
  EXPECT_EQ(empty.feeds[0].since, 0);
  EXPECT_FALSE(empty.feeds[0].silent);
  EXPECT_FALSE(empty.feeds[1].used) << "no backup was ever spoken of";
  EXPECT_FALSE(empty.worker.running);
  EXPECT_EQ(empty.worker.pid, 0);
  EXPECT_EQ(empty.feeds[0].video, "");
  EXPECT_EQ(empty.source.starts, 0U);
}

TEST_F(ReportTest, NamesThePublisherUntilItIsGone) {
  const base::Micros came = time_.utc();
  FakeFeed& feed = publish();
  time_.advance(kSecond);
  feed.rtmp(Role::kAudio, "12345");
  Report reported = report();
  EXPECT_EQ(reported.state, Channel::State::kLive);
  EXPECT_EQ(reported.feeds[0].protocol, "rtmp");
  EXPECT_EQ(reported.feeds[0].encoder, "test encoder");
  EXPECT_EQ(reported.feeds[0].since, came);
  EXPECT_EQ(reported.feeds[0].counters.bytes, 5U);
  EXPECT_EQ(reported.queue.messages, 1U);
  EXPECT_EQ(reported.source.starts, 1U);
  feed.end();
  reported = report();
  EXPECT_EQ(reported.state, Channel::State::kGrace);
  EXPECT_EQ(reported.feeds[0].protocol, "");
  EXPECT_EQ(reported.feeds[0].encoder, "");
  EXPECT_EQ(reported.feeds[0].since, 0);
  EXPECT_EQ(reported.feeds[0].counters.bytes, 5U) << "what was counted stays";
}

TEST_F(ReportTest, SaysThatAFeedIsSilentFromTwoSecondsOn) {
  FakeFeed& feed = publish();
  feed.rtmp(Role::kAudio, "f");
  time_.advance(FeedSlot::kSilent - 1);
  EXPECT_FALSE(report().feeds[0].silent);
  time_.advance(1);
  EXPECT_TRUE(report().feeds[0].silent);
  feed.rtmp(Role::kAudio, "f");
  EXPECT_FALSE(report().feeds[0].silent);
}

TEST_F(ReportTest, TellsTheFeedsApartAndWhichIsShown) {
  send().rtmp(Role::kAudio, "f");
  FakeFeed backup;
  auto answer = channel_.publish(request_for("match"), feed::Id::kBackup, backup);
  backup.sink = std::get<ingest::FeedSink*>(answer);
  backup.start();
  backup.rtmp(Role::kKeyFrame, "123");
  EXPECT_TRUE(report().feeds[1].used);
  EXPECT_EQ(report().feeds[1].counters.bytes, 3U);
  EXPECT_EQ(report().feeds[0].counters.bytes, 1U);
  EXPECT_EQ(report().shown, feed::Id::kPrimary);
  feeds_.back().end();
  EXPECT_EQ(report().shown, feed::Id::kBackup);
  EXPECT_EQ(report().switches[static_cast<std::size_t>(FeedChoice::Reason::kLost)], 1U);
  ASSERT_EQ(report().last_switches.size(), 1U);
  EXPECT_EQ(report().last_switches.front().to, feed::Id::kBackup);
  EXPECT_EQ(report().feeds[0].protocol, "");
  EXPECT_EQ(report().feeds[1].protocol, "rtmp");
}

TEST_F(ReportTest, SaysHowWellAFeedIsAndWhatIsWrong) {
  send().rtmp(Role::kAudio, "f");
  EXPECT_EQ(report().feeds[0].score, 100);
  EXPECT_EQ(report().feeds[0].fault, "");
  EXPECT_EQ(report().feeds[1].score, 0);
  stats().feeds[0].frozen_us = 5 * kSecond;
  EXPECT_EQ(report().feeds[0].score, 25);
  EXPECT_EQ(report().feeds[0].fault, "frozen");
  stats().feeds[0].frozen_us = 0;
  stats().feeds[0].mute_us = 10 * kSecond;
  EXPECT_EQ(report().feeds[0].fault, "mute");
  stats().feeds[0].mute_us = 0;
  stats().feeds[0].black_us = 2 * kSecond;
  EXPECT_EQ(report().feeds[0].fault, "black");
}

TEST_F(ReportTest, TellsWhichFeedIsDecodedAndItsRates) {
  send().rtmp(Role::kAudio, "f");
  stats().feeds[0].decoded = 1;
  stats().feeds[0].frame_rate = 12'500;
  stats().feeds[0].usual_frame_rate = 25'000;
  EXPECT_TRUE(report().feeds[0].decoded);
  EXPECT_FALSE(report().feeds[1].decoded);
  EXPECT_EQ(report().feeds[0].frame_rate, 12'500U);
  EXPECT_EQ(report().feeds[0].usual_frame_rate, 25'000U);
}

TEST_F(ReportTest, TellsHowFarTheFeedsAreApart) {
  EXPECT_EQ(report().alignment.method, job::Alignment::kNone);
  send().rtmp(Role::kAudio, "f");
  stats().alignment = 2;
  stats().feed_offset_us = static_cast<std::uint64_t>(std::int64_t{-700'000});
  stats().alignment_permille = 950;
  stats().feeds[1].delay_us = 40'000;
  EXPECT_EQ(report().alignment.method, job::Alignment::kLoudness);
  EXPECT_EQ(report().alignment.offset, -700'000);
  EXPECT_EQ(report().alignment.confidence, 0.95);
  EXPECT_EQ(report().feeds[1].delay_us, 40'000U);
  stats().alignment = 17;
  EXPECT_EQ(report().alignment.method, job::Alignment::kNone) << "a worker may write anything";
}

TEST_F(ReportTest, TellsWhichFeedIsAtItsTimeCode) {
  send().rtmp(Role::kAudio, "f");
  for (const job::Anchored anchored : {job::Anchored::kTimeCode, job::Anchored::kPts, job::Anchored::kArrival}) {
    stats().feeds[0].anchored = static_cast<std::uint64_t>(anchored);
    EXPECT_EQ(report().feeds[0].anchored, anchored);
  }
  stats().feeds[1].anchored = 7;
  EXPECT_EQ(report().feeds[1].anchored, job::Anchored::kArrival) << "a worker may write anything";
}

TEST_F(ReportTest, TellsTheTimeCodeOfAFeed) {
  send().rtmp(Role::kAudio, "f");
  EXPECT_FALSE(report().feeds[0].time_code);
  const media::TimeCode code{.hours = 10, .frames = 12};
  stats().feeds[0].time_code = job::packed(code);
  stats().feeds[0].time_code_offset_us = static_cast<std::uint64_t>(std::int64_t{-1'200'000});
  EXPECT_EQ(report().feeds[0].time_code, code);
  EXPECT_FALSE(report().feeds[0].time_code_offset) << "it does not run";
  stats().feeds[0].time_code_runs = 1;
  EXPECT_EQ(report().feeds[0].time_code_offset, -1'200'000);
  stats().feeds[0].time_code = 7;
  EXPECT_FALSE(report().feeds[0].time_code) << "a worker may write anything";
  EXPECT_FALSE(report().feeds[0].time_code_offset);
}

TEST_F(ReportTest, CountsPublishersThatWereRefused) {
  publish().rtmp(Role::kAudio, "f");
  FakeFeed second;
  channel_.publish(request_for("match"), feed::Id::kPrimary, second);
  channel_.publish(request_for("match"), feed::Id::kPrimary, second);
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
  for (job::FeedStats& feed : stats().feeds) {
    for (job::Number* number :
         {&feed.video_packets, &feed.audio_packets, &feed.ts_sync_losses, &feed.ts_continuity_errors,
          &feed.ts_damaged_units, &feed.ts_scrambled, &feed.ts_transport_errors, &feed.ts_untimed, &feed.ts_unsupported,
          &feed.timeline_anchors, &feed.timeline_restamped, &feed.timeline_dropped, &feed.only_packets,
          &feed.caption_pictures}) {
      *number = next++;
    }
  }
  for (job::Number* number :
       {&stats().unplayable_messages, &stats().packager_dropped, &stats().events,          &stats().events_dropped,
        &stats().cuts_moved,          &stats().cuts_late,        &stats().cuts_crowded,    &stats().decoded_frames,
        &stats().decode_errors,       &stats().encoded_frames,   &stats().dropped_packets, &stats().dropped_frames,
        &stats().duplicated_frames,   &stats().held_frames,      &stats().log_lines_lost,  &stats().encode_lag_us,
        &stats().encode_delay_us,     &stats().audio_skew_us,    &stats().left_out_frames, &stats().economy_level,
        &stats().economy_steps,       &stats().overlay_frames,   &stats().overlay_faults}) {
    *number = next++;
  }
  stats().feeds[1].merged = 1;
  const Report all = report();
  EXPECT_FALSE(all.feeds[0].merged);
  EXPECT_TRUE(all.feeds[1].merged);
  next = 100;
  for (const FeedReport& feed : all.feeds) {
    for (const std::uint64_t number :
         {feed.video_packets, feed.audio_packets, feed.ts_sync_losses, feed.ts_continuity_errors, feed.ts_damaged_units,
          feed.ts_scrambled, feed.ts_transport_errors, feed.ts_untimed, feed.ts_unsupported, feed.timeline_anchors,
          feed.timeline_restamped, feed.timeline_dropped, feed.only_packets, feed.caption_pictures}) {
      EXPECT_EQ(number, next++);
    }
  }
  const WorkerReport& reported = all.worker;
  for (const std::uint64_t number :
       {reported.unplayable_messages, reported.packager_dropped, reported.events,          reported.events_dropped,
        reported.cuts_moved,          reported.cuts_late,        reported.cuts_crowded,    reported.decoded_frames,
        reported.decode_errors,       reported.encoded_frames,   reported.dropped_packets, reported.dropped_frames,
        reported.duplicated_frames,   reported.held_frames,      reported.log_lines_lost,  reported.encode_lag_us,
        reported.encode_delay_us,     reported.audio_skew_us,    reported.left_out_frames, reported.economy_level,
        reported.economy_steps,       reported.overlay_frames,   reported.overlay_faults}) {
    EXPECT_EQ(number, next++);
  }
  EXPECT_TRUE(reported.running);
  EXPECT_EQ(reported.pid, 7);
}

TEST_F(ReportTest, NamesTheCaptionsThatWereFound) {
  send();
  EXPECT_EQ(report().feeds[0].captions, "");
  stats().feeds[0].line21_captions = 1 + 4;
  stats().feeds[0].digital_captions = 1 + (std::uint64_t{1} << 62);
  EXPECT_EQ(report().feeds[0].captions, "CC1 CC3 SERVICE1 SERVICE63");
  stats().feeds[0].line21_captions = UINT64_MAX;
  stats().feeds[0].digital_captions = UINT64_MAX;
  EXPECT_NE(report().feeds[0].captions.find("SERVICE63"), std::string::npos) << "whatever a worker writes";
}

TEST_F(ReportTest, NamesThePagesOfTeletextThatTheFeedDescribes) {
  send();
  EXPECT_TRUE(report().feeds[0].teletext_pages.empty());
  const media::TeletextPages pages{{0x888, "eng", true, false}, {0x1ff, "", false, true}};
  stats().feeds[0].teletext_pages[0] = job::packed(pages[0]);
  stats().feeds[0].teletext_pages[1] = job::packed(pages[1]);
  stats().feeds[0].teletext = 5;
  stats().feeds[0].teletext_damaged = 6;
  stats().feeds[0].bitmap_subtitles = 7;
  stats().teletext_lines_bad = 8;
  EXPECT_EQ(report().feeds[0].teletext_pages, pages);
  EXPECT_EQ(report().feeds[0].teletext, 5U);
  EXPECT_EQ(report().feeds[0].teletext_damaged, 6U);
  EXPECT_EQ(report().feeds[0].bitmap_subtitles, 7U);
  EXPECT_EQ(report().worker.teletext_lines_bad, 8U);
  stats().feeds[0].teletext_pages[0] = UINT64_MAX;
  EXPECT_EQ(report().feeds[0].teletext_pages[0].language, "") << "whatever a worker writes";
}

TEST_F(ReportTest, CountsTheTextsOfTheFeed) {
  send();
  stats().feeds[0].texts = 5;
  stats().feeds[0].bad_texts = 6;
  stats().texts_unplaced = 7;
  EXPECT_EQ(report().feeds[0].texts, 5U);
  EXPECT_EQ(report().feeds[0].bad_texts, 6U);
  EXPECT_EQ(report().worker.texts_unplaced, 7U);
}

TEST_F(ReportTest, DescribesTheSourcesPictureAsFarAsItIsKnown) {
  send();
  const auto video = [&](std::uint64_t codec_plus_one, std::uint64_t num, std::uint64_t den) {
    stats().feeds[0].codec_plus_one = codec_plus_one;
    stats().feeds[0].width = 1280;
    stats().feeds[0].height = 720;
    stats().feeds[0].rate_num = num;
    stats().feeds[0].rate_den = den;
    return report().feeds[0].video;
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
    stats().feeds[0].audio_codec_plus_one = codec_plus_one;
    stats().feeds[0].sample_rate = 44'100;
    stats().feeds[0].channels = 2;
    return report().feeds[0].audio;
  };
  EXPECT_EQ(audio(0), "");
  EXPECT_EQ(audio(6), "AAC 44100 Hz, channels 2");
  EXPECT_EQ(audio(7), "Opus 44100 Hz, channels 2");
  EXPECT_EQ(audio(11), "MP3 44100 Hz, channels 2");
}

TEST_F(ReportTest, HasNoWorkerWhileThereIsNone) {
  send();
  stats().feeds[0].video_packets = 5;
  worker().die();
  EXPECT_FALSE(report().worker.running);
  EXPECT_EQ(report().feeds[0].video_packets, 0U);
  EXPECT_EQ(report().source.restarts, 1U);
  time_.advance(0);
  EXPECT_TRUE(report().worker.running);
}

TEST_F(ReportTest, TellsOfTheSlateWhatTheOperatorWantsAndWhatIsSeen) {
  EXPECT_FALSE(report().slate.ordered);
  EXPECT_FALSE(report().slate.shown);
  Options with;
  with.media.slate = base::SharedFile::make(base::view_of("a picture")).take();
  channel_.set_options(with);
  send();
  channel_.order_slate({.on = true, .duration = 5 * kSecond, .reason = "pause"});
  stats().slate = 1;
  stats().slates = 2;
  stats().slate_frames = 77;
  const Report reported = report();
  EXPECT_TRUE(reported.slate.ordered);
  EXPECT_TRUE(reported.slate.shown);
  EXPECT_EQ(reported.slate.reason, "pause");
  EXPECT_EQ(reported.slate.left, 5 * kSecond);
  EXPECT_EQ(reported.slate.shows, 2U);
  EXPECT_EQ(reported.slate.frames, 77U);
}

TEST_F(ReportTest, SaysHowLoudFeedsAndEncodedAudioAre) {
  send();
  EXPECT_FALSE(report().feeds[0].loudness.known());
  EXPECT_TRUE(report().audio.empty());
  job::LoudnessStats& feed = stats().feeds[1].loudness;
  feed.momentary = job::number_of(-21);
  feed.short_term = job::number_of(-22);
  feed.integrated = job::number_of(-23.5);
  feed.range = job::number_of(7);
  feed.true_peak = job::number_of(-1.25);
  stats().audio[1].loudness.integrated = job::number_of(-24);
  stats().audio[2].gain = job::number_of(0);
  stats().audio[2].reduction = job::number_of(2.5);
  stats().audio[2].limited_us = 1'500'000;
  const Report all = report();
  EXPECT_FALSE(all.feeds[0].loudness.known());
  const LoudnessReport& loudness = all.feeds[1].loudness;
  EXPECT_EQ(loudness.momentary, -21);
  EXPECT_EQ(loudness.short_term, -22);
  EXPECT_EQ(loudness.integrated, -23.5);
  EXPECT_EQ(loudness.range, 7);
  EXPECT_EQ(loudness.true_peak, -1.25);
  ASSERT_EQ(all.audio.size(), 2U) << "the first is copied";
  EXPECT_EQ(all.audio[0].rendition, "a2");
  EXPECT_EQ(all.audio[0].loudness.integrated, -24);
  EXPECT_EQ(all.audio[0].loudness.momentary, std::nullopt);
  EXPECT_EQ(all.audio[0].gain, std::nullopt);
  EXPECT_EQ(all.audio[1].rendition, "a3");
  EXPECT_EQ(all.audio[1].gain, 0);
  EXPECT_EQ(all.audio[1].reduction, 2.5);
  EXPECT_EQ(all.audio[1].limited_us, 1'500'000U);
}

TEST_F(ReportTest, HasARenditionThatIsLimitedAndNotMeasured) {
  send();
  stats().audio[0].reduction = job::number_of(0);
  const Report all = report();
  ASSERT_EQ(all.audio.size(), 1U);
  EXPECT_EQ(all.audio[0].reduction, 0);
  EXPECT_EQ(all.audio[0].gain, std::nullopt);
}

}  // namespace
}  // namespace channel
