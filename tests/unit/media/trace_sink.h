#pragma once

#include <utility>

#include "media/event.h"

namespace media {

/// A sink for tests: the kinds of events that a test looks at are functions to override, the others are left out.
template <typename Base = EventSink>
class TraceSink : public Base {
 public:
  void on_event(Event&& event) final {
    if (const auto* track = std::get_if<Track>(&event)) take_track(*track);
    if (auto* packet = std::get_if<Packet>(&event)) take_packet(std::move(*packet));
    if (const auto* gone = std::get_if<TrackGone>(&event)) take_gone(*gone);
    if (const auto* cue = std::get_if<Cue>(&event)) take_cue(*cue);
    if (const auto* teletext = std::get_if<Teletext>(&event)) take_teletext(*teletext);
    if (const auto* text = std::get_if<Text>(&event)) take_text(*text);
  }

 private:
  virtual void take_track(const Track&) {}
  virtual void take_packet(Packet&&) {}
  virtual void take_gone(const TrackGone&) {}
  virtual void take_cue(const Cue&) {}
  virtual void take_teletext(const Teletext&) {}
  virtual void take_text(const Text&) {}
};

}  // namespace media
