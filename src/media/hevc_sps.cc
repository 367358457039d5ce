#include <algorithm>

#include "media/bit_reader.h"
#include "media/hevc.h"
#include "media/video_usability.h"

namespace media::hevc {
namespace {

using base::Code;
using base::Error;
using base::View;

constexpr std::size_t kLongestSps = 4096;

void read_general_profile(BitReader& reader, ProfileTierLevel& ptl) {
  ptl.profile_space = static_cast<std::uint8_t>(reader.bits(2));
  ptl.high_tier = reader.flag();
  ptl.profile = static_cast<std::uint8_t>(reader.bits(5));
  ptl.compatibility = reader.bits(32);
  for (std::uint8_t& byte : ptl.constraints) byte = static_cast<std::uint8_t>(reader.bits(8));
}

void read_profile_tier_level(BitReader& reader, ProfileTierLevel& ptl, unsigned max_sub_layers) {
  read_general_profile(reader, ptl);
  ptl.level = static_cast<std::uint8_t>(reader.bits(8));
  if (max_sub_layers <= 1) return;
  std::array<bool, 8> profile{};
  std::array<bool, 8> level{};
  for (unsigned i = 0; i + 1 < max_sub_layers; ++i) {
    profile[i] = reader.flag();
    level[i] = reader.flag();
  }
  reader.skip(2 * (8 - (max_sub_layers - 1)));
  for (unsigned i = 0; i + 1 < max_sub_layers; ++i) {
    if (profile[i]) reader.skip(88);
    if (level[i]) reader.skip(8);
  }
}

void skip_scaling_lists(BitReader& reader) {
  for (int size = 0; size < 4; ++size) {
    for (int matrix = 0; matrix < 6; matrix += size == 3 ? 3 : 1) {
      if (!reader.flag()) {
        reader.ue();
        continue;
      }
      if (size > 1) reader.se();
      const int coefficients = std::min(64, 1 << (4 + (size << 1)));
      for (int i = 0; i < coefficients && !reader.failed(); ++i) reader.se();
    }
  }
}

/// Number of delta POCs of each set so far, which inter-predicted sets count by [H.265 7.3.7].
struct ReferenceSets {
  std::array<std::uint32_t, 65> deltas{};
};

base::Status skip_reference_set(BitReader& reader, ReferenceSets& sets, std::uint32_t index) {
  if (index != 0 && reader.flag()) {
    reader.skip(1);  // delta_rps_sign
    reader.ue();     // abs_delta_rps_minus1
    std::uint32_t kept = 0;
    for (std::uint32_t i = 0; i <= sets.deltas[index - 1]; ++i) {
      const bool used = reader.flag();
      const bool use_delta = used || reader.flag();
      if (use_delta) ++kept;
    }
    if (kept > 32) return Error{Code::kMalformed, "HEVC short_term_ref_pic_set"};
    sets.deltas[index] = kept;
    return base::Ok{};
  }
  const std::uint32_t negative = reader.ue();
  const std::uint32_t positive = reader.ue();
  if (negative > 16 || positive > 16) return Error{Code::kMalformed, "HEVC short_term_ref_pic_set"};
  for (std::uint32_t i = 0; i < negative + positive; ++i) {
    reader.ue();
    reader.skip(1);
  }
  sets.deltas[index] = negative + positive;
  return base::Ok{};
}

base::Status skip_references(BitReader& reader, unsigned poc_lsb_bits) {
  const std::uint32_t count = reader.ue();
  if (count > 64) return Error{Code::kMalformed, "HEVC num_short_term_ref_pic_sets"};
  ReferenceSets sets;
  for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) TRY_OK(skip_reference_set(reader, sets, i));
  if (reader.flag()) {
    const std::uint32_t long_term = reader.ue();
    if (long_term > 32) return Error{Code::kMalformed, "HEVC num_long_term_ref_pics_sps"};
    for (std::uint32_t i = 0; i < long_term; ++i) reader.skip(poc_lsb_bits + 1);
  }
  return base::Ok{};
}

/// num_units_in_tick and time_scale; a tick is a picture's time [H.265 E.3.1].
Rational read_timing(BitReader& reader) {
  const std::uint32_t tick = reader.bits(32);
  const std::uint32_t scale = reader.bits(32);
  return reader.failed() ? Rational{} : sane_rate(scale, tick);
}

struct SubHrd {
  bool nal = false;
  bool vcl = false;
  bool sub_pic = false;
};

void skip_sub_layer_hrd(BitReader& reader, const SubHrd& hrd, std::uint32_t count) {
  for (std::uint32_t i = 0; i <= count && !reader.failed(); ++i) {
    reader.ue();
    reader.ue();
    if (hrd.sub_pic) {
      reader.ue();
      reader.ue();
    }
    reader.skip(1);
  }
}

void skip_hrd(BitReader& reader, unsigned sub_layers) {
  SubHrd hrd;
  hrd.nal = reader.flag();
  hrd.vcl = reader.flag();
  if (hrd.nal || hrd.vcl) {
    hrd.sub_pic = reader.flag();
    if (hrd.sub_pic) reader.skip(19);
    reader.skip(8);
    if (hrd.sub_pic) reader.skip(4);
    reader.skip(15);
  }
  for (unsigned i = 0; i < sub_layers && !reader.failed(); ++i) {
    const bool fixed_general = reader.flag();
    const bool fixed_within_sequence = fixed_general || reader.flag();
    bool low_delay = false;
    if (fixed_within_sequence) {
      reader.ue();
    } else {
      low_delay = reader.flag();
    }
    const std::uint32_t count = low_delay ? 0 : std::min(reader.ue(), 31u);
    if (hrd.nal) skip_sub_layer_hrd(reader, hrd, count);
    if (hrd.vcl) skip_sub_layer_hrd(reader, hrd, count);
  }
}

void read_vui(BitReader& reader, Sps& sps) {
  read_vui_display(reader, sps.video);
  reader.skip(1);  // neutral_chroma_indication_flag
  const bool field_sequence = reader.flag();
  if (!reader.failed()) sps.video.interlaced = field_sequence;
  reader.skip(1);                        // frame_field_info_present_flag
  if (reader.flag()) read_crop(reader);  // default display window: a hint for players, not a crop
  if (reader.flag()) {
    sps.video.frame_rate = read_timing(reader);
    if (reader.flag()) reader.ue();  // vui_num_ticks_poc_diff_one_minus1
    // The sub-layer part of hrd_parameters counts all layers of the SPS, with the common part present.
    if (reader.flag()) skip_hrd(reader, sps.temporal_layers);
  }
  if (!reader.flag()) return;
  reader.skip(3);
  const std::uint32_t segmentation = reader.ue();
  if (!reader.failed() && segmentation <= 4095) sps.min_spatial_segmentation = segmentation;
}

base::Status read_format(BitReader& reader, Sps& sps) {
  sps.id = reader.ue();
  const std::uint32_t chroma = reader.ue();
  if (sps.id > 15 || chroma > 3) return Error{Code::kMalformed, "HEVC SPS id or chroma_format_idc"};
  sps.chroma_format = static_cast<std::uint8_t>(chroma);
  if (chroma == 3) reader.skip(1);  // separate_colour_plane_flag
  const std::uint64_t width = reader.ue();
  const std::uint64_t height = reader.ue();
  Crop crop;
  if (reader.flag()) crop = read_crop(reader);
  const std::uint32_t luma = reader.ue();
  const std::uint32_t chroma_depth = reader.ue();
  if (reader.failed()) return Error{Code::kTruncated, "HEVC SPS"};
  if (luma > 8 || chroma_depth > 8) return Error{Code::kMalformed, "HEVC bit depth"};
  sps.bit_depth_luma = static_cast<std::uint8_t>(8 + luma);
  sps.bit_depth_chroma = static_cast<std::uint8_t>(8 + chroma_depth);
  sps.video.bit_depth = sps.bit_depth_luma;
  return set_size(sps.video, width, height, crop, chroma == 1 || chroma == 2 ? 2 : 1, chroma == 1 ? 2 : 1);
}

void skip_coding_tools(BitReader& reader) {
  for (int i = 0; i < 6; ++i) reader.ue();  // block sizes and transform depths
  if (reader.flag() && reader.flag()) skip_scaling_lists(reader);
  reader.skip(2);       // amp, sample adaptive offset
  if (reader.flag()) {  // pcm
    reader.skip(8);
    reader.ue();
    reader.ue();
    reader.skip(1);
  }
}

}  // namespace

