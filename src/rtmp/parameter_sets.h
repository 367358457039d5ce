#pragma once

#include <optional>
#include <span>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "media/h264.h"
#include "media/hevc.h"
#include "media/track.h"

namespace rtmp {

/// The parameter sets of an H.264 or HEVC track that are in force: those of its sequence header or those that its
/// pictures carry, whichever came last. Encoders contradict themselves (drones say another size in the header), leave
/// the header empty, or change the picture's size without a new one: what is declared comes from here (CM-5, CM-6).
class SetsInForce {
 public:
  /// `codec`: H.264 or HEVC.
  explicit SetsInForce(media::Codec codec);

  /// Takes a sequence header: avcC, hvcC, or parameter sets behind start codes. Its sets replace all, where it has
  /// enough of them to decode with; one without any changes nothing.
  /// Returns the size of the frames' NAL lengths. Errors: kTruncated, kMalformed (also sets that do not parse).
  base::Result<int> take_header(base::View header);
  /// Takes the parameter sets among these units. A new SPS that brings all it needs along replaces all.
  void take(std::span<const base::View> nals);

  /// avcC or hvcC of the sets in force; empty while they do not suffice to decode.
  const base::Bytes& config();

 private:
  bool is_set(base::View nal) const;
  bool is_sps(base::View nal) const;

  media::Codec codec_;
  std::variant<media::h264::ParameterSets, media::hevc::ParameterSets> sets_;
  bool stale_ = false;  ///< config_ is older than sets_
  base::Bytes config_;
};

/// True for the units that a sample entry holds in place of the samples: H.264 SPS and PPS, HEVC VPS, SPS and PPS.
bool is_parameter_set(media::Codec codec, base::View nal);

}  // namespace rtmp
