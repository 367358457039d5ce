#pragma once

#include <functional>
#include <vector>

#include "channel/options.h"
#include "feed/message.h"
#include "packager/packager.h"
#include "record/position.h"

namespace channel {

/// A packager without a feed, that continues with a log while no worker runs.
class StandIn final : private packager::Listener {
 public:
  using Out = std::function<void(const record::Record&)>;

  StandIn(const job::Options& media, const record::Position& position, Out out);
  void tick(base::Micros utc) { packager_.tick(utc); }
  void finish() { packager_.finish(); }
  /// A caption from outside, for a text rendition of the log.
  void put(const feed::Caption& caption);

 private:
  void on_record(record::Record&& record) override;

  Out out_;
  const std::vector<record::Rendition> renditions_;
  packager::Packager packager_;
};

}  // namespace channel
