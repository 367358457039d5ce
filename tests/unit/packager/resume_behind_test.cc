// A log whose audio is segments behind its picture is taken up.
#include <gtest/gtest.h>

#include <cstdlib>

#include "log_reader.h"
#include "packager/packager.h"
#include "record/position.h"
#include "stream.h"

namespace {

using stream::kEpoch;
using stream::kFrame;

constexpr std::int64_t kMsn = kEpoch / (2 * base::kSecond);
// The source's key frames come so many pictures into the slots.
constexpr std::int64_t kPhase = 31;
constexpr std::int64_t kSampleRate = 48000;
constexpr std::int64_t kSamples = 1024;

std::int64_t picture_time(std::int64_t picture) {
  return media::rescale(kEpoch, base::kSecond, 90000) + picture * kFrame;
}
std::int64_t sound_time(std::int64_t picture) { return media::rescale(picture_time(picture), 90000, kSampleRate); }

/// The picture has been published up to 15 pictures of its third segment, sound up to half a second of its first.
record::Position position(const std::vector<packager::RenditionSpec>& specs) {
  LogReader log;
  packager::Packager first({.missing = packager::Segmenter::Missing::kGap}, log);
  first.set_presentation(specs);
  record::Position at;
  for (const record::Record& record : log.records()) at.apply(record);
  for (std::int64_t n = 0; n < 3; ++n) {
    const std::int64_t start = picture_time(50 * n + kPhase);
    at.apply(record::Part{.msn = kMsn + n, .start = start, .duration = (n < 2 ? 50 : 15) * kFrame});
    if (n < 2) at.apply(record::SegmentEnd{.msn = kMsn + n, .start = start, .duration = 50 * kFrame});
  }
  at.apply(record::Part{.rendition = 1, .msn = kMsn, .start = sound_time(kPhase), .duration = kSampleRate / 2});
  return at;
}

std::vector<packager::RenditionSpec> picture_and_sound() {
  std::vector<packager::RenditionSpec> specs(2);
  specs[0].name = "v";
  specs[0].track = stream::video_track({});
  specs[1].name = "a";
  specs[1].track = stream::audio_track({.scale = kSampleRate});
  return specs;
}

}  // namespace

// LL-15, LL-40
TEST(PackagerResume, CutsSoundThatIsSegmentsBehindWhereTheSourceWasCut) {
  const std::vector<packager::RenditionSpec> specs = picture_and_sound();
  LogReader log;
  packager::Packager packager({.missing = packager::Segmenter::Missing::kGap}, log);
  packager.resume(position(specs));
  packager.set_presentation(specs);
  std::int64_t sample = sound_time(146);
  for (std::int64_t picture = 146; picture < 400; ++picture) {
    media::Packet packet;
    packet.dts = packet.pts = picture_time(picture);
    packet.duration = kFrame;
    packet.key = packet.idr = picture == 146 || picture % 50 == kPhase;
    packet.arrived = kEpoch + picture * 40'000;
    packet.data = stream::payload(picture);
    packager.on_packet(0, std::move(packet));
    for (; sample < sound_time(picture + 1); sample += kSamples) {
      media::Packet sound;
      sound.dts = sound.pts = sample;
      sound.duration = kSamples;
      sound.key = true;
      sound.arrived = kEpoch + picture * 40'000;
      sound.data = stream::payload(sample);
      packager.on_packet(1, std::move(sound));
    }
    packager.tick(kEpoch + picture * 40'000);
  }
  const auto ends = log.all<record::SegmentEnd>(1);
  ASSERT_GE(ends.size(), 4U);
  for (std::size_t n = 0; n < 4; ++n) {
    const auto segment = static_cast<std::int64_t>(n);
    EXPECT_EQ(ends[n].msn, kMsn + segment);
    EXPECT_LE(std::abs(ends[n].start - sound_time(50 * segment + kPhase)), kSamples) << n;
    EXPECT_LE(std::abs(ends[n].start + ends[n].duration - sound_time(50 * (segment + 1) + kPhase)), kSamples) << n;
  }
}
