#include "worker/caption_lanes.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "captions/korean.h"
#include "outlet.h"
#include "unit/captions/sample.h"

namespace worker {
namespace {

using captions::Triplet;
using captions::testing::field1;
using captions::testing::field2;

constexpr std::int64_t kStart = std::int64_t{1'795'985'000} * 1000;

media::Track video(std::uint32_t id = 7) {
  media::Track track;
  track.id = id;
  track.codec = media::Codec::kH264;
  track.timescale = 1000;
  return track;
}

/// A picture with these captions that is shown at `pts` and decoded at `dts`, in ms from kStart.
media::Packet picture(std::int64_t pts, std::int64_t dts, std::span<const Triplet> triplets, std::uint32_t id = 7) {
  media::Packet packet;
  packet.track_id = id;
  packet.pts = kStart + pts;
  packet.dts = kStart + dts;
  packet.data = captions::with_captions(media::Codec::kH264,
                                        base::Bytes::copy_of(std::string_view("\0\0\0\4\x65slc", 8)), triplets);
  return packet;
}

/// A pop-on caption of either field.
std::vector<Triplet> pop_on(std::string_view text, bool second = false) {
  const auto code = [&](std::uint8_t byte) { return second ? field2(0x15, byte) : field1(0x14, byte); };
  std::vector<Triplet> triplets{code(0x20), code(0x70)};
  const auto field = second ? Triplet::Kind::kField2 : Triplet::Kind::kField1;
  for (const Triplet& pair : captions::testing::typed(field, text)) triplets.push_back(pair);
  triplets.push_back(code(0x2f));
  return triplets;
}

struct Lanes {
  explicit Lanes(std::vector<job::Subtitle> subtitles = {{1, "en", "", false, true, false},
                                                         {3, "es", "", false, false, false},
                                                         {0, "de", "", true}})
      : options(with(std::move(subtitles))) {
    lanes.open();
  }
  static job::Options with(std::vector<job::Subtitle> subtitles) {
    job::Options made;
    made.subtitles = std::move(subtitles);
    return made;
  }
  void take(const media::Packet& packet) { lanes.take(video(packet.track_id), packet); }
  /// "1000 HELLO", in ms from kStart.
  std::vector<std::string> shown(std::uint32_t rendition) {
    std::vector<std::string> told;
    for (const media::TextCue& cue : outlet.cues[rendition])
      told.push_back(std::to_string(cue.start / base::kMillisecond - kStart) + " " + cue.text);
    return told;
  }
  job::Options options;
  FakeOutlet outlet;
  CaptionLanes lanes{options, outlet};
};

using Strings = std::vector<std::string>;

TEST(CaptionLanes, AreNumberedAsTheyAreConfigured) {
  Lanes lanes;
  EXPECT_EQ(lanes.outlet.names, (Strings{"s1", "s2", "s3"}));
  EXPECT_TRUE(lanes.outlet.spec(0).forced);
  EXPECT_EQ(lanes.outlet.spec(1).track.language, "es");
  EXPECT_TRUE(lanes.outlet.spec(2).is_default);
  EXPECT_EQ(lanes.outlet.spec(2).track.codec, media::Codec::kWebVtt);
}

TEST(CaptionLanes, TextHasTheTimeOfItsPicture) {
  Lanes lanes;
  lanes.take(picture(1000, 1000, pop_on("HELLO")));
  EXPECT_EQ(lanes.shown(0), (Strings{"1000 HELLO"}));
  EXPECT_EQ(lanes.outlet.cues[0].front().end - lanes.outlet.cues[0].front().start, 16 * base::kSecond);
}

TEST(CaptionLanes, EachHasItsOwnService) {
  Lanes lanes;
  lanes.take(picture(1000, 1000, pop_on("HOLA", true)));
  EXPECT_TRUE(lanes.shown(0).empty());
  EXPECT_EQ(lanes.shown(1), (Strings{"1000 HOLA"}));
}

TEST(CaptionLanes, HaveTheLanguagesOfTheirServicesUnlessTheConfigurationSays) {
  Lanes lanes({{1, "fr"}, {3}, {0, "", "", false, false, false, false, 0, 2}, {0, "de"}});
  CaptionList captions({{{"CC1", "en", ""}, {"CC3", "es", ""}}, false});
  lanes.lanes.name_languages(captions);
  EXPECT_EQ(lanes.outlet.changes, 1);
  captions.announce({{"SERVICE2", "eng", ""}, {"CC3", "deu", ""}});
  lanes.lanes.name_languages(captions);
  lanes.lanes.name_languages(captions);
  EXPECT_EQ(lanes.outlet.changes, 2);
  Strings languages;
  for (std::size_t i = 0; i < 4; ++i) languages.push_back(lanes.outlet.spec(i).track.language);
  EXPECT_EQ(languages, (Strings{"fr", "es", "eng", "de"}));
}

TEST(CaptionLanes, HaveTheLanguagesOfTheLogUntilTheFeedSays) {
  job::Options options;
  options.subtitles = {{1}, {2, "fr"}};
  FakeOutlet outlet;
  CaptionLanes lanes(options, outlet);
  record::Presentation known;
  known.renditions.resize(2);
  known.renditions[0].name = "s1";
  known.renditions[0].track.language = "eng";
  known.renditions[1].name = "s2";
  known.renditions[1].track.language = "deu";
  lanes.resume(known);
  lanes.open();
  EXPECT_EQ(outlet.spec(0).track.language, "eng");
  EXPECT_EQ(outlet.spec(1).track.language, "fr");
}

TEST(CaptionLanes, CaptionsComeInTheOrderInWhichPicturesAreShown) {
  Lanes lanes;
  lanes.take(picture(1080, 1000, pop_on("LATER")));
  lanes.take(picture(1040, 1040, pop_on("FIRST")));
  lanes.take(picture(1120, 1080, {}));
  EXPECT_EQ(lanes.shown(0), (Strings{"1040 FIRST", "1080 LATER"}));
}

TEST(CaptionLanes, PicturesThatAreShownBeforeTheyAreDecodedHaveTheirOwnTimes) {
  Lanes lanes;
  // Reordered, and the first key frame decoded when it is shown (CM-16): pictures 2 and 1 are decoded at 2 and 3.
  const std::vector<std::vector<Triplet>> shown{pop_on("ZERO"), pop_on("ONE"), pop_on("TWO"), {}, pop_on("FOUR")};
  const std::vector<std::int64_t> coded{0, 4, 2, 1, 3};
  for (std::size_t i = 0; i < coded.size(); ++i)
    lanes.take(picture(40 * coded[i], 40 * static_cast<std::int64_t>(i), shown[static_cast<std::size_t>(coded[i])]));
  for (std::int64_t i = 5; i < 9; ++i) lanes.take(picture(40 * i, 40 * i, {}));
  EXPECT_EQ(lanes.shown(0), (Strings{"0 ZERO", "40 ONE", "80 TWO", "160 FOUR"}));
}

TEST(CaptionLanes, AnotherFeedMayBeReorderedLess) {
  Lanes lanes;
  lanes.take(picture(0, 80, {}));
  lanes.take(picture(1000, 1000, pop_on("NEW"), 8));
  EXPECT_EQ(lanes.shown(0), (Strings{"1000 NEW"}));
}

TEST(CaptionLanes, WhatIsTypedIsNotContinuedByAnotherFeed) {
  Lanes lanes;
  std::vector<Triplet> half = pop_on("HALF A");
  half.pop_back();
  lanes.take(picture(1000, 1000, half));
  lanes.take(picture(1040, 1040, pop_on("NEW"), 8));
  EXPECT_EQ(lanes.shown(0), (Strings{"1040 NEW"}));
}

/// A caption of CEA-708 that is shown at once.
std::vector<Triplet> digital(int service, std::string_view text) {
  namespace made = captions::testing;
  return made::packet(made::service_block(service, made::codes({made::window(0), made::characters(text)})));
}

TEST(CaptionLanes, HaveTheTextOfServicesOfCea708) {
  Lanes lanes(
      {{0, "en", "", false, false, false, false, 0, 1}, {1, "en"}, {0, "es", "", false, false, false, false, 0, 2}});
  std::vector<Triplet> triplets = digital(2, "HOLA");
  for (const Triplet& pair : pop_on("BOTH")) triplets.push_back(pair);
  lanes.take(picture(1000, 1000, triplets));
  EXPECT_TRUE(lanes.shown(0).empty());
  EXPECT_EQ(lanes.shown(1), (Strings{"1000 BOTH"}));
  EXPECT_EQ(lanes.shown(2), (Strings{"1000 HOLA"}));
  EXPECT_EQ(lanes.outlet.cues[2].front().end - lanes.outlet.cues[2].front().start, 16 * base::kSecond);
}

TEST(CaptionLanes, TextOfAKoreanServiceIsReadAsSuch) {
  ASSERT_TRUE(captions::digital::load_korean().ok());
  Lanes lanes({{0, "ko", "", false, false, false, false, 0, 1}, {0, "", "", false, false, false, false, 0, 1}});
  namespace made = captions::testing;
  const std::vector<std::uint8_t> korean{0x18, 0xc7, 0xd1, 0x18, 0xb1, 0xdb};  // 한글 in EUC-KR
  lanes.take(picture(1000, 1000, made::packet(made::service_block(1, made::codes({made::window(0), korean})))));
  EXPECT_EQ(lanes.shown(0), (Strings{"1000 한글"}));
  EXPECT_EQ(lanes.shown(1), (Strings{"1000 쟑뇛"})) << "as UTF-16";
}

TEST(CaptionLanes, CuesStandWhereTheirCaptionsDo) {
  Lanes lanes({{0, "en", "", false, false, false, false, 0, 1}, {1, "en"}});
  namespace made = captions::testing;
  std::vector<Triplet> triplets = made::packet(
      made::service_block(1, made::codes({made::window(0, {.vertical = 0, .point = 0}), made::characters("TOP")})));
  for (const Triplet& pair : pop_on("LOW")) triplets.push_back(pair);
  lanes.take(picture(1000, 1000, triplets));
  ASSERT_EQ(lanes.outlet.cues[0].size(), 1U);
  EXPECT_EQ(lanes.outlet.cues[0].front().place, (media::CuePlace{10, 15, 10}));
  ASSERT_EQ(lanes.outlet.cues[1].size(), 1U);
  ASSERT_TRUE(lanes.outlet.cues[1].front().place);
  EXPECT_GE(lanes.outlet.cues[1].front().place->bottom, 88) << "row 15";
}

TEST(CaptionLanes, WindowsOfCea708AreNotThoseOfAnotherFeed) {
  Lanes lanes({{0, "en", "", false, false, false, false, 0, 1}});
  lanes.take(picture(1000, 1000, digital(1, "FIRST")));
  const auto more = captions::testing::packet(captions::testing::service_block(1, captions::testing::characters("!")));
  lanes.take(picture(1040, 1040, more, 8));
  for (std::int64_t at = 1080; at < 2000; at += 40) lanes.take(picture(at, at, {}, 8));
  EXPECT_EQ(lanes.shown(0), (Strings{"1000 FIRST"}));
}

TEST(CaptionLanes, SaySinceWhenTheNewestTextIsShown) {
  Lanes lanes;
  EXPECT_EQ(lanes.lanes.newest(0), 0);
  lanes.take(picture(1000, 1000, pop_on("HELLO")));
  lanes.take(picture(2000, 2000, std::vector{field1(0x14, 0x2c)}));
  EXPECT_EQ(lanes.shown(0), (Strings{"1000 HELLO", "2000 "}));
  EXPECT_EQ(lanes.lanes.newest(0), (kStart + 1000) * base::kMillisecond) << "an erased screen is no text";
  EXPECT_EQ(lanes.lanes.newest(1), 0);
  EXPECT_TRUE(lanes.lanes.put(2, {"", 5, 9, "Tor"}));
  EXPECT_TRUE(lanes.lanes.put(2, {"", 3, 9, "Aus"}));
  EXPECT_EQ(lanes.lanes.newest(2), 5) << "not the one that came last";
  EXPECT_EQ(lanes.lanes.newest(3), 0) << "there is no such rendition";
}

TEST(CaptionLanes, LeaveOtherTracksAlone) {
  Lanes lanes;
  lanes.lanes.take(video(9), picture(1000, 1000, pop_on("HELLO")));
  EXPECT_TRUE(lanes.shown(0).empty());
}

TEST(CaptionLanes, TakeCuesOfTheApiWhereTheyAreDeclaredForIt) {
  Lanes lanes;
  EXPECT_TRUE(lanes.lanes.put(2, {"", 0, 1, "Tor"}));
  EXPECT_FALSE(lanes.lanes.put(0, {"", 0, 1, "Tor"}));
  EXPECT_FALSE(lanes.lanes.put(3, {"", 0, 1, "Tor"}));
  EXPECT_EQ(lanes.outlet.cues[2].size(), 1U);
  EXPECT_TRUE(lanes.outlet.cues[0].empty());
}

}  // namespace
}  // namespace worker
