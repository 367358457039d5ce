#include "ts/section.h"

#include <algorithm>

namespace ts {
namespace {

constexpr std::uint8_t kStuffingTable = 0xff;
constexpr std::size_t kHeaderSize = 3;
constexpr std::size_t kMinLength = 9;  // of section_length with the long syntax: five bytes of header and the CRC

std::size_t length_of(const std::vector<std::uint8_t>& section) {
  return kHeaderSize + (static_cast<std::size_t>(section[1] & 0x0f) << 8 | section[2]);
}

}  // namespace

void SectionAssembler::feed(base::View payload, bool unit_start, Counters& counters, const OnSection& on_section) {
  if (payload.empty()) return;
  if (!unit_start) {
    if (active_) append(payload, counters, on_section);
    return;
  }
  const std::size_t pointer = payload[0];
  if (1 + pointer > payload.size()) {
    ++counters.crc_errors;
    reset();
    return;
  }
  if (active_) append(payload.subspan(1, pointer), counters, on_section);
  if (active_) ++counters.crc_errors;  // the next section starts before this one had its bytes
  base::View rest = payload.subspan(1 + pointer);
  while (!rest.empty() && rest[0] != kStuffingTable) {
    section_.clear();
    active_ = true;
    rest = append(rest, counters, on_section);
    if (active_) return;
  }
  reset();
}

base::View SectionAssembler::append(base::View bytes, Counters& counters, const OnSection& on_section) {
  const auto take = [&](std::size_t up_to) {
    const std::size_t count = std::min(bytes.size(), up_to - section_.size());
    section_.insert(section_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    bytes = bytes.subspan(count);
  };
  if (section_.size() < kHeaderSize) take(kHeaderSize);
  if (section_.size() < kHeaderSize) return bytes;
  take(length_of(section_));
  if (section_.size() == length_of(section_)) finish(counters, on_section);
  return bytes;
}

void SectionAssembler::finish(Counters& counters, const OnSection& on_section) {
  active_ = false;
  const bool right_form = ((section_[1] & 0x80) != 0) == (form_ == Form::kLong);
  if (!right_form || section_.size() < kHeaderSize + kMinLength || crc32_mpeg(section_) != 0) {
    ++counters.crc_errors;
    return;
  }
  on_section(section_);
}

void SectionAssembler::reset() {
  active_ = false;
  section_.clear();
}

}  // namespace ts
