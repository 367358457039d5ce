#include "channel/outage_watch.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "media/time.h"

namespace channel {

void OutageWatch::apply(const record::Record& record) {
  if (const auto* marker = std::get_if<record::Marker>(&record)) {
    on_marker(*marker);
  } else if (const auto* part = std::get_if<record::Part>(&record)) {
    on_part(*part);
  }
}

void OutageWatch::on_marker(const record::Marker& marker) {
  if (marker.kind != record::kOutageClass) return;
  if (marker.end) return clear(*marker.end, "media");
  if (since_) return;  // by the stand-in, of an outage that a worker has begun
  since_ = marker.start;
  events_.append(
      {events::Type::kOutage, channel_, events::State::kRaised, {}, {{"since", base::format_utc(marker.start)}}});
}

void OutageWatch::on_part(const record::Part& part) {
  if (!since_ || part.held || part.rendition >= position_.renditions.size()) return;
  const media::Kind kind = position_.presentation.renditions[part.rendition].track.kind();
  if (kind != (has_video() ? media::Kind::kVideo : media::Kind::kAudio)) return;
  const base::Micros start = media::rescale(part.start, position_.renditions[part.rendition].timescale, base::kSecond);
  if (start >= *since_) clear(start, "media");
}

bool OutageWatch::has_video() const {
  const auto& renditions = position_.presentation.renditions;
  return std::any_of(renditions.begin(), renditions.end(),
                     [](const record::Rendition& rendition) { return rendition.track.kind() == media::Kind::kVideo; });
}

void OutageWatch::end(base::Micros utc) { clear(utc, "ended"); }

void OutageWatch::clear(base::Micros until, std::string_view reason) {
  if (!since_) return;
  const base::Micros span = std::max<base::Micros>(until - *std::exchange(since_, std::nullopt), 0);
  events_.append({events::Type::kOutage,
                  channel_,
                  events::State::kCleared,
                  {},
                  {{"reason", reason}, {"seconds", static_cast<double>(span) / base::kSecond}}});
}

}  // namespace channel
