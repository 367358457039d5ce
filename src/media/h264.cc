#include "media/h264.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "media/bit_reader.h"
#include "media/h264_slice.h"
#include "media/h264_timing.h"
#include "media/video_usability.h"

namespace media::h264 {
namespace {

using base::Code;
using base::Error;
using base::View;

constexpr std::size_t kLongestParameterSet = 4096;
constexpr std::uint32_t kRecoveryPoint = 6;

bool has_chroma_fields(std::uint8_t profile) {
  // The profiles of [H.264 7.3.2.1.1] whose SPS carries chroma_format_idc.
  constexpr std::array<std::uint8_t, 13> kProfiles{100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135};
  return std::find(kProfiles.begin(), kProfiles.end(), profile) != kProfiles.end();
}

void skip_scaling_list(BitReader& reader, int size) {
  int last = 8;
  int next = 8;
  for (int i = 0; i < size && !reader.failed(); ++i) {
    if (next != 0) next = static_cast<int>((static_cast<std::int64_t>(last) + reader.se() + 256) & 0xff);
    if (next != 0) last = next;
  }
}

base::Status read_chroma(BitReader& reader, Sps& sps) {
  const std::uint32_t chroma = reader.ue();
  if (chroma > 3) return Error{Code::kMalformed, "H.264 chroma_format_idc"};
  sps.chroma_format = static_cast<std::uint8_t>(chroma);
  if (chroma == 3) sps.separate_colour_planes = reader.flag();
  const std::uint32_t luma_depth = reader.ue();
  const std::uint32_t chroma_depth = reader.ue();
  if (luma_depth > 6 || chroma_depth > 6) return Error{Code::kMalformed, "H.264 bit depth"};
  sps.bit_depth_luma = static_cast<std::uint8_t>(8 + luma_depth);
  sps.bit_depth_chroma = static_cast<std::uint8_t>(8 + chroma_depth);
  reader.skip(1);  // qpprime_y_zero_transform_bypass_flag
  if (reader.flag()) {
    for (int i = 0; i < (chroma == 3 ? 12 : 8); ++i) {
      if (reader.flag()) skip_scaling_list(reader, i < 6 ? 16 : 64);
    }
  }
  return base::Ok{};
}

/// log2_max_frame_num and log2_max_pic_order_cnt_lsb: 4 … 16.
base::Status read_counter_size(BitReader& reader, std::uint8_t& bits) {
  const std::uint32_t more = reader.ue();
  if (more > 12) return Error{Code::kMalformed, "H.264 size of frame_num or pic_order_cnt_lsb"};
  bits = static_cast<std::uint8_t>(4 + more);
  return base::Ok{};
}

base::Status read_picture_order(BitReader& reader, Sps& sps) {
  const std::uint32_t type = reader.ue();
  if (type > 2) return Error{Code::kMalformed, "H.264 pic_order_cnt_type"};
  sps.order_type = static_cast<std::uint8_t>(type);
  if (type == 0) TRY_OK(read_counter_size(reader, sps.order_bits));
  if (type == 1) {
    reader.skip(1);
    reader.se();
    reader.se();
    const std::uint32_t count = reader.ue();
    if (count > 255) return Error{Code::kMalformed, "H.264 num_ref_frames_in_pic_order_cnt_cycle"};
    for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) reader.se();
  }
  return base::Ok{};
}

base::Status read_size(BitReader& reader, Sps& sps) {
  const std::uint64_t width_mbs = std::uint64_t{reader.ue()} + 1;
  const std::uint64_t height_units = std::uint64_t{reader.ue()} + 1;
  sps.frame_mbs_only = reader.flag();
  if (!sps.frame_mbs_only) reader.skip(1);  // mb_adaptive_frame_field_flag
  reader.skip(1);                           // direct_8x8_inference_flag
  const std::uint64_t fields = sps.frame_mbs_only ? 1 : 2;
  Crop crop;
  if (reader.flag()) crop = read_crop(reader);
  if (reader.failed()) return Error{Code::kTruncated, "H.264 SPS"};
  // SubWidthC and SubHeightC of [H.264 table 6-1]; monochrome counts in luma samples.
  const std::uint64_t unit_x = sps.chroma_format == 1 || sps.chroma_format == 2 ? 2 : 1;
  const std::uint64_t unit_y = (sps.chroma_format == 1 ? 2 : 1) * fields;
  sps.video.interlaced = !sps.frame_mbs_only;
  return set_size(sps.video, width_mbs * 16, height_units * 16 * fields, crop, unit_x, unit_y);
}

void read_hrd(BitReader& reader, PictureTiming& timing) {
  const std::uint32_t count = reader.ue();
  reader.skip(8);
  for (std::uint32_t i = 0; i <= std::min(count, 31u) && !reader.failed(); ++i) {
    reader.ue();
    reader.ue();
    reader.skip(1);
  }
  reader.skip(5);  // initial_cpb_removal_delay_length_minus1
  timing.removal_bits = static_cast<std::uint8_t>(reader.bits(5) + 1);
  timing.output_bits = static_cast<std::uint8_t>(reader.bits(5) + 1);
  reader.skip(5);  // time_offset_length
}

void read_vui(BitReader& reader, Sps& sps, PictureTiming& timing) {
  read_vui_display(reader, sps.video);
  if (reader.flag()) {
    const std::uint32_t tick = reader.bits(32);
    const std::uint32_t scale = reader.bits(32);
    sps.fixed_frame_rate = reader.flag();
    // A tick is a field's time [H.264 E.2.1].
    if (!reader.failed()) sps.video.frame_rate = sane_rate(scale, std::uint64_t{tick} * 2);
  }
  const bool nal_hrd = reader.flag();
  if (nal_hrd) read_hrd(reader, timing);
  const bool vcl_hrd = reader.flag();
  if (vcl_hrd) read_hrd(reader, timing);
  timing.delays = nal_hrd || vcl_hrd;
  if (timing.delays) reader.skip(1);
  timing.pic_struct = reader.flag();
  if (!reader.flag()) return;
  reader.skip(1);
  for (int i = 0; i < 4; ++i) reader.ue();
  const std::uint32_t reorder = reader.ue();
  reader.ue();  // max_dec_frame_buffering
  if (!reader.failed() && reorder <= 16) sps.max_num_reorder = static_cast<int>(reorder);
}

base::Result<Sps> parse_sps(View nal, PictureTiming& timing) {
  if (nal.size() > kLongestParameterSet) return Error{Code::kTooLarge, "H.264 SPS"};
  if (nal.size() < 4) return Error{Code::kTruncated, "H.264 SPS", nal.size()};
  if (nal_type(nal) != kSps) return Error{Code::kMalformed, "H.264 SPS: another NAL unit type"};
  const std::vector<std::uint8_t> bytes = unescape(nal);
  BitReader reader{View{bytes}.subspan(1)};
  Sps sps;
  sps.profile = static_cast<std::uint8_t>(reader.bits(8));
  sps.constraints = static_cast<std::uint8_t>(reader.bits(8));
  sps.level = static_cast<std::uint8_t>(reader.bits(8));
  sps.id = reader.ue();
  if (sps.id > 31) return Error{Code::kMalformed, "H.264 seq_parameter_set_id"};
  if (has_chroma_fields(sps.profile)) TRY_OK(read_chroma(reader, sps));
  TRY_OK(read_counter_size(reader, sps.frame_num_bits));
  TRY_OK(read_picture_order(reader, sps));
  sps.max_ref_frames = static_cast<int>(std::min(reader.ue(), 16u));
  reader.skip(1);  // gaps_in_frame_num_value_allowed_flag
  TRY_OK(read_size(reader, sps));
  sps.video.bit_depth = sps.bit_depth_luma;
  // A VUI that ends early loses only its missing fields: some encoders write such.
  if (reader.flag()) read_vui(reader, sps, timing);
  return sps;
}

}  // namespace

