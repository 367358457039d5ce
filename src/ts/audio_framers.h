#pragma once

#include <optional>

#include "media/aac.h"
#include "media/ac3.h"
#include "media/mpeg_audio.h"
#include "ts/audio_framer.h"

namespace ts {

/// AAC in ADTS: the header is taken off, the AudioSpecificConfig made from it.
class AdtsFramer final : public AudioFramer {
 public:
  using AudioFramer::AudioFramer;

 private:
  Probe probe(base::View bytes) override;
  Opened open(base::View frame) override;

  std::optional<media::aac::Adts> format_;  ///< of the frame before, sizes set to 0
};

/// MPEG-1 and MPEG-2 audio; the header tells MP3 from layers I and II.
class MpegAudioFramer final : public AudioFramer {
 public:
  using AudioFramer::AudioFramer;

 private:
  Probe probe(base::View bytes) override;
  Opened open(base::View frame) override;
};

/// AC-3 and E-AC-3. An E-AC-3 unit is six blocks of each substream: as many sync frames as that takes.
class Ac3Framer final : public AudioFramer {
 public:
  using AudioFramer::AudioFramer;

 private:
  Probe probe(base::View bytes) override;
  Opened open(base::View frame) override;
};

/// Opus behind control headers. Spec: [ETSI TS 103 491 / Opus in MPEG-TS 4]
class OpusFramer final : public AudioFramer {
 public:
  /// `channels`: channel_config_code of the PMT's descriptor.
  OpusFramer(TrackWriter& writer, std::uint8_t channels) : AudioFramer(writer), channels_(channels) {}

 private:
  Probe probe(base::View bytes) override;
  Opened open(base::View frame) override;

  std::uint8_t channels_;
};

}  // namespace ts
