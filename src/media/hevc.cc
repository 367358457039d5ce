#include "media/hevc.h"

#include <algorithm>
#include <cstdio>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "media/bit_reader.h"

namespace media::hevc {
namespace {

using base::Code;
using base::Error;
using base::View;

constexpr std::size_t kLongestParameterSet = 4096;
constexpr std::uint32_t kMasteringDisplay = 137;
constexpr std::uint32_t kContentLight = 144;

base::Status read_array(base::ByteReader& reader, Config& config) {
  TRY(const std::uint8_t head, reader.u8("hvcC array"));
  TRY(const std::uint16_t count, reader.u16("hvcC array count"));
  for (unsigned i = 0; i < count; ++i) {
    TRY(const std::uint16_t length, reader.u16("hvcC unit length"));
    TRY(const View nal, reader.bytes(length, "hvcC unit"));
    if (nal.size() < 2) continue;
    if (nal_type(nal) != (head & 0x3f)) return Error{Code::kMalformed, "hvcC: a unit of another type", reader.offset()};
    switch (head & 0x3f) {
      case kVps: config.vps.push_back(nal); break;
      case kSps: config.sps.push_back(nal); break;
      case kPps: config.pps.push_back(nal); break;
      case kPrefixSei: config.sei.push_back(nal); break;
      default: break;
    }
  }
  return base::Ok{};
}

void write_array(base::ByteWriter& writer, std::uint8_t type, std::span<const View> units) {
  if (units.empty()) return;
  // array_completeness: sample entry hvc1 keeps every parameter set here; SEI of a stream may come in band, too.
  writer.u8(type | (type == kPrefixSei ? 0u : 0x80u));
  writer.u16(units.size());
  for (const View nal : units) {
    writer.u16(nal.size());
    writer.bytes(nal);
  }
}

std::uint32_t reversed(std::uint32_t value) {
  std::uint32_t result = 0;
  for (int i = 0; i < 32; ++i) result |= ((value >> i) & 1) << (31 - i);
  return result;
}

}  // namespace

base::Result<Config> parse_hvcc(View hvcc) {
  base::ByteReader reader{hvcc};
  TRY(const View head, reader.bytes(22, "hvcC"));
  // Version 0 stands in files of muxers from before the standard was final.
  if (head[0] > 1) return Error{Code::kMalformed, "hvcC version"};
  Config config;
  config.ptl.profile_space = head[1] >> 6;
  config.ptl.high_tier = (head[1] & 0x20) != 0;
  config.ptl.profile = head[1] & 0x1f;
  for (std::size_t i = 2; i < 6; ++i) config.ptl.compatibility = (config.ptl.compatibility << 8) | head[i];
  std::copy_n(head.begin() + 6, 6, config.ptl.constraints.begin());
  config.ptl.level = head[12];
  config.length_size = (head[21] & 3) + 1;
  if (config.length_size == 3) return Error{Code::kMalformed, "hvcC length size"};
  TRY(const std::uint8_t arrays, reader.u8("hvcC array count"));
  for (unsigned i = 0; i < arrays; ++i) TRY_OK(read_array(reader, config));
  return config;
}

base::Result<base::Bytes> make_hvcc(std::span<const View> vps, std::span<const View> sps, std::span<const View> pps,
                                    std::span<const View> sei) {
  if (vps.empty() || sps.empty() || pps.empty()) return Error{Code::kMalformed, "hvcC without VPS, SPS and PPS"};
  for (const auto units : {vps, sps, pps, sei}) {
    for (const View nal : units) {
      if (nal.size() > kLongestParameterSet) return Error{Code::kTooLarge, "hvcC unit"};
    }
  }
  TRY(const Sps first, parse_sps(sps.front()));
  base::ByteWriter writer{256};
  writer.u8(1);
  writer.u8((first.ptl.profile_space * 64u) | (first.ptl.high_tier ? 0x20u : 0u) | first.ptl.profile);
  writer.u32(first.ptl.compatibility);
  writer.bytes(first.ptl.constraints);
  writer.u8(first.ptl.level);
  writer.u16(0xf000 | first.min_spatial_segmentation);
  writer.u8(0xfc);  // parallelismType 0: not known
  writer.u8(0xfc | first.chroma_format);
  writer.u8(0xf8 | (first.bit_depth_luma - 8));
  writer.u8(0xf8 | (first.bit_depth_chroma - 8));
  writer.u16(0);  // avgFrameRate: not known
  writer.u8((first.temporal_layers * 8u) | (first.temporal_nesting ? 4u : 0u) | 3);
  writer.u8(sei.empty() ? 3 : 4);
  write_array(writer, kVps, vps);
  write_array(writer, kSps, sps);
  write_array(writer, kPps, pps);
  write_array(writer, kPrefixSei, sei);
  return writer.take_bytes();
}

std::string codec_string(const ProfileTierLevel& ptl) {
  std::string text = "hvc1.";
  if (ptl.profile_space != 0) text += static_cast<char>('A' + ptl.profile_space - 1);
  std::array<char, 32> piece{};
  std::snprintf(piece.data(), piece.size(), "%u.%X.%c%u", ptl.profile, reversed(ptl.compatibility),
                ptl.high_tier ? 'H' : 'L', ptl.level);
  text += piece.data();
  std::size_t shown = ptl.constraints.size();
  while (shown > 0 && ptl.constraints[shown - 1] == 0) --shown;
  for (std::size_t i = 0; i < shown; ++i) {
    std::snprintf(piece.data(), piece.size(), ".%X", ptl.constraints[i]);
    text += piece.data();
  }
  return text;
}

HdrMetadata parse_hdr_sei(std::span<const View> sei) {
  HdrMetadata metadata;
  for (const View nal : sei) {
    if (nal.size() < 3 || nal_type(nal) != kPrefixSei) continue;
    const std::vector<std::uint8_t> bytes = unescape(nal.first(std::min<std::size_t>(nal.size(), 1024)));
    // The SEI payloads are laid out as the boxes' are: mdcv and clli copy them.
    for (const SeiMessage& message : split_sei(View{bytes}.subspan(2))) {
      const View payload = message.payload;
      if (message.type == kMasteringDisplay && payload.size() == 24) {
        metadata.mastering_display.assign(payload.begin(), payload.end());
      }
      if (message.type == kContentLight && payload.size() == 4) {
        metadata.content_light.assign(payload.begin(), payload.end());
      }
    }
  }
  return metadata;
}

Picture inspect(std::span<const View> nals) {
  Picture picture;
  for (const View nal : nals) {
    const std::uint8_t type = nal_type(nal);
    if (type == kSps) picture.parameter_sets = true;
    if (type > 31 || picture.coded) continue;
    picture.coded = true;
    picture.key = type >= kBlaWLp && type <= 23;
    // IDR_W_RADL counts as idr: its leading pictures refer to nothing before it, and x265 names all its IDRs so.
    picture.idr = type == kIdrWRadl || type == kIdrNLp || type == kBlaWLp + 2;
    picture.skipped_leading = type == kRaslN || type == kRaslR;
    picture.disposable = type < 16 && type % 2 == 0;
  }
  return picture;
}

bool ParameterSets::put(std::vector<Entry>& entries, std::uint32_t id, View nal) {
  const auto place =
      std::lower_bound(entries.begin(), entries.end(), id, [](const Entry& e, std::uint32_t i) { return e.id < i; });
  if (place == entries.end() || place->id != id) {
    entries.insert(place, Entry{id, {nal.begin(), nal.end()}});
    return true;
  }
  if (std::equal(nal.begin(), nal.end(), place->nal.begin(), place->nal.end())) return false;
  place->nal.assign(nal.begin(), nal.end());
  return true;
}

bool ParameterSets::put_sei(std::vector<Entry>& entries, std::uint32_t type, View payload) {
  if (payload.empty()) return false;
  // A unit with this message alone: beside it in the stream's unit there may be others that differ every time.
  base::ByteWriter rbsp;
  rbsp.u8(kPrefixSei << 1);
  rbsp.u8(1);
  rbsp.u8(type);
  rbsp.u8(payload.size());
  rbsp.bytes(payload);
  rbsp.u8(0x80);
  return put(entries, type, escape(rbsp.view()));
}

bool ParameterSets::feed(View nal) {
  if (nal.size() < 3 || nal.size() > kLongestParameterSet) return false;
  switch (nal_type(nal)) {
    case kVps: return put(vps_, nal[2] >> 4, nal);
    case kSps: {
      const auto sps = parse_sps(nal);
      return sps.ok() && put(sps_, sps->id, nal);
    }
    case kPps: {
      const std::vector<std::uint8_t> bytes = unescape(nal.first(std::min<std::size_t>(nal.size(), 16)));
      BitReader reader{View{bytes}.subspan(2)};
      const std::uint32_t id = reader.ue();
      return !reader.failed() && id <= 63 && put(pps_, id, nal);
    }
    case kPrefixSei: {
      const HdrMetadata metadata = parse_hdr_sei(std::span{&nal, 1});
      const bool mastering = put_sei(sei_, kMasteringDisplay, metadata.mastering_display);
      const bool light = put_sei(sei_, kContentLight, metadata.content_light);
      return mastering || light;
    }
    default: return false;
  }
}

bool ParameterSets::complete() const { return !vps_.empty() && !sps_.empty() && !pps_.empty(); }

base::Result<base::Bytes> ParameterSets::config() const {
  const auto views = [](const std::vector<Entry>& entries) {
    std::vector<View> nals;
    nals.reserve(entries.size());
    for (const Entry& entry : entries) nals.emplace_back(entry.nal);
    return nals;
  };
  return make_hvcc(views(vps_), views(sps_), views(pps_), views(sei_));
}

void ParameterSets::clear() {
  vps_.clear();
  sps_.clear();
  pps_.clear();
  sei_.clear();
}

}  // namespace media::hevc
