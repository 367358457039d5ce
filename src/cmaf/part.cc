#include "cmaf/part.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

#include "cmaf/init.h"
#include "cmaf/part_flags.h"

namespace cmaf {
namespace {

using base::Code;
using base::Error;

constexpr std::int64_t kMost = 0x7fffffff;

// Sample flags [ISO 14496-12 8.8.3.1]: depends on no other; depends on others and is no sync sample (CM-15).
constexpr std::uint32_t kSyncFlags = 0x02000000;
constexpr std::uint32_t kOtherFlags = 0x01010000;

constexpr std::uint32_t kStypSize = 24;
constexpr std::uint32_t kMfhdSize = 16;
constexpr std::uint32_t kTfdtSize = 20;

std::uint32_t flags_of(const Sample& sample) { return sample.sync ? kSyncFlags : kOtherFlags; }

/// What of the samples is said once in tfhd and what sample by sample in trun, and the sizes that follow.
struct Layout {
  std::uint32_t tfhd_flags = kTfhdBaseIsMoof;
  std::uint32_t trun_flags = kTrunDataOffset;
  std::uint32_t tfhd_size = 16;
  std::uint32_t trun_size = 20;
  std::uint32_t moof_size = 0;
  std::size_t payload = 0;

  bool trun_has(std::uint32_t flag) const { return (trun_flags & flag) != 0; }
};

Layout lay_out(std::span<const Sample> samples) {
  const Sample& first = samples.front();
  bool same_duration = true;
  bool same_size = true;
  bool composition = false;
  bool same_flags_after_first = true;
  Layout layout;
  for (const Sample& sample : samples) {
    same_duration = same_duration && sample.duration == first.duration;
    same_size = same_size && sample.data.size() == first.data.size();
    composition = composition || sample.pts != sample.dts;
    same_flags_after_first = same_flags_after_first && (&sample == &first || sample.sync == samples.back().sync);
    layout.payload += sample.data.size();
  }
  const bool first_differs = first.sync != samples.back().sync;
  const auto once = [&](std::uint32_t flag) {
    layout.tfhd_flags |= flag;
    layout.tfhd_size += 4;
  };
  std::uint32_t row = 0;
  const auto each = [&](std::uint32_t flag) {
    layout.trun_flags |= flag;
    row += 4;
  };
  same_duration ? once(kTfhdDuration) : each(kTrunDuration);
  same_size ? once(kTfhdSize) : each(kTrunSize);
  same_flags_after_first ? once(kTfhdFlags) : each(kTrunFlags);
  if (same_flags_after_first && first_differs) {
    layout.trun_flags |= kTrunFirstFlags;
    layout.trun_size += 4;
  }
  if (composition) each(kTrunComposition);
  layout.trun_size += row * static_cast<std::uint32_t>(samples.size());
  layout.moof_size = 8 + kMfhdSize + 8 + layout.tfhd_size + kTfdtSize + layout.trun_size;
  return layout;
}

/// Writes into a block of known size.
class Cursor {
 public:
  explicit Cursor(std::uint8_t* at) : at_(at) {}

  void u32(std::uint32_t value) { put(__builtin_bswap32(value)); }
  void u64(std::uint64_t value) { put(__builtin_bswap64(value)); }
  void text(std::string_view text) { bytes(base::view_of(text)); }
  void bytes(base::View view) {
    if (!view.empty()) std::memcpy(at_, view.data(), view.size());
    at_ += view.size();
  }
  void head(std::uint32_t size, std::string_view type) {
    u32(size);
    text(type);
  }

 private:
  template <typename T>
  void put(T value) {
    std::memcpy(at_, &value, sizeof value);
    at_ += sizeof value;
  }

