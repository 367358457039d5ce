#include "channel/clock_asks.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fakes.h"

namespace channel {
namespace {

using base::kMillisecond;
using base::kSecond;

constexpr base::Micros kZero = 1'796'000'000 * kSecond;

class ClockAsksTest : public testing::Test, protected FeedSlotOwner {
 protected:
  void on_feed(const FeedSlot&, const feed::Message&) override {}
  void on_feed_gone(const FeedSlot&, std::string_view) override {}
  base::Micros spare(base::Micros) const override { return 0; }

  ClockAsks make(bool with_registry = true) {
    return {name_, events_,
            with_registry ? ClockAsks::Ask([this](registry::Ask ask) { asked_.push_back(std::move(ask)); }) : nullptr,
            [this](feed::Id feed, const feed::Clock& clock) {
              told_ += (feed == feed::Id::kBackup ? "b:" : "") + std::to_string(clock.ask) +
                       (clock.zero ? "=" + std::to_string(*clock.zero - kZero) : "=none") + " ";
            }};
  }
  /// The worker asks.
  void ask(std::uint32_t id, base::Micros zero, std::size_t feed = 0) {
    stats_.feeds[feed].clock_ask_zero_us = static_cast<std::uint64_t>(zero);
    stats_.feeds[feed].clock_ask = id;
  }
  void watch(ClockAsks& asks) { asks.watch(stats_, slots_, now_); }
  std::string told() { return std::exchange(told_, {}); }

  const std::string name_ = "match";
  FakeTime time_;
  FakeEvents events_;
  FeedSlots slots_{FeedSlot(feed::Id::kPrimary, time_, *this), FeedSlot(feed::Id::kBackup, time_, *this)};
  job::Stats stats_{};
  base::Micros now_ = 5 * kSecond;
  std::vector<registry::Ask> asked_;
  std::string told_;
};

TEST_F(ClockAsksTest, AnAskIsPassedOnOnceAndItsAnswerIsTold) {
  ClockAsks asks = make();
  watch(asks);
  EXPECT_TRUE(asked_.empty());
  ask(1, kZero);
  watch(asks);
  watch(asks);
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_EQ(asked_[0].channel, "match");
  EXPECT_EQ(asked_[0].feed, feed::Id::kPrimary);
  EXPECT_EQ(asked_[0].mine, (registry::SourceClock{kZero, feed::Format::kMpegTs}));
  asks.on_answer({asked_[0], registry::Outcome::kAdopted, kZero + 7});
  EXPECT_EQ(told(), "1=7 ");
  asks.on_answer({asked_[0], registry::Outcome::kAdopted, kZero + 8});
  EXPECT_EQ(told(), "") << "it is answered";
}

TEST_F(ClockAsksTest, TheStampsAreThoseOfThePublisher) {
  ClockAsks asks = make();
  FakeFeed publisher;
  publisher.sink = slots_[1].take(request_for("match"), publisher);
  publisher.start();
  ask(3, kZero, 1);
  watch(asks);
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_EQ(asked_[0].feed, feed::Id::kBackup);
  EXPECT_EQ(asked_[0].mine.stamps, feed::Format::kRtmp);
  asks.on_answer({asked_[0], registry::Outcome::kProposed, kZero});
  EXPECT_EQ(told(), "b:3=0 ");
}

TEST_F(ClockAsksTest, WithoutAnAnswerInTimeThereIsNone) {
  ClockAsks asks = make();
  ask(1, kZero);
  watch(asks);
  now_ += ClockAsks::kWithin - 1;
  watch(asks);
  EXPECT_EQ(told(), "");
  ++now_;
  watch(asks);
  EXPECT_EQ(told(), "1=none ");
  asks.on_answer({asked_[0], registry::Outcome::kAdopted, kZero});
  EXPECT_EQ(told(), "") << "it comes too late";
  ask(2, kZero);
  watch(asks);
  EXPECT_EQ(asked_.size(), 2U);
}

TEST_F(ClockAsksTest, AnAnswerThatIsNoneIsToldAtOnce) {
  ClockAsks asks = make();
  ask(1, kZero);
  watch(asks);
  asks.on_answer({asked_[0], registry::Outcome::kNone, kZero, "connection refused"});
  EXPECT_EQ(told(), "1=none ");
}

TEST_F(ClockAsksTest, WithoutARegistryThereIsNone) {
  ClockAsks asks = make(false);
  ask(1, kZero);
  watch(asks);
  EXPECT_EQ(told(), "1=none ");
}

TEST_F(ClockAsksTest, ANewerAskTakesThePlaceOfTheOneBefore) {
  ClockAsks asks = make();
  ask(1, kZero);
  watch(asks);
  ask(2, kZero + kSecond);
  watch(asks);
  ASSERT_EQ(asked_.size(), 2U);
  asks.on_answer({asked_[0], registry::Outcome::kProposed, kZero});
  EXPECT_EQ(told(), "");
  asks.on_answer({asked_[1], registry::Outcome::kProposed, kZero + kSecond});
  EXPECT_EQ(told(), "2=1000000 ");
}

TEST_F(ClockAsksTest, AnAnswerToTheWorkerBeforeIsNotForThisOne) {
  ClockAsks asks = make();
  ask(1, kZero);
  watch(asks);
  asks.restart();
  ask(0, 0);
  watch(asks);
  asks.on_answer({asked_[0], registry::Outcome::kProposed, kZero});
  EXPECT_EQ(told(), "");
  ask(1, kZero);
  watch(asks);
  ASSERT_EQ(asked_.size(), 2U) << "the new worker's first ask has the same number";
  asks.on_answer({asked_[0], registry::Outcome::kProposed, kZero});
  EXPECT_EQ(told(), "");
  asks.on_answer({asked_[1], registry::Outcome::kRemembered, kZero + 1});
  EXPECT_EQ(told(), "1=1 ");
}

}  // namespace
}  // namespace channel
