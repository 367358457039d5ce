#pragma once

#include <optional>

#include "base/clock.h"

struct AVFrame;

namespace transcode {

/// The largest sample of all channels, 0 to 1 of full scale. Formats that libavcodec's decoders do not give count as 1.
float peak_of(const AVFrame& frame);

/// How long decoded audio has been silent. All times are media time. Thread: one at a time.
class SilenceMeter {
 public:
  /// `peak`: below it is silence, of full scale; from twice that on it is none any more.
  explicit SilenceMeter(double peak) : peak_(static_cast<float>(peak)) {}

  /// `begin`, `end`: of the frame.
  void hear(const AVFrame& frame, base::Micros begin, base::Micros end);
  /// From the first silent frame to the end of the newest; 0 while there is sound.
  base::Micros silent() const { return since_ ? end_ - *since_ : 0; }
  /// What comes next has nothing to do with what came before.
  void restart() { since_.reset(); }

 private:
  float peak_;
  std::optional<base::Micros> since_;
  base::Micros end_ = 0;
};

}  // namespace transcode
