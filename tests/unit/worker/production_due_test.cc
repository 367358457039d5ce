#include <functional>

#include "producing.h"
#include "record/encoding.h"

namespace worker {
namespace {

using base::kMillisecond;
using base::kSecond;

/// A message, and whether the server may keep it until it is due.
struct Sent {
  base::Micros arrived = 0;
  feed::Message message;
  bool may_wait = false;
};

struct Encoder {
  std::int64_t until = 10'000;
  std::int64_t gone_from = INT64_MAX;  ///< nothing but ticks from there on
  std::int64_t sound_lag = 0;          ///< sound comes so long after the picture of its stamp
  std::int64_t rate = 25;
  std::int64_t key_every = 1000;
  std::function<std::int64_t(std::int64_t)> jitter = [](std::int64_t) { return 0; };
};

/// What it sends from 0 on, as it arrives, and the server's ticks. Units: milliseconds.
std::vector<Sent> sent_by(const Encoder& encoder) {
  std::vector<Sent> all;
  std::int64_t pictures = 0;
  std::int64_t sounds = 0;
  base::Micros newest = 0;
  for (std::int64_t at = 0; at < encoder.until; ++at) {
    const bool there = at < encoder.gone_from;
    const base::Micros arrived = std::max(newest, Producing::utc(at + encoder.jitter(at)));
    if (there && at == pictures * 1000 / encoder.rate) {
      const bool key = at % encoder.key_every == 0;
      all.push_back({arrived, rtmp_picture(at, arrived, key), !key});
      ++pictures;
      newest = arrived;
    }
    if (there && at == sounds * 64 / 3) {
      if (at >= encoder.sound_lag) all.push_back({arrived, rtmp_sound(at - encoder.sound_lag, arrived), true});
      ++sounds;
      newest = arrived;
    }
    if (at % 100 == 0) all.push_back({std::max(newest, Producing::utc(at)), feed::Tick{Producing::utc(at)}, true});
  }
  return all;
}

/// When each record came, and how often the worker was woken.
struct Outcome {
  std::vector<base::Micros> times;
  std::vector<record::Record> records;
  int wakes = 0;
};

/// The server between the two: each message goes on at once, or with the first that does not wait.
class Link {
 public:
  explicit Link(bool keeps) : keeps_(keeps) {
    channel_.start();
    channel_.headers();
  }

  Outcome carry(const std::vector<Sent>& messages) {
    for (const Sent& sent : messages) {
      if (!kept_.empty() && sent.arrived >= flush_at_) flush(flush_at_);
      kept_.push_back(sent.message);
      const base::Micros due = keeps_ && sent.may_wait ? channel_.production.due() : 0;
      if (due <= sent.arrived) {
        flush(sent.arrived);
      } else if (kept_.size() == 1) {
        flush_at_ = due + 42 * kMillisecond;
      }
    }
    outcome_.records = channel_.records;
    return std::move(outcome_);
  }

 private:
  void flush(base::Micros now) {
    for (const feed::Message& message : kept_) channel_.say(message);
    kept_.clear();
    outcome_.times.resize(channel_.records.size(), now);
    ++outcome_.wakes;
  }

