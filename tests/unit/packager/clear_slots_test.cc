// A copied source whose key frames come a segment apart begins every segment with one, whenever in a slot it arrives.
#include <gtest/gtest.h>

#include <cstdlib>

#include "channel.h"

using base::kMillisecond;
using base::kSecond;

namespace {

constexpr base::Micros kSegment = 2 * kSecond;
// What media time may differ from arrival for it: media::kStartMargin, three frames, and one of rounding.
constexpr base::Micros kMostMoved = 260 * kMillisecond;

Channel::Options options() {
  Channel::Options made;
  made.packager.segment_target = kSegment;
  made.timeline.clear_slots = kSegment;
  return made;
}

void play(Channel& channel, const stream::Video& video, base::Micros start, int seconds, int stamp) {
  channel.track(stream::video_track(video));
  channel.track(stream::audio_track({}));
  const int frames = static_cast<int>(media::rescale(seconds, video.rate.den, video.rate.num));
  channel.feed(stream::interleave(stream::make_video(video, start, frames, stamp),
                                  stream::make_audio({}, start, seconds * 46, stamp)));
}

/// The segments that have media, and do not begin with a key frame.
int without_key(const LogReader& log) {
  int count = 0;
  for (const record::Part& part : log.all<record::Part>(0))
    if (part.index == 0 && !part.independent) ++count;
  return count;
}

std::vector<stream::Video> sources() {
  return {{.rate = {25, 1}, .gop = 50},
          {.rate = {50, 1}, .gop = 100, .reorder = 1},
          {.rate = {30000, 1001}, .gop = 60, .scale = 1000},
          {.rate = {25, 1}, .gop = 50, .reorder = 1, .open_gop = true},
          {.rate = {60, 1}, .gop = 240}};
}

}  // namespace

TEST(ClearSlots, EverySegmentBeginsWithAKeyFrameWheneverTheSourceStarts) {
  for (const stream::Video& video : sources()) {
    // Key frames further apart than a segment: those between have none.
    if (video.gop == 240) continue;
    for (base::Micros phase = 0; phase < kSegment; phase += 20 * kMillisecond) {
      SCOPED_TRACE(std::to_string(video.rate.num) + " frames/s at " + std::to_string(phase));
      Channel channel(options());
      play(channel, video, stream::kEpoch + phase, 11, 10);
      channel.finish();
      EXPECT_EQ(without_key(channel.log()), 0);
      const media::Packet& first = channel.placed().front();
      const base::Micros moved = media::rescale(first.pts, channel.tracks().front().timescale, kSecond) - first.arrived;
      EXPECT_LE(std::abs(moved), kMostMoved);
      channel.log().check(0);
      channel.log().check_aligned();
    }
  }
}

TEST(ClearSlots, KeyFramesTwoSegmentsApartBeginEveryOther) {
  const stream::Video video = sources().back();
  for (base::Micros phase = 0; phase < kSegment; phase += 20 * kMillisecond) {
    SCOPED_TRACE(phase);
    Channel channel(options());
    play(channel, video, stream::kEpoch + phase, 20, 10);
    channel.finish();
    EXPECT_LE(without_key(channel.log()), 6);
    channel.log().check(0);
  }
}

TEST(ClearSlots, ASourceThatComesBackBeginsSegmentsWithItsKeyFramesAgain) {
  for (const stream::Video& video : sources()) {
    if (video.gop == 240) continue;
    for (base::Micros phase = 0; phase < kSegment; phase += 20 * kMillisecond) {
      SCOPED_TRACE(std::to_string(video.rate.num) + " frames/s, back at " + std::to_string(phase));
      Channel channel(options());
      play(channel, video, stream::kEpoch + 300 * kMillisecond, 7, 10);
      const base::Micros back = stream::kEpoch + 12 * kSecond + phase;
      channel.wait_until(back);
      channel.timeline().on_restart();
      play(channel, video, back, 11, 5000);
      channel.finish();
      // The segment that the gap ends in has its media from where the source came back.
      EXPECT_LE(without_key(channel.log()), 1);
      channel.log().check(0);
      channel.log().check_aligned();
    }
  }
}
