#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.h"
#include "media/packet.h"
#include "media/track.h"
#include "transcode/av.h"
#include "transcode/rung.h"

namespace transcode {

/// The rung with every 0 replaced by what it stands for with this source.
AudioRung resolve(AudioRung rung, const media::AudioParams& source);

/// libavcodec's encoder for one audio rung. Thread: one at a time.
class AudioEncoder {
 public:
  using Take = std::function<void(media::Packet&&)>;

  /// REQUIRES: `rung` resolved. Errors: kUnsupported, naming the encoder and the package that has it; kMalformed for a
  /// rate or channel count that the codec has not; kSystem.
  static base::Result<AudioEncoder> make(const AudioRung& rung);

  /// What it produces; the timescale is the sample rate.
  const media::Track& track() const { return track_; }
  AVSampleFormat format() const { return context_->sample_fmt; }
  const AVChannelLayout& layout() const { return context_->ch_layout; }
  /// Samples that encode() takes at once.
  int frame_samples() const { return context_->frame_size; }
  /// Priming: samples that the encoder puts before its input, and that a decoder gives out first. A frame whose first
  /// sample is at p comes out decoded at p if its packet is put at p - priming().
  int priming() const { return context_->initial_padding; }

  /// REQUIRES: frame_samples() samples in format() and layout(), `pts` counted in samples.
  base::Status encode(AVFrame& frame, const Take& take);
  /// What is held comes out. Nothing can be encoded after it.
  base::Status finish(const Take& take);

 private:
  AudioEncoder() = default;
  base::Status take_packets(const Take& take);

  CodecContextPtr context_;
  AvPacketPtr packet_;
  media::Track track_;
};

}  // namespace transcode
