#include <gtest/gtest.h>

#include "transcode/audio_transcoder.h"
#include "unit/transcode/he_aac.h"
#include "unit/transcode/source.h"

namespace transcode {
namespace {

// HE-AAC whose configuration says AAC-LC of 24 kHz: a decoder makes 2048 samples of 48 kHz of each packet.
TEST(ImplicitSbr, IsEncodedWithItsWholeBandAndInItsTime) {
  const media::Track track = testing::aac_track();
  const std::vector<media::Packet> packets = testing::aac_packets(true, 240);
  ASSERT_EQ(testing::decode(track, packets).at(9)->sample_rate, 48'000) << "the test's stream has SBR";
  const auto audio = AudioTranscoder::make(track, {{"a1", media::Codec::kAac, 0, 0, 0}}, {}).take();
  testing::Collector out(1);
  audio->announce(out);
  for (const media::Packet& packet : packets) audio->feed(media::Packet(packet), out);
  audio->flush(out);
  EXPECT_EQ(out.tracks[0].at(0).audio.sample_rate, 48'000);
  EXPECT_EQ(out.tracks[0].at(0).timescale, 48'000);
  const AudioTranscoder::Counters counters = audio->counters();
  EXPECT_EQ(counters.decode_errors, 0U);
  EXPECT_EQ(counters.filled_samples, 0U);
  EXPECT_EQ(counters.cut_samples, 0U);
  EXPECT_EQ(counters.gaps, 0U);
  for (std::size_t i = 1; i < out.packets[0].size(); ++i)
    ASSERT_EQ(out.packets[0][i].pts, out.packets[0][i - 1].pts + 1024) << i;
  EXPECT_NEAR(static_cast<double>(out.packets[0].back().pts + 1024), 240 * 2048, 2048);
  EXPECT_FALSE(audio->normalised()) << "two channels are two";
}

}  // namespace
}  // namespace transcode
