#include "media/aac.h"

#include <gtest/gtest.h>

#include "hex.h"
#include "samples.h"

namespace media::aac {
namespace {

TEST(AacConfig, ReadsWhatFfmpegWrites) {
  const auto stereo = parse_config(hex(samples::kAacStereo48));
  ASSERT_TRUE(stereo.ok());
  EXPECT_EQ(stereo->object_type, 2);
  EXPECT_EQ(stereo->sample_rate, 48000);
  EXPECT_EQ(stereo->channels, 2);
  EXPECT_EQ(stereo->frame_samples, 1024);
  EXPECT_FALSE(stereo->sbr);
  EXPECT_EQ(codec_string(*stereo), "mp4a.40.2");
  EXPECT_EQ(parse_config(hex(samples::kAacMono44))->channels, 1);
  EXPECT_EQ(parse_config(hex(samples::kAacMono44))->sample_rate, 44100);
  EXPECT_EQ(parse_config(hex(samples::kAac51))->channels, 6);
}

TEST(AacConfig, ReadsExplicitSbrAndPs) {  // CM-29
  // Object type 5, 24 kHz core, stereo, 48 kHz out, core LC; then the same as
  // 29, mono.
  const auto sbr = parse_config(hex("2b 11 88 00"));
  ASSERT_TRUE(sbr.ok());
  EXPECT_TRUE(sbr->sbr);
  EXPECT_EQ(sbr->core_sample_rate, 24000);
  EXPECT_EQ(sbr->sample_rate, 48000);
  EXPECT_EQ(sbr->object_type, 2);
  EXPECT_EQ(codec_string(*sbr), "mp4a.40.5");
  const auto ps = parse_config(hex("eb 09 88 00"));
  ASSERT_TRUE(ps.ok());
  EXPECT_TRUE(ps->ps);
  EXPECT_EQ(codec_string(*ps), "mp4a.40.29");
}

TEST(AacConfig, ReadsBackwardCompatibleSbr) {
  // LC 24 kHz stereo, then 0x2b7, type 5, present, 48 kHz, 0x548, PS.
  BitWriter writer;
  writer.bits(5, 2);
  writer.bits(4, 6);
  writer.bits(4, 2);
  writer.bits(3, 0);
  writer.bits(11, 0x2b7);
  writer.bits(5, 5);
  writer.bits(1, 1);
  writer.bits(4, 3);
  writer.bits(11, 0x548);
  writer.bits(1, 1);
  const auto config = parse_config(writer.take());
  ASSERT_TRUE(config.ok());
  EXPECT_TRUE(config->sbr && config->ps);
  EXPECT_EQ(config->sample_rate, 48000);
  EXPECT_EQ(config->core_sample_rate, 24000);
}

TEST(AacConfig, WritesThatThereIsSbrBehindAConfigurationThatDoesNotSayIt) {
  for (const int rate : {24'000, 22'050, 16'000, 12'000}) {
    const base::Bytes written = with_sbr(make_config(2, rate, 2).view());
    EXPECT_EQ(written.size(), 5U);
    const auto config = parse_config(written.view());
    ASSERT_TRUE(config.ok());
    EXPECT_TRUE(config->sbr);
    EXPECT_FALSE(config->ps);
    EXPECT_EQ(config->object_type, 2);
    EXPECT_EQ(config->core_sample_rate, rate);
    EXPECT_EQ(config->sample_rate, 2 * rate);
    EXPECT_EQ(config->channels, 2);
  }
}

TEST(AacConfig, ReadsAProgramConfigElement) {
  // 48 kHz, channel configuration 0; front: a single and a pair, back: a pair,
  // one LFE.
  BitWriter writer;
  writer.bits(5, 2);
  writer.bits(4, 3);
  writer.bits(4, 0);
  writer.bits(3, 0);
  writer.bits(4 + 2 + 4, 0x13);
  writer.bits(4, 2);
  writer.bits(4, 0);
  writer.bits(4, 1);
  writer.bits(2, 1);
  writer.bits(3, 0);
  writer.bits(4, 0);
  writer.bits(3, 0);
  writer.bits(5, 0x00);
  writer.bits(5, 0x10);
  writer.bits(5, 0x11);
  writer.bits(4, 0);
  writer.align();
  writer.bits(8, 0);
  const auto bytes = writer.take();
  const auto config = parse_config(bytes);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->channels, 6);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(parse_config(base::View{bytes}.first(size)).ok()) << size;
  }
}

