#include "rtmp/tag.h"

#include <gtest/gtest.h>

#include "tag_builder.h"

namespace rtmp {
namespace {

using base::Code;
using media::Codec;

/// "v0 h264 frames key +40 body" a part.
std::string line_of(const TagPart& part) {
  static const char* const kUnits[] = {"start",    "frames",   "end",     "metadata",
                                       "ts-start", "channels", "command", "unknown"};
  std::string line = (part.kind == media::Kind::kVideo ? "v" : "a") + std::to_string(part.track) + " " +
                     part.codec_name() + (part.codec ? " " : " untaken ") + kUnits[static_cast<int>(part.unit)];
  if (part.key) line += " key";
  if (part.composition != 0) line += " c" + std::to_string(part.composition);
  if (part.nanoseconds != 0) line += " n" + std::to_string(part.nanoseconds);
  return line + " " + std::string(base::text_of(part.body));
}

std::vector<std::string> parse(Type type, const Buffer& payload) {
  const base::Result<std::vector<TagPart>> parts = parse_tag(type, payload);
  if (!parts.ok()) return {std::string(to_string(parts.error().code))};
  std::vector<std::string> lines;
  for (const TagPart& part : *parts) lines.push_back(line_of(part));
  return lines;
}
std::vector<std::string> video(const Buffer& payload) { return parse(Type::kVideo, payload); }
std::vector<std::string> audio(const Buffer& payload) { return parse(Type::kAudio, payload); }

using Lines = std::vector<std::string>;
const Buffer kBody = text_bytes("body");

TEST(Tag, ReadsLegacyAvc) {  // RT-24
  EXPECT_EQ(video(avc_tag(1, 0, 0, kBody)), Lines{"v0 avc1 start key body"});
  EXPECT_EQ(video(avc_tag(1, 1, 80, kBody)), Lines{"v0 avc1 frames key c80 body"});
  EXPECT_EQ(video(avc_tag(2, 1, -40, kBody)), Lines{"v0 avc1 frames c-40 body"});
  EXPECT_EQ(video(avc_tag(1, 2, 0, {})), Lines{"v0 avc1 end key "});
  EXPECT_EQ(video(avc_tag(1, 9, 0, kBody)), Lines{"v0 avc1 unknown key body"});
  EXPECT_EQ(video(Buffer{0x57, 0}), Lines{"v0 avc1 command \x00" + std::string(1, '\0')});
}

TEST(Tag, ReadsHevcUnderItsUnofficialLegacyId) {
  Buffer tag = avc_tag(1, 1, 40, kBody);
  tag[0] = 0x1C;
  EXPECT_EQ(video(tag), Lines{"v0 hvc1 frames key c40 body"});
}

TEST(Tag, NamesLegacyCodecsThatItDoesNotTake) {
  EXPECT_EQ(video(Buffer{0x12, 'x'}), Lines{"v0 Sorenson H.263 untaken frames key x"});
  EXPECT_EQ(video(Buffer{0x24, 'x'}), Lines{"v0 VP6 untaken frames x"});
  EXPECT_EQ(video(Buffer{0x2F, 'x'}), Lines{"v0 codec id 15 untaken frames x"});
  EXPECT_EQ(audio(Buffer{0xB2, 'x'}), Lines{"a0 Speex untaken frames key x"});
}

TEST(Tag, ReadsLegacyAudio) {  // RT-25
  EXPECT_EQ(audio(aac_tag(0, kBody)), Lines{"a0 mp4a start key body"});
  EXPECT_EQ(audio(aac_tag(1, kBody)), Lines{"a0 mp4a frames key body"});
  EXPECT_EQ(audio(Buffer{0x2F, 'x'}), Lines{"a0 .mp3 frames key x"});
  EXPECT_EQ(audio(Buffer{0xE2, 'x'}), Lines{"a0 .mp3 frames key x"});
}

TEST(Tag, TakesEmptyAudioAsSilence) {  // RT-25
  EXPECT_EQ(audio({}), Lines{});
  EXPECT_EQ(audio(Buffer{0xAF}), Lines{"a0 mp4a frames key "});
  EXPECT_EQ(audio(aac_tag(1, {})), Lines{"a0 mp4a frames key "});
  EXPECT_EQ(video({}), Lines{});
}

TEST(Tag, ReadsEveryEnhancedVideoPacket) {                   // RT-30, RT-31
  const Buffer composed = Buffer{0xFF, 0xFF, 0xD8} + kBody;  // -40
  EXPECT_EQ(video(ex_video(1, 0, "hvc1", kBody)), Lines{"v0 hvc1 start key body"});
  for (const char* code : {"avc1", "hvc1"}) {
    EXPECT_EQ(video(ex_video(2, 1, code, composed)), Lines{std::string("v0 ") + code + " frames c-40 body"});
  }
  EXPECT_EQ(video(ex_video(2, 1, "vvc1", composed)), Lines{"v0 vvc1 untaken frames c-40 body"});
  for (const char* code : {"av01", "vp09"}) {
    EXPECT_EQ(video(ex_video(1, 1, code, kBody)), Lines{std::string("v0 ") + code + " frames key body"});
  }
  EXPECT_EQ(video(ex_video(1, 1, "vp08", kBody)), Lines{"v0 vp08 untaken frames key body"});
  EXPECT_EQ(video(ex_video(1, 2, "hvc1", {})), Lines{"v0 hvc1 end key "});
  EXPECT_EQ(video(ex_video(2, 3, "hvc1", kBody)), Lines{"v0 hvc1 frames body"});
  EXPECT_EQ(video(ex_video(1, 4, "hvc1", kBody)), Lines{"v0 hvc1 metadata key body"});
  EXPECT_EQ(video(ex_video(1, 5, "av01", kBody)), Lines{"v0 av01 ts-start key body"});
  EXPECT_EQ(video(ex_video(1, 9, "hvc1", kBody)), Lines{"v0 hvc1 unknown key body"});
  EXPECT_EQ(video(Buffer{0x80 | 5 << 4 | 1, 0}).size(), 1U);  // a command frame carries no FourCC
  EXPECT_EQ(video(Buffer{0x80 | 5 << 4 | 1, 0})[0].substr(0, 20), "v0 codec id 0 untake");
}

TEST(Tag, ReadsEveryEnhancedAudioPacket) {  // RT-32
  for (const char* code : {"mp4a", "Opus", "fLaC", "ac-3", "ec-3", ".mp3"}) {
    EXPECT_EQ(audio(ex_audio(1, code, kBody)), Lines{std::string("a0 ") + code + " frames key body"});
  }
  EXPECT_EQ(audio(ex_audio(0, "Opus", kBody)), Lines{"a0 Opus start key body"});
  EXPECT_EQ(audio(ex_audio(2, "Opus", {})), Lines{"a0 Opus end key "});
  EXPECT_EQ(audio(ex_audio(4, "Opus", kBody)), Lines{"a0 Opus channels key body"});
  EXPECT_EQ(audio(ex_audio(3, "Opus", kBody)), Lines{"a0 Opus unknown key body"});
}

TEST(Tag, KnowsAFourCcOfTheOtherKindForNone) {  // RT-36
  EXPECT_EQ(video(ex_video(1, 1, "Opus", kBody)), Lines{"v0 Opus untaken frames key body"});
  EXPECT_EQ(audio(ex_audio(1, "hvc1", kBody)), Lines{"a0 hvc1 untaken frames key body"});
  EXPECT_EQ(audio(ex_audio(1, std::string_view("\x01zz\xFF", 4), kBody)), Lines{"a0 ?zz? untaken frames key body"});
}

TEST(Tag, ReadsAllShapesOfMultitrack) {  // RT-33
  const Buffer one = Buffer{0x96} + Buffer{0x03} + text_bytes("hvc1") + Buffer{2} + kBody;
  EXPECT_EQ(video(one), Lines{"v2 hvc1 frames key body"});
  const Buffer many = Buffer{0x96} + Buffer{0x11} + text_bytes("avc1") +
                      track_of(0, Buffer{0, 0, 40} + text_bytes("aa")) + track_of(1, Buffer{0, 0, 0} + text_bytes("b"));
  EXPECT_EQ(video(many), (Lines{"v0 avc1 frames key c40 aa", "v1 avc1 frames key b"}));
  const Buffer mixed = Buffer{0x95} + Buffer{0x21} + text_bytes("mp4a") + track_of(0, text_bytes("aa")) +
                       text_bytes("Opus") + track_of(1, {}) + text_bytes("zzzz") + track_of(7, text_bytes("c"));
  EXPECT_EQ(audio(mixed), (Lines{"a0 mp4a frames key aa", "a1 Opus frames key ", "a7 zzzz untaken frames key c"}));
}

TEST(Tag, RefusesBrokenMultitrack) {  // RT-33, RT-42
  EXPECT_EQ(video(Buffer{0x96, 0x16} + text_bytes("avc1")), Lines{"malformed"});
  EXPECT_EQ(audio(Buffer{0x95, 0x15} + text_bytes("mp4a")), Lines{"malformed"});
  EXPECT_EQ(video(Buffer{0x96, 0x31} + text_bytes("avc1")), Lines{"unsupported"});
  Buffer longer = Buffer{0x96, 0x13} + text_bytes("avc1") + track_of(0, kBody);
  longer.pop_back();
  EXPECT_EQ(video(longer), Lines{"truncated"});
  Buffer crowd = Buffer{0x96, 0x13} + text_bytes("avc1");
  for (int i = 0; i < 17; ++i) crowd = crowd + track_of(i, {});
  EXPECT_EQ(video(crowd), Lines{"too_large"});
}

TEST(Tag, ReadsModifiers) {                               // RT-35
  const Buffer nano = {0x97, 2, 0x0F, 0x42, 0x3F, 0x03};  // 999,999 ns, then CodedFramesX
  EXPECT_EQ(video(nano + text_bytes("hvc1") + kBody), Lines{"v0 hvc1 frames key n999999 body"});
  const Buffer too_many = {0x97, 2, 0x0F, 0x42, 0x40, 0x03};
  EXPECT_EQ(video(too_many + text_bytes("hvc1") + kBody), Lines{"v0 hvc1 frames key body"});
  const Buffer unknown_then_nano = {0x97, 0, 0xAA, 0x57, 2, 0x00, 0x00, 0x05, 0x01};
  EXPECT_EQ(audio(unknown_then_nano + text_bytes("Opus") + kBody), Lines{"a0 Opus frames key n5 body"});
  const Buffer long_size = Buffer{0x97, 0xFF, 0x01, 0x2B} + Buffer(300, 0) + Buffer{0x53};
  EXPECT_EQ(video(long_size + text_bytes("hvc1") + kBody), Lines{"v0 hvc1 frames key body"});
}

TEST(Tag, EndsShortAtEveryByte) {  // RT-46
  const Buffer tag = Buffer{0x97, 2, 0, 0, 9, 0x06, 0x21} + text_bytes("avc1") + track_of(0, Buffer{0, 0, 0, 1}) +
                     text_bytes("hvc1") + track_of(1, Buffer{0, 0, 0, 2});
  ASSERT_EQ(video(tag).size(), 2U);
  for (std::size_t size = 1; size < tag.size(); ++size) {
    const Lines lines = video(Buffer(tag.begin(), tag.begin() + static_cast<std::ptrdiff_t>(size)));
    const bool at_a_track = size == 7 || size == 19;  // complete as far as it goes
    EXPECT_EQ(lines == Lines{"truncated"}, !at_a_track) << size;
  }
}

TEST(InspectTag, TellsTheServerWhatItMustKnow) {  // RT-45
  const auto inspect = [](Type type, const Buffer& payload) { return inspect_tag(type, payload).take(); };
  const TagSummary start = inspect(Type::kVideo, avc_tag(1, 0, 0, kAvcc));
  EXPECT_TRUE(start.video && start.sequence_start && !start.frames && !start.key);
  const TagSummary key = inspect(Type::kVideo, avc_tag(1, 1, 0, nal(5)));
  EXPECT_TRUE(key.frames && key.key && !key.sequence_start && !key.unplayable);
  const TagSummary inter = inspect(Type::kVideo, avc_tag(2, 1, 0, nal(1)));
  EXPECT_TRUE(inter.frames && !inter.key);
  const TagSummary sound = inspect(Type::kAudio, aac_tag(1, kBody));
  EXPECT_TRUE(!sound.video && sound.frames && !sound.key);
  EXPECT_FALSE(inspect(Type::kAudio, {}).frames);
  EXPECT_FALSE(inspect_tag(Type::kVideo, Buffer{0x17}).ok());
}

TEST(InspectTag, NamesWhatCannotBePlayed) {  // RT-36
  const auto unplayable = [](Type type, const Buffer& payload) { return inspect_tag(type, payload)->unplayable; };
  ASSERT_TRUE(unplayable(Type::kVideo, ex_video(1, 0, "vp08", kBody)));
  EXPECT_EQ(unplayable(Type::kVideo, ex_video(1, 0, "vp08", kBody))->codec, "vp08");
  EXPECT_TRUE(unplayable(Type::kVideo, ex_video(1, 0, "vp08", kBody))->enhanced);
  ASSERT_TRUE(unplayable(Type::kAudio, Buffer{0xB2, 1}));
  EXPECT_FALSE(unplayable(Type::kAudio, Buffer{0xB2, 1})->enhanced);
  const Buffer third =
      Buffer{0x96, 0x23} + text_bytes("avc1") + track_of(0, kBody) + text_bytes("vvc1") + track_of(3, kBody);
  ASSERT_TRUE(unplayable(Type::kVideo, third));
  EXPECT_EQ(unplayable(Type::kVideo, third)->track, 3);
}

}  // namespace
}  // namespace rtmp
