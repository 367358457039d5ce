#include "corruption/judge.h"

#include <algorithm>
#include <cstdlib>

#include "unit/packager/log_reader.h"

namespace corruption {
namespace {

// Of 24 pictures a second.
constexpr base::Micros kFrame = 42 * base::kMillisecond;
// The last part of a log may be under way when the feed ends.
constexpr base::Micros kUnderWay = 2'500 * base::kMillisecond;

std::string text(std::int64_t value) { return std::to_string(value); }

}  // namespace

const Judge::Format& Judge::Lane::format(std::int64_t of) const {
  auto found = formats.rbegin();
  while (found->from > of) ++found;
  return *found;
}

Judge::Judge(const Play& play, base::Micros zero, Options options) : play_(play), zero_(zero), options_(options) {
  for (const Unit& unit : play.units) units_[identity_of(unit.video, unit.data.view())] = &unit;
}

void Judge::fault(const Lane& lane, const std::string& what) {
  if (faults_.size() < kMost)
    faults_.push_back(lane.name + " segment " + text(lane.msn) + "." + text(lane.index) + ": " + what);
}

void Judge::on_record(const record::Record& record) {
  if (const auto* presentation = std::get_if<record::Presentation>(&record)) on_presentation(*presentation);
  if (const auto* part = std::get_if<record::Part>(&record)) on_part(*part);
  if (const auto* end = std::get_if<record::SegmentEnd>(&record)) on_segment_end(*end);
  if (const auto* gap = std::get_if<record::Gap>(&record)) {
    Lane& lane = lanes_.at(gap->rendition);
    on_item(lane, gap->msn, gap->index, gap->start, gap->duration);
    if (recovered(lane) && !ended_) fault(lane, "a gap although everything comes");
  }
}

void Judge::on_presentation(const record::Presentation& presentation) {
  segment_ = presentation.segment;
  for (std::size_t i = 0; i < presentation.renditions.size(); ++i) {
    const record::Rendition& at = presentation.renditions[i];
    if (i >= lanes_.size()) lanes_.emplace_back();
    Lane& lane = lanes_[i];
    lane.name = at.name;
    lane.video = at.track.kind() == media::Kind::kVideo;
    Format format{lane.formats.empty() ? INT64_MIN : presentation.formats_from, at.track.timescale, at.part_ticks,
                  lane.video ? 0 : std::max<std::int64_t>(at.track.audio.frame_samples, 1024)};
    if (!lane.formats.empty() && lane.formats.back().timescale == format.timescale) {
      lane.formats.back().part_ticks = std::max(lane.formats.back().part_ticks, format.part_ticks);
      continue;
    }
    lane.formats.push_back(format);
  }
}

void Judge::on_part(const record::Part& part) {
  ++parts_;
  if (part.held) ++held_;
  Lane& lane = lanes_.at(part.rendition);
  on_item(lane, part.msn, part.index, part.start, part.duration);
  lane.last = part.last;
  // Less than a frame is what lies between the last part of a grid and a key frame off it.
  const bool stop_gap = media::rescale(part.duration, lane.format(part.msn).timescale, base::kSecond) < kFrame;
  if (part.held && recovered(lane) && !ended_ && !stop_gap) fault(lane, "held although everything comes");
  if (!part.held) look_at_samples(lane, part);
}

void Judge::on_item(Lane& lane, std::int64_t msn, std::uint32_t index, std::int64_t start, std::int64_t duration) {
  const Format& format = lane.format(msn);
  if (duration <= 0) fault(lane, "duration " + text(duration));
  if (duration > format.part_ticks) fault(lane, "LL-56, " + text(duration) + " ticks of " + text(format.part_ticks));
  if (lane.begun) {
    const bool same = msn == lane.msn;
    if (same && lane.ended) fault(lane, "goes on after its end");
    if (!same && (msn != lane.msn + 1 || !lane.ended)) fault(lane, "followed by " + text(msn));
    if (same ? index != lane.index + 1 : index != 0) fault(lane, "followed by part " + text(index));
    if (lane.last && same) fault(lane, "a part after the last one");
    const std::int64_t before = lane.format(lane.msn).timescale;
    const std::int64_t end = media::rescale(lane.end, before, format.timescale, media::Round::kUp);
    if (std::abs(start - end) > (before == format.timescale ? 0 : 1))
      fault(lane, "CM-12, starts " + text(start - end) + " ticks off");
  }
  if (!lane.begun || msn != lane.msn) lane.sum = 0;
  lane.begun = true;
  lane.msn = msn;
  lane.index = index;
  lane.end = start + duration;
  lane.sum += duration;
  lane.ended = false;
  lane.last = false;
}

void Judge::on_segment_end(const record::SegmentEnd& end) {
  Lane& lane = lanes_.at(end.rendition);
  const Format& format = lane.format(end.msn);
  if (end.msn != lane.msn || lane.ended) fault(lane, "the end of " + text(end.msn));
  const std::int64_t slot = media::floor_div(end.start * segment_.den, segment_.num * format.timescale);
  if (end.msn != slot) fault(lane, "number " + text(end.msn) + " in slot " + text(slot));
  if (!lane.last && lane.end >= end.start + end.duration && !ended_)
    fault(lane, "LL-77, ends with a part after which another was hinted at");
  if (lane.sum > end.duration) fault(lane, "LL-59, parts of " + text(lane.sum) + " in " + text(end.duration));
  const base::Micros longest = base::kSecond * segment_.num / segment_.den + base::kSecond / 2;
  if (media::rescale(end.duration, format.timescale, base::kSecond) >= longest)
    fault(lane, "LL-11, " + text(end.duration));
  lane.end = end.start + end.duration;
  lane.ended = true;
  lane.cuts[end.msn] = media::rescale(end.start, format.timescale, base::kSecond);
  // Of held silence a part ends up to a frame behind one that ended as far behind the picture's.
  lane.slack = std::max(lane.slack, media::rescale(2 * format.audio_frame + 2, format.timescale, base::kSecond));
}

/// Video is cut where the first video is, audio with the next whole frame.
void Judge::check_aligned() {
  const auto lead = std::find_if(lanes_.begin(), lanes_.end(), [](const Lane& lane) { return lane.video; });
  for (const Lane& lane : lanes_) {
    for (const auto& [msn, start] : lane.cuts) {
      const auto cut = lead == lanes_.end() ? lane.cuts.end() : lead->cuts.find(msn);
      if (lead == lanes_.end() || cut == lead->cuts.end()) continue;
      const base::Micros off = start - cut->second;
      if (off < -100 || off > lane.slack) fault(lane, text(msn) + " not aligned, " + text(off) + " us");
    }
  }
}

/// What is encoded cannot be told: it is judged by the sound beside it.
bool Judge::recovered(const Lane& of) const {
  if (options_.pictures || !of.video) return of.recovered;
  return std::any_of(lanes_.begin(), lanes_.end(), [](const Lane& lane) { return lane.recovered; });
}

bool Judge::expected(const Unit& unit) const {
  return unit.at >= play_.healed + options_.recovery && unit.at < play_.end - kUnderWay;
}

void Judge::look_at_samples(Lane& lane, const record::Part& part) {
  std::int64_t dts = INT64_MIN;
  for (const Sample& sample : samples_of(part)) {
    if (sample.dts <= dts || sample.duration <= 0) fault(lane, "decode times do not rise");
    dts = sample.dts;
    const std::int64_t timescale = lane.format(part.msn).timescale;
    const base::Micros shown = media::rescale(sample.pts, timescale, base::kSecond);
    if (std::abs(shown - media::rescale(sample.dts, timescale, base::kSecond)) > 3 * base::kSecond) {
      fault(lane, "shown seconds from its decoding");
    }
    const std::uint64_t identity = identity_of(lane.video, base::view_of(sample.data));
    const auto unit = units_.find(identity);
    if (unit == units_.end() || !seen_.emplace(identity, shown).second || !expected(*unit->second)) continue;
    lane.recovered = true;
    Range& range = offsets_[lane.video ? 0 : 1];
    range.sum += shown - zero_ - unit->second->real;
    ++range.count;
  }
}

void Judge::on_tick(base::Micros utc) {
  for (const Lane& lane : lanes_) {
    if (!lane.begun) continue;
    const base::Micros end = media::rescale(lane.end, lane.format(lane.msn).timescale, base::kSecond);
    behind_ = std::max(behind_, utc - end);
    ahead_ = std::max(ahead_, end - utc);
  }
}

std::optional<base::Micros> Judge::skew() const {
  if (offsets_[0].count == 0 || offsets_[1].count == 0) return std::nullopt;
  return offsets_[0].sum / offsets_[0].count - offsets_[1].sum / offsets_[1].count;
}

void Judge::close() {
  Lane all;
  all.name = "log";
  check_aligned();
  if (lanes_.empty()) fault(all, "nothing was published");
  if (behind_ > options_.most_behind) fault(all, text(behind_) + " us behind");
  if (ahead_ > options_.most_ahead) fault(all, text(ahead_) + " us ahead");
  int sent[2] = {0, 0};
  for (const auto& [identity, unit] : units_) {
    if (!expected(*unit)) continue;
    ++sent[unit->video ? 0 : 1];
    if (!seen_.contains(identity)) ++missing_[unit->video ? 0 : 1];
  }
  for (int i = options_.pictures ? 0 : 1; i < 2; ++i) {
    if (missing_[i] > 0) {
      fault(all,
            text(missing_[i]) + " of " + text(sent[i]) + (i == 0 ? " pictures" : " frames of sound") + " are missing");
    }
  }
  if (!options_.pictures) return;
  const auto skew = this->skew();
  if (!skew) fault(all, "no picture or no sound after the damage");
  if (skew && options_.most_skew && std::abs(*skew) > *options_.most_skew) {
    fault(all, "the picture is " + text(*skew) + " us behind its sound");
  }
}

}  // namespace corruption
