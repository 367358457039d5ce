#pragma once

#include <optional>
#include <vector>

#include "loudness/meter.h"

struct AVChannelLayout;
struct AVFrame;

namespace transcode {

/// How channels count for loudness.
loudness::Layout loudness_layout_of(const AVChannelLayout& from);
/// The frame's samples, interleaved; 1 is full scale. None of a format that libavcodec's decoders do not give.
void interleave(const AVFrame& frame, std::vector<float>& samples);

/// Measures the loudness of decoded audio, whatever its format is and changes to. Takes 2.3 MB from the first frame on.
/// Thread: one at a time.
class LoudnessMeter {
 public:
  void hear(const AVFrame& frame);
  /// Nothing was heard.
  void restart() { meter_.reset(); }
  loudness::Reading reading() const { return meter_ ? meter_->reading() : loudness::Reading{}; }

 private:
  std::optional<loudness::Meter> meter_;
  std::vector<float> samples_;
};

}  // namespace transcode
