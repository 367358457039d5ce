#include <gtest/gtest.h>

#include <random>

#include "channel.h"

using base::kMillisecond;
using base::kSecond;

namespace {

/// A random feed and what happens to it. The seed is in every message, so that a failure can be run again.
struct Schedule {
  stream::Video video;
  stream::Audio audio;
  bool with_audio = true;
  bool with_video = true;
  Channel::Options options;
  base::Micros start = 0;
  int seconds = 30;
  base::Micros jitter = 0;
  std::vector<std::pair<base::Micros, base::Micros>> losses;  ///< from the start; length
  base::Micros restart = 0;  ///< from the start: the publisher comes again here, its stamps begin anew; 0: never
  base::Micros jump = 0;     ///< from the start: stamps jump here; 0: never
  base::Micros jump_by = 0;
};

template <typename T>
T pick(std::mt19937& random, std::initializer_list<T> choices) {
  return *(choices.begin() + static_cast<std::ptrdiff_t>(random() % choices.size()));
}

Schedule make_schedule(unsigned seed) {
  std::mt19937 random(seed);
  Schedule schedule;
  schedule.video.rate = pick<media::Rational>(
      random, {{25, 1}, {50, 1}, {30, 1}, {60, 1}, {24, 1}, {30000, 1001}, {60000, 1001}, {24000, 1001}});
  const std::int64_t whole_rate = media::rescale(1, schedule.video.rate.den, schedule.video.rate.num);
  const int gop_tenths = pick(random, {5, 10, 15, 20, 24, 30, 40, 50, 100});
  schedule.video.gop = static_cast<int>(whole_rate * gop_tenths / 10);
  schedule.video.reorder = pick(random, {0, 0, 1});
  schedule.video.open_gop = schedule.video.reorder > 0 && schedule.video.gop % 2 == 0 && random() % 2 == 0;
  schedule.video.scale = schedule.audio.scale = pick<std::int64_t>(random, {1000, 90000});
  schedule.video.rate_known = random() % 4 != 0 || schedule.video.rate.den != 1;
  schedule.audio.sample_rate = pick(random, {44100, 48000, 22050});
  schedule.audio.frame_samples = pick(random, {1024, 1024, 2048, 1152, 1536, 960});
  schedule.with_audio = random() % 8 != 0;
  schedule.with_video = !schedule.with_audio || random() % 8 != 0;
  schedule.options.encode = random() % 3 == 0;
  if (seed % 2 == 0) {
    const bool encode = schedule.options.encode;
    schedule.options = Channel::Options::holding();
    schedule.options.encode = encode;
    schedule.options.silence.duration = schedule.audio.frame_samples;
  }
  if (schedule.options.encode) schedule.video.reorder = schedule.video.open_gop = 0;
  schedule.options.packager.segment_target = pick<base::Micros>(random, {2, 2, 2, 1, 4, 6}) * kSecond;
  schedule.options.packager.part_target = pick<base::Micros>(random, {200, 333, 500, 500, 1000}) * kMillisecond;
  schedule.start = stream::kEpoch + static_cast<base::Micros>(random() % 6'000'000);
  schedule.jitter = pick<base::Micros>(random, {0, 5, 200}) * kMillisecond;
  for (unsigned count = random() % 4; count > 0; --count) {
    const base::Micros length = pick<base::Micros>(random, {40, 300, 1000, 3000, 5000, 15000}) * kMillisecond;
    schedule.losses.emplace_back(static_cast<base::Micros>(random() % 25'000'000), length);
  }
  if (random() % 4 == 0) schedule.restart = static_cast<base::Micros>(5'000'000 + random() % 20'000'000);
  if (random() % 4 == 0) schedule.jump = static_cast<base::Micros>(2'000'000 + random() % 20'000'000);
  schedule.jump_by = pick<base::Micros>(random, {-9000, -700, -300, 300, 1500, 4'000'000}) * kMillisecond;
  return schedule;
}

/// Stamps of everything received from `from` on, later by `by`.
void shift_stamps(std::vector<media::Packet>& packets, base::Micros from, base::Micros by, std::int64_t scale) {
  for (media::Packet& packet : packets) {
    if (packet.arrived < from) continue;
    packet.dts += media::rescale(by, kSecond, scale);
    packet.pts += media::rescale(by, kSecond, scale);
  }
}

std::vector<media::Packet> packets_of(const Schedule& schedule, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<media::Packet> video, audio;
  const auto count = [&schedule](std::int64_t num, std::int64_t den) {
    return static_cast<int>(media::rescale(schedule.seconds, den, num));
  };
  if (schedule.with_video) {
    video = stream::make_video(schedule.video, schedule.start, count(schedule.video.rate.num, schedule.video.rate.den));
  }
  if (schedule.with_audio) {
    audio = stream::make_audio(schedule.audio, schedule.start,
                               count(schedule.audio.sample_rate, schedule.audio.frame_samples));
  }
  std::vector<media::Packet> packets = stream::interleave(std::move(video), std::move(audio));
  base::Micros latest = 0;
  for (media::Packet& packet : packets) {
    if (schedule.jitter > 0)
      packet.arrived += static_cast<base::Micros>(random() % static_cast<unsigned>(schedule.jitter));
    latest = packet.arrived = std::max(packet.arrived, latest);
  }
  for (const auto& [from, length] : schedule.losses) {
    packets = stream::lose(std::move(packets), schedule.start + from, schedule.start + from + length);
  }
  const std::int64_t scale = schedule.video.scale;
  if (schedule.restart > 0) shift_stamps(packets, schedule.start + schedule.restart, -100 * kSecond, scale);
  if (schedule.jump > 0) shift_stamps(packets, schedule.start + schedule.jump, schedule.jump_by, scale);
  return packets;
}

void announce(Channel& channel, const Schedule& schedule) {
  if (schedule.with_video) channel.track(stream::video_track(schedule.video));
  if (schedule.with_audio) channel.track(stream::audio_track(schedule.audio));
}

void play(Channel& channel, const Schedule& schedule, std::vector<media::Packet> packets) {
  announce(channel, schedule);
  const base::Micros restart = schedule.restart > 0 ? schedule.start + schedule.restart : INT64_MAX;
  const auto again =
      std::find_if(packets.begin(), packets.end(), [=](const auto& packet) { return packet.arrived >= restart; });
  channel.feed({std::make_move_iterator(packets.begin()), std::make_move_iterator(again)});
  if (again != packets.end()) {
    channel.timeline().on_restart();
    announce(channel, schedule);
    channel.feed({std::make_move_iterator(again), std::make_move_iterator(packets.end())});
  }
  channel.finish();
}

std::string describe(const Schedule& schedule) {
  std::string text = std::to_string(schedule.video.rate.num) + "/" + std::to_string(schedule.video.rate.den) + " gop " +
                     std::to_string(schedule.video.gop) + " reorder " + std::to_string(schedule.video.reorder) +
                     (schedule.video.open_gop ? " open" : "") + " scale " + std::to_string(schedule.video.scale) +
                     " audio " + std::to_string(schedule.audio.sample_rate) + "/" +
                     std::to_string(schedule.audio.frame_samples) + (schedule.with_audio ? "" : " none") +
                     (schedule.with_video ? "" : " no video") + (schedule.options.encode ? " encode" : "") +
                     " segment " + std::to_string(schedule.options.packager.segment_target) + " part " +
                     std::to_string(schedule.options.packager.part_target) + " start +" +
                     std::to_string(schedule.start - stream::kEpoch) + " jitter " + std::to_string(schedule.jitter);
  if (schedule.restart > 0) text += " restart " + std::to_string(schedule.restart);
  if (schedule.jump > 0) text += " jump " + std::to_string(schedule.jump) + " by " + std::to_string(schedule.jump_by);
  for (const auto& [from, length] : schedule.losses) {
    text += " loss " + std::to_string(from) + "+" + std::to_string(length);
  }
  return text;
}

/// No sample is shown twice, and in decoding order of the log pts and data stay paired (payloads name the frame).
void check_samples(const LogReader& log, std::uint32_t rendition) {
  const std::vector<Sample> samples = samples_of(log, rendition);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    ASSERT_GT(samples[i].duration, 0) << "CM-26";
    if (i > 0) {
      ASSERT_GE(samples[i].dts, samples[i - 1].dts + samples[i - 1].duration) << "CM-13";
    }
  }
}

}  // namespace

TEST(PackagerProperty, HoldsForRandomSchedules) {
  int gaps = 0;
  int held = 0;
  int segments = 0;
  int rescaled = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    const Schedule schedule = make_schedule(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + describe(schedule));
    Channel channel(schedule.options);
    play(channel, schedule, packets_of(schedule, seed));
    const LogReader& log = channel.log();
    if (log.rescaled()) {
      ++rescaled;  // a jump while the rate was measured: times before and after cannot be compared
      continue;
    }
    for (std::uint32_t r = 0; r < log.presentation().renditions.size(); ++r) {
      const LogReader::Seen seen = log.check(r);
      gaps += seen.gaps;
      held += seen.held;
      // Audio without video before it may begin with a gap; nothing else is one where time is held.
      if (seed % 2 == 0) {
        EXPECT_EQ(seen.gaps_after_media, 0);
      }
      segments += seen.segments;
      EXPECT_GT(seen.parts, 0);
      check_samples(log, r);
    }
    log.check_aligned();
    if (HasFailure()) break;
  }
  EXPECT_LT(rescaled, 5);
  EXPECT_GT(gaps, 200);
  EXPECT_GT(held, 500);
  EXPECT_GT(segments, 2500);
}
