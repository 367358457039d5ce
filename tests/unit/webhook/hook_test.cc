#include "webhook/hook.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "unit/webhook/events.h"

namespace webhook {
namespace {

using base::kSecond;

/// A webhook, the attempts that are on their way by sequence, and a clock.
class HookTest : public testing::Test {
 protected:
  static Endpoint endpoint() { return {.name = "ops", .url = "https://user:pass@hooks.example:8443/T/secret"}; }

  void offer(std::uint64_t sequence, const std::string& channel = "a") {
    EXPECT_TRUE(hook_.offer(event_of(sequence, channel), now_));
  }
  /// Begins what is due: "1 3".
  std::string begin() {
    std::string text;
    while (const auto attempt = hook_.take_due(now_)) {
      text += (text.empty() ? "" : " ") + std::to_string(attempt->event->sequence);
      tickets_[attempt->event->sequence] = attempt->ticket;
    }
    return text;
  }
  void answer(std::uint64_t sequence, int status, client::Headers headers = {}) {
    client::Answer said{.status = status, .headers = std::move(headers)};
    if (status == 0) said.error = "refused\n";
    hook_.take_answer(tickets_.at(sequence), said, now_);
    tickets_.erase(sequence);
  }
  /// Lets time pass up to the next attempt. Returns how long that is.
  base::Micros pass() {
    const base::Micros span = hook_.next_due() - now_;
    now_ += span;
    return span;
  }
  std::string dead() const {
    std::string text;
    for (const DeadLetter& letter : hook_.report(now_, Letters::kShown).dead_letters)
      text += (text.empty() ? "" : " ") + std::to_string(letter.event->sequence);
    return text;
  }
  std::uint64_t failures(Failure failure) const {
    return hook_.report(now_).failures[static_cast<std::size_t>(failure)];
  }
  std::uint64_t drops(Drop drop) const { return hook_.report(now_).drops[static_cast<std::size_t>(drop)]; }

