// What each track keeps of its own times.
#include "rig.h"

using namespace rig;

TEST(Tracks, KeepASecondPictureExactlyWhereTheSourceHasIt) {
  constexpr std::uint32_t kSecondId = 77;
  Rig rig;
  rig.announce(stream::Video{});
  media::Track second = stream::video_track({});
  second.id = kSecondId;
  second.video.frame_rate = {};
  rig.timeline.on_track(second);
  auto packets = on_track(stream::make_video({}, kEpoch, 100), kSecondId);
  std::vector<std::int64_t> expected;
  for (std::size_t i = 0; i < packets.size(); ++i) {  // at no constant rate, so that no frame grid hides a tick
    const std::int64_t off = i % 3 == 1 ? 1700 : i % 3 == 2 ? -1500 : 0;
    packets[i].dts += off;
    packets[i].pts += off;
    expected.push_back(packets[i].pts - 10 * 90000 + ticks(kEpoch, 90000));
  }
  rig.feed(stream::interleave(stream::make_video({}, kEpoch, 100), std::move(packets)));
  std::vector<std::int64_t> shown;
  for (const media::Packet& packet : rig.sink.video) {
    if (packet.track_id == kSecondId) shown.push_back(packet.pts);
  }
  EXPECT_EQ(shown, expected);
}

TEST(Tracks, CountAudioBySamplesOfItsPacketsWhereTheTrackTellsNone) {
  Rig rig;
  media::Track track = stream::audio_track({48000, 960});
  track.audio.frame_samples = 0;
  rig.timeline.on_track(track);
  auto packets = stream::make_audio({48000, 960}, kEpoch, 100);
  for (media::Packet& packet : packets) packet.duration = 1800;
  rig.feed(std::move(packets));
  rig.timeline.flush();
  ASSERT_EQ(rig.sink.audio.size(), 100U);
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(rig.sink.audio[i].duration, 960) << i;
    EXPECT_EQ(rig.sink.audio[i].pts - rig.sink.audio[0].pts, static_cast<std::int64_t>(i) * 960);
  }
}

TEST(Tracks, CountAudioByTheFrameOfItsCodecWhateverItsPacketsClaim) {
  Rig rig;
  rig.announce(stream::Audio{});
  auto packets = stream::make_audio({}, kEpoch, 100);
  for (media::Packet& packet : packets) packet.duration = 1800;
  rig.feed(std::move(packets));
  rig.timeline.flush();
  ASSERT_EQ(rig.sink.audio.size(), 100U);
  EXPECT_EQ(rig.sink.audio[50].duration, 1024);
}
