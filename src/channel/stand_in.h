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
  /// Most media that one tick writes: what is missing is made up for over several, so that a long absence never holds
  /// up the loop, nor floods players.
  static constexpr base::Micros kMostATick = 2 * base::kSecond;
  void tick(base::Micros utc);
  /// Whether the log stands at the time of the last tick.
  bool caught_up() const { return caught_up_; }
  void finish() { packager_.finish(); }
  /// A caption from outside, for a text rendition of the log.
  void put(const feed::Caption& caption);

 private:
  void on_record(record::Record&& record) override;

  Out out_;
  const std::vector<record::Rendition> renditions_;
  packager::Packager packager_;
  base::Micros reached_ = 0;  ///< UTC up to which the log is continued
  bool caught_up_ = false;
};

}  // namespace channel