base::Result<Sps> parse_sps(View nal) {
  if (nal.size() > kLongestSps) return Error{Code::kTooLarge, "HEVC SPS"};
  if (nal.size() < 15) return Error{Code::kTruncated, "HEVC SPS", nal.size()};
  if (nal_type(nal) != kSps) return Error{Code::kMalformed, "HEVC SPS: another NAL unit type"};
  const std::vector<std::uint8_t> bytes = unescape(nal);
  BitReader reader{View{bytes}.subspan(2)};
  Sps sps;
  sps.vps_id = reader.bits(4);
  const std::uint32_t sub_layers = reader.bits(3) + 1;
  if (sub_layers > 7) return Error{Code::kMalformed, "HEVC sps_max_sub_layers"};
  sps.temporal_layers = static_cast<std::uint8_t>(sub_layers);
  sps.temporal_nesting = reader.flag();
  read_profile_tier_level(reader, sps.ptl, sub_layers);
  TRY_OK(read_format(reader, sps));
  const std::uint32_t poc_lsb = reader.ue();
  if (poc_lsb > 12) return Error{Code::kMalformed, "HEVC log2_max_pic_order_cnt_lsb"};
  const bool all_layers = reader.flag();
  for (std::uint32_t i = all_layers ? 0 : sub_layers - 1; i < sub_layers; ++i) {
    reader.ue();
    sps.max_num_reorder = static_cast<int>(std::min(reader.ue(), 16u));
    reader.ue();
  }
  skip_coding_tools(reader);
  TRY_OK(skip_references(reader, poc_lsb + 4));
  reader.skip(2);  // temporal mvp, strong intra smoothing
  if (reader.failed()) return Error{Code::kTruncated, "HEVC SPS"};
  // A VUI that ends early loses only its missing fields.
  if (reader.flag()) read_vui(reader, sps);
  return sps;
}

