#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "events/event.h"
#include "record/fold.h"
#include "record/position.h"

namespace channel {

/// The fold that makes an event of each outage: time in which viewers get something else than the feed. There is one
/// while the log says so, and while the shown feed brings nothing, which is seen a little earlier.
///
/// The log says so from its marker of an outage to the marker of its end, or to the first part of video (in a channel
/// without video: of audio) that is not held. The parts count because the worker that is to write the end may die.
/// Thread: the control loop's.
class OutageWatch final : public record::Fold {
 public:
  /// A feed without media for less is no outage: its encoder connects again, or another publisher takes over.
  static constexpr base::Micros kLeast = 350 * base::kMillisecond;

  /// All of them outlive this; `position` follows the records and is ahead of apply().
  OutageWatch(const std::string& channel, const record::Position& position, events::Sink& events)
      : channel_(channel), position_(position), events_(events) {}

  void apply(const record::Record& record) override;
  void settle() override {}
  /// Whether the shown feed brings media; `utc` is now. Call a few times a second while there is a log.
  void note_feed(bool media, base::Micros utc);
  /// The log has ended; `utc` is now.
  void end(base::Micros utc);

 private:
  void on_marker(const record::Marker& marker);
  void on_part(const record::Part& part);
  bool has_video() const;
  void raise(base::Micros since);
  void clear_if_over(base::Micros until);
  void clear(base::Micros until, std::string_view reason);

  const std::string& channel_;
  const record::Position& position_;
  events::Sink& events_;
  // All are UTC, and empty where there is none.
  std::optional<base::Micros> marked_;  ///< start of the outage that the log has a marker of
  std::optional<base::Micros> silent_;  ///< when the shown feed was first seen without media
  std::optional<base::Micros> since_;   ///< start of the outage that is raised
};

}  // namespace channel
