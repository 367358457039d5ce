#include "job/options.h"

#include <gtest/gtest.h>

namespace job {
namespace {

TEST(WorkerOptions, ComeBackFromTheirJsonWhole) {
  Options options;
  options.channel = "match";
  options.segment = 4'004'000;
  options.part = 200'000;
  options.copy_video = true;
  options.default_ladder = false;
  options.most_lines = 480;
  options.ladder.push_back({.name = "v720",
                            .codec = media::Codec::kHevc,
                            .height = 720,
                            .frame_rate = {25, 1},
                            .bitrate = 1,
                            .range = Rung::Range::kHdr,
                            .quality = true});
  options.audio = Options::Audio::kEncode;
  options.audio_rung.codec = media::Codec::kOpus;
  options.audio_rung.bitrate = 96'000;
  options.audio_tracks = {{257, "eng", "Stadium \"live\"", "en-GB", media::Role::kDescription, true, true},
                          {.of_language = "qaa", .publish = false}};
  options.loudness = {.measured = false, .target = -16.5, .ceiling = -2};
  options.outage = Options::Outage::kSlate;
  options.slate_after = 1'500'000;
  options.slate_text = "We'll be \"right\" back\nسنعود";
  options.subtitles = {{3, "es", "Español", true, true, true},
                       {0, "de", "", false, false, false},
                       {0, "", "", false, false, false, true, 888},
                       {0, "en", "", false, false, false, false, 0, 63},
                       {0, "fr", "", false, false, false, false, 0, 0, true}};
  options.captions = {{{"CC1", "en", "English"}, {"SERVICE2", "", ""}}, true};
  options.nice = 5;
  options.standby = Options::Standby::kHot;
  options.splice_keys = true;
  options.images = true;
  options.splice_cuts = true;
  options.emsg = Options::Emsg::kId3;
  options.watch = {12, -45, {{80, 0, 100, 12}, {0, 90, 100, 100}}};
  options.program = 3;

  const auto back = options_from_json(to_json(options));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->channel, "match");
  EXPECT_EQ(back->segment, 4'004'000);
  EXPECT_TRUE(back->copy_video);
  EXPECT_EQ(back->emsg, Options::Emsg::kId3);
  EXPECT_EQ(back->most_lines, 480);
  ASSERT_EQ(back->ladder.size(), 1U);
  EXPECT_EQ(back->ladder[0].codec, media::Codec::kHevc);
  EXPECT_EQ(back->ladder[0].frame_rate, (media::Rational{25, 1}));
  EXPECT_EQ(back->ladder[0].range, Rung::Range::kHdr);
  EXPECT_TRUE(back->ladder[0].quality);
  EXPECT_EQ(back->audio_rung.codec, media::Codec::kOpus);
  EXPECT_EQ(back->loudness, options.loudness);
  EXPECT_EQ(options_from_json(to_json({}))->loudness, Loudness{}) << "no target";
  ASSERT_EQ(back->audio_tracks.size(), 2U);
  EXPECT_EQ(back->audio_tracks[0].pid, 257);
  EXPECT_EQ(back->audio_tracks[0].name, "Stadium \"live\"");
  EXPECT_EQ(back->audio_tracks[0].language, "en-GB");
  EXPECT_EQ(back->audio_tracks[0].role, media::Role::kDescription);
  EXPECT_TRUE(back->audio_tracks[0].is_default);
  EXPECT_TRUE(back->audio_tracks[0].publish);
  EXPECT_EQ(back->audio_tracks[1].of_language, "qaa");
  EXPECT_EQ(back->audio_tracks[1].role, std::nullopt);
  EXPECT_FALSE(back->audio_tracks[1].publish);
  EXPECT_EQ(back->outage, Options::Outage::kSlate);
  EXPECT_EQ(back->slate_after, 1'500'000);
  EXPECT_EQ(back->slate_text, options.slate_text);
  EXPECT_EQ(back->captions, options.captions);
  EXPECT_EQ(back->subtitles, options.subtitles);
  EXPECT_EQ(back->nice, 5);
  EXPECT_EQ(back->standby, Options::Standby::kHot);
  EXPECT_TRUE(back->splice_keys);
  EXPECT_TRUE(back->images);
  EXPECT_TRUE(back->splice_cuts);
  EXPECT_EQ(back->watch.black_level, 12);
  EXPECT_EQ(back->watch.silence_level, -45);
  EXPECT_EQ(back->watch.ignore, options.watch.ignore);
  EXPECT_EQ(back->program, 3);
}

TEST(WorkerOptions, KeepWhatAudioIsMadeOf) {
  Options options;
  options.audio_rung.dialnorm = -24;
  options.audio_renditions = {{"", media::Codec::kEac3, 384'000, 6, 48000, -27}, {"", media::Codec::kAac, 1, 2}};
  const auto back = options_from_json(to_json(options));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->audio_rung.dialnorm, -24);
  ASSERT_EQ(back->audio_renditions.size(), 2U);
  const AudioRung& surround = back->audio_renditions[0];
  EXPECT_EQ(surround.codec, media::Codec::kEac3);
  EXPECT_EQ(surround.bitrate, 384'000);
  EXPECT_EQ(surround.channels, 6);
  EXPECT_EQ(surround.sample_rate, 48000);
  EXPECT_EQ(surround.dialnorm, -27);
  EXPECT_EQ(suffix_of(surround), "eac3-6");
}

TEST(WorkerOptions, TextThatIsNotTheirsIsAnError) {
  EXPECT_FALSE(options_from_json("{").ok());
  EXPECT_FALSE(options_from_json("{}").ok());
  EXPECT_FALSE(options_from_json(R"({"channel": 5})").ok());
}

TEST(WorkerOptions, SayWhereAFeedIsInTime) {
  Options options;
  options.anchor = Options::Anchor::kTimeCode;
  options.time_code_offset = -3'600'000'000;
  const auto back = options_from_json(to_json(options));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->anchor, Options::Anchor::kTimeCode);
  EXPECT_EQ(back->time_code_offset, -3'600'000'000);
}

}  // namespace
}  // namespace job
