#include <algorithm>
#include <utility>

#include "timeline/timeline.h"

// What has one instant alone: splice information, timed metadata, teletext and texts.

namespace timeline {
namespace {

// Splices are announced a few times each, seconds ahead.
constexpr std::size_t kMostWaitingCues = 16;

}  // namespace

void Timeline::take(media::Cue&& cue) {
  std::optional<std::uint64_t> stamp;
  if (cue.kind == media::Cue::Kind::kSplice) {
    const auto section = scte35::parse_section(cue.data.view());
    if (!section.ok()) return refuse_cue(section.error().message());
    if (std::holds_alternative<scte35::SpliceNull>(section.value().command)) return;
    stamp = scte35::splice_time(section.value());
  }
  if (anchor_) {
    cue.at = {cue_time(cue, stamp), base::kSecond};
    ++counters_.cues;
    out_.on_event(std::move(cue));
  } else if (waiting_cues_.size() < kMostWaitingCues) {
    waiting_cues_.push_back(std::move(cue));
  } else {
    refuse_cue("there is no picture or sound yet");
  }
}

void Timeline::refuse_cue(std::string why) {
  ++counters_.cues_bad;
  cue_error_ = std::move(why);
}

void Timeline::take(media::Teletext&& teletext) {
  if (!teletext.data.empty()) {
    if (!anchor_) return;
    const Entry* video = leading_video();
    teletext.at = {(video != nullptr ? video->anchor() : *anchor_).map(teletext.at), base::kSecond};
  }
  out_.on_event(std::move(teletext));
}

void Timeline::take(media::Text&& text) {
  if (!anchor_) return;
  const Entry* video = leading_video();
  text.at = {(video != nullptr ? video->anchor() : *anchor_).map(text.at), base::kSecond};
  out_.on_event(std::move(text));
}

/// The first video track that is on the timeline; null if there is none.
const Timeline::Entry* Timeline::leading_video() const {
  for (const auto& [id, entry] : tracks_) {
    if (entry.video && entry.video->started()) return &entry;
  }
  return nullptr;
}

base::Micros Timeline::cue_time(const media::Cue& cue, std::optional<std::uint64_t> stamp) const {
  const Entry* video = leading_video();
  if (!stamp && cue.on_feed_clock) return std::max(video != nullptr ? video->end() : floor_, anchor_->utc.micros());
  const std::int64_t now = cue.at.in(scte35::kTimescale);
  const std::int64_t time = cue.on_feed_clock ? scte35::nearest(*stamp, now) : now;
  const Anchor& anchor = video != nullptr ? video->anchor() : *anchor_;
  const base::Micros utc = anchor.map({time, scte35::kTimescale});
  const media::Rational rate = video != nullptr ? video->video->track().video.frame_rate : media::Rational{};
  if (!rate.known()) return utc;
  const std::int64_t frame = media::rescale(utc, base::kSecond * rate.den, rate.num);
  return media::rescale(frame, rate.num, base::kSecond * rate.den);
}

}  // namespace timeline
