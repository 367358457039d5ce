#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "media/event.h"

namespace ts {

/// Announces a program's audio tracks in the order of its PMT, whichever sends its first frame sooner: renditions are
/// named in the order in which they are announced (TS-14). A track's events wait for the tracks named before it, 1.5 s
/// of media time at most; a track that was waited for in vain is not waited for again. Video passes.
/// Owns: what waits, at most 1,024 packets.
class TrackOrder final : public media::EventSink {
 public:
  /// `out` must outlive this.
  explicit TrackOrder(media::EventSink& out) : out_(out) {}

  /// The PIDs of the program's audio streams, as a new PMT has them.
  void expect(const std::vector<std::uint16_t>& audio);
  void on_event(media::Event&& event) override;
  /// The input ended: nothing waits any longer.
  void flush() { give_up(); }

 private:
  bool must_wait(std::uint32_t id) const;
  bool take_time(const media::Packet& packet);
  void hold(std::uint32_t id, media::Event&& event);
  void release_ready();
  void release(std::uint32_t id);
  void give_up();

  media::EventSink& out_;
  std::vector<std::uint32_t> order_;
  std::set<std::uint32_t> settled_;  ///< announced, or waited for in vain
  std::map<std::uint32_t, std::deque<media::Event>> held_;
  std::size_t held_events_ = 0;
  std::optional<std::int64_t> waiting_since_;  ///< Units: 90 kHz
};

}  // namespace ts