  std::uint8_t* at_;
};

void write_styp(Cursor& cursor) {
  cursor.head(kStypSize, "styp");
  cursor.text("msdh");
  cursor.u32(0);
  cursor.text("msdh");
  cursor.text("cmfs");
}

void write_trun(Cursor& cursor, const Layout& layout, std::span<const Sample> samples) {
  cursor.head(layout.trun_size, "trun");
  cursor.u32(0x01000000 | layout.trun_flags);
  cursor.u32(static_cast<std::uint32_t>(samples.size()));
  cursor.u32(layout.moof_size + 8);  // data_offset: past moof and mdat's head
  if (layout.trun_has(kTrunFirstFlags)) cursor.u32(flags_of(samples.front()));
  for (const Sample& sample : samples) {
    if (layout.trun_has(kTrunDuration)) cursor.u32(static_cast<std::uint32_t>(sample.duration));
    if (layout.trun_has(kTrunSize)) cursor.u32(static_cast<std::uint32_t>(sample.data.size()));
    if (layout.trun_has(kTrunFlags)) cursor.u32(flags_of(sample));
    if (layout.trun_has(kTrunComposition)) cursor.u32(static_cast<std::uint32_t>(sample.pts - sample.dts));
  }
}

void write_moof(Cursor& cursor, const Layout& layout, std::uint32_t sequence, std::span<const Sample> samples) {
  cursor.head(layout.moof_size, "moof");
  cursor.head(kMfhdSize, "mfhd");
  cursor.u32(0);
  cursor.u32(sequence);
  cursor.head(layout.moof_size - 8 - kMfhdSize, "traf");
  cursor.head(layout.tfhd_size, "tfhd");
  cursor.u32(layout.tfhd_flags);
  cursor.u32(kTrackId);
  if ((layout.tfhd_flags & kTfhdDuration) != 0) cursor.u32(static_cast<std::uint32_t>(samples.front().duration));
  if ((layout.tfhd_flags & kTfhdSize) != 0) cursor.u32(static_cast<std::uint32_t>(samples.front().data.size()));
  if ((layout.tfhd_flags & kTfhdFlags) != 0) cursor.u32(flags_of(samples.back()));
  cursor.head(kTfdtSize, "tfdt");
  cursor.u32(0x01000000);  // version 1: 64 bits (CM-11)
  cursor.u64(static_cast<std::uint64_t>(samples.front().dts));
  write_trun(cursor, layout, samples);
}

}  // namespace

base::Status check_samples(std::span<const Sample> samples) {
  if (samples.empty()) return Error{Code::kMalformed, "a part without samples"};
  if (samples.front().dts < 0) return Error{Code::kMalformed, "decode time before 0"};
  std::uint64_t size = 4096;  // more than the heads of a part without rows
  std::int64_t expected = samples.front().dts;
  for (const Sample& sample : samples) {
    if (sample.duration < 1 || sample.duration > kMost) return Error{Code::kMalformed, "sample duration"};
    if (sample.dts != expected) return Error{Code::kMalformed, "sample does not start where the last one ends"};
    if (__builtin_add_overflow(sample.dts, sample.duration, &expected)) return Error{Code::kMalformed, "decode time"};
    std::int64_t offset = 0;
    if (__builtin_sub_overflow(sample.pts, sample.dts, &offset) || offset > kMost || offset < -kMost) {
      return Error{Code::kMalformed, "composition offset"};
    }
    size += 16 + sample.data.size();
  }
  if (size > static_cast<std::uint64_t>(kMost)) return Error{Code::kTooLarge, "part"};
  return base::Ok{};
}

base::Bytes write_part(std::uint32_t sequence, std::span<const Sample> samples, bool first_in_segment,
                       base::View events) {
  if (!check_samples(samples)) return {};
  const Layout layout = lay_out(samples);
  const std::size_t size = (first_in_segment ? kStypSize : 0) + events.size() + layout.moof_size + 8 + layout.payload;
  // Not a vector: that would fill the block with zeros before it is written.
  const auto block = std::make_shared_for_overwrite<std::uint8_t[]>(size);
  Cursor cursor{block.get()};
  if (first_in_segment) write_styp(cursor);
  cursor.bytes(events);
  write_moof(cursor, layout, sequence, samples);
  cursor.head(static_cast<std::uint32_t>(8 + layout.payload), "mdat");
  for (const Sample& sample : samples) cursor.bytes(sample.data.view());
  const base::View view{block.get(), size};
  return base::Bytes::of_owner(block, view);
}

}  // namespace cmaf
