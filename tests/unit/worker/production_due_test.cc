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
  int reads = 0;  ///< of the encoder's socket
};

/// What the server does with media that the worker needs later.
enum class Server { kPassesOn, kKeeps, kKeepsAndReadsLater };

/// The server between the two. It passes each message on at once, or with the first that does not wait; and it reads
/// the encoder's messages as they come, or lets them pile up until one is needed (ingest::RtmpConnection).
class Link {
 public:
  explicit Link(Server server) : server_(server) {
    channel_.start();
    channel_.headers();
  }

  Outcome carry(const std::vector<Sent>& messages) {
    for (const Sent& sent : messages) {
      if (!unread_.empty() && sent.arrived >= read_at_) read(read_at_);
      if (!kept_.empty() && sent.arrived >= flush_at_) flush(flush_at_);
      if (std::holds_alternative<feed::Tick>(sent.message)) {
        take(sent);
        continue;
      }
      unread_.push_back(sent);
      if (sent.arrived >= read_at_) read(sent.arrived);
    }
    outcome_.records = channel_.records;
    return std::move(outcome_);
  }

 private:
  void read(base::Micros now) {
    for (Sent& sent : unread_) {
      sent.arrived = std::get<feed::RtmpMessage>(sent.message).arrived = now;
      take(sent);
    }
    unread_.clear();
    const base::Micros spare = std::min(channel_.production.due() - now, 200 * kMillisecond);
    const bool later = server_ == Server::kKeepsAndReadsLater && spare >= 20 * kMillisecond;
    read_at_ = later ? now + spare - 4 * kMillisecond : now;
    ++outcome_.reads;
  }
  void take(const Sent& sent) {
    kept_.push_back(sent.message);
    const base::Micros due = server_ != Server::kPassesOn && sent.may_wait ? channel_.production.due() : 0;
    if (due <= sent.arrived) {
      flush(sent.arrived);
    } else if (kept_.size() == 1) {
      flush_at_ = due + 42 * kMillisecond;
    }
  }
  void flush(base::Micros now) {
    for (const feed::Message& message : kept_) channel_.say(message);
    kept_.clear();
    outcome_.times.resize(channel_.records.size(), now);
    ++outcome_.wakes;
  }

  const Server server_;
  Producing channel_;
  std::vector<Sent> unread_;
  base::Micros read_at_ = 0;
  std::vector<feed::Message> kept_;
  base::Micros flush_at_ = 0;
  Outcome outcome_;
};

std::size_t parts_of(const Outcome& outcome) {
  return static_cast<std::size_t>(std::count_if(outcome.records.begin(), outcome.records.end(), [](const auto& record) {
    return std::holds_alternative<record::Part>(record);
  }));
}

/// What is read later has a later stamp.
record::Record without_arrival(record::Record record) {
  if (auto* part = std::get_if<record::Part>(&record)) part->captured = 0;
  return record;
}

/// The most by which a record came later than without keeping anything; they have to be the same ones.
base::Micros latest(const Outcome& at_once, const Outcome& kept) {
  EXPECT_GT(parts_of(at_once), 10U);
  EXPECT_EQ(kept.records.size(), at_once.records.size());
  base::Micros most = 0;
  for (std::size_t i = 0; i < std::min(kept.times.size(), at_once.times.size()); ++i) {
    EXPECT_EQ(record::encode(without_arrival(kept.records[i])).head,
              record::encode(without_arrival(at_once.records[i])).head)
        << "record " << i;
    most = std::max(most, kept.times[i] - at_once.times[i]);
  }
  return most;
}

/// When the first part came that holds a picture.
base::Micros first_held(const Outcome& outcome) {
  for (std::size_t i = 0; i < outcome.records.size(); ++i) {
    const auto* part = std::get_if<record::Part>(&outcome.records[i]);
    if (part != nullptr && part->held) return outcome.times[i];
  }
  ADD_FAILURE() << "nothing is held";
  return 0;
}

class ProductionDue : public testing::TestWithParam<Server> {
 protected:
  static Outcome at_once(const std::vector<Sent>& messages) { return Link(Server::kPassesOn).carry(messages); }
  static Outcome kept(const std::vector<Sent>& messages) { return Link(GetParam()).carry(messages); }
  static bool reads_later() { return GetParam() == Server::kKeepsAndReadsLater; }
};
INSTANTIATE_TEST_SUITE_P(Servers, ProductionDue, testing::Values(Server::kKeeps, Server::kKeepsAndReadsLater),
                         [](const auto& given) { return given.param == Server::kKeeps ? "Keeps" : "ReadsLater"; });

