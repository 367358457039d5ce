#pragma once

#include <functional>

#include "channel/options.h"
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

 private:
  void on_record(record::Record&& record) override;

  Out out_;
  packager::Packager packager_;
};

}  // namespace channel
