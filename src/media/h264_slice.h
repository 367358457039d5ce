#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "media/h264.h"

namespace media::h264 {

/// The part of a slice header that tells pictures, and the two fields of a frame, apart.
struct Slice {
  std::uint32_t first_mb = 0;
  std::uint32_t type = 0;  ///< 0 … 9; modulo 5: P, B, I, SP, SI
  std::uint32_t pps = 0;
  std::uint32_t frame_num = 0;
  std::uint32_t idr_pic_id = 0;
  std::uint32_t order_lsb = 0;  ///< pic_order_cnt_lsb; 0 where the sequence counts in another way
  bool reference = false;
  bool idr = false;
  bool field = false;
  bool bottom = false;

  bool intra() const { return type % 5 == 2 || type % 5 == 4; }
};

/// Reads as far as pic_parameter_set_id, for which no parameter set is needed: the rest stays 0.
/// Errors: kTruncated. REQUIRES: the unit is not empty. Spec: [H.264 7.3.3]
base::Result<Slice> parse_slice_start(base::View nal);
/// Reads as far as pic_order_cnt_lsb. `sps` is the one that the slice's picture parameter set refers to.
/// Errors: kTruncated. REQUIRES: the unit is not empty. Spec: [H.264 7.3.3]
base::Result<Slice> parse_slice(base::View nal, const Sps& sps);

/// True where slice `b`, which follows `a` in the stream, is of another picture (the other field of a frame is one).
/// Spec: [H.264 7.4.1.2.4]
bool starts_picture(const Slice& a, const Slice& b);
/// True where the pictures of `a` and `b` are the two fields of one frame. REQUIRES: starts_picture(a, b).
bool pairs_with(const Slice& a, const Slice& b);

}  // namespace media::h264
