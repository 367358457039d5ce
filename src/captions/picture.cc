#include "captions/picture.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/byte_writer.h"
#include "captions/user_data.h"
#include "media/av1.h"
#include "media/each_nal.h"
#include "media/h264.h"
#include "media/hevc.h"
#include "media/nal.h"

namespace captions {
namespace {

constexpr std::uint32_t kRegisteredUserData = 4;
constexpr std::uint8_t kUserDataStart = 0xb2;
constexpr std::uint8_t kMpeg2Slices = 0xaf;  // slice start codes are 01 to AF
constexpr std::uint8_t kT35 = 4;             // AV1's metadata_type

bool is_nal_codec(media::Codec codec) { return codec == media::Codec::kH264 || codec == media::Codec::kHevc; }

std::size_t header_size(bool hevc) { return hevc ? 2 : 1; }

bool is_sei(bool hevc, base::View nal) {
  return hevc ? media::hevc::nal_type(nal) == media::hevc::kPrefixSei : media::h264::nal_type(nal) == media::h264::kSei;
}

bool is_slice(bool hevc, base::View nal) {
  if (hevc) return media::hevc::nal_type(nal) < media::hevc::kVps;
  return media::h264::nal_type(nal) >= media::h264::kSlice && media::h264::nal_type(nal) <= media::h264::kIdr;
}

void read_sei(bool hevc, base::View nal, std::vector<std::uint8_t>& rbsp, std::vector<Triplet>& to) {
  if (nal.size() <= header_size(hevc)) return;
  media::unescape(nal.subspan(header_size(hevc)), rbsp);
  media::SeiReader messages(rbsp);
  while (const auto message = messages.next()) {
    if (message->type == kRegisteredUserData) read_user_data(message->payload, to);
  }
}

/// The NAL unit with its length.
std::vector<std::uint8_t> sei_of(bool hevc, std::span<const Triplet> triplets) {
  std::vector<std::uint8_t> message;
  write_user_data(triplets, message);
  std::vector<std::uint8_t> rbsp;
  if (hevc) {
    rbsp = {media::hevc::kPrefixSei << 1, 0x01};
  } else {
    rbsp = {media::h264::kSei};
  }
  rbsp.push_back(kRegisteredUserData);
  rbsp.push_back(static_cast<std::uint8_t>(message.size()));  // at most 104
  rbsp.insert(rbsp.end(), message.begin(), message.end());
  rbsp.push_back(0x80);  // rbsp_trailing_bits
  const std::vector<std::uint8_t> nal = media::escape(rbsp);
  base::ByteWriter out(4 + nal.size());
  out.u32(nal.size());
  out.bytes(nal);
  return out.take();
}

std::vector<std::uint8_t> metadata_of(std::span<const Triplet> triplets) {
  std::vector<std::uint8_t> message;
  write_user_data(triplets, message);
  constexpr std::uint8_t kHasSize = 2;
  std::vector<std::uint8_t> obu{(media::av1::kMetadata << 3) | kHasSize};
  obu.push_back(static_cast<std::uint8_t>(message.size() + 2));  // at most 106: one byte of leb128
  obu.push_back(kT35);
  obu.insert(obu.end(), message.begin(), message.end());
  obu.push_back(0x80);  // trailing bits
  return obu;
}

base::Bytes insert(const base::Bytes& sample, std::size_t at, base::View unit) {
  base::ByteWriter out(sample.size() + unit.size());
  out.bytes(sample.view().first(at));
  out.bytes(unit);
  out.bytes(sample.view().subspan(at));
  return out.take_bytes();
}

base::Bytes with_metadata(const base::Bytes& sample, std::span<const Triplet> triplets) {
  const auto obus = media::av1::split_obus(sample.view());
  if (!obus) return sample;
  const auto frame = std::find_if(obus->begin(), obus->end(), [](const media::av1::Obu& obu) {
    return obu.type == media::av1::kFrame || obu.type == media::av1::kFrameHeader;
  });
  if (frame == obus->end()) return sample;
  return insert(sample, static_cast<std::size_t>(frame->whole.data() - sample.view().data()), metadata_of(triplets));
}

/// Appends what an OBU carries.
void read_metadata(const media::av1::Obu& obu, std::vector<Triplet>& to) {
  const bool t35 = obu.type == media::av1::kMetadata && !obu.payload.empty() && obu.payload[0] == kT35;
  if (t35) read_user_data(obu.payload.subspan(1), to);
}

base::Bytes without_metadata(const base::Bytes& sample) {
  const auto obus = media::av1::split_obus(sample.view());
  if (!obus) return sample;
  std::vector<Triplet> found;
  base::ByteWriter kept(sample.size());
  std::size_t size = 0;
  for (const media::av1::Obu& obu : *obus) {
    found.clear();
    read_metadata(obu, found);
    if (!found.empty()) continue;
    kept.bytes(obu.whole);
    size += obu.whole.size();
  }
  return size == sample.size() ? sample : kept.take_bytes();
}

}  // namespace

std::span<const Triplet> PictureReader::read(media::Codec codec, base::View sample) {
  triplets_.clear();
  if (is_nal_codec(codec)) read_nals(codec == media::Codec::kHevc, sample);
  if (codec == media::Codec::kMpeg2Video) read_mpeg2(sample);
  if (codec == media::Codec::kAv1) read_av1(sample);
  if (triplets_.size() > kMost) triplets_.resize(kMost);
  return triplets_;
}

void PictureReader::read_nals(bool hevc, base::View sample) {
  media::each_nal(sample, [&](base::View nal, std::size_t) {
    if (is_sei(hevc, nal)) read_sei(hevc, nal, rbsp_, triplets_);
    return triplets_.size() <= kMost;
  });
}

void PictureReader::read_mpeg2(base::View sample) {
  std::size_t code = media::find_start_code(sample, 0);
  while (code + 4 <= sample.size()) {
    const std::uint8_t type = sample[code + 3];
    if (type > 0 && type <= kMpeg2Slices) return;  // user data stands before a picture's slices
    const std::size_t next = media::find_start_code(sample, code + 3);
    if (type == kUserDataStart) read_atsc_data(sample.subspan(code + 4, next - code - 4), triplets_);
    if (triplets_.size() > kMost) return;
    code = next;
  }
}

void PictureReader::read_av1(base::View sample) {
  const auto obus = media::av1::split_obus(sample);
  if (!obus) return;
  for (const media::av1::Obu& obu : *obus) read_metadata(obu, triplets_);
}

base::Bytes with_captions(media::Codec codec, const base::Bytes& sample, std::span<const Triplet> triplets) {
  if (triplets.empty()) return sample;
  if (codec == media::Codec::kAv1) return with_metadata(sample, triplets);
  if (!is_nal_codec(codec)) return sample;
  const bool hevc = codec == media::Codec::kHevc;
  std::size_t slice = sample.size();
  media::each_nal(sample.view(), [&](base::View nal, std::size_t at) {
    if (is_slice(hevc, nal)) slice = at;
    return slice == sample.size();
  });
  return slice == sample.size() ? sample : insert(sample, slice, sei_of(hevc, triplets));
}

base::Bytes without_captions(media::Codec codec, const base::Bytes& sample) {
  if (codec == media::Codec::kAv1) return without_metadata(sample);
  if (!is_nal_codec(codec)) return sample;
  const bool hevc = codec == media::Codec::kHevc;
  std::vector<base::View> kept;
  std::vector<std::uint8_t> rbsp;
  std::vector<Triplet> found;
  bool any = false;
  media::each_nal(sample.view(), [&](base::View nal, std::size_t) {
    found.clear();
    if (is_sei(hevc, nal)) read_sei(hevc, nal, rbsp, found);
    if (found.empty()) kept.push_back(nal);
    any = any || !found.empty();
    return true;
  });
  return any ? media::join_lengths(kept) : sample;
}

}  // namespace captions
