#include "channel/thumbnails.h"

#include <gtest/gtest.h>

namespace channel {
namespace {

using feed::Id;

class ThumbnailsTest : public testing::Test {
 protected:
  void make(const std::string& feed, base::Micros at) {
    thumbnails_.apply(record::Thumbnail{feed, at, base::Bytes::copy_of(feed + std::to_string(at))});
  }
  std::string newest(Id id) const {
    const auto& found = thumbnails_.newest(id);
    return found ? std::to_string(found->at) + ":" + std::string(found->jpeg.text()) : "none";
  }

  Thumbnails thumbnails_;
};

TEST_F(ThumbnailsTest, AreTheNewestOfEachFeed) {
  EXPECT_EQ(newest(Id::kPrimary), "none");
  make("primary", 1);
  make("backup", 2);
  make("primary", 3);
  EXPECT_EQ(newest(Id::kPrimary), "3:primary3");
  EXPECT_EQ(newest(Id::kBackup), "2:backup2");
}

TEST_F(ThumbnailsTest, GoWithTheEndOfTheLogAndNotBefore) {
  make("primary", 1);
  thumbnails_.apply(record::Closing{});
  thumbnails_.apply(record::Presentation{});
  EXPECT_EQ(newest(Id::kPrimary), "1:primary1");
  thumbnails_.apply(record::End{});
  EXPECT_EQ(newest(Id::kPrimary), "none");
}

TEST_F(ThumbnailsTest, OfAFeedThatThereIsNotAreIgnored) {
  make("third", 1);
  EXPECT_EQ(newest(Id::kPrimary) + newest(Id::kBackup), "nonenone");
}

}  // namespace
}  // namespace channel
