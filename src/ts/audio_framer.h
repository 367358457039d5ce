#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "ts/framer.h"

namespace ts {

/// Cuts audio PES packets into coded frames: several in a packet, and one over two. A PTS belongs to the first frame
/// that starts in its packet; those after it are timed by counting samples from there, so that no rounding adds up.
/// Where a frame does not start where it must, the bytes are searched for the next one, and it is believed when another
/// follows it or the data end with it.
/// Owns: less than one frame between calls.
class AudioFramer : public Framer {
 public:
  explicit AudioFramer(TrackWriter& writer) : writer_(writer) {}

  void feed(TimedPes&& pes) final;
  void lose() final;

 protected:
  struct Probe {
    enum class Verdict : std::uint8_t {
      kFrame,
      kMore,  ///< could be one, the bytes do not reach
      kBad,
    };
    Verdict verdict = Verdict::kBad;
    std::size_t size = 0;
  };
  /// What a frame holds: usually one unit of `samples` samples at `rate` Hz.
  struct Opened {
    std::vector<base::Bytes> units;
    int samples = 0;
    int rate = 0;
  };

  /// Looks at the start of `bytes`; a kFrame's size is at least 1 and at most bytes.size().
  virtual Probe probe(base::View bytes) = 0;
  /// Takes a frame apart, and announces the track if the format is new. No units: the frame is of no use.
  virtual Opened open(base::View frame) = 0;

  static Probe frame_of(std::size_t size, base::View bytes);

  TrackWriter& writer_;

 private:
  struct Mark {
    std::size_t offset;
    std::int64_t pts;
  };

  std::size_t take_frames(base::Micros arrived);
  bool believable(std::size_t at, std::size_t size);
  void take_frame(std::size_t at, std::size_t size, base::Micros arrived);
  std::int64_t clock(int rate) const;

  std::vector<std::uint8_t> buffer_;
  std::deque<Mark> marks_;
  bool locked_ = false;
  std::optional<std::int64_t> anchor_;  ///< Units: 90 kHz
  std::int64_t samples_ = 0;            ///< since the anchor
  int rate_ = 0;
};

}  // namespace ts