  base::Micros now_ = 1000 * kSecond;
  double spread_ = 1;  // pauses are whole
  Hook hook_{endpoint(), [this] { return spread_; }};
  std::map<std::uint64_t, std::uint64_t> tickets_;
};

TEST_F(HookTest, SendsTheEventsOfASubjectOneAfterAnother) {
  for (std::uint64_t sequence : {1u, 2u, 3u}) offer(sequence);
  EXPECT_EQ(begin(), "1");
  answer(1, 200);
  EXPECT_EQ(begin(), "2");
  answer(2, 204);
  EXPECT_EQ(begin(), "3");
  answer(3, 299);
  EXPECT_EQ(begin(), "");
  EXPECT_EQ(hook_.next_due(), INT64_MAX);
  EXPECT_EQ(hook_.report(now_).delivered, 3u);
  EXPECT_EQ(hook_.report(now_).waiting, 0u);
  EXPECT_FALSE(hook_.busy());
}

TEST_F(HookTest, SendsSubjectsBesideEachOther) {
  offer(1, "a");
  offer(2, "b");
  offer(3, "a");
  offer(4, "");
  EXPECT_EQ(begin(), "1 2 4");
  answer(2, 200);
  EXPECT_EQ(begin(), "");
  answer(1, 200);
  EXPECT_EQ(begin(), "3");
}

TEST_F(HookTest, ASubjectThatFailsHoldsBackNoOther) {
  offer(1, "bad");
  offer(2, "good");
  begin();
  answer(1, 500);
  answer(2, 200);
  offer(3, "bad");
  offer(4, "good");
  EXPECT_EQ(begin(), "4");
  EXPECT_EQ(pass(), kSecond);
  EXPECT_EQ(begin(), "1") << "in order";
}

TEST_F(HookTest, PausesDoubleUpToAMinute) {
  offer(1);
  std::vector<base::Micros> pauses;
  for (int i = 0; i < 9; ++i) {
    begin();
    answer(1, 503);
    pauses.push_back(pass() / kSecond);
  }
  EXPECT_EQ(pauses, (std::vector<base::Micros>{1, 2, 4, 8, 16, 32, 60, 60, 60}));
  begin();
  answer(1, 200);
  offer(2);
  begin();
  answer(2, 503);
  EXPECT_EQ(pass(), kSecond) << "a success begins anew";
}

TEST_F(HookTest, PausesAreHalfSpread) {
  spread_ = 0;
  offer(1);
  begin();
  answer(1, 503);
  EXPECT_EQ(pass(), kSecond / 2);
  spread_ = 0.5;
  begin();
  answer(1, 503);
  EXPECT_EQ(pass(), 3 * kSecond / 2);
}

TEST_F(HookTest, WaitsAsLongAsTheReceiverAsks) {
  offer(1);
  begin();
  answer(1, 429, {{"retry-after", "30"}});
  EXPECT_EQ(pass(), 30 * kSecond);
  begin();
  answer(1, 503, {{"retry-after", "99999999"}});
  EXPECT_EQ(pass(), 600 * kSecond) << "not without end";
  for (const char* odd : {"", "-5", "5s", "Wed, 21 Oct 2015 07:28:00 GMT", "99999999999999999999"}) {
    begin();
    answer(1, 503, {{"retry-after", odd}});
    EXPECT_LE(pass(), 60 * kSecond) << odd;
  }
}

TEST_F(HookTest, OnlyASuccessIsOne) {
  const std::map<int, Failure> kinds{
      {0, Failure::kNetwork},       {199, Failure::kRedirect},    {300, Failure::kRedirect},
      {307, Failure::kRedirect},    {400, Failure::kRefused},     {404, Failure::kRefused},
      {408, Failure::kServerError}, {429, Failure::kServerError}, {500, Failure::kServerError}};
  std::map<Failure, std::uint64_t> counts;
  offer(1);
  for (const auto& [status, failure] : kinds) {
    begin();
    answer(1, status);
    EXPECT_EQ(failures(failure), ++counts[failure]) << status;
    pass();
  }
  EXPECT_EQ(hook_.report(now_).delivered, 0u);
  EXPECT_EQ(hook_.report(now_).waiting, 1u);
}

TEST_F(HookTest, GivesUpAnEventThatHasWaitedTooLong) {
  offer(1);
  now_ += kSecond;
  offer(2);
  const base::Micros end = now_ - kSecond + 3600 * kSecond;
  while (hook_.report(now_).given_up == 0) {
    begin();
    answer(1, 500);
    if (now_ < end) {
      EXPECT_EQ(dead(), "");
    }
    if (hook_.report(now_).given_up == 0) pass();
  }
  EXPECT_GE(now_, end);
  EXPECT_LE(now_, end + 60 * kSecond);
  EXPECT_EQ(dead(), "1 2") << "the receiver does not take any, and the second is as old by now";
  EXPECT_EQ(hook_.report(now_).waiting, 0u);
}

TEST_F(HookTest, WhatIsBehindARefusedEventIsTriedItself) {
  offer(1);
  offer(2);
  begin();
  now_ += 3600 * kSecond;
  answer(1, 400);
  EXPECT_EQ(dead(), "1");
  EXPECT_LE(pass(), kSecond);
  EXPECT_EQ(begin(), "2");
  answer(2, 200);
  EXPECT_EQ(dead(), "1");
  EXPECT_EQ(hook_.report(now_).delivered, 1u);
}

TEST_F(HookTest, AnEventIsNotGivenUpBeforeItsTime) {
  offer(1);
  begin();
  now_ += 3600 * kSecond - 1;
  answer(1, 500);
  EXPECT_EQ(dead(), "");
}

TEST_F(HookTest, ReplaySendsDeadLettersBeforeNewerEventsOfTheirSubject) {
  for (std::uint64_t sequence : {1u, 2u}) offer(sequence);
  begin();
  now_ += 3600 * kSecond;
  answer(1, 500);
  EXPECT_EQ(dead(), "1 2");
  offer(3);
  offer(4);
  EXPECT_EQ(begin(), "3");
  EXPECT_EQ(hook_.replay(now_), 2u);
  EXPECT_EQ(dead(), "");
  answer(3, 200);
  for (const char* next : {"1", "2", "4"}) {
    EXPECT_EQ(begin(), next);
    answer(std::stoull(next), 200);
  }
  EXPECT_EQ(begin(), "");
  EXPECT_EQ(hook_.report(now_).given_up, 2u);
  EXPECT_EQ(hook_.report(now_).delivered, 4u);
  EXPECT_EQ(hook_.replay(now_), 0u);
}

TEST_F(HookTest, ReplayDoesNotWaitForThePause) {
  offer(1);
  begin();
  now_ += 3600 * kSecond;
  answer(1, 500);
  offer(2);
  EXPECT_EQ(begin(), "2");
  answer(2, 500);
  EXPECT_EQ(begin(), "");
  hook_.replay(now_);
  EXPECT_EQ(begin(), "1");
  now_ += 60 * kSecond;
  EXPECT_EQ(begin(), "") << "its pause is over, but another of its subject is on its way";
}

TEST_F(HookTest, WhatAReplayPutBehindWhatIsOnItsWayIsSavedAsTheFirst) {
  offer(1);
  begin();
  now_ += 3600 * kSecond;
  answer(1, 500);
  offer(2);
  EXPECT_EQ(begin(), "2");
  EXPECT_EQ(hook_.saved(2, now_, 0).lanes.at("a"), 2u);
  hook_.replay(now_);
  EXPECT_EQ(hook_.saved(2, now_, 0).lanes.at("a"), 1u);
}

TEST_F(HookTest, WhoAnswersGoneGetsNoMoreUntilAReplay) {
  offer(1, "a");
  offer(2, "a");
  offer(3, "b");
  offer(4, "b");
  EXPECT_EQ(begin(), "1 3");
  answer(1, 410);
  EXPECT_TRUE(hook_.report(now_).gone);
  EXPECT_TRUE(hook_.failing());
  EXPECT_EQ(dead(), "1 2 4");
  EXPECT_FALSE(hook_.offer(event_of(5, "a"), now_));
  EXPECT_EQ(drops(Drop::kGone), 1u);
  EXPECT_EQ(hook_.next_due(), INT64_MAX);
  answer(3, 500);
  EXPECT_EQ(dead(), "1 2 4 3");
  EXPECT_EQ(failures(Failure::kGone), 1u);
  now_ += 100 * kSecond;
  EXPECT_EQ(begin(), "");
  EXPECT_EQ(hook_.replay(now_), 4u);
  EXPECT_FALSE(hook_.report(now_).gone);
  EXPECT_EQ(begin(), "1 3");
}

TEST_F(HookTest, OneThatIsGoneStartsWithAnotherAddress) {
  offer(1);
  begin();
  answer(1, 410);
  hook_.configure(endpoint());
  EXPECT_TRUE(hook_.report(now_).gone);
  hook_.configure({.name = "ops", .url = "https://elsewhere.example/"});
  EXPECT_FALSE(hook_.report(now_).gone);
  offer(2);
  EXPECT_EQ(begin(), "2");
  EXPECT_EQ(dead(), "1") << "an operator says whether it is sent again";
}

TEST_F(HookTest, WhatIsOnItsWayToOneThatIsGoneMayArrive) {
  offer(1, "a");
  offer(2, "b");
  begin();
  answer(1, 410);
  answer(2, 200);
  EXPECT_EQ(hook_.report(now_).delivered, 1u);
  EXPECT_TRUE(hook_.failing());
  EXPECT_EQ(hook_.report(now_).why, "HTTP 410");
  EXPECT_EQ(hook_.report(now_).waiting, 0u);
}

TEST_F(HookTest, FailsAfterHalfAMinuteWithoutASuccess) {
  offer(1);
  begin();
  answer(1, 0);
  EXPECT_FALSE(hook_.failing());
  EXPECT_EQ(hook_.why(), "refused ");
  const base::Micros first = now_;
  while (now_ < first + 30 * kSecond) {
    EXPECT_FALSE(hook_.failing());
    pass();
    begin();
    answer(1, 0);
  }
  EXPECT_TRUE(hook_.failing());
  pass();
  begin();
  answer(1, 200);
  EXPECT_FALSE(hook_.failing());
  EXPECT_EQ(hook_.why(), "");
  offer(2);
  begin();
  now_ += 100 * kSecond;
  answer(2, 500);
  EXPECT_FALSE(hook_.failing()) << "one failure after a success";
}

TEST_F(HookTest, SaysForHowLongAnEventHasWaited) {
  EXPECT_EQ(hook_.report(now_).lag, 0);
  offer(1, "b");
  now_ += 2 * kSecond;
  offer(2, "a");
  now_ += 3 * kSecond;
  EXPECT_EQ(hook_.report(now_).lag, 5 * kSecond);
  EXPECT_EQ(hook_.report(now_).waiting, 2u);
}

TEST_F(HookTest, AFullQueueDropsTheOldestOfTheSubjectThatHasMost) {
  offer(1, "quiet");
  for (std::uint64_t sequence = 2; sequence <= Hook::kMostWaiting; ++sequence) offer(sequence, "loud");
  EXPECT_EQ(begin(), "1 2");
  EXPECT_EQ(drops(Drop::kQueueFull), 0u);
  offer(20'000, "quiet");
  EXPECT_EQ(drops(Drop::kQueueFull), 1u);
  EXPECT_EQ(hook_.report(now_).waiting, Hook::kMostWaiting);
  answer(1, 200);
  answer(2, 200);
  EXPECT_EQ(begin(), "4 20000") << "3 made room; 2 was on its way";
}

TEST_F(HookTest, AFullQueueOfASubjectThatFailsGoesOnWithWhatIsLeft) {
  for (std::uint64_t sequence = 1; sequence <= Hook::kMostWaiting; ++sequence) offer(sequence);
  begin();
  answer(1, 500);
  offer(20'000);
  pass();
  EXPECT_EQ(begin(), "2");
}

TEST_F(HookTest, KeepsOnlyTheNewestDeadLetters) {
  for (std::uint64_t sequence = 1; sequence <= Hook::kMostDead + 3; ++sequence) offer(sequence);
  begin();
  answer(1, 410);
  const Report report = hook_.report(now_, Letters::kShown);
  EXPECT_EQ(report.dead, Hook::kMostDead);
  EXPECT_EQ(report.given_up, Hook::kMostDead + 3);
  EXPECT_EQ(drops(Drop::kDeadLettersFull), 3u);
  ASSERT_EQ(report.dead_letters.size(), Hook::kMostShown);
  EXPECT_EQ(report.dead_letters.back().event->sequence, Hook::kMostDead + 3);
  EXPECT_EQ(report.dead_letters.back().reason, "HTTP 410");
}

TEST_F(HookTest, SendsAFewAtATimeAndFailingSubjectsHaveHalf) {
  for (std::uint64_t sequence = 1; sequence <= 20; ++sequence) offer(sequence, "bad" + std::to_string(sequence));
  EXPECT_EQ(begin(), "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16");
  EXPECT_EQ(hook_.next_due(), INT64_MAX);
  for (std::uint64_t sequence = 1; sequence <= 16; ++sequence) answer(sequence, 500);
  EXPECT_EQ(begin(), "17 18 19 20");
  for (std::uint64_t sequence = 17; sequence <= 20; ++sequence) answer(sequence, 500);
  now_ += 2 * kSecond;
  begin();
  EXPECT_EQ(tickets_.size(), Hook::kParallel / 2);
  EXPECT_FALSE(hook_.busy());
  for (std::uint64_t sequence = 101; sequence <= 110; ++sequence) offer(sequence, "good" + std::to_string(sequence));
  EXPECT_EQ(begin(), "101 102 103 104 105 106 107 108");
  EXPECT_TRUE(hook_.busy());
}

TEST_F(HookTest, TakesTheTypesThatItIsAskedForAndNoneAboutItself) {
  Endpoint asked = endpoint();
  asked.types = {"outage", "live.kickoff.feed."};
  hook_.configure(asked);
  EXPECT_TRUE(hook_.offer(event_of(1, "a", events::Type::kOutage), now_));
  EXPECT_TRUE(hook_.offer(event_of(2, "a", events::Type::kFeedSwitch), now_));
  EXPECT_FALSE(hook_.offer(event_of(3, "a", events::Type::kMarker), now_));
  hook_.configure(endpoint());
  EXPECT_FALSE(hook_.offer(event_of(4, "", events::Type::kWebhook, "ops"), now_));
  EXPECT_TRUE(hook_.offer(event_of(5, "", events::Type::kWebhook, "other"), now_));
}

TEST_F(HookTest, ShowsTheReceiverWithoutWhatMayBeSecret) {
  EXPECT_EQ(hook_.report(now_).receiver, "https://hooks.example:8443");
  EXPECT_EQ(hook_.report(now_).name, "ops");
  hook_.configure({.name = "ops", .url = "http://host?token=secret"});
  EXPECT_EQ(hook_.report(now_).receiver, "http://host");
}

TEST_F(HookTest, AnAnswerToNothingIsPassedOver) {
  hook_.take_answer(77, {.status = 200}, now_);
  EXPECT_EQ(hook_.report(now_).delivered, 0u);
}

/// The hook of a later run, which knows what this one has saved. Its clock began anew.
class RestartedHookTest : public HookTest {
 protected:
  static constexpr base::Micros kUtc = 1'796'042'345 * kSecond;

  void happen(std::uint64_t sequence, const std::string& channel = "a") {
    auto event = std::make_shared<events::Event>(*event_of(sequence, channel));
    event->time = kUtc;
    earlier_[sequence] = event;
    hook_.offer(event, now_);
  }
  void restart(std::uint64_t up_to, base::Micros later = 0) {
    const Saved saved = hook_.saved(up_to, now_, kUtc + (now_ - 1000 * kSecond));
    now_ = 7 * kSecond;
    next_.restore(saved, earlier_, now_, kUtc + later);
  }
  std::string begin_next() {
    std::string text;
    while (const auto attempt = next_.take_due(now_)) {
      text += (text.empty() ? "" : " ") + std::to_string(attempt->event->sequence);
      next_.take_answer(attempt->ticket, {.status = 200}, now_);
    }
    return text;
  }

  Earlier earlier_;
  Hook next_{endpoint(), [] { return 1.0; }};
};

TEST_F(RestartedHookTest, SendsWhatWaitedAndWhatWasOnItsWay) {
  for (std::uint64_t sequence : {1u, 2u, 3u, 4u}) happen(sequence, sequence == 3 ? "b" : "a");
  EXPECT_EQ(begin(), "1 3");
  answer(3, 200);
  answer(1, 200);
  EXPECT_EQ(begin(), "2");
  restart(4);
  EXPECT_EQ(begin_next(), "2 4") << "3 was delivered";
  EXPECT_EQ(next_.report(now_).waiting, 0u);
}

TEST_F(RestartedHookTest, SendsWhatCameAfterItWasSaved) {
  happen(1);
  begin();
  answer(1, 200);
  const Saved saved = hook_.saved(1, now_, kUtc);
  happen(2);
  next_.restore(saved, earlier_, now_, kUtc);
  EXPECT_EQ(begin_next(), "2");
}

TEST_F(RestartedHookTest, SendsNothingThatTheLogDoesNotHave) {
  for (std::uint64_t sequence : {1u, 2u}) happen(sequence);
  earlier_.erase(1);
  restart(2);
  EXPECT_EQ(begin_next(), "2");
}

TEST_F(RestartedHookTest, HasTheDeadLettersAndTheirReasonsAndSendsThemOnlyWhenAsked) {
  happen(1, "a");
  happen(2, "b");
  begin();
  answer(1, 410);
  answer(2, 200);
  now_ += 60 * kSecond;
  restart(2, 90 * kSecond);
  const Report report = next_.report(now_, Letters::kShown);
  ASSERT_EQ(report.dead_letters.size(), 1u);
  EXPECT_EQ(report.dead_letters[0].event->sequence, 1u);
  EXPECT_EQ(report.dead_letters[0].reason, "HTTP 410");
  EXPECT_EQ(now_ - report.dead_letters[0].given_up, 90 * kSecond);
  EXPECT_FALSE(report.gone) << "a restart starts it";
  EXPECT_EQ(begin_next(), "");
  EXPECT_EQ(next_.replay(now_), 1u);
  EXPECT_EQ(begin_next(), "1");
}

TEST_F(RestartedHookTest, WhatHasWaitedLongIsAsOldAsItWas) {
  happen(1);
  restart(1, 100 * kSecond);
  EXPECT_EQ(next_.report(now_).lag, 100 * kSecond);
}

TEST_F(RestartedHookTest, AClockThatWasSetBackMakesNothingYounger) {
  happen(1);
  restart(1, -100 * kSecond);
  EXPECT_EQ(next_.report(now_).lag, 0);
}

TEST_F(RestartedHookTest, AReplayThatWasUnderWayGoesOn) {
  happen(1);
  begin();
  answer(1, 410);
  happen(2);  // dropped: it is gone
  hook_.replay(now_);
  happen(3);
  EXPECT_EQ(begin(), "1");
  restart(3);
  EXPECT_EQ(begin_next(), "1 2 3") << "at most duplicates, of what is behind what waits too";
}

TEST(Hook, CopiesDeadLettersOnlyWhereTheyAreAskedFor) {
  Hook hook({.name = "ops", .url = "http://a/"}, [] { return 1.0; });
  hook.offer(event_of(1, "a"), 0);
  hook.take_answer(hook.take_due(0)->ticket, {.status = 410}, 0);
  EXPECT_EQ(hook.report(0).dead, 1u);
  EXPECT_TRUE(hook.report(0).dead_letters.empty());
  EXPECT_EQ(hook.report(0, Letters::kShown).dead_letters.size(), 1u);
}

}  // namespace
}  // namespace webhook
