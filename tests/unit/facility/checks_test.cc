#include "facility/checks.h"

#include <gtest/gtest.h>

#include <map>

#include "feeds.h"

namespace facility {
namespace {

struct Clock final : base::Clock {
  base::Micros steady() const override { return now; }
  base::Micros utc() const override { return 1'800'000'000 * kSecond + now; }
  base::Micros now = 1000;
};

class ChecksTest : public testing::Test {
 protected:
  ChecksTest() { put("match"); }
  /// A channel whose feeds are well, and are as they are now.
  void put(const std::string& name) { feeds_[name].now = Playing().now; }
  std::variant<Report, Checks::Refusal> start(const std::string& channel, base::Micros lasts = 10 * kSecond,
                                              feed::Id feed = feed::Id::kPrimary) {
    return checks_.start({channel, feed, lasts});
  }
  Checks::Refusal refused(const std::string& channel) { return std::get<Checks::Refusal>(start(channel)); }
  void play(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      clock_.now += kSecond;
      checks_.step();
    }
  }
  const Line& line(const Report& report, const std::string& property) const {
    return *std::find_if(report.lines.begin(), report.lines.end(),
                         [&](const Line& at) { return at.property == property; });
  }

  Clock clock_;
  std::map<std::string, Playing> feeds_;
  std::vector<Report> ended_;
  int looks_ = 0;
  Checks checks_{{.look = [this](const std::string& channel, feed::Id) -> std::optional<Checks::Look> {
                    ++looks_;
                    const auto found = feeds_.find(channel);
                    if (found == feeds_.end()) return std::nullopt;
                    return Checks::Look{found->second.now, found->second.wanted};
                  },
                  .on_end = [this](const Report& report) { ended_.push_back(report); }},
                 clock_};
};

TEST_F(ChecksTest, ACheckTakesASampleAStepAndEndsByItself) {
  const Report began = std::get<Report>(start("match"));
  EXPECT_FALSE(began.done);
  EXPECT_EQ(began.began, clock_.utc());
  EXPECT_EQ(began.ended, 0);
  EXPECT_TRUE(began.lines.empty());
  EXPECT_TRUE(checks_.busy());
  looks_ = 0;
  play(9);
  EXPECT_EQ(looks_, 9);
  EXPECT_TRUE(ended_.empty());
  clock_.now += kSecond - 1;
  checks_.step();
  EXPECT_TRUE(checks_.busy());
  clock_.now += 1;
  checks_.step();
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_EQ(ended_[0].id, began.id);
  EXPECT_EQ(ended_[0].ended, clock_.utc());
  EXPECT_EQ(line(ended_[0], "publisher").measured, "there in all of 12 samples");
  EXPECT_FALSE(checks_.busy());
  looks_ = 0;
  play(3);
  EXPECT_EQ(looks_, 0);
  ASSERT_EQ(checks_.reports("match").size(), 1U);
  EXPECT_TRUE(checks_.reports("match")[0].done);
  EXPECT_TRUE(checks_.reports("other").empty());
}

TEST_F(ChecksTest, RefusesWhatCannotBeChecked) {
  EXPECT_EQ(refused("nobody"), Checks::Refusal::kNoChannel);
  put("empty");
  feeds_["empty"].now.feed.protocol.clear();
  EXPECT_EQ(refused("empty"), Checks::Refusal::kNoPublisher);
  start("match");
  EXPECT_EQ(refused("match"), Checks::Refusal::kRunning);
  EXPECT_TRUE(std::holds_alternative<Report>(start("match", kShortest, feed::Id::kBackup)));
  play(10);
  EXPECT_TRUE(std::holds_alternative<Report>(start("match")));
}

TEST_F(ChecksTest, SoManyRunAtATimeAndNoMore) {
  for (std::size_t i = 0; i < Checks::kMostRunning; ++i) {
    put("c" + std::to_string(i));
    EXPECT_TRUE(std::holds_alternative<Report>(start("c" + std::to_string(i))));
  }
  EXPECT_EQ(refused("match"), Checks::Refusal::kTooMany);
  play(10);
  EXPECT_TRUE(std::holds_alternative<Report>(start("match")));
}

TEST_F(ChecksTest, AFeedAndAChannelMayGoMeanwhile) {
  start("match");
  play(5);
  feeds_.clear();
  play(5);
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_EQ(line(ended_[0], "publisher").verdict, Verdict::kFail);
  EXPECT_EQ(line(ended_[0], "publisher").measured, "missing or silent in 5 of 11 samples");
}

TEST_F(ChecksTest, RemembersTheNewestOfEachFeed) {
  start("match");
  play(10);
  start("match", kShortest, feed::Id::kBackup);
  play(5);
  const std::uint64_t old = checks_.reports("match")[1].id;
  const Report again = std::get<Report>(start("match"));
  EXPECT_EQ(checks_.reports("match").size(), 3U) << "the last result stays until there is a newer one";
  play(10);
  const std::vector<Report> reports = checks_.reports("match");
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].id, again.id);
  EXPECT_GT(again.id, old);
  EXPECT_EQ(reports[1].order.feed, feed::Id::kBackup);
}

TEST_F(ChecksTest, ForgetsTheOldestBeyondABound) {
  for (std::size_t i = 0; i <= Checks::kMostKept; ++i) {
    put("c" + std::to_string(i));
    start("c" + std::to_string(i), kShortest);
    play(5);
  }
  EXPECT_TRUE(checks_.reports("c0").empty());
  EXPECT_EQ(checks_.reports("c1").size(), 1U);
  EXPECT_EQ(checks_.reports("c" + std::to_string(Checks::kMostKept)).size(), 1U);
}

TEST_F(ChecksTest, KeepsToItsShortestAndItsLongest) {
  start("match", kSecond);
  play(4);
  EXPECT_TRUE(ended_.empty());
  play(1);
  EXPECT_EQ(ended_.size(), 1U);
  start("match", 2 * kLongest);
  play(599);
  EXPECT_EQ(ended_.size(), 1U);
  play(1);
  EXPECT_EQ(ended_.size(), 2U);
}

TEST_F(ChecksTest, NumbersAreNotGivenAgainAfterARestart) {
  const std::uint64_t first = std::get<Report>(start("match")).id;
  put("other");
  EXPECT_EQ(std::get<Report>(start("other")).id, first + 1) << "within one second";
  clock_.now += 100 * kSecond;
  Checks later(
      {.look = [this](const std::string&, feed::Id) { return std::optional(Checks::Look{feeds_["match"].now, {}}); }},
      clock_);
  EXPECT_GT(std::get<Report>(later.start({"match", feed::Id::kPrimary, kShortest})).id, first + 1);
}

}  // namespace
}  // namespace facility
