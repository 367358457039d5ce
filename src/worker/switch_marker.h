#pragma once

#include <optional>

#include "base/clock.h"
#include "feed/message.h"
#include "record/record.h"

namespace worker {

/// The marker of a switch of feeds, from the selection of a feed until it is seen. Reads no clock. Thread: one.
class SwitchMarker {
 public:
  /// `feed` is to be shown. Going back before it is seen leaves no marker. Without a reason the log shows it already,
  /// or nothing yet.
  void select(feed::Id feed, std::optional<feed::SwitchReason> reason);
  /// True while a feed is selected that is not seen yet.
  bool pending() const { return pending_.has_value(); }
  /// The selected feed is seen from `at` (UTC) on: the marker. REQUIRES: pending().
  record::Marker take(base::Micros at);

 private:
  struct Pending {
    feed::Id to = feed::Id::kPrimary;
    feed::SwitchReason reason = feed::SwitchReason::kLost;
  };
  std::optional<Pending> pending_;
};

}  // namespace worker
