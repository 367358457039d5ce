#include "worker/options.h"

#include <gtest/gtest.h>

namespace worker {
namespace {

TEST(WorkerOptions, ComeBackFromTheirJsonWhole) {
  Options options;
  options.channel = "match";
  options.segment = 4'004'000;
  options.part = 200'000;
  options.copy_video = true;
  options.default_ladder = false;
  options.ladder.push_back({.name = "v720",
                            .codec = media::Codec::kHevc,
                            .height = 720,
                            .frame_rate = {25, 1},
                            .bitrate = 1,
                            .quality = true});
  options.audio = Options::Audio::kEncode;
  options.audio_rung.codec = media::Codec::kOpus;
  options.audio_rung.bitrate = 96'000;
  options.program = 3;
  record::Rendition rendition;
  rendition.name = "v720";
  rendition.init = base::Bytes::copy_of("init");
  rendition.track.timescale = 30'000;
  options.resume.presentation.renditions.push_back(rendition);
  rendition.name = "a1";
  options.resume.presentation.renditions.push_back(rendition);
  record::Position::Rendition at;
  at.msn = 900;
  at.next_part = 2;
  at.segment_start = -5;
  at.end = 1'000'000'000'000;
  at.timescale = 25'000;
  at.former_format = true;
  at.started = true;
  options.resume.renditions = {at, {}};
  options.resume.owed_discontinuity = 901;

  const auto back = options_from_json(to_json(options));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->channel, "match");
  EXPECT_EQ(back->segment, 4'004'000);
  EXPECT_TRUE(back->copy_video);
  ASSERT_EQ(back->ladder.size(), 1U);
  EXPECT_EQ(back->ladder[0].codec, media::Codec::kHevc);
  EXPECT_EQ(back->ladder[0].frame_rate, (media::Rational{25, 1}));
  EXPECT_TRUE(back->ladder[0].quality);
  EXPECT_EQ(back->audio_rung.codec, media::Codec::kOpus);
  EXPECT_EQ(back->program, 3);
  ASSERT_EQ(back->resume.renditions.size(), 2U);
  EXPECT_EQ(back->resume.renditions[0].msn, 900);
  EXPECT_EQ(back->resume.renditions[0].next_part, 2U);
  EXPECT_EQ(back->resume.renditions[0].timescale, 25'000);
  EXPECT_TRUE(back->resume.renditions[0].former_format);
  EXPECT_FALSE(back->resume.renditions[1].former_format);
  EXPECT_FALSE(back->resume.renditions[1].started);
  EXPECT_EQ(back->resume.owed_discontinuity, 901);
  EXPECT_EQ(back->resume.renditions[0].segment_start, -5);
  EXPECT_EQ(back->resume.renditions[0].end, 1'000'000'000'000);
  EXPECT_EQ(back->resume.presentation.renditions[0].init.text(), "init");
  EXPECT_EQ(back->resume.presentation.renditions[0].track.timescale, 30'000);
}

TEST(WorkerOptions, TextThatIsNotTheirsIsAnError) {
  EXPECT_FALSE(options_from_json("{").ok());
  EXPECT_FALSE(options_from_json("{}").ok());
  EXPECT_FALSE(options_from_json(R"({"channel": 5})").ok());
}

}  // namespace
}  // namespace worker
