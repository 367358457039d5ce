#include "media/h264_slice.h"

#include <algorithm>

#include "media/bit_reader.h"

namespace media::h264 {
namespace {

using base::Code;
using base::Error;
using base::View;

/// The fields read here take 25 bytes at most.
constexpr std::size_t kHeaderBytes = 32;

std::vector<std::uint8_t> header_of(View nal) {
  return unescape(nal.first(std::min<std::size_t>(nal.size(), kHeaderBytes)));
}

Slice read_start(BitReader& reader, View nal) {
  Slice slice;
  slice.reference = (nal[0] & 0x60) != 0;
  slice.idr = nal_type(nal) == kIdr;
  slice.first_mb = reader.ue();
  slice.type = reader.ue();
  slice.pps = reader.ue();
  return slice;
}

}  // namespace

base::Result<Slice> parse_slice_start(View nal) {
  const std::vector<std::uint8_t> bytes = header_of(nal);
  BitReader reader{View{bytes}.subspan(1)};
  const Slice slice = read_start(reader, nal);
  if (reader.failed()) return Error{Code::kTruncated, "H.264 slice header", nal.size()};
  return slice;
}

base::Result<Slice> parse_slice(View nal, const Sps& sps) {
  const std::vector<std::uint8_t> bytes = header_of(nal);
  BitReader reader{View{bytes}.subspan(1)};
  Slice slice = read_start(reader, nal);
  if (sps.separate_colour_planes) reader.skip(2);
  slice.frame_num = reader.bits(sps.frame_num_bits);
  if (!sps.frame_mbs_only) {
    slice.field = reader.flag();
    slice.bottom = slice.field && reader.flag();
  }
  if (slice.idr) slice.idr_pic_id = reader.ue();
  if (sps.order_type == 0) slice.order_lsb = reader.bits(sps.order_bits);
  if (reader.failed()) return Error{Code::kTruncated, "H.264 slice header", nal.size()};
  return slice;
}

bool starts_picture(const Slice& a, const Slice& b) {
  return a.frame_num != b.frame_num || a.pps != b.pps || a.field != b.field || a.bottom != b.bottom ||
         a.reference != b.reference || a.idr != b.idr || a.idr_pic_id != b.idr_pic_id || a.order_lsb != b.order_lsb ||
         b.first_mb <= a.first_mb;
}

bool pairs_with(const Slice& a, const Slice& b) {
  return a.field && b.field && a.bottom != b.bottom && a.frame_num == b.frame_num && (a.idr || !b.idr);
}

}  // namespace media::h264
