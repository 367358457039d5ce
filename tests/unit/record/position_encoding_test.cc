#include "record/position_encoding.h"

#include <gtest/gtest.h>

#include "base/byte_writer.h"
#include "record/encoding.h"

namespace record {
namespace {

Position position() {
  Rendition rendition;
  rendition.name = "v720";
  rendition.init = base::Bytes::copy_of("init");
  rendition.track.timescale = 30'000;
  Position made;
  made.presentation.renditions.push_back(rendition);
  rendition.name = "a1";
  made.presentation.renditions.push_back(rendition);
  Position::Rendition at;
  at.msn = 900;
  at.next_part = 2;
  at.segment_start = -5;
  at.end = 1'000'000'000'000;
  at.timescale = 25'000;
  at.former_format = true;
  at.started = at.media = true;
  at.key_part = base::Bytes::copy_of("key");
  made.renditions = {at, {}};
  made.owed_discontinuity = 901;
  made.outage = 1'800'000'000'000'000;
  made.moved_cuts = {{901, 1'800'000'002'280'000}, {905, 1'800'000'010'000'000}};
  return made;
}

TEST(PositionEncoding, ComesBackWhole) {
  const auto back = parse_position(encode_position(position()).view());
  ASSERT_TRUE(back.ok());
  ASSERT_EQ(back->renditions.size(), 2U);
  EXPECT_EQ(back->renditions[0].msn, 900);
  EXPECT_EQ(back->renditions[0].next_part, 2U);
  EXPECT_EQ(back->renditions[0].segment_start, -5);
  EXPECT_EQ(back->renditions[0].end, 1'000'000'000'000);
  EXPECT_EQ(back->renditions[0].timescale, 25'000);
  EXPECT_TRUE(back->renditions[0].former_format);
  EXPECT_TRUE(back->renditions[0].started);
  EXPECT_EQ(back->renditions[0].key_part.text(), "key");
  EXPECT_FALSE(back->renditions[1].former_format);
  EXPECT_FALSE(back->renditions[1].started);
  EXPECT_TRUE(back->renditions[0].media);
  EXPECT_FALSE(back->renditions[1].media);
  EXPECT_EQ(back->owed_discontinuity, 901);
  EXPECT_EQ(back->outage, 1'800'000'000'000'000);
  ASSERT_EQ(back->moved_cuts.size(), 2U);
  EXPECT_EQ(back->moved_cuts[0].msn, 901);
  EXPECT_EQ(back->moved_cuts[0].start, 1'800'000'002'280'000);
  EXPECT_EQ(back->moved_cuts[1].msn, 905);
  EXPECT_EQ(back->presentation.renditions[0].init.text(), "init");
  EXPECT_EQ(back->presentation.renditions[0].track.timescale, 30'000);
}

TEST(PositionEncoding, OwesNoDiscontinuityWhereNoneIsOwed) {
  Position none = position();
  none.owed_discontinuity.reset();
  EXPECT_EQ(parse_position(encode_position(none).view())->owed_discontinuity, std::nullopt);
}

TEST(PositionEncoding, IsInNoOutageWhereTheLogIsInNone) {
  Position none = position();
  none.outage.reset();
  EXPECT_EQ(parse_position(encode_position(none).view())->outage, std::nullopt);
}

TEST(PositionEncoding, MoreCutsThanAPositionKeepsAreAnError) {
  Position many = position();
  many.moved_cuts.assign(Position::kMostCuts, MovedCut{});
  EXPECT_TRUE(parse_position(encode_position(many).view()).ok());
  many.moved_cuts.push_back({});
  EXPECT_FALSE(parse_position(encode_position(many).view()).ok());
}

TEST(PositionEncoding, LeavesOutKeyPartsBeyondTheBound) {
  Position large = position();
  large.renditions[1].key_part = base::Bytes::copy_of(std::string(1000, 'k'));
  const auto back = parse_position(encode_position(large, 1000).view());
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->renditions[0].key_part.text(), "key");
  EXPECT_TRUE(back->renditions[1].key_part.empty());
  EXPECT_EQ(parse_position(encode_position(large).view())->renditions[1].key_part.size(), 1000U);
}

TEST(PositionEncoding, APlaceWithoutATimescaleIsAnError) {
  Position bad = position();
  bad.renditions[0].timescale = 0;  // would be divided by
  EXPECT_FALSE(parse_position(encode_position(bad).view()).ok());
}

TEST(PositionEncoding, BytesThatAreCutShortAreAnError) {
  const base::Bytes whole = encode_position(position());
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(parse_position(whole.view().first(size)).ok());
}

TEST(PositionEncoding, APlaceThatIsStartedIsNotOneOfAFormerFormatForThat) {
  Position begun = position();
  begun.renditions[0].former_format = false;
  begun.renditions[1].former_format = true;
  const auto back = parse_position(encode_position(begun).view());
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE(back->renditions[0].started);
  EXPECT_FALSE(back->renditions[0].former_format);
  EXPECT_FALSE(back->renditions[1].started);
  EXPECT_TRUE(back->renditions[1].former_format);
}

TEST(PositionEncoding, AnyRecordButAPresentationBehindThePlacesIsAnError) {
  base::ByteWriter out;
  out.u64(0);
  out.u64(0);
  out.u32(0);  // no place
  EXPECT_FALSE(parse_position(out.view()).ok());
  out.bytes(encode(Record{End{}}).head);
  EXPECT_FALSE(parse_position(out.view()).ok());
}

}  // namespace
}  // namespace record
