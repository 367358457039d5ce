#include "ts/picture_cutter.h"

#include <utility>

namespace ts {
namespace {

namespace h264 = media::h264;
namespace hevc = media::hevc;

/// Pictures that may be sent before one that is shown earlier. An encoder that does not tell reorders by one as a rule,
/// or not at all: that costs a frame between DTS and PTS, nothing else.
int reorder_of(const h264::Sps& sps) {
  constexpr std::uint8_t kBaseline = 66;
  if (sps.max_num_reorder >= 0) return sps.max_num_reorder;
  return sps.profile == kBaseline || sps.order_type == 2 || sps.max_ref_frames < 2 ? 0 : 1;
}

}  // namespace

Role H264Cutter::look(base::View nal) {
  switch (h264::nal_type(nal)) {
    case h264::kSlice:
    case 2:  // data partition A
    case h264::kIdr: return look_at_slice(nal);
    case 3:
    case 4:
    case 19:  // auxiliary picture
    case 20:
    case 21: return Role::kContinues;
    case h264::kEndOfSequence:
    case h264::kEndOfStream:
    case h264::kFiller: return Role::kFollows;
    case h264::kSps:
      if (auto sps = h264::parse_sps(nal)) {
        reorder_ = reorder_of(*sps);
        sps_[sps->id] = sps.take();
      }
      return Role::kLeads;
    case h264::kPps:
      if (const auto ids = h264::parse_pps_ids(nal)) pps_[ids->pps] = ids->sps;
      return Role::kLeads;
    default: return Role::kLeads;
  }
}

const h264::Sps* H264Cutter::sps_of(const h264::Slice& slice) const {
  const auto pps = pps_.find(slice.pps);
  if (pps == pps_.end()) return nullptr;
  const auto sps = sps_.find(pps->second);
  return sps == sps_.end() ? nullptr : &sps->second;
}

Role H264Cutter::look_at_slice(base::View nal) {
  auto slice = h264::parse_slice_start(nal);
  if (!slice) return Role::kContinues;
  const h264::Sps* const sps = sps_of(*slice);
  if (sps != nullptr) {
    auto whole = h264::parse_slice(nal, *sps);
    if (!whole) return Role::kContinues;
    slice = whole;
  }
  const std::optional<h264::Slice> before = std::exchange(last_, *slice);
  if (before && !h264::starts_picture(*before, *slice)) return Role::kContinues;
  if (before && half_ && h264::pairs_with(*before, *slice)) {
    half_ = false;
    return Role::kSecondField;
  }
  half_ = slice->field;
  order_.reset();
  if (sps != nullptr) count_order(*slice, *sps);
  return Role::kFirst;
}

/// Spec: [H.264 8.2.1.1]
void H264Cutter::count_order(const h264::Slice& slice, const h264::Sps& sps) {
  if (sps.order_type != 0) return;
  const std::int64_t span = std::int64_t{1} << sps.order_bits;
  if (slice.idr) reference_order_ = 0;
  std::int64_t step = (static_cast<std::int64_t>(slice.order_lsb) - reference_order_) & (span - 1);
  if (step >= span / 2) step -= span;
  order_ = reference_order_ + step;
  if (slice.reference) reference_order_ = *order_;
}

Role HevcCutter::look(base::View nal) {
  const std::uint8_t type = hevc::nal_type(nal);
  if (type < hevc::kVps) {
    const bool other_layer = nal.size() < 2 || (nal[0] & 1) != 0 || nal[1] >> 3 != 0;
    if (other_layer) return Role::kContinues;
    at_start_ = nal.size() > 2 && (nal[2] & 0x80) != 0;  // first_slice_segment_in_pic_flag
    return at_start_ ? Role::kFirst : Role::kContinues;
  }
  if (type == hevc::kSps) {
    if (const auto sps = hevc::parse_sps(nal)) reorder_ = sps->max_num_reorder;
  }
  switch (type) {
    case hevc::kEndOfSequence:
    case hevc::kEndOfBitstream:
    case hevc::kFiller:
    case hevc::kSuffixSei: return Role::kFollows;
    default: return Role::kLeads;
  }
}

}  // namespace ts
