#include "channel/feed_choice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
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

TEST(FeedChoice, SwitchesBetweenMergedFeedsWithoutCountingIt) {
  Choosing at;
  FeedState merged = kFlowing;
  merged.merged = true;
  const auto lost = at.choice.update({kAbsent, merged}, at.rules);
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->to, Id::kBackup);
  EXPECT_FALSE(lost->seen);
  EXPECT_EQ(at.choice.shown(), Id::kBackup);
  EXPECT_EQ(at.choice.switches(FeedChoice::Reason::kLost), 0U);
  const auto asked = at.choice.ask(Id::kPrimary, {kFlowing, kFlowing}, at.rules, at.refusal);
  ASSERT_TRUE(asked);
  EXPECT_TRUE(asked->seen) << "they are no longer";
  EXPECT_EQ(at.choice.switches(FeedChoice::Reason::kAsked), 1U);
}

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

FeedState with(base::Micros FeedState::* fault, base::Micros lasts) {
  FeedState state = pictures(0, 0);
  state.*fault = lasts;
  return state;
}

TEST(FeedChoice, LeavesAFeedWhosePictureIsScrambledAtOnceForThereIsNone) {
  Choosing at;
  EXPECT_EQ(at.update(with(&FeedState::scrambled_for, kSecond - 1), pictures(0, 0)), "");
  const FeedState scrambled = with(&FeedState::scrambled_for, kSecond);
  EXPECT_EQ(at.update(scrambled, scrambled), "") << "both are";
  EXPECT_EQ(at.update(scrambled, pictures(0, 0)), "backup now, scrambled");
  EXPECT_EQ(at.update(scrambled, kAbsent), "") << "and does not go back to it";
  FeedState never_clear = scrambled;
  never_clear.has_video = false;
  at.choice.begin(Id::kPrimary);
  EXPECT_EQ(at.update(never_clear, pictures(0, 0)), "backup now, scrambled") << "scrambled from the start";
  Choosing never;
  never.rules.scrambled_after = 0;
  EXPECT_EQ(never.update(scrambled, pictures(0, 0)), "");
}

TEST(FeedChoice, LeavesAFeedOfErrorsOrFewPicturesForOneThatHasNeither) {
  using Case = std::tuple<base::Micros FeedState::*, base::Micros, std::string>;
  for (const auto& [fault, limit, reason] : {Case{&FeedState::low_rate_for, 5 * kSecond, "low_rate"},
                                             Case{&FeedState::ts_errors_for, 3 * kSecond, "ts_errors"}}) {
    Choosing at;
    const FeedState bad = with(fault, limit);
    EXPECT_EQ(at.update(with(fault, limit - 1), pictures(0, 0)), "");
    EXPECT_EQ(at.update(bad, bad), "") << "the network of both is bad";
    EXPECT_EQ(at.update(bad, with(fault, 1)), "") << "it begins there, too";
    EXPECT_EQ(at.update(bad, pictures(1, 0)), "") << "it may be turning black, which is worse";
    FeedState young = pictures(0, 0);
    young.flowing_for = limit - 1;
    EXPECT_EQ(at.update(bad, young), "") << "not known for as long";
    EXPECT_EQ(at.update(bad, pictures(0, 0)), "backup, " + reason);
    EXPECT_EQ(at.choice.shown(), Id::kBackup);
    Choosing never;
    never.rules.low_rate_after = never.rules.ts_errors_after = 0;
    EXPECT_EQ(never.update(bad, pictures(0, 0)), "");
  }
}

TEST(FeedChoice, TakesTheLesserEvilAndStaysWithIt) {
  Choosing at;
  const FeedState errors = with(&FeedState::ts_errors_for, 60 * kSecond);
  EXPECT_EQ(at.update(pictures(3 * kSecond, 0), errors), "backup, black");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(at.update(pictures(3 * kSecond, 0), errors), "");
  EXPECT_EQ(at.update(pictures(0, 0), errors), "primary, ts_errors");
  EXPECT_EQ(at.update(pictures(0, 0), errors), "");
}

TEST(FeedChoice, DoesNotReturnToAFeedOfErrors) {
  Choosing at;
  at.update(kAbsent, pictures(0, 0));
  FeedState errors = with(&FeedState::ts_errors_for, 3 * kSecond);
  errors.flowing_for = 60 * kSecond;
  EXPECT_EQ(at.update(errors, pictures(0, 0)), "");
}

TEST(FeedChoice, LeavesAFeedWithoutSoundForOneWithSound) {
  Choosing at;
  const FeedState mute = with(&FeedState::mute_for, 10 * kSecond);
  FeedState sounding = pictures(0, 0);
  sounding.heard_for = 9 * kSecond;
  EXPECT_EQ(at.update(mute, sounding), "") << "it was not listened to for as long";
  sounding.heard_for = 10 * kSecond;
  sounding.mute_for = kSecond;
  EXPECT_EQ(at.update(mute, sounding), "") << "the programme is silent";
  sounding.mute_for = 0;
  EXPECT_EQ(at.update(with(&FeedState::mute_for, 10 * kSecond - 1), sounding), "");
  EXPECT_EQ(at.update(mute, sounding), "backup, mute");
  EXPECT_EQ(at.update(mute, sounding), "");
}

TEST(FeedChoice, WouldRatherHaveNoSoundThanABadPicture) {
  for (const auto fault : {&FeedState::ts_errors_for, &FeedState::low_rate_for, &FeedState::frozen_for,
                           &FeedState::black_for, &FeedState::scrambled_for}) {
    Choosing at;
    FeedState spare = with(fault, 1);
    spare.heard_for = 10 * kSecond;
    EXPECT_EQ(at.update(with(&FeedState::mute_for, 10 * kSecond), spare), "");
  }
}

TEST(FeedFault, IsTheWorstOneAndOneOfThoseThatMetricsName) {
  const Failover rules;
  FeedState state = pictures(0, 0);
  state.mute_for = 10 * kSecond;
  std::string faults;
  for (const auto fault : {&FeedState::mute_for, &FeedState::ts_errors_for, &FeedState::low_rate_for,
                           &FeedState::frozen_for, &FeedState::black_for, &FeedState::scrambled_for}) {
    state.*fault = 10 * kSecond;
    const std::string_view worst = content_fault(state, rules);
    EXPECT_NE(std::find(kFaults.begin(), kFaults.end(), worst), kFaults.end()) << worst;
    faults += std::string(worst) + " " + std::to_string(score_of(state, rules)) + ", ";
  }
  EXPECT_EQ(faults, "mute 60, ts_errors 50, low_rate 40, frozen 25, black 25, scrambled 0, ");
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
