#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "events/event.h"
#include "record/fold.h"
#include "record/position.h"

namespace channel {

/// The fold that makes an event of each outage: raised by the log's marker for it, cleared by the marker of its end or
/// by the first part of video (in a channel without video: of audio) that is not held. The parts count because a worker
/// that dies in an outage leaves a marker without an end. Thread: the control loop's.
class OutageWatch final : public record::Fold {
 public:
  /// All of them outlive this; `position` follows the records and is ahead of apply().
  OutageWatch(const std::string& channel, const record::Position& position, events::Sink& events)
      : channel_(channel), position_(position), events_(events) {}

  void apply(const record::Record& record) override;
  void settle() override {}
  /// The log has ended; `utc` is now.
  void end(base::Micros utc);

 private:
  void on_marker(const record::Marker& marker);
  void on_part(const record::Part& part);
  bool has_video() const;
  void clear(base::Micros until, std::string_view reason);

  const std::string& channel_;
  const record::Position& position_;
  events::Sink& events_;
  std::optional<base::Micros> since_;  ///< UTC; empty: no outage
};

}  // namespace channel
