#pragma once

#include <variant>
#include <vector>

#include "app/feed_ingest.h"
#include "channel/channels.h"
#include "events/event.h"
#include "facility/checks.h"
#include "loop/loop.h"
#include "loop/timer.h"

namespace app {

/// Facility checks of the channels' feeds; each is an event when it is done. Costs nothing while none runs.
/// Thread: the control loop's.
class FeedChecks {
 public:
  /// All outlive it.
  FeedChecks(loop::Loop& loop, const base::Clock& clock, events::Sink& events, channel::Channels& channels,
             const FeedIngest& ingest);

  std::variant<facility::Report, facility::Checks::Refusal> start(facility::Order order);
  std::vector<facility::Report> reports(std::string_view channel) const { return checks_.reports(channel); }

 private:
  std::optional<facility::Checks::Look> look(const std::string& channel, feed::Id feed) const;
  void step();
  void report(const facility::Report& done);

  events::Sink& events_;
  channel::Channels& channels_;
  const FeedIngest& ingest_;
  facility::Checks checks_;
  loop::Timer step_;
};

}  // namespace app
