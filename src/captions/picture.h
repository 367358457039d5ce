#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "captions/triplet.h"
#include "media/track.h"

namespace captions {

/// Finds the captions of coded pictures. Keeps its memory from one picture to the next.
class PictureReader {
 public:
  /// Two fields in one picture have one cc_data each. What is beyond is left out.
  static constexpr std::size_t kMost = 2 * kMostTriplets;

  /// The triplets of a picture, in the order in which they stand there; valid until the next call. `sample`: as
  /// media::Packet::data of H.264, HEVC, MPEG-2 video or AV1; nothing is found in other codecs, and nothing behind a
  /// place where the sample is damaged.
  std::span<const Triplet> read(media::Codec codec, base::View sample);

 private:
  void read_nals(bool hevc, base::View sample);
  void read_mpeg2(base::View sample);
  void read_av1(base::View sample);

  std::vector<Triplet> triplets_;
  std::vector<std::uint8_t> rbsp_;
};

/// The picture with captions in front of its slices: an SEI message in H.264 and HEVC, a metadata OBU in AV1. `sample`
/// itself in other codecs, where there are no triplets, or where no slice is found.
base::Bytes with_captions(media::Codec codec, const base::Bytes& sample, std::span<const Triplet> triplets);

/// The picture without the units that carry captions; `sample` itself where there are none. Other messages of such an
/// SEI unit go with it. Of H.264, HEVC and AV1.
base::Bytes without_captions(media::Codec codec, const base::Bytes& sample);

}  // namespace captions
