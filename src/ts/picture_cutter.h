#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "base/bytes.h"
#include "media/h264.h"
#include "media/h264_slice.h"
#include "media/hevc.h"

namespace ts {

/// What a NAL unit is to the access unit under way.
enum class Role : std::uint8_t {
  kLeads,        ///< belongs to the next picture, if one was there: delimiter, parameter sets, SEI
  kFirst,        ///< first slice of a new access unit
  kSecondField,  ///< first slice of the frame's other field
  kContinues,    ///< another slice of the same picture
  kFollows,      ///< whatever may stand behind slices
};

/// Finds the access units of H.264 in a row of NAL units. The two fields of a frame are one, as MP4 has it
/// [ISO 14496-15 4.2.2]. Without parameter sets, a picture begins where first_mb_in_slice does not rise.
/// Spec: [H.264 7.4.1.2.3]
class H264Cutter {
 public:
  /// Whether a NAL unit with this first byte is a slice, of which look() needs the header only.
  static bool is_slice(std::uint8_t header) { return (header & 0x1f) >= 1 && (header & 0x1f) <= 5; }
  /// The role of the next NAL unit.
  Role look(base::View nal);
  /// Of the slice looked at last: its picture is a single field so far.
  bool half() const { return half_; }
  /// Of the slice looked at last: its picture begins with it.
  bool at_start() const { return last_ && last_->first_mb == 0; }
  /// Picture order count of the access unit whose first slice was looked at last; from 0 at each IDR picture.
  std::optional<std::int64_t> order() const { return order_; }
  /// Of the slice looked at last: its picture is an IDR picture.
  bool idr() const { return last_ && last_->idr; }
  /// Pictures that may be sent before one that is shown earlier, as the last parameter set says.
  int reorder() const { return reorder_; }

 private:
  Role look_at_slice(base::View nal);
  void count_order(const media::h264::Slice& slice, const media::h264::Sps& sps);
  const media::h264::Sps* sps_of(const media::h264::Slice& slice) const;

  std::map<std::uint32_t, media::h264::Sps> sps_;  ///< by id, at most 32
  std::map<std::uint32_t, std::uint32_t> pps_;     ///< id to that of the SPS, at most 256
  std::optional<media::h264::Slice> last_;
  bool half_ = false;
  std::optional<std::int64_t> order_;
  std::int64_t reference_order_ = 0;  ///< of the last reference picture
  int reorder_ = 0;
};

/// Finds the access units of HEVC: a picture's first slice segment says that it is. Spec: [H.265 7.4.2.4.4]
class HevcCutter {
 public:
  static bool is_slice(std::uint8_t header) { return (header >> 1 & 0x3f) < media::hevc::kVps; }
  Role look(base::View nal);
  bool half() const { return false; }
  bool at_start() const { return at_start_; }
  std::optional<std::int64_t> order() const { return std::nullopt; }
  bool idr() const { return false; }
  int reorder() const { return reorder_; }

 private:
  bool at_start_ = false;
  int reorder_ = 0;
};

}  // namespace ts
