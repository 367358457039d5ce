#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "loudness/meter.h"
#include "loudness/normaliser.h"
#include "transcode/av.h"

namespace transcode {

/// The last thing that happens to a rendition's sound before it is encoded: it is brought to a loudness, or its peaks
/// alone are limited, where that is wanted, and measured. Thread: one at a time.
class LoudnessStage {
 public:
  struct Options {
    bool measured = false;
    std::optional<loudness::Normaliser::Options> normalised;
  };
  /// Units: as loudness::Reading and loudness::Normaliser::State.
  struct Report {
    loudness::Reading reading;  ///< of what is encoded
    /// Nothing where it is neither normalised nor limited.
    std::optional<loudness::Normaliser::State> normalised;
  };

  /// For frames of this format. Errors: as loudness::Meter::make(); kUnsupported for samples that are not floats.
  static base::Result<LoudnessStage> make(AVSampleFormat format, const AVChannelLayout& layout, int rate,
                                          const Options& options);

  /// Keeps true peaks below `ceiling` from the next frame on, unless it normalises, which does. Units: dBTP.
  /// Errors: kSystem; nothing changes then.
  base::Status limit(double ceiling);

  /// Gives the frame before this one where it normalises or limits, which looks ahead by one: null the first time.
  /// Otherwise this one. REQUIRES: always as many samples.
  FramePtr pass(FramePtr frame);
  /// What pass() has kept; null where there is none.
  FramePtr finish();
  /// What comes next is of another feed. `loudness`: its, where that is known. Units: LUFS.
  void on_other_feed(std::optional<double> loudness);

  Report report() const;

 private:
  LoudnessStage(const loudness::Layout& layout, int rate) : layout_(layout), rate_(rate) {}

  loudness::Layout layout_;
  int rate_;
  std::optional<loudness::Meter> meter_;
  std::optional<loudness::Normaliser> normaliser_;
  FramePtr kept_;
  std::vector<float> samples_;
};

}  // namespace transcode
