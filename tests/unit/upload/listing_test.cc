#include "upload/listing.h"

#include <gtest/gtest.h>

#include "unit/upload/journals.h"

namespace upload {
namespace {

using namespace testing;

Entry an_entry(std::int64_t number, const std::string& rendition = "v720", const std::string& init = "init-1.mp4") {
  hls::Segment segment;
  segment.msn = kFirst + number;
  segment.start = segment.msn * 180'000;
  segment.duration = 180'000;
  segment.init = std::make_shared<const hls::Init>(hls::Init{init, {}});
  segment.parts = {{180'000, true, false, base::Bytes::of_static("x")}};
  hls::render_segment(segment, INT64_MAX);
  segment.text.erase(segment.parts_at, segment.tail_at - segment.parts_at);
  segment.tail_at = segment.parts_at;
  segment.parts = {{180'000, false, false, {}}};
  return {rendition, std::make_shared<const hls::Segment>(std::move(segment))};
}

TEST(Listing, IsAPlaylistOfPlainFiles) {
  Listing listing(hls::PlaylistType::kSliding, 60 * base::kSecond);
  listing.add(an_entry(0));
  EXPECT_EQ(listing.render("v720", 2),
            "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:" + std::to_string(kFirst) +
                "\n#EXT-X-DISCONTINUITY-SEQUENCE:0\n#EXT-X-MAP:URI=\"init-1.mp4\"\n"
                "#EXT-X-PROGRAM-DATE-TIME:2026-11-30T00:42:34.000Z\n#EXTINF:2.00000,\n" +
                std::to_string(kFirst) + ".m4s\n");
}

TEST(Listing, SaysTheMapAgainOnlyWhereItChanges) {
  Listing listing(hls::PlaylistType::kSliding, 60 * base::kSecond);
  listing.add(an_entry(0));
  listing.add(an_entry(1));
  listing.add(an_entry(2, "v720", "init-2.mp4"));
  EXPECT_EQ(short_list(listing.render("v720", 2)), "from 0 MAP 0 1 MAP 2");
}

TEST(Listing, KeepsTheWindowAndSixSegmentsAtLeast) {
  Listing listing(hls::PlaylistType::kSliding, 4 * base::kSecond);
  for (int i = 0; i < 10; ++i) listing.add(an_entry(i));
  EXPECT_EQ(short_list(listing.render("v720", 2)), "from 4 MAP 4 5 6 7 8 9");
  EXPECT_EQ(listing.newest_msn("v720"), kFirst + 9);
  EXPECT_EQ(listing.newest_msn("a1"), -1);
}

TEST(Listing, TheTargetDurationIsThatOfTheLongestSegmentAtLeast) {
  Listing listing(hls::PlaylistType::kSliding, 60 * base::kSecond);
  Entry entry = an_entry(0);
  hls::Segment longer = *entry.segment;
  longer.duration = 4 * 90'000;
  entry.segment = std::make_shared<const hls::Segment>(longer);
  listing.add(entry);
  EXPECT_NE(listing.render("v720", 2).find("#EXT-X-TARGETDURATION:4\n"), std::string::npos);
}

TEST(Listing, AnEntryIsReadAsItWasWritten) {
  Entry entry = an_entry(3);
  hls::Segment segment = *entry.segment;
  segment.discontinuity = true;
  segment.discontinuities = 5;
  segment.cues = "#EXT-X-CUE-IN\n";
  entry.segment = std::make_shared<const hls::Segment>(segment);
  entry.independent = false;
  const auto read = parse_entry(write_entry(entry));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->rendition, "v720");
  EXPECT_FALSE(read->independent);
  EXPECT_EQ(read->segment->init->uri, "init-1.mp4");
  EXPECT_EQ(write_entry(*read), write_entry(entry));
  Listing written(hls::PlaylistType::kEvent, 0);
  Listing again(hls::PlaylistType::kEvent, 0);
  written.add(entry);
  again.add(*read);
  EXPECT_EQ(written.render("v720", 2), again.render("v720", 2));
}

TEST(Listing, WhatIsNoEntryIsNoneOfOurs) {
  const std::string good = write_entry(an_entry(0));
  EXPECT_TRUE(parse_entry(good));
  for (const char* bad : {"", "[]", "{}", "[1,2,3]", "null"}) EXPECT_FALSE(parse_entry(bad)) << bad;
  EXPECT_FALSE(parse_entry(good.substr(0, good.size() - 1)));
  std::string other = good;
  other.replace(other.find("90000"), 5, "0");
  EXPECT_FALSE(parse_entry(other));
}

TEST(Listing, KnowsWhetherAllIsIndependent) {
  Listing listing(hls::PlaylistType::kSliding, 60 * base::kSecond);
  listing.add(an_entry(0));
  EXPECT_TRUE(listing.independent());
  Entry entry = an_entry(1);
  entry.independent = false;
  listing.add(entry);
  EXPECT_FALSE(listing.independent());
}

TEST(Listing, RangesAreReadFromTheirLines) {
  const auto ranges = parse_ranges(
      "#EXT-X-DATERANGE:ID=\"a\",CLASS=\"c\",START-DATE=\"2026-11-30T00:42:34.000Z\",DURATION=1\n#EXT-X-OTHER\n"
      "#EXT-X-DATERANGE:ID=\"b\"\n");
  ASSERT_EQ(ranges.size(), 2u);
  EXPECT_EQ(ranges[0].id, "a");
  EXPECT_EQ(ranges[0].start, 1'795'999'354 * base::kSecond);
  EXPECT_EQ(ranges[1].start, 0);
}

TEST(Listing, ARangeLeavesWithTheMediaOfItsTime) {
  Listing listing(hls::PlaylistType::kSliding, 12 * base::kSecond);
  listing.add(an_entry(0));
  const Range range{"a", "#EXT-X-DATERANGE:ID=\"a\"\n", kFirst * 2 * base::kSecond};
  EXPECT_TRUE(listing.add(range));
  EXPECT_FALSE(listing.add(range));
  for (int i = 1; i < 12; ++i) listing.add(an_entry(i));
  EXPECT_EQ(listing.ranges().size(), 1u);
  for (int i = 12; i < 20; ++i) listing.add(an_entry(i));
  EXPECT_TRUE(listing.ranges().empty());
}

}  // namespace
}  // namespace upload
