#include "rtmp/access_unit.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "media/h264.h"
#include "media/hevc.h"

namespace rtmp {
namespace {

using base::View;

// Senders that stamp each slice with its own clock reading are a few milliseconds off; pictures are further apart.
constexpr std::int64_t kSamePicture = 3;

bool is_slice(media::Codec codec, View nal) {
  if (codec == media::Codec::kHevc) return media::hevc::nal_type(nal) < media::hevc::kVps;
  const std::uint8_t type = media::h264::nal_type(nal);
  return type >= media::h264::kSlice && type <= media::h264::kIdr;
}

/// Whether the slice is its picture's first: first_mb_in_slice is 0, first_slice_segment_in_pic_flag is 1. Both are one
/// bit right after the header. Spec: [H.264 7.3.3], [H.265 7.3.6.1].
bool begins_picture(media::Codec codec, View slice) {
  const std::size_t header = codec == media::Codec::kHevc ? 2 : 1;
  if (codec == media::Codec::kH264) {
    const std::uint8_t type = media::h264::nal_type(slice);
    if (type == 3 || type == 4) return false;  // data partitions B and C follow their A
  }
  return slice.size() <= header || (slice[header] & 0x80) != 0;
}

/// Units that may only stand after a picture's slices.
bool trails(media::Codec codec, View nal) {
  constexpr std::uint8_t kHevcSuffixSei = 40;
  if (codec == media::Codec::kHevc) {
    const std::uint8_t type = media::hevc::nal_type(nal);
    return type == kHevcSuffixSei || (type >= media::hevc::kEndOfSequence && type <= media::hevc::kFiller);
  }
  const std::uint8_t type = media::h264::nal_type(nal);
  return type >= media::h264::kEndOfSequence && type <= media::h264::kFiller;
}

std::size_t size_of(const AccessUnit& unit) {
  std::size_t size = 0;
  for (const base::Bytes& message : unit.messages) size += message.size();
  return size;
}

}  // namespace

AccessUnitAssembler::Content AccessUnitAssembler::content_of(const AccessUnit& piece) const {
  Content content;
  content.trails = true;
  for (const View nal : piece.nals) {
    content.trails = content.trails && trails(codec_, nal);
    if (content.slices || !is_slice(codec_, nal)) continue;
    content.slices = true;
    content.begins_picture = begins_picture(codec_, nal);
  }
  return content;
}

/// Whether the piece belongs to the unit that waits.
bool AccessUnitAssembler::continues(const Content& piece, const AccessUnit& unit) const {
  if (held_bytes_ + size_of(unit) > kMostHeld) return false;
  if (!held_slices_) return true;
  const std::int64_t apart = std::abs(unit.time - held_->time);
  return piece.slices ? !piece.begins_picture && apart <= kSamePicture : piece.trails && apart <= kSamePicture;
}

void AccessUnitAssembler::append(AccessUnit&& piece, const Content& content) {
  held_bytes_ += size_of(piece);
  if (!held_slices_) {
    held_->time = piece.time;
    held_->composition = piece.composition;
    held_->nanoseconds = piece.nanoseconds;
  }
  held_slices_ = held_slices_ || content.slices;
  held_->key = held_->key || piece.key;
  held_->arrived = piece.arrived;
  held_->plain = false;
  std::move(piece.nals.begin(), piece.nals.end(), std::back_inserter(held_->nals));
  std::move(piece.messages.begin(), piece.messages.end(), std::back_inserter(held_->messages));
}

void AccessUnitAssembler::feed(AccessUnit&& piece, std::vector<AccessUnit>& whole) {
  if (piece.nals.empty()) return;
  const Content content = content_of(piece);
  const bool of_given = !held_ && given_ && std::abs(piece.time - *given_) <= kSamePicture;
  if (of_given && content.slices && !content.begins_picture) {
    ++late_pieces_;
    kind_ = Kind::kPieces;
    return;
  }
  if (of_given && content.trails) return;
  if (held_ && continues(content, piece)) {
    if (held_slices_ && content.slices) kind_ = Kind::kPieces;
    append(std::move(piece), content);
  } else {
    if (held_ && held_slices_ && content.slices && kind_ == Kind::kUnknown) kind_ = Kind::kWhole;
    if (std::optional<AccessUnit> unit = flush()) whole.push_back(std::move(*unit));
    held_bytes_ = size_of(piece);
    held_slices_ = content.slices;
    held_ = std::move(piece);
  }
  if (held_slices_ && kind_ == Kind::kWhole) whole.push_back(std::move(*flush()));
}

std::optional<AccessUnit> AccessUnitAssembler::flush() {
  if (!held_) return std::nullopt;
  if (held_slices_) given_ = held_->time;
  held_slices_ = false;
  held_bytes_ = 0;
  return std::exchange(held_, std::nullopt);
}

}  // namespace rtmp
