#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/aac.h"
#include "media/bit_reader.h"
#include "ts/audio_framer.h"

namespace ts {

/// Reads AudioMuxElements (LATM) of one program with one layer, which is what broadcasting uses.
/// Spec: [ISO/IEC 14496-3 1.7.3]
class LatmReader {
 public:
  /// The access units of one element, the payload of one LOAS frame. Errors: kTruncated, kMalformed; kUnsupported for
  /// more than one program or layer, and for frame lengths fixed by table; kNotFound before the first configuration.
  base::Result<std::vector<base::Bytes>> read(base::View element);

  /// AudioSpecificConfig of the last element. REQUIRES: read() succeeded once.
  const base::Bytes& config() const { return asc_; }
  const media::aac::Config& parsed() const { return *config_; }

 private:
  base::Status read_mux_config(media::BitReader& in, base::View element);
  base::Status read_audio_config(media::BitReader& in, base::View element, bool has_length);
  base::Status read_frame_length(media::BitReader& in);
  static base::Result<base::Bytes> read_payload(media::BitReader& in);

  bool version1_ = false;
  int subframes_ = 1;
  base::Bytes asc_;
  std::optional<media::aac::Config> config_;
};

/// AAC in LATM behind LOAS sync words.
class LatmFramer final : public AudioFramer {
 public:
  using AudioFramer::AudioFramer;

 private:
  Probe probe(base::View bytes) override;
  Opened open(base::View frame) override;

  LatmReader reader_;
};

}  // namespace ts
