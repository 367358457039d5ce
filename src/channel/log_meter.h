#pragma once

#include <cstdint>

#include "base/clock.h"
#include "channel/histogram.h"
#include "channel/options.h"
#include "record/fold.h"
#include "record/position.h"

namespace channel {

/// The fold that counts: how late parts are published.
class LogMeter final : public record::Fold {
 public:
  /// All of them outlive this; `position` follows the records and is ahead of apply().
  LogMeter(const Options& options, const base::Clock& clock, const record::Position& position)
      : options_(options), clock_(clock), position_(position) {}

  void apply(const record::Record& record) override;
  void settle() override {}

  /// From the arrival of a part's newest frame to its publication.
  const Histogram& capture_to_part() const { return capture_to_part_; }
  /// From the end of a part on the UTC timeline to its publication.
  const Histogram& part_lateness() const { return part_lateness_; }
  /// Parts published more than half a part target behind the newest frame's arrival.
  std::uint64_t late_parts() const { return late_parts_; }
  /// Parts that repeat the last picture, or are silent, because nothing came: no latency is measured of them.
  std::uint64_t held_parts() const { return held_parts_; }
  /// Steady; 0 before the first one.
  base::Micros last_part() const { return last_part_; }

 private:
  bool of_text(std::uint32_t rendition) const;

  const Options& options_;
  const base::Clock& clock_;
  const record::Position& position_;
  Histogram capture_to_part_{kLatencyBounds};
  Histogram part_lateness_{kLatencyBounds};
  std::uint64_t late_parts_ = 0;
  std::uint64_t held_parts_ = 0;
  base::Micros last_part_ = 0;
};

}  // namespace channel
