#include "worker/audio_naming.h"

#include <gtest/gtest.h>

namespace worker {
namespace {

using media::Role;

media::Track track(std::string language, std::uint32_t id = 257, Role role = Role::kMain) {
  media::Track made;
  made.id = id;
  made.codec = media::Codec::kAac;
  made.language = std::move(language);
  made.role = role;
  return made;
}

job::Options with(std::vector<job::AudioTrack> entries) {
  job::Options options;
  options.audio_tracks = std::move(entries);
  return options;
}

TEST(AudioNaming, IsTheLanguagesNameElseItsCodeElseANumber) {
  EXPECT_EQ(name_audio({}, track("eng"), 1).name, "English");
  EXPECT_EQ(name_audio({}, track("x1z"), 2).name, "x1z");
  EXPECT_EQ(name_audio({}, track(""), 3).name, "Audio 3");
  EXPECT_EQ(name_audio({}, track("eng"), 1).language, "eng");
}

TEST(AudioNaming, SaysForWhomTheTrackIs) {
  const AudioNaming described = name_audio({}, track("deu", 258, Role::kDescription), 2);
  EXPECT_EQ(described.name, "German, audio description");
  EXPECT_EQ(described.characteristics, "public.accessibility.describes-video");
  const AudioNaming clear = name_audio({}, track("", 258, Role::kClearSpeech), 2);
  EXPECT_EQ(clear.name, "Audio 2, clear speech");
  EXPECT_EQ(clear.characteristics, "public.accessibility.enhances-speech-intelligibility");
  EXPECT_EQ(name_audio({}, track("deu"), 1).characteristics, "");
}

TEST(AudioNaming, HasTheFirstAsDefaultUnlessItIsForAFew) {
  EXPECT_TRUE(name_audio({}, track("eng"), 1).is_default);
  EXPECT_FALSE(name_audio({}, track("deu"), 2).is_default);
  EXPECT_FALSE(name_audio({}, track("eng", 257, Role::kDescription), 1).is_default);
}

TEST(AudioNaming, FollowsTheFirstEntryThatFits) {
  const job::Options options =
      with({{.pid = 300, .name = "Stadium"},
            {.of_language = "eng", .name = "Commentary", .language = "en-GB", .is_default = true},
            {.pid = 258, .of_language = "deu", .role = Role::kDescription},
            {.of_language = "eng", .name = "never"}});
  EXPECT_EQ(name_audio(options, track("eng", 300), 1).name, "Stadium") << "a PID goes before a language further down";
  const AudioNaming english = name_audio(options, track("eng"), 2);
  EXPECT_EQ(english.name, "Commentary");
  EXPECT_EQ(english.language, "en-GB");
  EXPECT_TRUE(english.is_default);
  EXPECT_FALSE(name_audio(options, track("fra"), 1).is_default) << "the options have chosen";
  EXPECT_EQ(name_audio(options, track("deu", 258), 3).name, "German, audio description");
  EXPECT_EQ(name_audio(options, track("deu", 259), 3).name, "German") << "an entry fits with all that it names";
}

TEST(AudioNaming, LetsTheOptionsSayThatATrackIsForAllAfterAll) {
  const job::Options options = with({{.role = Role::kMain}});
  EXPECT_EQ(name_audio(options, track("eng", 257, Role::kDescription), 1).characteristics, "");
  EXPECT_TRUE(name_audio(options, track("eng", 257, Role::kDescription), 1).is_default);
}

TEST(AudioPublished, IsAllThatTheOptionsDoNotLeaveOut) {
  const job::Options options = with({{.of_language = "qaa", .publish = false}, {.name = "all others"}});
  EXPECT_FALSE(is_published(options, track("qaa")));
  EXPECT_TRUE(is_published(options, track("eng")));
  EXPECT_TRUE(is_published({}, track("qaa")));
}

}  // namespace
}  // namespace worker