base::Result<Sps> parse_sps(View nal) {
  PictureTiming timing;
  return parse_sps(nal, timing);
}

base::Result<PictureTiming> parse_picture_timing(View nal) {
  PictureTiming timing;
  TRY_OK(parse_sps(nal, timing));
  return timing;
}

base::Result<PpsIds> parse_pps_ids(View nal) {
  if (nal.size() < 2) return Error{Code::kTruncated, "H.264 PPS", nal.size()};
  if (nal_type(nal) != kPps) return Error{Code::kMalformed, "H.264 PPS: another NAL unit type"};
  // Both ids lie in the first 5 bytes, before which no emulation prevention can matter to more than 8.
  const std::vector<std::uint8_t> bytes = unescape(nal.first(std::min<std::size_t>(nal.size(), 16)));
  BitReader reader{View{bytes}.subspan(1)};
  PpsIds ids;
  ids.pps = reader.ue();
  ids.sps = reader.ue();
  if (reader.failed() || ids.pps > 255 || ids.sps > 31) return Error{Code::kMalformed, "H.264 PPS ids"};
  return ids;
}

namespace {

base::Status read_units(base::ByteReader& reader, unsigned count, std::uint8_t type, std::vector<View>& units) {
  for (unsigned i = 0; i < count; ++i) {
    TRY(const std::uint16_t length, reader.u16("avcC parameter set length"));
    TRY(const View nal, reader.bytes(length, "avcC parameter set"));
    if (nal.empty()) continue;
    if (nal_type(nal) != type) return Error{Code::kMalformed, "avcC: a unit of another type", reader.offset()};
    units.push_back(nal);
  }
  return base::Ok{};
}

}  // namespace

