#include "channel/live_metadata.h"

#include <algorithm>

#include "media/id3.h"

namespace channel {

std::string_view to_string(MetadataRefusal refusal) {
  switch (refusal) {
    case MetadataRefusal::kNotLive: return "not_live";
    case MetadataRefusal::kNotCarried: return "not_carried";
    case MetadataRefusal::kPast: return "past";
    case MetadataRefusal::kFuture: return "future";
    case MetadataRefusal::kTooMany: return "too_many";
  }
  return "unknown";
}

LiveMetadata::Outcome LiveMetadata::add(const Request& request, bool live, bool carried, base::Micros now) {
  const base::Micros start = request.start.value_or(now);
  std::optional<MetadataRefusal> refusal;
  if (!live) {
    refusal = MetadataRefusal::kNotLive;
  } else if (!carried) {
    refusal = MetadataRefusal::kNotCarried;
  } else {
    refusal = check(start, now);
  }
  if (refusal) {
    ++counters_.refused[static_cast<std::size_t>(*refusal)];
    return {refusal};
  }
  ++counters_.taken;
  write_({feed::TimedEvent::Kind::kId3, start, media::write_id3_text(request.name, request.text)});
  return {std::nullopt, start};
}

std::optional<MetadataRefusal> LiveMetadata::check(base::Micros start, base::Micros now) {
  if (start < now - kMostBehind) return MetadataRefusal::kPast;
  if (start > now + kMostAhead) return MetadataRefusal::kFuture;
  const base::Micros since = std::clamp<base::Micros>(now - admitted_at_.value_or(now), 0, kBurst * base::kSecond);
  admitted_at_ = now;
  allowance_ = std::min<double>(kBurst, allowance_ + kRate * static_cast<double>(since) / base::kSecond);
  if (allowance_ < 1) return MetadataRefusal::kTooMany;
  allowance_ -= 1;
  return std::nullopt;
}

}  // namespace channel
