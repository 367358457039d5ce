#pragma once

#include <cstddef>
#include <deque>

#include "base/clock.h"
#include "feed/message.h"

namespace channel {

/// The newest switches of a channel's feeds, the oldest first. Thread: one.
class SwitchHistory {
 public:
  static constexpr std::size_t kMost = 20;

  struct Entry {
    base::Micros at = 0;  ///< UTC, when it was decided
    feed::Id to = feed::Id::kPrimary;
    feed::SwitchReason reason = feed::SwitchReason::kLost;
  };

  void add(const Entry& entry) {
    entries_.push_back(entry);
    if (entries_.size() > kMost) entries_.pop_front();
  }
  const std::deque<Entry>& entries() const { return entries_; }

 private:
  std::deque<Entry> entries_;
};

}  // namespace channel
