#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "media/event.h"
#include "ts/counters.h"
#include "ts/psi.h"

namespace ts {

/// A PES packet with a length that comes this near to the most it can say (65,535) may continue in the next one.
inline constexpr std::size_t kMayGoOn = 60000;
/// The largest access unit of a video stream. Units: bytes.
inline constexpr std::size_t kMaxUnit = std::size_t{8} << 20;

/// One PES packet's payload with its timestamps unwrapped.
struct TimedPes {
  std::optional<std::int64_t> pts;  ///< Units: 90 kHz
  std::optional<std::int64_t> dts;  ///< Units: 90 kHz; empty where it equals pts
  base::Micros arrived = 0;
  bool bounded = false;  ///< its length was in its header
  base::Bytes data;
};

/// The sink's side of one elementary stream: announces its track when the format changed, and gives its packets their
/// id.
class TrackWriter {
 public:
  TrackWriter(std::uint16_t pid, media::EventSink& sink, Counters& counters)
      : pid_(pid), sink_(sink), counters_(counters) {}

  /// Announces the track unless it is the one announced last. Returns false, and counts a bad frame, where the
  /// configuration does not parse.
  bool announce(media::Track track);
  /// REQUIRES: announced().
  void write(media::Packet&& packet);
  bool announced() const { return track_.has_value(); }
  const media::Track& track() const { return *track_; }

  /// What the PMT says of it. Announces the track again if that changed.
  void set_descriptors(const std::string& language, media::Role role);

  Counters& counters() { return counters_; }

 private:
  std::uint16_t pid_;
  std::string language_;
  media::Role role_ = media::Role::kMain;
  media::EventSink& sink_;
  Counters& counters_;
  std::optional<media::Track> track_;
};

/// Cuts the PES packets of one elementary stream into access units.
class Framer {
 public:
  virtual ~Framer() = default;
  virtual void feed(TimedPes&& pes) = 0;
  /// Bytes before the next feed() are missing: what is half there is dropped.
  virtual void lose() = 0;
  /// The input ended.
  virtual void flush() {}
};

/// The framer for the stream's codec. REQUIRES: stream.codec.
/// Owns: nothing of `writer`, which must outlive it.
std::unique_ptr<Framer> make_framer(const StreamEntry& stream, TrackWriter& writer);

}  // namespace ts
