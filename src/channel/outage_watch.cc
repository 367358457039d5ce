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
  if (marker.end) {
    marked_.reset();
    return clear_if_over(*marker.end);
  }
  if (marked_) return;  // by the stand-in, of an outage that a worker has begun
  marked_ = marker.start;
  raise(marker.start);
}

void OutageWatch::on_part(const record::Part& part) {
  if (!marked_ || part.held || part.rendition >= position_.renditions.size()) return;
  const media::Kind kind = position_.presentation.renditions[part.rendition].track.kind();
  if (kind != (has_video() ? media::Kind::kVideo : media::Kind::kAudio)) return;
  const base::Micros start = media::rescale(part.start, position_.renditions[part.rendition].timescale, base::kSecond);
  if (start < *marked_) return;
  marked_.reset();
  clear_if_over(start);
}

void OutageWatch::note_feed(bool media, base::Micros utc) {
  if (media) {
    silent_.reset();
    return clear_if_over(utc);
  }
  if (!silent_) silent_ = utc;
  if (utc - *silent_ >= kLeast) raise(*silent_);
}

bool OutageWatch::has_video() const {
  const auto& renditions = position_.presentation.renditions;
  return std::any_of(renditions.begin(), renditions.end(),
                     [](const record::Rendition& rendition) { return rendition.track.kind() == media::Kind::kVideo; });
}

void OutageWatch::end(base::Micros utc) {
  marked_.reset();
  silent_.reset();
  clear(utc, "ended");
}

void OutageWatch::raise(base::Micros since) {
  if (since_) return;
  since_ = since;
  events_.append({events::Type::kOutage, channel_, events::State::kRaised, {}, {{"since", base::format_utc(since)}}});
}

void OutageWatch::clear_if_over(base::Micros until) {
  if (!marked_ && !silent_) clear(until, "media");
}

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
