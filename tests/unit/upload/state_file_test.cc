#include "upload/state_file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "unit/upload/journals.h"

namespace upload {
namespace {

using namespace testing;

class States : public ::testing::Test {
 protected:
  static Entry entry(std::int64_t number) {
    hls::Segment segment;
    segment.msn = number;
    segment.start = number * 180'000;
    segment.duration = 180'000;
    segment.parts = {{180'000, false, false, {}}};
    segment.text = std::to_string(number) + ".m4s\n";
    segment.parts_at = segment.tail_at = segment.text.size();
    return {"v720", std::make_shared<const hls::Segment>(std::move(segment))};
  }
  void add(StateFile& file, Listing& listing, std::int64_t number) {
    file.note(entry(number));
    listing.add(entry(number));
  }
  std::string numbers(const Listing& listing) {
    std::string text;
    for (const Entry& at : listing.entries()) text += std::to_string(at.segment->msn) + " ";
    return text + (listing.ended() ? "end" : "");
  }
  std::string path() const { return scratch_.path() + "/state"; }

  ScratchDirectory scratch_;
};

TEST_F(States, WithoutAFileNothingIsKnown) {
  Listing listing(hls::PlaylistType::kEvent, 0);
  EXPECT_EQ(StateFile(path(), "s3://a").load(listing), 0);
  EXPECT_EQ(numbers(listing), "");
}

TEST_F(States, WhatWasNotedIsRead) {
  Listing listing(hls::PlaylistType::kEvent, 0);
  StateFile file(path(), "s3://a");
  file.note_file(5);
  add(file, listing, 1);
  ASSERT_TRUE(file.save(listing).ok());
  add(file, listing, 2);
  file.note(Range{"r", "#EXT-X-DATERANGE:ID=\"r\"\n", 0});
  file.note_file(6);
  listing.end();
  file.note_end();
  ASSERT_TRUE(file.save(listing).ok());
  Listing read(hls::PlaylistType::kEvent, 0);
  EXPECT_EQ(StateFile(path(), "s3://a").load(read), 6);
  EXPECT_EQ(numbers(read), "1 2 end");
  ASSERT_EQ(read.ranges().size(), 1u);
  EXPECT_EQ(read.ranges()[0].line, "#EXT-X-DATERANGE:ID=\"r\"\n");
}

TEST_F(States, AClearedListingStaysCleared) {
  Listing listing(hls::PlaylistType::kEvent, 0);
  StateFile file(path(), "s3://a");
  ASSERT_TRUE(file.save(listing).ok());
  add(file, listing, 1);
  file.note(Range{"r", "#EXT-X-DATERANGE:ID=\"r\"\n", 0});
  file.note_cancel("r");
  file.note_end();
  file.note_clear();
  listing.clear();
  add(file, listing, 7);
  ASSERT_TRUE(file.save(listing).ok());
  Listing read(hls::PlaylistType::kEvent, 0);
  StateFile(path(), "s3://a").load(read);
  EXPECT_EQ(numbers(read), "7 ");
}

TEST_F(States, OfAnotherPlaceIsOfNoUse) {
  Listing listing(hls::PlaylistType::kEvent, 0);
  StateFile file(path(), "s3://a");
  file.note_file(5);
  add(file, listing, 1);
  ASSERT_TRUE(file.save(listing).ok());
  Listing read(hls::PlaylistType::kEvent, 0);
  StateFile other(path(), "s3://b");
  EXPECT_EQ(other.load(read), 0);
  EXPECT_EQ(numbers(read), "");
  ASSERT_TRUE(other.save(read).ok());
  EXPECT_EQ(StateFile(path(), "s3://a").load(read), 0);
}

TEST_F(States, ALineThatWasWrittenInPartIsPassedOver) {
  Listing listing(hls::PlaylistType::kEvent, 0);
  StateFile file(path(), "s3://a");
  add(file, listing, 1);
  add(file, listing, 2);
  ASSERT_TRUE(file.save(listing).ok());
  std::filesystem::resize_file(path(), std::filesystem::file_size(path()) - 5);
  Listing read(hls::PlaylistType::kEvent, 0);
  StateFile again(path(), "s3://a");
  again.load(read);
  EXPECT_EQ(numbers(read), "1 ");
  add(again, read, 2);
  ASSERT_TRUE(again.save(read).ok());
  Listing last(hls::PlaylistType::kEvent, 0);
  StateFile(path(), "s3://a").load(last);
  EXPECT_EQ(numbers(last), "1 2 ");
}

TEST_F(States, IsWrittenAnewWhenMostOfItIsOutOfDate) {
  Listing listing(hls::PlaylistType::kSliding, 0);
  StateFile file(path(), "s3://a");
  std::uintmax_t largest = 0;
  for (int i = 0; i < 5000; ++i) {
    add(file, listing, i);
    ASSERT_TRUE(file.save(listing).ok());
    if (i % 100 == 0) largest = std::max(largest, std::filesystem::file_size(path()));
  }
  Listing read(hls::PlaylistType::kSliding, 0);
  StateFile(path(), "s3://a").load(read);
  EXPECT_EQ(numbers(read), "4994 4995 4996 4997 4998 4999 ");
  EXPECT_LT(largest, 2100u * 100);
}

TEST_F(States, WhatCannotBeWrittenIsWrittenLater) {
  Listing listing(hls::PlaylistType::kEvent, 0);
  StateFile file(scratch_.path() + "/missing/state", "s3://a");
  add(file, listing, 1);
  EXPECT_FALSE(file.save(listing).ok());
  std::filesystem::create_directory(scratch_.path() + "/missing");
  EXPECT_TRUE(file.save(listing).ok());
  Listing read(hls::PlaylistType::kEvent, 0);
  StateFile(scratch_.path() + "/missing/state", "s3://a").load(read);
  EXPECT_EQ(numbers(read), "1 ");
}

}  // namespace
}  // namespace upload
