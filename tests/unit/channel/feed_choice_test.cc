#include "channel/feed_choice.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

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

FeedState pictures(base::Micros black, base::Micros frozen, base::Micros watched = 60 * kSecond) {
  FeedState state = kFlowing;
  state.has_video = true;
  state.black_for = black;
  state.frozen_for = frozen;
  state.watched_for = watched;
  return state;
}

TEST(FeedChoice, LeavesAFeedWhosePicturesAreBadForOneWhoseAreGood) {
  for (const auto& [shown, reason] :
       std::vector<std::pair<FeedState, std::string>>{{pictures(2 * kSecond, 0), "black"},
                                                      {pictures(0, 5 * kSecond), "frozen"},
                                                      {pictures(2 * kSecond, 5 * kSecond), "black"}}) {
    Choosing at;
    EXPECT_EQ(at.update(shown, shown), "") << "the programme is " << reason;
    EXPECT_EQ(at.update(shown, kAbsent), "");
    EXPECT_EQ(at.update(shown, pictures(0, 0)), "backup, " + reason) << "without loss: what is shown still comes";
    Choosing never;
    never.rules.black_after = never.rules.frozen_after = 0;
    EXPECT_EQ(never.update(shown, pictures(0, 0)), "");
  }
  Choosing at;
  EXPECT_EQ(at.update(pictures(2 * kSecond - 1, 5 * kSecond - 1), pictures(0, 0)), "");
}

// What is looked at anew after a switch must not seem good for that reason: the two would be shown in turns.
TEST(FeedChoice, DoesNotTakeAFeedForGoodThatWasNotLookedAtAsLong) {
  Choosing at;
  EXPECT_EQ(at.update(pictures(3 * kSecond, 0), pictures(0, 0, kSecond)), "");
  EXPECT_EQ(at.update(pictures(3 * kSecond, 0), pictures(kSecond, 0)), "") << "it is turning black";
  EXPECT_EQ(at.update(pictures(0, 6 * kSecond), pictures(0, 0, 4 * kSecond)), "");
  EXPECT_EQ(at.update(pictures(0, 6 * kSecond), pictures(0, 3 * kSecond)), "");
  EXPECT_EQ(at.update(pictures(0, 6 * kSecond), pictures(0, 0, 5 * kSecond)), "backup, frozen");
}

TEST(FeedChoice, LeavesAFeedWhosePicturesStoppedThoughItsSoundGoesOn) {
  Choosing at;
  FeedState sound = pictures(0, 0);
  sound.no_picture = FeedChoice::kNoPicture - 1;
  EXPECT_EQ(at.update(sound, pictures(0, 0)), "");
  sound.no_picture = FeedChoice::kNoPicture;
  EXPECT_EQ(at.update(sound, pictures(0, 0)), "backup now, silent");
  EXPECT_EQ(at.update(sound, pictures(0, 0)), "") << "and does not go back to it";
}

TEST(FeedChoice, DoesNotReturnToAPrimaryOfSoundAlone) {
  Choosing at;
  at.update(kAbsent, pictures(0, 0));
  EXPECT_EQ(at.update(flowing_for(60 * kSecond), pictures(0, 0)), "");
  EXPECT_EQ(at.update(flowing_for(60 * kSecond), kAbsent), "primary now, lost") << "better than nothing";
}

TEST(FeedChoice, ReturnsToNoFeedWhoseContentIsBad) {
  Choosing at;
  at.update(kAbsent, kFlowing);
  FeedState black = flowing_for(60 * kSecond);
  black.black_for = 3 * kSecond;
  EXPECT_EQ(at.update(black, kFlowing), "");
  EXPECT_EQ(at.update(flowing_for(60 * kSecond), kFlowing), "primary, returned");
}

TEST(FeedScore, SaysHowWellAFeedIs) {
  const Failover rules;
  EXPECT_EQ(score_of(kFlowing, rules), 100);
  EXPECT_EQ(score_of(kAbsent, rules), 0);
  EXPECT_EQ(score_of(kMute, rules), 0) << "it has sent nothing";
  EXPECT_EQ(score_of(silent_for(kSecond), rules), 0);
  FeedState state = kFlowing;
  state.mute_for = 10 * kSecond;
  EXPECT_EQ(score_of(state, rules), 60);
  state.frozen_for = 20 * kSecond;
  EXPECT_EQ(score_of(state, rules), 25);
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
