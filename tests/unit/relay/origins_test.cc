#include "relay/origins.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

using Places = std::vector<std::size_t>;

const auto kFree = [](std::size_t) { return false; };

FoundOrigin found(const std::string& url, std::set<std::string, std::less<>> channels = {}) {
  return {url, std::move(channels)};
}

TEST(Origins, ThoseOfTheConfigurationAreAskedInTheirOrder) {
  const Origins origins({"http://one", "http://two", "http://three"});
  EXPECT_EQ(origins.order("match", 0, false), (Places{0, 1, 2}));
  EXPECT_EQ(origins.order("match", 1, false), (Places{1, 2, 0}));
  std::minstd_rand random;
  EXPECT_EQ(origins.start(random), 0U);
}

TEST(Origins, WhoSaysThatItHasTheChannelIsAskedFirstAndWhoDoesNotLast) {
  Origins origins({"http://one"});
  const auto change = origins.take({found("http://two"), found("http://three", {"match"})}, kFree);
  EXPECT_EQ(change.come, (Places{1, 2}));
  EXPECT_TRUE(change.gone.empty());
  EXPECT_EQ(origins.order("match", 0, false), (Places{2, 0, 1}));
  EXPECT_EQ(origins.order("other", 0, false), (Places{0, 1, 2}));
  EXPECT_EQ(origins.order("match", 1, false), (Places{2, 0, 1}));
  EXPECT_EQ(origins.order("match", 1, true), (Places{1, 2, 0})) << "whose log is here comes before";
}

TEST(Origins, OneThatIsInTheConfigurationAsWellIsOneAndStays) {
  Origins origins({"http://one"});
  EXPECT_TRUE(origins.take({found("http://one", {"match"})}, kFree).come.empty());
  EXPECT_EQ(origins.size(), 1U);
  EXPECT_FALSE(origins[0].report.found);
  EXPECT_TRUE(origins[0].channels.contains("match"));
  EXPECT_TRUE(origins.take({}, kFree).gone.empty());
  EXPECT_TRUE(origins[0].listed());
  EXPECT_TRUE(origins[0].channels.empty());
}

TEST(Origins, OneThatIsGoneIsNotAskedAndComesBackToItsPlace) {
  Origins origins({});
  origins.take({found("http://one"), found("http://two")}, kFree);
  EXPECT_TRUE(origins[0].report.found);
  origins[0].report.pulls = 7;
  origins[0].wait = origins[0].closed_until = 9;
  EXPECT_EQ(origins.take({found("http://two")}, kFree).gone, Places{0});
  EXPECT_FALSE(origins[0].listed() || origins[0].report.found);
  EXPECT_EQ(origins.order("match", 0, false), Places{1});
  EXPECT_EQ(origins.order("match", 0, true), Places{1});
  EXPECT_EQ(origins.take({found("http://one"), found("http://two")}, kFree).come, Places{0});
  EXPECT_EQ(origins[0].report.pulls, 7U);
  EXPECT_EQ(origins[0].closed_until, 0) << "one that comes is not left alone";
  EXPECT_EQ(origins[0].wait, 0);
}

TEST(Origins, APlaceThatNobodyReadsFromIsGivenToTheNext) {
  Origins origins({"http://own"});
  origins.take({found("http://one"), found("http://two")}, kFree);
  origins[1].report.pulls = 7;
  origins.take({found("http://two")}, kFree);
  EXPECT_EQ(origins.take({found("http://two"), found("http://three")}, kFree).come, Places{1});
  EXPECT_EQ(origins.size(), 3U);
  EXPECT_EQ(origins[1].url, "http://three");
  EXPECT_EQ(origins[1].report.pulls, 7U) << "a counter does not fall";
  origins.take({}, kFree);
  const auto change = origins.take({found("http://four")}, [](std::size_t place) { return place == 1; });
  EXPECT_EQ(change.come, Places{2});
  EXPECT_EQ(origins[1].url, "http://three") << "somebody still reads from it";
}

TEST(Origins, HaveALimit) {
  Origins origins({"http://own"});
  std::vector<FoundOrigin> many;
  for (std::size_t i = 0; i <= Origins::kMostFound; ++i) many.push_back(found("http://o" + std::to_string(i)));
  EXPECT_EQ(origins.take(many, kFree).come.size(), Origins::kMostFound);
  EXPECT_EQ(origins.size(), Origins::kMostFound + 1);
}

TEST(Origins, BeginAnywhereWhereAllAreFound) {
  Origins origins({});
  std::minstd_rand random;
  EXPECT_EQ(origins.start(random), 0U);
  EXPECT_TRUE(origins.order("match", 0, false).empty());
  origins.take({found("http://one"), found("http://two")}, kFree);
  std::set<std::size_t> starts;
  for (int i = 0; i < 50; ++i) starts.insert(origins.start(random));
  EXPECT_EQ(starts, (std::set<std::size_t>{0, 1}));
}

}  // namespace
}  // namespace relay
