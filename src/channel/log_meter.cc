#include "channel/log_meter.h"

#include <algorithm>

#include "media/time.h"

namespace channel {

void LogMeter::apply(const record::Record& record) {
  const auto* part = std::get_if<record::Part>(&record);
  if (part == nullptr || of_text(part->rendition)) return;
  last_part_ = clock_.steady();
  if (part->held) {
    ++held_parts_;
  } else {
    const base::Micros age = clock_.utc() - part->captured;
    capture_to_part_.observe(age);
    if (age > options_.media.part / 2) ++late_parts_;
  }
  if (part->rendition >= position_.renditions.size()) return;
  const base::Micros due =
      media::rescale(part->start + part->duration, position_.renditions[part->rendition].timescale, base::kSecond);
  part_lateness_.observe(std::max<base::Micros>(clock_.utc() - due, 0));
}

/// Text has a part for each part of the lead, which counts already.
bool LogMeter::of_text(std::uint32_t rendition) const {
  const auto& renditions = position_.presentation.renditions;
  return rendition < renditions.size() && renditions[rendition].track.kind() == media::Kind::kText;
}

}  // namespace channel