base::Result<Rational> parse_vps_frame_rate(View nal) {
  if (nal.size() > kLongestSps) return Error{Code::kTooLarge, "HEVC VPS"};
  if (nal.size() < 6) return Error{Code::kTruncated, "HEVC VPS", nal.size()};
  if (nal_type(nal) != kVps) return Error{Code::kMalformed, "HEVC VPS: another NAL unit type"};
  const std::vector<std::uint8_t> bytes = unescape(nal);
  BitReader reader{View{bytes}.subspan(2)};
  reader.skip(12);
  const std::uint32_t sub_layers = reader.bits(3) + 1;
  if (sub_layers > 7) return Error{Code::kMalformed, "HEVC vps_max_sub_layers"};
  reader.skip(17);  // temporal id nesting, reserved
  ProfileTierLevel ptl;
  read_profile_tier_level(reader, ptl, sub_layers);
  const bool all_layers = reader.flag();
  for (std::uint32_t i = all_layers ? 0 : sub_layers - 1; i < sub_layers; ++i) {
    for (int field = 0; field < 3; ++field) reader.ue();
  }
  const std::size_t max_layer_id = reader.bits(6);
  const std::uint32_t layer_sets = reader.ue();
  if (layer_sets > 1023) return Error{Code::kMalformed, "HEVC vps_num_layer_sets"};
  reader.skip(layer_sets * (max_layer_id + 1));
  const bool timing = reader.flag();
  if (reader.failed()) return Error{Code::kTruncated, "HEVC VPS"};
  return timing ? read_timing(reader) : Rational{};
}

}  // namespace media::hevc
