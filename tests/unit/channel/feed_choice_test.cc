#include "channel/feed_choice.h"

#include <gtest/gtest.h>

#include <string>

namespace channel {
namespace {

using base::kMillisecond;
using base::kSecond;
using feed::Id;

constexpr FeedState kAbsent{};
constexpr FeedState kFlowing{true, true, 20 * kMillisecond, 10 * kSecond};
constexpr FeedState kMute{true, false, 20 * kMillisecond, 20 * kMillisecond};

FeedState silent_for(base::Micros silence) { return {true, true, silence, 10 * kSecond}; }
FeedState flowing_for(base::Micros time) { return {true, true, 20 * kMillisecond, time}; }

/// The choice, and what it did: "backup now, lost", or "" for nothing.
struct Choosing {
  std::string update(const FeedState& primary, const FeedState& backup) {
    return text(choice.update({primary, backup}, rules));
  }
  std::string ask(Id to, const FeedState& primary, const FeedState& backup) {
    return text(choice.ask(to, {primary, backup}, rules, refusal));
  }
  static std::string text(const std::optional<FeedChoice::Switch>& change) {
    if (!change) return "";
    const bool forced = change->how == feed::Select::How::kForced;
    return std::string(feed::to_string(change->to)) + (forced ? " now, " : ", ") +
           std::string(to_string(change->reason));
  }

  FeedChoice choice;
  Failover rules;
  FeedChoice::Refusal refusal{};
};

TEST(FeedChoice, StaysWithAFeedThatIsWell) {
  Choosing at;
  EXPECT_EQ(at.update(kFlowing, kFlowing), "");
  EXPECT_EQ(at.update(kFlowing, kAbsent), "");
  EXPECT_EQ(at.choice.shown(), Id::kPrimary);
}

TEST(FeedChoice, LeavesAFeedThatIsLostForOneWithMedia) {
  Choosing at;
  EXPECT_EQ(at.update(kAbsent, kMute), "") << "nothing to show";
  EXPECT_EQ(at.update(kAbsent, kAbsent), "");
  EXPECT_EQ(at.update(kAbsent, kFlowing), "backup now, lost");
  EXPECT_EQ(at.choice.shown(), Id::kBackup);
  EXPECT_EQ(at.update(kFlowing, kAbsent), "primary now, lost");
  EXPECT_EQ(at.choice.switches(FeedChoice::Reason::kLost), 2U);
}

TEST(FeedChoice, LeavesAFeedThatIsSilentForAsLongAsConfigured) {
  Choosing at;
  EXPECT_EQ(at.update(silent_for(499 * kMillisecond), kFlowing), "");
  EXPECT_EQ(at.update(silent_for(500 * kMillisecond), silent_for(500 * kMillisecond)), "") << "both are";
  EXPECT_EQ(at.update(silent_for(500 * kMillisecond), kFlowing), "backup now, silent");
  at.choice.begin(Id::kPrimary);
  at.rules.after = 2 * kSecond;
  EXPECT_EQ(at.update(silent_for(1999 * kMillisecond), kFlowing), "");
  EXPECT_EQ(at.update(silent_for(2 * kSecond), kFlowing), "backup now, silent");
}

TEST(FeedChoice, ReturnsToAPrimaryThatHasBeenWellForLongEnough) {
  Choosing at;
  at.update(kAbsent, kFlowing);
  EXPECT_EQ(at.update(flowing_for(30 * kSecond - 1), kFlowing), "");
  EXPECT_EQ(at.update(flowing_for(30 * kSecond), kFlowing), "primary, returned");
  EXPECT_EQ(at.update(kFlowing, flowing_for(60 * kSecond)), "") << "never to the backup";
}

TEST(FeedChoice, StaysWithTheBackupWhereToldTo) {
  Choosing at;
  at.rules.back = false;
  at.update(kAbsent, kFlowing);
  EXPECT_EQ(at.update(flowing_for(3600 * kSecond), kFlowing), "");
  EXPECT_EQ(at.update(kFlowing, silent_for(kSecond)), "primary now, silent") << "not if it is worth nothing";
}

TEST(FeedChoice, DoesWhatTheOperatorAsksForAndDoesNotUndoIt) {
  Choosing at;
  EXPECT_EQ(at.ask(Id::kBackup, kFlowing, kFlowing), "backup, asked");
  EXPECT_EQ(at.update(flowing_for(3600 * kSecond), kFlowing), "");
  EXPECT_EQ(at.update(flowing_for(3600 * kSecond), kAbsent), "primary now, lost");
  at.update(kAbsent, kFlowing);
  EXPECT_EQ(at.update(flowing_for(3600 * kSecond), kFlowing), "primary, returned") << "what was asked for is over";
}

TEST(FeedChoice, TellsTheOperatorWhyNot) {
  Choosing at;
  EXPECT_EQ(at.ask(Id::kPrimary, kFlowing, kFlowing), "");
  EXPECT_EQ(at.refusal, FeedChoice::Refusal::kShownAlready);
  EXPECT_EQ(at.ask(Id::kBackup, kFlowing, kMute), "");
  EXPECT_EQ(at.refusal, FeedChoice::Refusal::kNoMedia);
  EXPECT_EQ(at.ask(Id::kBackup, kFlowing, kAbsent), "");
  EXPECT_EQ(at.choice.switches(FeedChoice::Reason::kAsked), 0U);
}

TEST(FeedChoice, IsForcedWhereTheShownFeedHasNothingToGoOnWith) {
  Choosing at;
  at.rules.automatic = false;
  EXPECT_EQ(at.update(kAbsent, kFlowing), "") << "only the operator switches";
  EXPECT_EQ(at.ask(Id::kBackup, kAbsent, kFlowing), "backup now, asked");
}

TEST(FeedChoice, ALogBeginsWithAnyFeedAndThatIsNoSwitch) {
  Choosing at;
  at.choice.begin(Id::kBackup);
  EXPECT_EQ(at.choice.shown(), Id::kBackup);
  EXPECT_EQ(at.update(kFlowing, kFlowing), "");
  for (const FeedChoice::Reason reason : FeedChoice::kReasons) EXPECT_EQ(at.choice.switches(reason), 0U);
}

}  // namespace
}  // namespace channel