TEST_P(ProductionDue, WhatIsKeptUntilItIsDueMakesTheSamePartsAtTheSameTime) {
  for (const std::int64_t rate : {5, 24, 25, 30, 50, 60}) {
    const auto messages = sent_by({.rate = rate, .key_every = 2000});
    const Outcome first = at_once(messages);
    const Outcome later = kept(messages);
    EXPECT_EQ(latest(first, later), 0) << rate;
    if (rate <= 5) continue;
    EXPECT_LT(later.wakes * 3, first.wakes) << rate;
    if (reads_later()) {
      EXPECT_LT(later.reads * 3, first.reads) << rate;
    }
  }
}

TEST_P(ProductionDue, SoundThatCompletesItsPartLaterThanThePictureIsNotKeptForTheNextPicture) {
  for (const std::int64_t lag : {40, 150, 290, 450}) {
    const auto messages = sent_by({.sound_lag = lag});
    const Outcome first = at_once(messages);
    const Outcome later = kept(messages);
    EXPECT_EQ(latest(first, later), 0) << lag;
    EXPECT_LT(later.wakes, first.wakes) << lag;
  }
}

TEST_P(ProductionDue, ANetworkThatStallsDelaysNothingMoreOnceItGoesOn) {
  // Each second all of 300 ms comes at its end.
  const auto messages = sent_by({.jitter = [](std::int64_t at) { return at % 1000 < 300 ? 300 - at % 1000 : 0; }});
  EXPECT_EQ(latest(at_once(messages), kept(messages)), 0);
}

TEST_P(ProductionDue, JitterDelaysAPartByNoMoreThanItself) {
  const auto messages = sent_by({.until = 20'000, .jitter = [](std::int64_t at) { return at * 7919 % 30; }});
  EXPECT_LE(latest(at_once(messages), kept(messages)), 30 * kMillisecond);
}

TEST_P(ProductionDue, AFeedThatEndsIsHeldAsSoon) {
  for (const std::int64_t gone_from : {5'000, 5'041, 5'130, 5'290, 5'499}) {
    const auto messages = sent_by({.gone_from = gone_from});
    const Outcome first = at_once(messages);
    const Outcome later = kept(messages);
    // What was kept comes when it would have been due, which a tick may have to wait for; what is read later is taken
    // for as much newer, which is a tick.
    const base::Micros most = reads_later() ? 100 * kMillisecond : 42 * kMillisecond;
    EXPECT_LE(first_held(later) - first_held(first), most) << gone_from;
    EXPECT_EQ(later.records.size(), first.records.size()) << gone_from;
  }
}

/// A key frame that nothing announced may end a segment: it is seen when the socket is read.
TEST_P(ProductionDue, AKeyFrameOutOfTurnDelaysAPartByNoMoreThanARest) {
  auto messages = sent_by({.until = 20'000, .key_every = 2000});
  for (const std::size_t at : {300U, 500U, 777U}) {
    for (std::size_t i = at; i < messages.size(); ++i) {
      auto* rtmp = std::get_if<feed::RtmpMessage>(&messages[i].message);
      if (rtmp == nullptr || rtmp->type != feed::kRtmpVideo) continue;
      const std::int64_t time = rtmp->timestamp;
      messages[i] = {messages[i].arrived, rtmp_picture(time, messages[i].arrived, true), false};
      break;
    }
  }
  EXPECT_LE(latest(at_once(messages), kept(messages)), reads_later() ? 200 * kMillisecond : 0);
}

/// Its socket is let alone for longer than it should be for a part or two.
TEST_P(ProductionDue, AFeedThatComesEarlierThanBeforeIsSoonReadInTimeAgain) {
  const auto late = [](std::int64_t at) { return at < 6'000 ? std::int64_t{150} : 0; };
  const auto messages = sent_by({.until = 12'000, .jitter = late});
  const Outcome first = at_once(messages);
  const Outcome later = kept(messages);
  ASSERT_EQ(later.times.size(), first.times.size());
  for (std::size_t i = 0; i < first.times.size(); ++i) {
    if (first.times[i] > Producing::utc(7'000)) {
      EXPECT_EQ(later.times[i], first.times[i]) << "record " << i;
    }
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

TEST(ProductionReport, SaysWhenMediaIsDue) {
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
