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

  std::string of_rung(const std::string& name) const {
    const Thumbnails::Thumbnail* found = thumbnails_.newest_of_rung(name);
    return found != nullptr ? std::to_string(found->at) + ":" + std::string(found->jpeg.text()) : "none";
  }

  Thumbnails thumbnails_;
};

TEST_F(ThumbnailsTest, AreTheNewestOfEachRung) {
  make("rung 720p", 1);
  make("rung low", 2);
  make("rung 720p", 3);
  EXPECT_EQ(of_rung("720p"), "3:rung 720p3");
  EXPECT_EQ(of_rung("low"), "2:rung low2");
  EXPECT_EQ(of_rung("rung 720p"), "none");
  EXPECT_EQ(thumbnails_.rung_times(), (std::map<std::string, base::Micros>{{"720p", 3}, {"low", 2}}));
  EXPECT_EQ(newest(Id::kPrimary), "none");
  thumbnails_.apply(record::End{});
  EXPECT_EQ(of_rung("low"), "none");
}

TEST_F(ThumbnailsTest, OfMoreRungsThanThereMayBeAreLeftOut) {
  for (std::size_t i = 0; i <= Thumbnails::kMostRungs; ++i) make("rung " + std::to_string(i), 1);
  EXPECT_EQ(of_rung(std::to_string(Thumbnails::kMostRungs)), "none");
  make("rung 0", 2);
  EXPECT_EQ(of_rung("0"), "2:rung 02");
}

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
