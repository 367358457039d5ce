#include "relay/directory.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace relay {
namespace {

constexpr base::Micros kNow = 1'000 * base::kSecond;

Directory said(std::initializer_list<std::string_view> pieces) {
  Directory directory;
  directory.begin(3, kNow);
  for (const std::string_view piece : pieces) EXPECT_TRUE(directory.take(base::view_of(piece)));
  directory.end(true, kNow + 1);
  return directory;
}

TEST(Directory, KnowsNothingBeforeItIsTold) {
  Directory directory;
  EXPECT_FALSE(directory.lacks("match", kNow));
  EXPECT_TRUE(directory.due(kNow));
  directory.begin(3, kNow);
  EXPECT_EQ(directory.stream(), 3u);
  EXPECT_EQ(directory.asked_at(), kNow);
  EXPECT_TRUE(directory.take(base::view_of("match\n")));
  EXPECT_FALSE(directory.lacks("other", kNow)) << "it is not whole";
  EXPECT_FALSE(directory.due(kNow + 3600 * base::kSecond)) << "one request at a time";
}

TEST(Directory, LacksWhatIsNotListed) {
  const Directory directory = said({"mat", "ch\nfin", "al\n\nlast"});
  for (const char* name : {"match", "final", "last"}) EXPECT_FALSE(directory.lacks(name, kNow)) << name;
  for (const char* name : {"", "mat", "match\n", "fina", "zzz"}) EXPECT_TRUE(directory.lacks(name, kNow)) << name;
  EXPECT_EQ(directory.stream(), 0u);
  EXPECT_TRUE(said({}).lacks("match", kNow));
}

TEST(Directory, IsGoodForAWhileFromWhenItWasAskedFor) {
  const Directory directory = said({"match\n"});
  EXPECT_TRUE(directory.lacks("other", kNow + Directory::kGood));
  EXPECT_FALSE(directory.lacks("other", kNow + Directory::kGood + 1));
  EXPECT_FALSE(directory.due(kNow + Directory::kFresh - 1));
  EXPECT_TRUE(directory.due(kNow + Directory::kFresh));
}

TEST(Directory, OneThatFailedIsNoneForLong) {
  Directory directory = said({"match\n"});
  directory.begin(4, kNow + 10);
  EXPECT_TRUE(directory.lacks("other", kNow + 10)) << "meanwhile the one before answers";
  directory.end(false, kNow + 20);
  EXPECT_FALSE(directory.lacks("other", kNow + 20));
  EXPECT_FALSE(directory.due(kNow + 20 + Directory::kNoList - 1));
  EXPECT_TRUE(directory.due(kNow + 20 + Directory::kNoList));
}

TEST(Directory, ANewListTakesThePlaceOfTheOneBefore) {
  Directory directory = said({"match\n"});
  directory.begin(4, kNow + 10);
  EXPECT_TRUE(directory.take(base::view_of("final\n")));
  directory.end(true, kNow + 20);
  EXPECT_TRUE(directory.lacks("match", kNow + 20));
  EXPECT_FALSE(directory.lacks("final", kNow + 20));
}

TEST(Directory, HasALimit) {
  Directory directory;
  directory.begin(3, kNow);
  const std::string most(Directory::kMost, 'a');
  EXPECT_TRUE(directory.take(base::view_of(most)));
  EXPECT_FALSE(directory.take(base::view_of("b")));
}

}  // namespace
}  // namespace relay