base::Result<Config> parse_avcc(View avcc) {
  base::ByteReader reader{avcc};
  TRY(const std::uint8_t version, reader.u8("avcC version"));
  if (version != 1) return Error{Code::kMalformed, "avcC version"};
  Config config;
  TRY(config.profile, reader.u8("avcC profile"));
  TRY(config.constraints, reader.u8("avcC constraints"));
  TRY(config.level, reader.u8("avcC level"));
  TRY(const std::uint8_t lengths, reader.u8("avcC length size"));
  config.length_size = (lengths & 3) + 1;
  if (config.length_size == 3) return Error{Code::kMalformed, "avcC length size"};
  TRY(const std::uint8_t sps_count, reader.u8("avcC SPS count"));
  TRY_OK(read_units(reader, sps_count & 0x1f, kSps, config.sps));
  TRY(const std::uint8_t pps_count, reader.u8("avcC PPS count"));
  TRY_OK(read_units(reader, pps_count, kPps, config.pps));
  return config;
}

base::Result<base::Bytes> make_avcc(std::span<const View> sps, std::span<const View> pps) {
  if (sps.empty() || pps.empty()) return Error{Code::kMalformed, "avcC without an SPS and a PPS"};
  if (sps.size() > 31 || pps.size() > 255) return Error{Code::kTooLarge, "avcC: number of parameter sets"};
  TRY(const Sps first, parse_sps(sps.front()));
  base::ByteWriter writer{64};
  writer.u8(1);
  writer.u8(first.profile);
  writer.u8(first.constraints);
  writer.u8(first.level);
  writer.u8(0xfc | 3);
  writer.u8(0xe0 | sps.size());
  for (const View nal : sps) {
    if (nal.size() > kLongestParameterSet) return Error{Code::kTooLarge, "H.264 SPS"};
    writer.u16(nal.size());
    writer.bytes(nal);
  }
  writer.u8(pps.size());
  for (const View nal : pps) {
    if (nal.size() > kLongestParameterSet) return Error{Code::kTooLarge, "H.264 PPS"};
    writer.u16(nal.size());
    writer.bytes(nal);
  }
  if (has_chroma_fields(first.profile)) {
    writer.u8(0xfc | first.chroma_format);
    writer.u8(0xf8 | (first.bit_depth_luma - 8));
    writer.u8(0xf8 | (first.bit_depth_chroma - 8));
    writer.u8(0);  // SPS extensions: auxiliary pictures (alpha) are not passed on
  }
  return writer.take_bytes();
}

