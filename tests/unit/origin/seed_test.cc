#include "origin/seed.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "record/record.h"

namespace origin {
namespace {

constexpr base::Micros kSeedNow = 1'776'000'000 * base::kSecond;
constexpr base::Micros kSeedStays = 4 * 3600 * base::kSecond;

record::Presentation presentation_from(std::int64_t msn) {
  record::Presentation presentation;
  presentation.formats_from = msn;
  return presentation;
}

record::Marker seed_marker(std::string id, base::Micros start) {
  record::Marker made;
  made.id = std::move(id);
  made.start = start;
  return made;
}

std::vector<std::string> seed_ids(Seed& seed, base::Micros utc) {
  std::vector<std::string> all;
  for (const record::Record& record : seed.records(utc)) {
    if (const auto* one = std::get_if<record::Marker>(&record)) all.push_back(one->id);
  }
  return all;
}

TEST(Seed, IsEmptyBeforeTheFirstPresentation) {
  Seed seed;
  EXPECT_TRUE(seed.records(kSeedNow).empty());
  EXPECT_TRUE(seed.settled(0));
}

TEST(Seed, HasTheNewestPresentationThenMarkersThenTheEnd) {
  Seed seed;
  seed.follow(presentation_from(10), 0, kSeedNow);
  seed.follow(seed_marker("a", kSeedNow), 0, kSeedNow);
  seed.follow(presentation_from(20), 0, kSeedNow);
  seed.follow(record::End{}, 0, kSeedNow);
  const std::vector<record::Record> records = seed.records(kSeedNow);
  ASSERT_EQ(records.size(), 3u);
  ASSERT_TRUE(std::holds_alternative<record::Presentation>(records[0]));
  EXPECT_EQ(std::get<record::Presentation>(records[0]).formats_from, 20);
  EXPECT_TRUE(std::holds_alternative<record::Marker>(records[1]));
  EXPECT_TRUE(std::holds_alternative<record::End>(records[2]));
}

TEST(Seed, APresentationTakesTheEndBack) {
  Seed seed;
  seed.follow(record::End{}, 0, kSeedNow);
  seed.follow(presentation_from(INT64_MIN), 0, kSeedNow);
  EXPECT_EQ(seed.records(kSeedNow).size(), 1u);
}

TEST(Seed, IsNotSettledUntilTheSegmentOfNewFormatsHasBegun) {
  Seed seed;
  seed.follow(presentation_from(100), 5, kSeedNow);
  EXPECT_FALSE(seed.settled(104));
  EXPECT_TRUE(seed.settled(105));
}

TEST(Seed, APresentationThatIsNoChangeUnsettlesNothing) {
  Seed seed;
  seed.follow(presentation_from(INT64_MIN), 5, kSeedNow);
  EXPECT_TRUE(seed.settled(INT64_MIN));
}

TEST(Seed, IsNotSettledUntilADiscontinuityHasBegunInPublishedNumbers) {
  Seed seed;
  seed.follow(record::Discontinuity{100}, 5, kSeedNow);
  EXPECT_FALSE(seed.settled(99));
  EXPECT_TRUE(seed.settled(100));
}

TEST(Seed, TheLaterOfTwoChangesDecidesWhicheverCameFirst) {
  Seed seed;
  seed.follow(record::Discontinuity{100}, 0, kSeedNow);
  seed.follow(presentation_from(90), 0, kSeedNow);
  EXPECT_FALSE(seed.settled(99));
  Seed other;
  other.follow(presentation_from(100), 0, kSeedNow);
  other.follow(record::Discontinuity{90}, 0, kSeedNow);
  EXPECT_FALSE(other.settled(99));
}

TEST(Seed, TheEndSettlesWhatHasNotBegun) {
  Seed seed;
  seed.follow(record::Discontinuity{100}, 0, kSeedNow);
  seed.follow(record::End{}, 0, kSeedNow);
  EXPECT_TRUE(seed.settled(0));
}

TEST(Seed, AMarkerGoesFourHoursAfterItsEnd) {
  Seed seed;
  record::Marker one = seed_marker("a", kSeedNow);
  one.end = kSeedNow + base::kSecond;
  seed.follow(one, 0, kSeedNow);
  EXPECT_EQ(seed_ids(seed, kSeedNow + base::kSecond + kSeedStays), std::vector<std::string>{"a"});
  EXPECT_TRUE(seed_ids(seed, kSeedNow + base::kSecond + kSeedStays + 1).empty());
}

TEST(Seed, AMarkerWithoutAnEndGoesByItsPlannedDuration) {
  Seed seed;
  record::Marker one = seed_marker("a", kSeedNow);
  one.planned_duration = 30 * base::kSecond;
  seed.follow(one, 0, kSeedNow);
  EXPECT_EQ(seed_ids(seed, kSeedNow + 30 * base::kSecond + kSeedStays).size(), 1u);
  EXPECT_TRUE(seed_ids(seed, kSeedNow + 30 * base::kSecond + kSeedStays + 1).empty());
}

TEST(Seed, WhatAddsToAMarkerKeepsTheFirstAsLong) {
  Seed seed;
  record::Marker first = seed_marker("a", kSeedNow);
  first.end = kSeedNow;
  seed.follow(first, 0, kSeedNow);
  record::Marker second = seed_marker("a", kSeedNow);
  second.end = kSeedNow + 60 * base::kSecond;
  seed.follow(second, 0, kSeedNow);
  EXPECT_EQ(seed_ids(seed, kSeedNow + 60 * base::kSecond + kSeedStays), (std::vector<std::string>{"a", "a"}));
  EXPECT_TRUE(seed_ids(seed, kSeedNow + 60 * base::kSecond + kSeedStays + 1).empty());
}

TEST(Seed, WhatIsCanceledGoesFourHoursLater) {
  Seed seed;
  record::Marker first = seed_marker("a", kSeedNow + 3600 * base::kSecond);
  seed.follow(first, 0, kSeedNow);
  first.canceled = true;
  seed.follow(first, 0, kSeedNow);
  EXPECT_EQ(seed_ids(seed, kSeedNow + kSeedStays).size(), 2u);
  EXPECT_TRUE(seed_ids(seed, kSeedNow + kSeedStays + 1).empty());
}

TEST(Seed, KeepsTheNewestMarkersOnly) {
  Seed seed;
  for (std::size_t i = 0; i <= Seed::kMostMarkers; ++i)
    seed.follow(seed_marker(std::to_string(i), kSeedNow), 0, kSeedNow);
  const std::vector<std::string> all = seed_ids(seed, kSeedNow);
  ASSERT_EQ(all.size(), Seed::kMostMarkers);
  EXPECT_EQ(all.front(), "1");
  EXPECT_EQ(all.back(), std::to_string(Seed::kMostMarkers));
}

}  // namespace
}  // namespace origin
