#include "archive/head_index.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "archive/journal_file.h"
#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "record/encoding.h"

namespace archive {
namespace {

constexpr std::size_t kHeadsAt = record::kHeaderSize + 16;
constexpr std::size_t kSizeField = 4;

}  // namespace

void HeadIndex::begin(std::uint64_t at) {
  before_ = 0;
  from_ = at;
  heads_.clear();
}

void HeadIndex::add(base::View head) {
  const base::View kept = head.first(head.size() > kLongestHead ? record::kHeaderSize : head.size());
  heads_.insert(heads_.end(), kept.begin(), kept.end());
}

std::vector<std::uint8_t> HeadIndex::take(std::uint64_t at) {
  base::ByteWriter fields;
  fields.u64(before_);
  fields.u64(from_);
  fields.bytes(heads_);
  const std::size_t size = record::kHeaderSize + fields.size() + kSizeField;
  fields.u32(static_cast<std::uint32_t>(size));
  before_ = at;
  from_ = at + size;
  heads_.clear();
  return record::encode_fields(kHeadIndexType, fields.view());
}

HeadIndexReader::HeadIndexReader(int descriptor, std::uint64_t size) : descriptor_(descriptor), file_size_(size) {
  std::array<std::uint8_t, kSizeField> last{};
  if (size < kFileHeaderSize + kHeadsAt + kSizeField ||
      !read_at(descriptor, size - last.size(), last.data(), last.size()))
    return;
  const std::uint64_t length = base::ByteReader(last).u32("size of the index").value();
  if (length > size - kFileHeaderSize) return;
  Place place;
  if (!find(size - length, place) || place.size != length) return;
  places_.push_back(place);
  while (place.before != 0) {
    const std::uint64_t at = place.at;
    if (place.before >= at || !find(place.before, place)) {
      places_.clear();
      return;
    }
    places_.push_back(place);
  }
}

/// What the beginning of an index says; false where none stands there.
bool HeadIndexReader::find(std::uint64_t at, Place& place) const {
  std::array<std::uint8_t, kHeadsAt> bytes{};
  if (file_size_ < kHeadsAt || at > file_size_ - kHeadsAt || !read_at(descriptor_, at, bytes.data(), bytes.size()))
    return false;
  const auto lengths = record::parse_lengths(bytes);
  if (!lengths.ok() || lengths->type != kHeadIndexType || lengths->body > 0) return false;
  if (lengths->size() < kHeadsAt + kSizeField || lengths->size() > file_size_ - at) return false;
  base::ByteReader in(base::View(bytes).subspan(record::kHeaderSize));
  const std::uint64_t before = in.u64("index before").value();
  place = {at, lengths->size(), before, in.u64("first record").value()};
  return place.from <= at;
}

void HeadIndexReader::load(const Place& place) {
  bytes_.resize(place.size);
  if (!read_at(descriptor_, place.at, bytes_.data(), bytes_.size()) || !record::decode_head(bytes_).ok()) {
    places_.clear();
    return;
  }
  bytes_.resize(bytes_.size() - kSizeField);
  now_ = place;
  next_ = kHeadsAt;
  next_at_ = place.from;
}

base::View HeadIndexReader::head_at(std::uint64_t at) {
  if (next_ >= bytes_.size()) {
    if (places_.empty() || places_.back().from != at) return {};
    const Place place = places_.back();
    places_.pop_back();
    load(place);
  }
  const base::View rest = base::View(bytes_).subspan(std::min(next_, bytes_.size()));
  if (next_at_ != at || rest.size() < record::kHeaderSize) return {};
  const auto lengths = record::parse_lengths(rest);
  const std::size_t kept = !lengths.ok() ? 0 : (lengths->head > kLongestHead ? record::kHeaderSize : lengths->head);
  if (kept == 0 || kept > rest.size() || lengths->size() > now_.at - std::min(at, now_.at)) return {};
  next_ += kept;
  next_at_ += lengths->size();
  return rest.first(kept);
}

std::uint64_t HeadIndexReader::behind(std::uint64_t at) const {
  return now_.size > 0 && at == now_.at ? at + now_.size : at;
}

bool read_at(int descriptor, std::uint64_t from, std::uint8_t* into, std::size_t size) {
  errno = 0;
  while (size > 0) {
    const ssize_t got = pread(descriptor, into, size, static_cast<off_t>(from));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    from += static_cast<std::uint64_t>(got);
    into += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace archive
