#include "relay/cursor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/hash.h"
#include "relay/wire.h"
#include "taped.h"

namespace relay {
namespace {

using testing::drain;
using testing::kFirst;
using testing::Taped;

std::vector<Item> items_of(const std::vector<std::uint8_t>& bytes) {
  Reader reader;
  EXPECT_TRUE(reader.feed(bytes).ok());
  std::vector<Item> items;
  for (Item item; reader.next(item);) items.push_back(item);
  return items;
}

template <typename Kind>
bool is(const Item& item) {
  return std::holds_alternative<Kind>(item);
}

TEST(Cursor, BeginsWithTheWindow) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst, kFirst);
  Cursor cursor(origin.reel(), std::nullopt);
  const auto items = items_of(drain(cursor));
  ASSERT_EQ(items.size(), 2u + 11u + 1u);
  const auto& hello = std::get<Hello>(items[0]);
  EXPECT_FALSE(hello.resumed);
  EXPECT_EQ(hello.at, (Place{7, 1}));
  EXPECT_EQ(hello.path, Path{70});
  EXPECT_TRUE(is<Seeded>(items[1]));
  EXPECT_TRUE(std::holds_alternative<record::Presentation>(std::get<record::Record>(items[2])));
  EXPECT_TRUE(is<CaughtUp>(items.back()));
}

TEST(Cursor, GoesOnAsTheLogGrows) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst, kFirst);
  Cursor cursor(origin.reel(), std::nullopt);
  drain(cursor);
  EXPECT_TRUE(drain(cursor).empty());
  origin.segments(kFirst + 1, kFirst + 1);
  cursor.update(origin.reel());
  const auto items = items_of(drain(cursor));
  EXPECT_EQ(items.size(), 10u) << "caught up is said once";
  EXPECT_EQ(cursor.at(), 22u);
  EXPECT_FALSE(cursor.lost());
}

TEST(Cursor, ResumesAtAPlaceThatIsKept) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst, kFirst + 1);
  Cursor cursor(origin.reel(), Place{7, 20});
  const auto items = items_of(drain(cursor));
  ASSERT_EQ(items.size(), 1u + 1u + 2u + 1u);
  EXPECT_TRUE(std::get<Hello>(items[0]).resumed);
  EXPECT_EQ(std::get<Hello>(items[0]).at, (Place{7, 20}));
}

TEST(Cursor, BeginsWithTheWindowWhereThePlaceIsNotKept) {
  Taped origin;
  origin.begin();
  for (const Place& place : {Place{8, 1}, Place{7, 0}, Place{7, 3}}) {
    Cursor cursor(origin.reel(), place);
    const auto items = items_of(drain(cursor));
    EXPECT_FALSE(std::get<Hello>(items.at(0)).resumed) << format_place(place);
    EXPECT_EQ(items.size(), 4u);
  }
}

TEST(Cursor, WaitsForTheFirstRecord) {
  Taped origin;
  Cursor cursor(origin.reel(), std::nullopt);
  EXPECT_TRUE(drain(cursor).empty());
  EXPECT_FALSE(cursor.lost());
  origin.begin();
  cursor.update(origin.reel());
  EXPECT_FALSE(drain(cursor).empty());
}

TEST(Cursor, IsLostOnceWhatComesNextIsNotKept) {
  Taped origin({.window = 12 * base::kSecond});
  origin.begin();
  origin.segments(kFirst, kFirst);
  Cursor cursor(origin.reel(), std::nullopt);
  std::vector<base::Bytes> slices;
  EXPECT_TRUE(cursor.next(slices));
  origin.segments(kFirst + 1, kFirst + 40);
  cursor.update(origin.reel());
  EXPECT_TRUE(cursor.lost());
  EXPECT_FALSE(cursor.next(slices));
}

TEST(Cursor, IsLostOnceAnotherLogHasBegun) {
  Taped origin;
  origin.begin();
  Taped other({}, {8, 1});
  other.begin();
  Cursor cursor(origin.reel(), std::nullopt);
  cursor.update(other.reel());
  EXPECT_TRUE(cursor.lost());
}

std::uint64_t hash_of(std::uint32_t rendition, std::int64_t msn, std::uint32_t index) {
  return base::hash64(origin::testing::part(rendition, msn, index).data.view());
}

/// Numbers of the segments whose parts come without, and with, their bodies.
std::pair<std::set<std::int64_t>, std::set<std::int64_t>> spared(const std::vector<Item>& items) {
  std::pair<std::set<std::int64_t>, std::set<std::int64_t>> found;
  for (const Item& item : items) {
    if (const auto* known = std::get_if<Known>(&item)) found.first.insert(known->part.msn);
    const auto* record = std::get_if<record::Record>(&item);
    const auto* part = record == nullptr ? nullptr : std::get_if<record::Part>(record);
    if (part != nullptr) found.second.insert(part->msn);
  }
  return found;
}

TEST(Cursor, LeavesOutTheBodiesThatTheEdgeHas) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst, kFirst + 5);
  const Have have{kFirst + 1, kFirst + 3, hash_of(origin::testing::kAudio, kFirst + 3, 2)};
  Cursor cursor(origin.reel(), Place{8, 1}, have);
  const auto items = items_of(drain(cursor));
  using Numbers = std::set<std::int64_t>;
  EXPECT_EQ(spared(items),
            std::pair(Numbers({kFirst + 1, kFirst + 2, kFirst + 3}), Numbers({kFirst, kFirst + 4, kFirst + 5})));
  const auto known = std::find_if(items.begin(), items.end(), [](const Item& item) { return is<Known>(item); });
  const record::Part& part = std::get<Known>(*known).part;
  EXPECT_TRUE(part.data.empty());
  EXPECT_EQ(part.stored.hash, hash_of(part.rendition, part.msn, part.index));
  origin.segments(kFirst + 6, kFirst + 6);
  cursor.update(origin.reel());
  EXPECT_TRUE(spared(items_of(drain(cursor))).first.empty());
}

TEST(Cursor, SendsEverythingWhereTheMediaAreNotTheSame) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst, kFirst + 5);
  for (const Have have : {Have{kFirst, kFirst + 3, 1}, Have{kFirst, kFirst + 3, hash_of(0, kFirst + 2, 0)}}) {
    Cursor cursor(origin.reel(), Place{8, 1}, have);
    EXPECT_TRUE(spared(items_of(drain(cursor))).first.empty());
  }
}

TEST(Cursor, ThatResumesLeavesNothingOut) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst, kFirst + 5);
  Cursor cursor(origin.reel(), Place{7, 12}, Have{kFirst, kFirst + 5, hash_of(0, kFirst + 5, 0)});
  const auto found = spared(items_of(drain(cursor)));
  EXPECT_TRUE(found.first.empty());
  EXPECT_EQ(*found.second.begin(), kFirst + 1);
}

}  // namespace
}  // namespace relay
