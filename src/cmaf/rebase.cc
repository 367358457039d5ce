#include "cmaf/rebase.h"

#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "cmaf/box_reader.h"

namespace cmaf {
namespace {

/// Takes `ticks` from the 64-bit number at `field`, which lies in `copy`'s original.
void subtract(base::View original, base::View field, std::uint64_t ticks, std::vector<std::uint8_t>& copy) {
  std::uint64_t time = base::ByteReader(field).u64("time").value();
  if (time < ticks) return;
  time -= ticks;
  const auto at = static_cast<std::size_t>(field.data() - original.data());
  for (std::size_t i = 0; i < 8; ++i) copy[at + i] = static_cast<std::uint8_t>(time >> (56 - 8 * i));
}

/// A full box of version 1: its payload behind `skipped` bytes, where it has 8 bytes there.
base::View long_time(const BoxView& box, std::size_t skipped) {
  const bool fits = box.payload.size() >= skipped + 8 && box.payload[0] == 1;
  return fits ? box.payload.subspan(skipped, 8) : base::View{};
}

}  // namespace

base::Result<base::Bytes> rebase_parts(base::View parts, std::int64_t ticks) {
  std::vector<std::uint8_t> copy(parts.begin(), parts.end());
  TRY(const std::vector<BoxView> boxes, split_boxes(parts));
  for (const BoxView& box : boxes) {
    base::View time;
    // [ISO 23009-1 5.10.3.3.3]: version and flags, timescale, presentation_time. [ISO 14496-12 8.8.12]: version and
    // flags, baseMediaDecodeTime.
    if (box.type == "emsg") time = long_time(box, 8);
    if (box.type == "moof") {
      TRY(const base::View traf, find_box(box.payload, {"traf"}));
      TRY(const base::View tfdt, find_box(traf, {"tfdt"}));
      time = long_time({"tfdt", tfdt, {}}, 4);
    }
    if (!time.empty()) subtract(parts, time, static_cast<std::uint64_t>(ticks), copy);
  }
  return base::Bytes::adopt(std::move(copy));
}

}  // namespace cmaf
