#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "channel/channel.h"
#include "fakes.h"

namespace channel {

using base::kMillisecond;
using base::kSecond;
using feed::Role;
using State = Channel::State;

/// A channel, its publishers and its workers.
class ChannelTest : public testing::Test {
 protected:
  /// A publisher that is let in and has sent a header, or null with `refused` saying why.
  FakeFeed* publish(feed::Id id = feed::Id::kPrimary) {
    FakeFeed* feed = connect(id);
    if (feed != nullptr) feed->rtmp(Role::kHeader, "h");
    return feed;
  }
  /// The same, of one that has sent nothing yet.
  FakeFeed* connect(feed::Id id = feed::Id::kPrimary) {
    feeds_.emplace_back();
    auto answer = channel_.publish(request_for("match"), id, feeds_.back());
    if (auto* refusal = std::get_if<ingest::Publisher::Refusal>(&answer)) {
      refused_ = refusal->text;
      return nullptr;
    }
    feeds_.back().sink = std::get<ingest::FeedSink*>(answer);
    feeds_.back().start();
    return &feeds_.back();
  }
  /// Sends a frame each 100 ms, the worker beating and making a part each half second.
  void live(FakeFeed& feed, base::Micros span) {
    for (base::Micros at = 0; at < span; at += 100 * kMillisecond) {
      feed.rtmp(Role::kAudio, "f");
      worker().beat();
      if (at % (500 * kMillisecond) == 0) say_part();
      time_.advance(100 * kMillisecond);
    }
  }
  /// Time with the worker alive and no media.
  void wait(base::Micros span) {
    for (base::Micros at = 0; at < span; at += 100 * kMillisecond) {
      if (workers() > 0 && !worker().gone) worker().beat();
      time_.advance(std::min(100 * kMillisecond, span - at));
    }
  }
  void say_part() {
    const base::Micros utc = time_.utc();
    const auto index = static_cast<std::uint32_t>(utc % (2 * kSecond) / (512 * kMillisecond));
    worker().say({part_at(utc, index)});
  }
  FakeProcess& worker() { return spawner_.newest(); }
  std::size_t workers() const { return spawner_.processes.size(); }
  base::Micros since(base::Micros steady) const { return time_.steady() - steady; }

  Options options(base::Micros part = 500 * kMillisecond) {
    Options made;
    made.media.part = part;
    return made;
  }

  FakeTime time_;
  FakeSpawner spawner_;
  FakeEvents events_;
  int snapshots_ = 0;
  int publishers_ = 0;
  std::shared_ptr<const origin::ChannelSnapshot> snapshot_;
  std::deque<FakeFeed> feeds_;
  std::string refused_;
  Channel channel_{{time_, time_, spawner_, events_,
                    [this](const std::string&, std::shared_ptr<const origin::ChannelSnapshot> made) {
                      ++snapshots_;
                      snapshot_ = std::move(made);
                    },
                    [this] { ++publishers_; }},
                   "match",
                   options()};
};

}  // namespace channel
