#include "worker/production.h"

// What happens at instants of the programme: switches of feeds, splices, timed metadata.

namespace worker {

/// Writes the marker of a switch as soon as the first picture of the other feed is known, or, where that feed has none,
/// its sound is played.
void Production::mark_switch() {
  if (!switch_marker_.pending()) return;
  const Feed& to = feed(wanted_);
  std::optional<base::Micros> from;
  if (wanted_ == shown_ && of_sound_alone(to)) from = now_;
  if (to.video() != nullptr) from = video_.shown_from(to.video()->id);
  if (from) on_record_(switch_marker_.take(*from));
}

void Production::write_cue(const media::Cue& cue) {
  const base::Micros at = cue.at.micros();
  if (cue.kind == media::Cue::Kind::kId3) return events_.tag(cue.data, at);
  record::Marker marker;
  marker.kind = record::kScte35Class;
  marker.start = at;
  marker.payload = cue.data;
  on_record_(marker);
  splices_.announce(at, now_);
  events_.splice(cue.data, at);
}

/// What an operator signals has its marker in the log already.
void Production::signal(const feed::TimedEvent& event) {
  using Kind = feed::TimedEvent::Kind;
  if (event.kind == Kind::kId3) return events_.tag(event.data, event.at);
  splices_.announce(event.at, now_);
  if (event.kind == Kind::kSplice) events_.splice(event.data, event.at);
}

}  // namespace worker
