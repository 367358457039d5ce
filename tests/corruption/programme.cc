#include "corruption/programme.h"

#include <algorithm>
#include <array>
#include <memory>

#include "media/nal.h"
#include "unit/transcode/source.h"

namespace corruption {
namespace {

struct Kind {
  int width;
  int height;
  media::Rational rate;
  int gop;
  int b_frames;
  int sample_rate;
};

constexpr std::array<Kind, kProgrammes> kKinds{{
    {160, 96, {25, 1}, 25, 0, 48000},
    {160, 96, {25, 1}, 50, 2, 48000},
    {176, 96, {30000, 1001}, 60, 0, 48000},
    {128, 80, {50, 1}, 50, 0, 44100},
    {192, 96, {24, 1}, 48, 2, 44100},
}};

/// Noise that is another one in each picture, so that no two are coded alike.
int noise(int x, int y, int picture) {
  std::uint32_t hash = static_cast<std::uint32_t>(picture) * 0x9e3779b1U +
                       static_cast<std::uint32_t>(y / 4) * 0x85ebca6bU +
                       static_cast<std::uint32_t>(x / 4) * 0xc2b2ae35U;
  hash ^= hash >> 15;
  hash *= 0x2c1b3c6dU;
  return static_cast<int>(hash >> 26);
}

Unit make_unit(const media::Packet& packet, const media::Track& track) {
  Unit unit;
  unit.video = track.kind() == media::Kind::kVideo;
  unit.key = packet.key;
  unit.dts = media::rescale(packet.dts, track.timescale, 90000);
  unit.pts = media::rescale(packet.pts, track.timescale, 90000);
  unit.real = media::rescale(packet.pts, track.timescale, base::kSecond);
  unit.at = media::rescale(packet.dts, track.timescale, base::kSecond);
  unit.data = packet.data;
  unit.track = &track;
  return unit;
}

std::unique_ptr<Programme> make(const Kind& kind) {
  auto made = std::make_unique<Programme>();
  transcode::testing::VideoSpec video;
  video.width = kind.width;
  video.height = kind.height;
  video.rate = kind.rate;
  video.gop = kind.gop;
  video.b_frames = kind.b_frames;
  video.frames = static_cast<int>(media::rescale(kLength / base::kSecond, kind.rate.den, kind.rate.num));
  video.luma = noise;
  const transcode::testing::Feed pictures = transcode::testing::make_video(video);
  transcode::testing::AudioSpec audio;
  audio.rate = kind.sample_rate;
  audio.samples = kLength / base::kSecond * kind.sample_rate;
  audio.signal = [](std::int64_t sample, int channel) {
    return static_cast<float>(noise(static_cast<int>(sample) * 4, channel * 4, 1) - 32) / 100.0F;
  };
  const transcode::testing::Feed sounds = transcode::testing::make_audio(audio);
  made->video = pictures.track;
  made->audio = sounds.track;
  const std::int64_t first = pictures.packets.front().dts;
  for (media::Packet packet : pictures.packets) {
    packet.dts -= first;
    packet.pts -= first;
    made->units.push_back(make_unit(packet, made->video));
  }
  for (const media::Packet& packet : sounds.packets) {
    if (packet.pts >= 0) made->units.push_back(make_unit(packet, made->audio));
  }
  std::stable_sort(made->units.begin(), made->units.end(), [](const Unit& a, const Unit& b) { return a.at < b.at; });
  return made;
}

}  // namespace

std::uint64_t identity_of(bool video, base::View data) {
  if (video) {
    // Parameter sets and delimiters come and go with the packaging, slices stay.
    const auto nals = media::split_lengths(data);
    if (!nals.ok() || nals->empty()) return 0;
    data = nals->back();
  }
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const std::uint8_t byte : data) hash = (hash ^ byte) * 0x100000001b3U;
  return hash;
}

const Programme& programme(int number) {
  static std::array<std::unique_ptr<Programme>, kProgrammes> made;
  auto& one = made.at(static_cast<std::size_t>(number));
  if (!one) one = make(kKinds.at(static_cast<std::size_t>(number)));
  return *one;
}

}  // namespace corruption