  const bool keeps_;
  Producing channel_;
  std::vector<feed::Message> kept_;
  base::Micros flush_at_ = 0;
  Outcome outcome_;
};

std::size_t parts_of(const Outcome& outcome) {
  return static_cast<std::size_t>(std::count_if(outcome.records.begin(), outcome.records.end(), [](const auto& record) {
    return std::holds_alternative<record::Part>(record);
  }));
}

/// The most by which a record came later than without keeping anything; they have to be the same ones.
base::Micros latest(const Outcome& at_once, const Outcome& kept) {
  EXPECT_GT(parts_of(at_once), 10U);
  EXPECT_EQ(kept.records.size(), at_once.records.size());
  base::Micros most = 0;
  for (std::size_t i = 0; i < std::min(kept.times.size(), at_once.times.size()); ++i) {
    EXPECT_EQ(record::encode(kept.records[i]).head, record::encode(at_once.records[i]).head) << "record " << i;
    most = std::max(most, kept.times[i] - at_once.times[i]);
  }
  return most;
}

TEST(ProductionDue, WhatIsKeptUntilItIsDueMakesTheSamePartsAtTheSameTime) {
  for (const std::int64_t rate : {5, 24, 25, 30, 50, 60}) {
    const auto messages = sent_by({.rate = rate, .key_every = 2000});
    const Outcome at_once = Link(false).carry(messages);
    const Outcome kept = Link(true).carry(messages);
    EXPECT_EQ(latest(at_once, kept), 0) << rate;
    if (rate > 5) {
      EXPECT_LT(kept.wakes * 3, at_once.wakes) << rate;
    }
  }
}

TEST(ProductionDue, SoundThatCompletesItsPartLaterThanThePictureIsNotKeptForTheNextPicture) {
  for (const std::int64_t lag : {40, 150, 290, 450}) {
    const auto messages = sent_by({.sound_lag = lag});
    const Outcome at_once = Link(false).carry(messages);
    const Outcome kept = Link(true).carry(messages);
    EXPECT_EQ(latest(at_once, kept), 0) << lag;
    EXPECT_LT(kept.wakes, at_once.wakes) << lag;
  }
}

TEST(ProductionDue, ANetworkThatStallsDelaysNothingMoreOnceItGoesOn) {
  // Each second all of 300 ms comes at its end.
  const auto messages = sent_by({.jitter = [](std::int64_t at) { return at % 1000 < 300 ? 300 - at % 1000 : 0; }});
  const Outcome at_once = Link(false).carry(messages);
  EXPECT_EQ(latest(at_once, Link(true).carry(messages)), 0);
}

TEST(ProductionDue, JitterDelaysAPartByNoMoreThanItself) {
  const auto messages = sent_by({.until = 20'000, .jitter = [](std::int64_t at) { return at * 7919 % 30; }});
  const Outcome at_once = Link(false).carry(messages);
  EXPECT_LE(latest(at_once, Link(true).carry(messages)), 30 * kMillisecond);
}

TEST(ProductionDue, AFeedThatEndsIsHeldAsSoon) {
  for (const std::int64_t gone_from : {5'000, 5'041, 5'130, 5'290, 5'499}) {
    const auto messages = sent_by({.gone_from = gone_from});
    const Outcome at_once = Link(false).carry(messages);
    // What was kept comes when it would have been due, which a tick may have to wait for.
    EXPECT_LE(latest(at_once, Link(true).carry(messages)), 42 * kMillisecond) << gone_from;
  }
}

class NothingWaits : public testing::Test {
 protected:
  void play() {
    channel_.start();
    channel_.headers();
    channel_.play(0, 3000);
  }

  Producing channel_;
};

TEST_F(NothingWaits, BeforeTheFirstPartNorAfterTheFeedHasGone) {
  EXPECT_EQ(channel_.production.due(), 0);
  channel_.start();
  channel_.headers();
  EXPECT_EQ(channel_.production.due(), 0);
  channel_.play(0, 3000);
  EXPECT_GT(channel_.production.due(), Producing::utc(2900));
  EXPECT_LT(channel_.production.due(), Producing::utc(3500));
  channel_.say(feed::Stop{});
  EXPECT_EQ(channel_.production.due(), 0);
}

TEST_F(NothingWaits, WhileTheSlateIsOrdered) {
  play();
  channel_.say(feed::Slate{true, ""});
  EXPECT_EQ(channel_.production.due(), 0);
  channel_.say(feed::Slate{false, ""});
  EXPECT_GT(channel_.production.due(), 0);
}

TEST_F(NothingWaits, WhileThereAreTwoFeeds) {
  play();
  channel_.feed = feed::Id::kBackup;
  channel_.start();
  EXPECT_EQ(channel_.production.due(), 0);
  channel_.say(feed::Stop{});
  EXPECT_GT(channel_.production.due(), 0);
}

TEST(ProductionDue, AReportSaysIt) {
  Producing channel;
  channel.start();
  channel.headers();
  channel.play(0, 3000);
  job::Stats stats{};
  channel.production.report(stats);
  EXPECT_EQ(static_cast<base::Micros>(stats.due_us.load()), channel.production.due());
}

}  // namespace
}  // namespace worker
