#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "channel/worker_source.h"
#include "fakes.h"

namespace channel {

using base::kMillisecond;
using base::kSecond;

/// A source on a channel that only keeps what it says.
class WorkerSourceTest : public testing::Test, protected FeedSlotOwner, protected LogWriter {
 protected:
  void on_feed(const FeedSlot& slot, const feed::Message& message) override { source_.write(slot.id(), message); }
  void on_feed_gone(const FeedSlot&, std::string_view) override {}
  base::Micros spare(base::Micros) const override { return 0; }
  void on_record(const record::Record& record) override {
    position_.apply(record);
    log_.push_back(record);
  }
  void on_batch_end() override { ++batches_; }
  void on_source_end() override {
    ++ends_;
    position_ = {};
  }

  void begin() {
    feed_.sink = slot_.take(request_for("match"), feed_);
    source_.start(position_);
    feed_.start();
  }
  FakeProcess& worker() { return spawner_.newest(); }
  std::size_t workers() const { return spawner_.processes.size(); }
  /// The worker dies and `pause` later, not before, another one runs.
  void expect_respawn_after(base::Micros pause) {
    const std::size_t before = workers();
    worker().die();
    if (pause > 0) time_.advance(pause - 1);
    EXPECT_EQ(workers(), before);
    time_.advance(pause > 0 ? 1 : 0);
    EXPECT_EQ(workers(), before + 1) << "pause " << pause;
  }
  /// Players have a second for the last parts (record::Closing).
  void expect_end_after_a_second() {
    time_.advance(kSecond - 1);
    EXPECT_EQ(ends_, 0);
    EXPECT_EQ(count<record::End>(), 0U);
    time_.advance(1);
    EXPECT_EQ(ends_, 1);
    EXPECT_EQ(count<record::End>(), 1U);
    EXPECT_TRUE(std::holds_alternative<record::End>(log_.back()));
  }
  template <typename T>
  std::size_t count() const {
    return static_cast<std::size_t>(std::count_if(
        log_.begin(), log_.end(), [](const record::Record& record) { return std::holds_alternative<T>(record); }));
  }

  FakeTime time_;
  FakeSpawner spawner_;
  FakeEvents events_;
  Options options_;
  const std::string name_ = "match";
  std::vector<record::Record> log_;
  int batches_ = 0;
  int ends_ = 0;
  record::Position position_;
  FakeFeed feed_;
  FeedSlots slots_{FeedSlot(feed::Id::kPrimary, time_, *this), FeedSlot(feed::Id::kBackup, time_, *this)};
  FeedSlot& slot_ = slots_[0];
  FeedSlot& backup_ = slots_[1];
  WorkerSource source_{name_, options_, time_, time_, spawner_, events_, slots_, *this};
};

}  // namespace channel
