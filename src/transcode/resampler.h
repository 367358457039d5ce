#pragma once

#include <cstdint>

#include "base/result.h"
#include "transcode/av.h"

namespace transcode {

/// Brings samples of any format, layout and rate into one, and collects them. Thread: one at a time.
/// Fewer channels: centre and surround go into left and right at -3 dB, and the LFE is left out, so that stereo is as
/// loud as 5.1 is. Where all channels are loud at once the sum passes full scale: AudioLine limits it. More channels:
/// each stays what it is, and those that the source does not have are silent. Spec: [ITU-R BS.775-3 annex 4].
class Resampler {
 public:
  /// Errors: kSystem where memory is out.
  static base::Result<Resampler> make(AVSampleFormat format, const AVChannelLayout& layout, int rate);

  /// Converts the frame from its sample `skip` on; the samples then wait in here. A frame of another format than the
  /// one before is fine. Returns how many samples came of it. Errors: kSystem, kUnsupported.
  base::Result<int> feed(const AVFrame& frame, int skip);
  /// Samples held inside the filter come out, and the filter starts anew. Returns how many.
  int drain();
  /// Puts silence behind what is there. Returns how many samples, `count` unless memory is out.
  int silence(int count);
  /// Lengthens (or shortens, below 0) what comes next by `samples` over the next `distance` samples.
  void stretch(int samples, int distance);

  /// Lets what waits end with a ramp down to silence over its last `samples`, or over all of it.
  base::Status fade_out(int samples);
  /// Lets what feed() gives next begin with a ramp up from silence over `samples`.
  void fade_in(int samples) { fading_ = fade_ = samples; }

  /// Samples fed and not yet out of the filter. Units: at the output rate.
  std::int64_t held() const;
  /// Samples that wait.
  int size() const { return av_audio_fifo_size(fifo_.get()); }
  /// The first `samples` of them as a frame, or null where there are fewer.
  FramePtr take(int samples);

 private:
  Resampler() = default;
  base::Status configure(const AVFrame& frame);
  base::Result<int> convert(const std::uint8_t** planes, int samples);
  FramePtr blank(int samples) const;
  base::Status write(const AVFrame& frame, int samples);

  SwrContextPtr swr_;
  AudioFifoPtr fifo_;
  AVSampleFormat format_ = AV_SAMPLE_FMT_NONE;
  AVChannelLayout layout_{};  ///< a native layout, that owns nothing
  int rate_ = 0;
  AVSampleFormat source_format_ = AV_SAMPLE_FMT_NONE;
  AVChannelLayout source_layout_{};  ///< as layout_
  int source_rate_ = 0;
  int fade_ = 1;    ///< length of the newest ramp up. Units: samples.
  int fading_ = 0;  ///< what is left of it
};

}  // namespace transcode
