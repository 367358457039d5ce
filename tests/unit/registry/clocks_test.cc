#include "registry/clocks.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/registry/fake_etcd.h"

namespace registry {
namespace {

using base::kMillisecond;
using base::kSecond;
using feed::Format;

constexpr const char* kKey = "/kickoff/clocks/match/primary";

/// One of several servers.
struct Origin {
  Origin(FakeEtcd& etcd, FakeClock& clock)
      : transport(etcd, clock), client({.endpoints = {"http://a:1"}}, transport, clock), now(clock) {}
  Answer ask(base::Micros zero, Format stamps = Format::kMpegTs, std::string channel = "match") {
    const auto answers =
        clocks.settle({{std::move(channel), feed::Id::kPrimary, {zero, stamps}, 7}}, now.now + kSecond);
    EXPECT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers.front().ask.id, 7U);
    return answers.front();
  }

  FakeTransport transport;
  EtcdClient client;
  FakeClock& now;
  Clocks clocks{client, "/kickoff"};
};

struct Twins {
  FakeClock clock;
  FakeEtcd etcd;
  Origin one{etcd, clock};
  Origin other{etcd, clock};
};

TEST(Clocks, TheFirstServerProposesAndTheOtherAdopts) {
  Twins given;
  const Answer first = given.one.ask(kZero);
  EXPECT_EQ(first.outcome, Outcome::kProposed);
  EXPECT_EQ(first.zero, kZero);
  const Answer second = given.other.ask(kZero + 300 * kMillisecond);
  EXPECT_EQ(second.outcome, Outcome::kAdopted);
  EXPECT_EQ(second.zero, kZero);
  EXPECT_EQ(given.etcd.keys.size(), 1U);
  EXPECT_EQ(given.etcd.keys.at(kKey).first, write_clocks({{kZero, Format::kMpegTs}}));
}

TEST(Clocks, WhoIsOvertakenAdopts) {
  Twins given;
  given.etcd.before_swap = [&] { EXPECT_EQ(given.other.ask(kZero + 1).outcome, Outcome::kProposed); };
  const Answer answer = given.one.ask(kZero);
  EXPECT_EQ(answer.outcome, Outcome::kAdopted);
  EXPECT_EQ(answer.zero, kZero + 1);
}

TEST(Clocks, WhoIsOvertakenByAnotherRunProposesBesideIt) {
  Twins given;
  given.etcd.before_swap = [&] { given.other.ask(kZero + 3600 * kSecond); };
  const Answer answer = given.one.ask(kZero);
  EXPECT_EQ(answer.outcome, Outcome::kProposed);
  EXPECT_EQ(given.etcd.keys.at(kKey).first,
            write_clocks({{kZero + 3600 * kSecond, Format::kMpegTs}, {kZero, Format::kMpegTs}}));
}

TEST(Clocks, ASourceThatWasStartedAnewGetsANewClockThatBothFind) {
  Twins given;
  given.one.ask(kZero);
  EXPECT_EQ(given.one.ask(kZero + 9 * kSecond).outcome, Outcome::kProposed);
  EXPECT_EQ(given.other.ask(kZero + 9 * kSecond + 5).zero, kZero + 9 * kSecond);
  EXPECT_EQ(given.other.ask(kZero + 5).zero, kZero) << "the old one is still there";
}

TEST(Clocks, AreOfAFeedOfAChannel) {
  Twins given;
  given.one.ask(kZero);
  EXPECT_EQ(given.other.ask(kZero + 1, Format::kMpegTs, "other").outcome, Outcome::kProposed);
  const auto backup = given.other.clocks.settle({{"match", feed::Id::kBackup, {kZero + 1, Format::kMpegTs}, 0}},
                                                given.clock.now + kSecond);
  EXPECT_EQ(backup.front().outcome, Outcome::kProposed);
  EXPECT_EQ(given.etcd.keys.size(), 3U);
  EXPECT_TRUE(given.etcd.keys.contains("/kickoff/clocks/match/backup"));
}

TEST(Clocks, WhatCannotBeReadIsWrittenAnew) {
  Twins given;
  given.etcd.keys[kKey] = {"garbage", 5};
  EXPECT_EQ(given.one.ask(kZero).outcome, Outcome::kProposed);
  EXPECT_EQ(given.etcd.keys.at(kKey).first, write_clocks({{kZero, Format::kMpegTs}}));
}

TEST(Clocks, WithoutEtcdThereIsNone) {
  Twins given;
  given.etcd.dead = {"http://a:1"};
  const Answer answer = given.one.ask(kZero);
  EXPECT_EQ(answer.outcome, Outcome::kNone);
  EXPECT_EQ(answer.why, "http://a:1: connection refused");
  EXPECT_EQ(given.one.clocks.fault(), answer.why);
}

TEST(Clocks, WithoutEtcdWhatWasAgreedIsRemembered) {
  Twins given;
  given.one.ask(kZero);
  given.other.ask(kZero + 1);
  given.etcd.dead = {"http://a:1"};
  for (Origin* origin : {&given.one, &given.other}) {
    const Answer answer = origin->ask(kZero + kSecond);
    EXPECT_EQ(answer.outcome, Outcome::kRemembered);
    EXPECT_EQ(answer.zero, kZero);
    EXPECT_EQ(origin->ask(kZero + 9 * kSecond).outcome, Outcome::kNone) << "of another run of the source";
  }
}

TEST(Clocks, AnAnswerThatIsNoneIsAFault) {
  Twins given;
  given.etcd.status = 503;
  EXPECT_EQ(given.one.ask(kZero).outcome, Outcome::kNone);
  given.one.clocks.probe(given.clock.now + kSecond);
  EXPECT_FALSE(given.one.clocks.fault().empty());
  given.etcd.status = 200;
  given.one.clocks.probe(given.clock.now + kSecond);
  EXPECT_EQ(given.one.clocks.fault(), "");
}

TEST(Clocks, ManyAreSettledWithAFewRequests) {
  Twins given;
  std::vector<Ask> asks;
  for (int i = 0; i < 50; ++i)
    asks.push_back(
        {"c" + std::to_string(i), feed::Id::kPrimary, {kZero, Format::kRtmp}, static_cast<std::uint64_t>(i)});
  given.other.ask(kZero + 1, Format::kRtmp, "c7");
  given.one.transport.takes = 100 * kMillisecond;
  const base::Micros began = given.clock.now;
  const auto answers = given.one.clocks.settle(asks, began + kSecond);
  EXPECT_EQ(answers.size(), 50U);
  EXPECT_EQ(given.clock.now - began, 200 * kMillisecond) << "all at a time: a read and a write";
  for (const Answer& answer : answers)
    EXPECT_EQ(answer.outcome, answer.ask.id == 7 ? Outcome::kAdopted : Outcome::kProposed) << answer.ask.id;
}

TEST(Clocks, TwoFeedsThatBeginAtTheSameTimeAgree) {
  Twins given;
  const std::vector<Ask> asks{{"match", feed::Id::kPrimary, {kZero, Format::kRtmp}, 1},
                              {"match", feed::Id::kPrimary, {kZero + 5, Format::kRtmp}, 2}};
  const auto answers = given.one.clocks.settle(asks, given.clock.now + kSecond);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].zero, answers[1].zero);
}

TEST(Clocks, EndWhenTheTimeIsOver) {
  Twins given;
  given.one.transport.takes = kSecond;
  const Answer answer = given.one.ask(kZero);
  EXPECT_EQ(answer.outcome, Outcome::kNone) << "it was read, and not written";
  EXPECT_TRUE(given.etcd.keys.empty());
}

}  // namespace
}  // namespace registry
