#pragma once

#include <cstdint>
#include <optional>

namespace timeline {

/// Times audio by counting its samples, and follows the time stamps slowly: their rounding disappears, the drift of the
/// source's clock does not. A frame is made longer or shorter by one sample at most, which covers 0.1 % (CM-12, CM-18).
class SampleClock {
 public:
  struct Placed {
    std::int64_t start = 0;
    std::int64_t duration = 0;
    bool hole = false;  ///< does not start where the frame before ended
  };

  /// The place of a frame of `samples` that is stamped `time`, both in samples; nothing if the time up to now covers
  /// it already and it has to be dropped.
  std::optional<Placed> place(std::int64_t time, std::int64_t samples);
  /// Forgets the past; the next frame starts where it says.
  void reset() { running_ = false; }
  /// Whether a frame was placed.
  bool running() const { return running_; }
  /// Where the next frame should start.
  std::int64_t next() const { return next_; }

 private:
  static constexpr std::int64_t kFine = 1024;  ///< the filter's unit is 1/1024 sample

  bool running_ = false;
  std::int64_t next_ = 0;
  int off_ = 0;             ///< frames in a row stamped most of a frame from where they should be
  std::int64_t error_ = 0;  ///< low-pass of stamp - next_. Units: 1/1024 sample.
};

}  // namespace timeline
