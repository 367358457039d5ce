#include "record/position.h"

#include <gtest/gtest.h>

#include <string>

namespace record {
namespace {

Rendition rendition(const std::string& name, media::Codec codec, std::int64_t timescale) {
  Rendition made;
  made.name = name;
  made.track.codec = codec;
  made.track.timescale = timescale;
  made.init = base::Bytes::copy_of(name + " at " + std::to_string(timescale));
  return made;
}

Presentation renditions(std::int64_t video_scale = 90'000, std::int64_t audio_scale = 48'000) {
  return {{rendition("source", media::Codec::kH264, video_scale), rendition("a1", media::Codec::kAac, audio_scale)}};
}

Part piece(std::uint32_t rendition, std::int64_t msn, std::uint32_t index, std::int64_t start,
           std::int64_t duration = 100) {
  Part made;
  made.rendition = rendition;
  made.msn = msn;
  made.index = index;
  made.start = start;
  made.duration = duration;
  return made;
}

Part key_part(std::int64_t msn, std::uint32_t index, const std::string& data) {
  Part made = piece(0, msn, index, 0);
  made.independent = true;
  made.data = base::Bytes::copy_of(data);
  return made;
}

TEST(Position, FollowsPartsAndGapsWithinASegment) {
  Position position;
  position.apply(renditions());
  position.apply(piece(0, 7, 0, 700));
  position.apply(piece(0, 7, 1, 800));
  position.apply(Gap{.rendition = 1, .msn = 7, .index = 0, .start = 700, .duration = 50});
  position.apply(Gap{.rendition = 1, .msn = 7, .index = 1, .start = 750, .duration = 50});
  EXPECT_EQ(position.renditions[0].msn, 7);
  EXPECT_EQ(position.renditions[0].next_part, 2U);
  EXPECT_EQ(position.renditions[0].segment_start, 700);
  EXPECT_EQ(position.renditions[0].end, 900);
  EXPECT_EQ(position.renditions[1].segment_start, 700);
  EXPECT_EQ(position.renditions[1].end, 800);
  EXPECT_EQ(position.renditions[1].timescale, 48'000);
}

TEST(Position, ASegmentsEndMovesOnToTheNextOne) {
  Position position;
  position.apply(renditions());
  position.apply(piece(0, 7, 3, 1000));
  position.apply(SegmentEnd{.rendition = 0, .msn = 7, .start = 700, .duration = 400});
  const auto& at = position.renditions[0];
  EXPECT_EQ(at.msn, 8);
  EXPECT_EQ(at.next_part, 0U);
  EXPECT_EQ(at.segment_start, 1100);
  EXPECT_EQ(at.end, 1100);
  position.apply(piece(0, 8, 0, 1150));
  EXPECT_EQ(at.segment_start, 1150);
}

TEST(Position, APresentationOfWhichNothingWasPublishedIsNothingToGoOnWith) {
  Position position;
  EXPECT_FALSE(position.known());
  position.apply(renditions());
  EXPECT_FALSE(position.known());
  position.apply(piece(1, 7, 0, 700));
  EXPECT_TRUE(position.known());
  EXPECT_FALSE(position.renditions[0].started);
  EXPECT_TRUE(position.renditions[1].started);
}

TEST(Position, ASegmentOfWhichOnlyTheEndWasSeenCounts) {
  Position position;
  position.apply(renditions());
  position.apply(SegmentEnd{.rendition = 0, .msn = 7, .start = 700, .duration = 400});
  EXPECT_TRUE(position.known());
}

TEST(Position, TheEndLeavesNothingToGoOnWith) {
  Position position;
  position.apply(renditions());
  position.apply(piece(0, 7, 0, 700));
  position.apply(End{});
  EXPECT_FALSE(position.known());
  EXPECT_TRUE(position.presentation.renditions.empty());
}

TEST(Position, KeepsCutsThatAreAnnouncedUntilEveryRenditionIsBeyondThem) {
  Position position;
  position.apply(renditions());
  position.apply(piece(0, 7, 0, 700));
  position.apply(piece(1, 7, 0, 700));
  position.apply(MovedCut{8, 1000});
  position.apply(piece(0, 9, 0, 1300));
  position.apply(MovedCut{12, 2000});
  ASSERT_EQ(position.moved_cuts.size(), 2U) << "the sound is not there yet";
  EXPECT_EQ(position.moved_cuts[0].msn, 8);
  EXPECT_EQ(position.moved_cuts[1].start, 2000);
  position.apply(piece(1, 9, 0, 1300));
  position.apply(MovedCut{14, 2500});
  ASSERT_EQ(position.moved_cuts.size(), 2U);
  EXPECT_EQ(position.moved_cuts[0].msn, 12);
}

TEST(Position, KeepsABoundedNumberOfCuts) {
  Position position;
  position.apply(renditions());
  for (std::int64_t i = 0; i < 40; ++i) position.apply(MovedCut{i, i});
  EXPECT_EQ(position.moved_cuts.size(), Position::kMostCuts);
  EXPECT_EQ(position.moved_cuts.back().msn, 39);
}

TEST(Position, TellsALogWhoseLastPartsAreWritten) {
  Position position;
  position.apply(renditions());
  position.apply(piece(0, 7, 0, 700));
  EXPECT_FALSE(position.closing);
  position.apply(Closing{});
  EXPECT_TRUE(position.closing);
  EXPECT_TRUE(position.known());
  position.apply(End{});
  EXPECT_FALSE(position.closing);
}

TEST(Position, RecordsOfUnknownRenditionsAreIgnored) {
  Position position;
  position.apply(piece(5, 1, 0, 0));
  position.apply(Gap{.rendition = 5});
  position.apply(SegmentEnd{.rendition = 5});
  EXPECT_FALSE(position.known());
  position.apply(renditions());
  position.apply(key_part(7, 0, "x"));
  position.apply(piece(2, 9, 0, 0));
  EXPECT_EQ(position.renditions.size(), 2U);
  EXPECT_EQ(position.renditions[0].msn, 7);
}

TEST(Position, ARenditionThatComesLateLeavesTheOthersWhereTheyAre) {
  Position position;
  position.apply(renditions());
  position.apply(piece(0, 7, 0, 700));
  Presentation more = renditions();
  more.renditions.push_back(rendition("a2", media::Codec::kAac, 44'100));
  position.apply(more);
  ASSERT_EQ(position.renditions.size(), 3U);
  EXPECT_EQ(position.renditions[0].end, 800);
  EXPECT_EQ(position.renditions[2].timescale, 44'100);
  EXPECT_FALSE(position.renditions[2].started);
  EXPECT_FALSE(position.owed_discontinuity);
}

TEST(Position, APresentationOfOtherRenditionsOrAnotherGridBeginsAnew) {
  Position position;
  position.apply(renditions());
  position.apply(piece(0, 7, 0, 700));
  Presentation other = renditions();
  other.renditions[1].name = "a2";
  position.apply(other);
  EXPECT_FALSE(position.known());
  position.apply(piece(0, 7, 0, 700));
  other.segment = {1001, 500};
  position.apply(other);
  EXPECT_FALSE(position.known());
  position.apply(piece(0, 7, 0, 700));
  other.renditions.pop_back();
  position.apply(other);
  EXPECT_FALSE(position.known());
}

// ---- Formats. 25 frames a second in ticks of 1/90000 become 29.97 in 1/30000 from segment 8 on.

Presentation changed(std::int64_t from) {
  Presentation next = renditions(30'000);
  next.formats_from = from;
  return next;
}

TEST(Position, TheOpenSegmentKeepsTheTicksItWasBegunWith) {
  Position position;
  position.apply(renditions());
  position.apply(piece(0, 7, 0, 14 * 90'000, 45'000));
  position.apply(changed(8));
  position.apply(Discontinuity{8});
  const auto& at = position.renditions[0];
  EXPECT_TRUE(at.former_format);
  EXPECT_EQ(at.timescale, 90'000);
  EXPECT_EQ(at.end, 14 * 90'000 + 45'000);
  position.apply(piece(0, 7, 1, 14 * 90'000 + 45'000, 45'000));
  EXPECT_EQ(at.timescale, 90'000);
  EXPECT_EQ(at.end, 15 * 90'000);
  EXPECT_EQ(at.segment_start, 14 * 90'000);
  position.apply(SegmentEnd{.rendition = 0, .msn = 7, .start = 14 * 90'000, .duration = 90'000});
  EXPECT_FALSE(at.former_format);
  EXPECT_EQ(at.timescale, 30'000);
  EXPECT_EQ(at.end, 15 * 30'000);
  EXPECT_EQ(at.segment_start, 15 * 30'000);
  EXPECT_EQ(at.msn, 8);
  position.apply(piece(0, 8, 0, 15 * 30'000, 15'015));
  EXPECT_EQ(at.end, 15 * 30'000 + 15'015);
}

TEST(Position, ARenditionThatIsBehindKeepsItsTicksForEverySegmentBeforeTheChange) {
  Position position;
  position.apply(renditions());
  position.apply(piece(0, 6, 0, 12 * 90'000, 45'000));
  position.apply(changed(8));
  position.apply(SegmentEnd{.rendition = 0, .msn = 6, .start = 12 * 90'000, .duration = 2 * 90'000});
  EXPECT_TRUE(position.renditions[0].former_format);
  EXPECT_EQ(position.renditions[0].end, 14 * 90'000);
  position.apply(piece(0, 7, 0, 14 * 90'000, 45'000));
  EXPECT_EQ(position.renditions[0].timescale, 90'000);
  // A part of the new format without an end of the old segment: seen as what it is.
  position.apply(piece(0, 8, 0, 16 * 30'000, 15'015));
  EXPECT_EQ(position.renditions[0].timescale, 30'000);
  EXPECT_EQ(position.renditions[0].segment_start, 16 * 30'000);
}

TEST(Position, WhoHadBegunNothingTakesANewFormatAtOnce) {
  Position position;
  position.apply(renditions());
  position.apply(changed(8));
  EXPECT_EQ(position.renditions[0].timescale, 30'000);
  EXPECT_FALSE(position.renditions[0].former_format);
  EXPECT_FALSE(position.owed_discontinuity);
}

TEST(Position, AFormatThatHoldsForEverySegmentHoldsAtOnce) {
  Position position;
  position.apply(renditions());
  position.apply(piece(0, 7, 0, 14 * 90'000, 45'000));
  position.apply(renditions(30'000));
  EXPECT_EQ(position.renditions[0].timescale, 30'000);
  EXPECT_EQ(position.renditions[0].end, 14 * 30'000 + 15'000);
}

TEST(Position, ASecondChangeBeforeTheFirstHoldsLeavesTheOldTicksUntilIt) {
  Position position;
  position.apply(renditions());
  position.apply(piece(0, 7, 0, 14 * 90'000, 45'000));
  position.apply(changed(8));
  Presentation again = renditions(25'000);
  again.formats_from = 9;
  position.apply(again);
  EXPECT_EQ(position.renditions[0].timescale, 90'000);
  position.apply(SegmentEnd{.rendition = 0, .msn = 7, .start = 14 * 90'000, .duration = 2 * 90'000});
  EXPECT_EQ(position.renditions[0].timescale, 90'000);
  position.apply(SegmentEnd{.rendition = 0, .msn = 8, .start = 16 * 90'000, .duration = 2 * 90'000});
  EXPECT_EQ(position.renditions[0].timescale, 25'000);
  EXPECT_EQ(position.renditions[0].end, 18 * 25'000);
}

TEST(Position, ABandwidthThatIsMeasuredChangesNoFormat) {
  Position position;
  position.apply(renditions());
  position.apply(piece(0, 7, 0, 700));
  Presentation measured = renditions();
  measured.renditions[0].bandwidth = 5'000'000;
  position.apply(measured);
  EXPECT_FALSE(position.renditions[0].former_format);
  EXPECT_EQ(position.presentation.renditions[0].bandwidth, 5'000'000U);
}

TEST(Position, OwesTheDiscontinuityThatAChangeOfFormatNeedsUntilItIsWritten) {
  Position position;
  position.apply(renditions());
  position.apply(piece(0, 7, 0, 14 * 90'000, 45'000));
  position.apply(changed(8));
  EXPECT_EQ(position.owed_discontinuity, 8);
  position.apply(Discontinuity{7});
  EXPECT_EQ(position.owed_discontinuity, 8);
  position.apply(Discontinuity{8});
  EXPECT_FALSE(position.owed_discontinuity);
}

TEST(Position, IsInAnOutageFromItsMarkerToThatOfItsEnd) {
  Position position;
  position.apply(renditions());
  EXPECT_FALSE(position.outage);
  Marker marker;
  marker.kind = kSwitchClass;
  marker.start = 500;
  position.apply(marker);
  EXPECT_FALSE(position.outage) << "a switch is none";
  marker.kind = kOutageClass;
  marker.start = 1000;
  position.apply(marker);
  EXPECT_EQ(position.outage, 1000);
  position.apply(piece(0, 7, 0, 700));
  position.apply(renditions());
  EXPECT_EQ(position.outage, 1000);
  marker.end = 2000;
  position.apply(marker);
  EXPECT_FALSE(position.outage);
}

// ---- The last picture.

TEST(Position, KeepsTheNewestPartThatBeginsWithAKeyFrameWithoutCopyingIt) {
  Position position;
  position.apply(renditions());
  EXPECT_TRUE(position.renditions[0].key_part.empty());
  position.apply(key_part(7, 0, "key frame"));
  const Part second = key_part(7, 2, "newer key frame");
  position.apply(second);
  Part delta = piece(0, 7, 3, 0);
  delta.data = base::Bytes::copy_of("delta");
  position.apply(delta);
  position.apply(Gap{.rendition = 0, .msn = 8, .index = 0});
  EXPECT_EQ(position.renditions[0].key_part.text(), "newer key frame");
  EXPECT_EQ(position.renditions[0].key_part.data(), second.data.data());
}

TEST(Position, KeepsAPartWithAKeyFrameInItsMiddle) {
  Position position;
  position.apply(renditions());
  position.apply(key_part(7, 0, "key frame"));
  Part within = piece(0, 7, 1, 0);
  within.key_inside = true;
  within.data = base::Bytes::copy_of("key frame within");
  position.apply(within);
  EXPECT_EQ(position.renditions[0].key_part.text(), "key frame within");
}

TEST(Position, KeepsNoSoundForAPicture) {
  Position position;
  position.apply(renditions());
  Part sound = key_part(7, 0, "sound");
  sound.rendition = 1;
  position.apply(sound);
  EXPECT_TRUE(position.renditions[1].key_part.empty());
}

TEST(Position, AKeyFrameOfTheFormatBeforeIsForgottenWhereTheNewOneBegins) {
  Position position;
  position.apply(renditions());
  position.apply(key_part(7, 0, "old"));
  position.apply(changed(8));
  EXPECT_EQ(position.renditions[0].key_part.text(), "old");
  position.apply(SegmentEnd{.rendition = 0, .msn = 7});
  EXPECT_TRUE(position.renditions[0].key_part.empty());
  position.apply(key_part(8, 0, "new"));
  EXPECT_EQ(position.renditions[0].key_part.text(), "new");
}

TEST(Position, KnowsWhereItsKeyPartLiesThatWasNotRead) {
  Position position;
  position.apply(renditions());
  Part key = key_part(7, 0, "");
  key.stored.place = {std::make_shared<const std::string>("file"), 100, 5};
  position.apply(key);
  EXPECT_EQ(position.renditions[0].key_stored.place, key.stored.place);
  position.apply(key_part(8, 0, "read"));
  EXPECT_EQ(position.renditions[0].key_stored.place.size, 0U);
  EXPECT_EQ(position.renditions[0].key_part.text(), "read");
  position.apply(key);
  Presentation next = renditions(60'000);
  next.formats_from = 7;
  position.apply(next);
  EXPECT_EQ(position.renditions[0].key_stored.place.size, 0U) << "of the format before";
}

}  // namespace
}  // namespace record
