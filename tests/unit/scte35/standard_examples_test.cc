#include <gtest/gtest.h>

#include "base/base64.h"
#include "scte35/section.h"
#include "scte35/segmentation_type.h"

/// The sections that the standard prints, field by field. Spec: [SCTE 35 14]
namespace scte35 {
namespace {

// Each with what it is there.
constexpr const char* kPlacementStart = "/DA0AAAAAAAA///wBQb+cr0AUAAeAhxDVUVJSAAAjn/PAAGlmbAICAAAAAAsoKGKNAIAmsnRfg==";
constexpr const char* kInsert = "/DAvAAAAAAAA///wFAVIAACPf+/+c2nALv4AUsz1AAAAAAAKAAhDVUVJAAABNWLbowo=";
constexpr const char* kPlacementEnd = "/DAvAAAAAAAA///wBQb+dGKQoAAZAhdDVUVJSAAAjn+fCAgAAAAALKChijUCAKnMZ1g=";
constexpr const char* kProgramStartAndEnd =
    "/DBIAAAAAAAA///wBQb+ek2ItgAyAhdDVUVJSAAAGH+fCAgAAAAALMvDRBEAAAIXQ1VFSUgAABl/nwgIAAAAACyk26AQAACZcuND";
constexpr const char* kProgramOverlap = "/DAvAAAAAAAA///wBQb+rr//ZAAZAhdDVUVJSAAACH+fCAgAAAAALKVs9RcAAJUdsKg=";
constexpr const char* kBlackoutOverride =
    "/DBIAAAAAAAA///wBQb+ky44CwAyAhdDVUVJSAAACn+fCAgAAAAALKCh4xgAAAIXQ1VFSUgAAAl/nwgIAAAAACygoYoRAAC0IX6w";
constexpr const char* kProgramEnd = "/DAvAAAAAAAA///wBQb+rvF8TAAZAhdDVUVJSAAAB3+fCAgAAAAALKVslxEAAMSHai4=";
constexpr const char* kNull = "/DARAAAAAAAAAP/wAAAAAHpPv/8=";

std::vector<std::uint8_t> bytes_of(const char* base64) { return base::base64_decoded(base64).value(); }

Section parsed(const char* base64) {
  auto section = parse_section(bytes_of(base64));
  EXPECT_TRUE(section.ok()) << base64;
  return section.ok() ? section.take() : Section{};
}

const Segmentation& segmentation(const Section& section, std::size_t index = 0) {
  return std::get<Segmentation>(section.descriptors.at(index));
}

TEST(StandardExamples, AreWrittenAsTheyWereRead) {
  for (const char* example : {kPlacementStart, kInsert, kPlacementEnd, kProgramStartAndEnd, kProgramOverlap,
                              kBlackoutOverride, kProgramEnd, kNull}) {
    EXPECT_EQ(write_section(parsed(example)), bytes_of(example)) << example;
  }
}

TEST(StandardExamples, APlacementOpportunityStarts) {
  const Section section = parsed(kPlacementStart);
  EXPECT_EQ(section.tier, 0xfff);
  EXPECT_EQ(section.cw_index, 0xff);
  EXPECT_EQ(section.pts_adjustment, 0U);
  EXPECT_EQ(splice_time(section), 0x072bd0050U);
  const Segmentation& start = segmentation(section);
  EXPECT_EQ(start.event_id, 0x4800008eU);
  EXPECT_EQ(start.duration, 0x0001a599b0U);
  EXPECT_FALSE(start.cancel);
  EXPECT_TRUE(start.program);
  ASSERT_TRUE(start.restrictions.has_value());
  EXPECT_FALSE(start.restrictions->web_allowed);
  EXPECT_TRUE(start.restrictions->no_regional_blackout);
  EXPECT_TRUE(start.restrictions->archive_allowed);
  EXPECT_EQ(start.restrictions->device, 3);
  EXPECT_EQ(start.upid_type, 8);
  EXPECT_EQ(start.upid,
            base::Bytes::copy_of(base::View(std::vector<std::uint8_t>{0, 0, 0, 0, 0x2c, 0xa0, 0xa1, 0x8a})));
  EXPECT_EQ(start.type, 0x34);
  EXPECT_EQ(start.number, 2);
  EXPECT_EQ(start.expected, 0);
  EXPECT_FALSE(start.sub_segment.has_value()) << "an earlier edition, which has none";
}

TEST(StandardExamples, ASpliceIsInserted) {
  const Section section = parsed(kInsert);
  const auto& insert = std::get<SpliceInsert>(section.command);
  EXPECT_EQ(insert.event_id, 0x4800008fU);
  EXPECT_TRUE(insert.out_of_network);
  EXPECT_TRUE(insert.program);
  EXPECT_FALSE(insert.immediate);
  EXPECT_EQ(insert.time, 0x07369c02eU);
  ASSERT_TRUE(insert.duration.has_value());
  EXPECT_TRUE(insert.duration->auto_return);
  EXPECT_EQ(insert.duration->duration, 0x00052ccf5U);
  ASSERT_EQ(section.descriptors.size(), 1U);
  const auto& avail = std::get<OtherDescriptor>(section.descriptors[0]);
  EXPECT_EQ(avail.tag, 0x00);
  EXPECT_EQ(avail.body.size(), 8U) << "CUEI and the provider_avail_id";
}

TEST(StandardExamples, ThePlacementOpportunityEnds) {
  const Section section = parsed(kPlacementEnd);
  const Segmentation& end = segmentation(section);
  EXPECT_EQ(end.event_id, 0x4800008eU) << "the one that started";
  EXPECT_EQ(end.type, 0x35);
  EXPECT_FALSE(end.duration.has_value());
  EXPECT_EQ(role_of(end.type), Role::kIn);
}

TEST(StandardExamples, OneProgramEndsWhereTheNextStarts) {
  const Section section = parsed(kProgramStartAndEnd);
  ASSERT_EQ(section.descriptors.size(), 2U);
  EXPECT_EQ(segmentation(section, 0).type, 0x11);
  EXPECT_EQ(segmentation(section, 1).type, 0x10);
  EXPECT_EQ(segmentation(section, 1).event_id, 0x48000019U);
  EXPECT_EQ(splice_time(section), 0x07a4d88b6U);
}

TEST(StandardExamples, ANullSaysNothing) {
  const Section section = parsed(kNull);
  EXPECT_TRUE(std::holds_alternative<SpliceNull>(section.command));
  EXPECT_EQ(section.cw_index, 0);
  EXPECT_FALSE(splice_time(section).has_value());
}

TEST(SegmentationType, BreaksComeInPairsAndProgramsDoNot) {
  EXPECT_EQ(role_of(0x22), Role::kOut);
  EXPECT_EQ(role_of(0x23), Role::kIn);
  EXPECT_EQ(role_of(0x30), Role::kOut);
  EXPECT_EQ(role_of(0x34), Role::kOut);
  EXPECT_EQ(role_of(0x3b), Role::kIn);
  EXPECT_EQ(role_of(0x46), Role::kOut);
  for (const int other : {0x00, 0x01, 0x10, 0x11, 0x20, 0x21, 0x24, 0x2f, 0x40, 0x43, 0x48, 0x50, 0xff}) {
    EXPECT_EQ(role_of(static_cast<std::uint8_t>(other)), Role::kOther) << other;
  }
}

}  // namespace
}  // namespace scte35