std::string codec_string(const Config& config) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "avc1.%02X%02X%02X", config.profile, config.constraints, config.level);
  return text.data();
}

namespace {

/// recovery_frame_cnt of a recovery point SEI message, if the unit holds one.
std::optional<std::uint32_t> recovery_frame_count(View nal) {
  // Messages before the one looked for are short (buffering period, picture timing); captions come after.
  const std::vector<std::uint8_t> bytes = unescape(nal.first(std::min<std::size_t>(nal.size(), 1024)));
  for (const SeiMessage& message : split_sei(View{bytes}.subspan(1))) {
    if (message.type != kRecoveryPoint) continue;
    BitReader reader{message.payload};
    const std::uint32_t count = reader.ue();
    if (!reader.failed()) return count;
  }
  return std::nullopt;
}

}  // namespace

Picture inspect(std::span<const View> nals) {
  Picture picture;
  std::optional<std::uint32_t> recovery;
  bool intra = true;
  bool reference = false;
  bool second_field = false;
  for (const View nal : nals) {
    switch (nal_type(nal)) {
      // Data partition A (2) has the slice header, too; B and C (3, 4) come with it.
      case kIdr:
      case kSlice:
      case 2: {
        const auto slice = parse_slice_start(nal);
        second_field = second_field || (picture.coded && slice && slice->first_mb == 0);
        picture.coded = true;
        picture.idr = picture.idr || nal_type(nal) == kIdr;
        reference = reference || (nal[0] & 0x60) != 0;
        if (!second_field) intra = intra && slice && slice->intra();
        break;
      }
      case kSei:
        if (!recovery) recovery = recovery_frame_count(nal);
        break;
      case kSps: picture.parameter_sets = true; break;
      default: break;
    }
  }
  picture.disposable = picture.coded && !reference;
  // An encoder that repeats its SPS before an intra picture means it as an entry point, SEI or not (broadcast
  // practice).
  const bool open_gop = intra && (recovery || picture.parameter_sets);
  picture.key = picture.idr || (picture.coded && (open_gop || recovery.value_or(0) > 0));
  return picture;
}

bool ParameterSets::put(std::vector<Entry>& entries, std::uint32_t id, std::uint32_t refers_to, View nal) {
  const auto place =
      std::lower_bound(entries.begin(), entries.end(), id, [](const Entry& e, std::uint32_t i) { return e.id < i; });
  if (place == entries.end() || place->id != id) {
    entries.insert(place, Entry{id, refers_to, {nal.begin(), nal.end()}});
    return true;
  }
  if (std::equal(nal.begin(), nal.end(), place->nal.begin(), place->nal.end())) return false;
  *place = Entry{id, refers_to, {nal.begin(), nal.end()}};
  return true;
}

bool ParameterSets::feed(View nal) {
  if (nal.empty() || nal.size() > kLongestParameterSet) return false;
  if (nal_type(nal) == kSps) {
    const auto sps = parse_sps(nal);
    return sps.ok() && put(sps_, sps->id, 0, nal);
  }
  if (nal_type(nal) == kPps) {
    const auto ids = parse_pps_ids(nal);
    return ids.ok() && put(pps_, ids->pps, ids->sps, nal);
  }
  return false;
}

bool ParameterSets::complete() const {
  return std::any_of(pps_.begin(), pps_.end(), [this](const Entry& pps) {
    return std::any_of(sps_.begin(), sps_.end(), [&](const Entry& sps) { return sps.id == pps.refers_to; });
  });
}

base::Result<base::Bytes> ParameterSets::config() const {
  std::vector<View> sps;
  std::vector<View> pps;
  for (const Entry& entry : sps_) sps.emplace_back(entry.nal);
  for (const Entry& entry : pps_) pps.emplace_back(entry.nal);
  return make_avcc(sps, pps);
}

void ParameterSets::clear() {
  sps_.clear();
  pps_.clear();
}

}  // namespace media::h264