TEST(AacConfig, RefusesWhatNoPlayerDecodes) {
  EXPECT_EQ(parse_config(hex("11c8")).error().code,
            base::Code::kMalformed);  // reserved channels
  EXPECT_EQ(parse_config(hex("4190")).error().code,
            base::Code::kUnsupported);  // CELP
  EXPECT_EQ(parse_config(hex("1680")).error().code,
            base::Code::kMalformed);  // reserved sampling frequency
  EXPECT_EQ(parse_config(hex("11")).error().code, base::Code::kTruncated);
  EXPECT_EQ(parse_config({}).error().code, base::Code::kTruncated);
}

TEST(AacConfig, IsMadeInTwoBytesOrFive) {
  EXPECT_EQ(make_config(2, 48000, 2), hex_bytes("1190"));
  EXPECT_EQ(make_config(2, 44100, 1), hex_bytes("1208"));
  const auto odd = parse_config(make_config(2, 47999, 2).view());
  ASSERT_TRUE(odd.ok());
  EXPECT_EQ(odd->sample_rate, 47999);
}

TEST(Adts, ReadsWhatFfmpegWrites) {
  const auto stereo = parse_adts(hex("fff14c8024fffc de02"));
  ASSERT_TRUE(stereo.ok());
  EXPECT_EQ(*stereo, (Adts{2, 48000, 2, 7, 295, 1}));
  const auto surround = parse_adts(hex("fff14d802fdffc de02"));
  ASSERT_TRUE(surround.ok());
  EXPECT_EQ(*surround, (Adts{2, 48000, 6, 7, 382, 1}));
  EXPECT_EQ(*config_of_adts(hex("fff14c8024fffc de02")), hex_bytes("1190"));
}

TEST(Adts, RefusesWhatIsNone) {
  EXPECT_EQ(parse_adts(hex("fff14c8024ff")).error().code, base::Code::kTruncated);
  EXPECT_FALSE(parse_adts(hex("ffe14c8024fffc")).ok());
  EXPECT_FALSE(parse_adts(hex("fff74c8024fffc")).ok());  // layer
  EXPECT_FALSE(parse_adts(hex("fff1748024fffc")).ok());  // reserved sampling frequency
  EXPECT_FALSE(parse_adts(hex("fff14c8000fffc")).ok());  // shorter than its header
}

TEST(Adts, TakesChannelsFromTheProgramConfigInItsFirstBlock) {
  BitWriter writer;
  writer.bits(12, 0xfff);
  writer.bits(4, 1);
  writer.bits(2, 1);
  writer.bits(4, 3);
  writer.bits(1, 0);
  writer.bits(3, 0);  // channel configuration
  writer.bits(4, 0);
  writer.bits(13, 17);  // frame length
  writer.bits(11, 0x7ff);
  writer.bits(2, 0);
  writer.bits(3, 5);  // ID_PCE
  writer.bits(4 + 2 + 4, 0x13);
  writer.bits(4, 1);
  writer.bits(4, 0);
  writer.bits(4, 0);
  writer.bits(2 + 3 + 4 + 3, 0);
  writer.bits(5, 0x10);
  writer.align();
  writer.bits(8, 2);
  writer.bits(16, 0x6162);
  auto frame = writer.take();
  frame.resize(17);
  const auto config = config_of_adts(frame);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(parse_config(config->view())->channels, 2);
  frame.resize(10);
  EXPECT_FALSE(config_of_adts(frame).ok());
}

}  // namespace
}  // namespace media::aac
