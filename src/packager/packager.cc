#include "packager/packager.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "cmaf/init.h"
#include "cmaf/part.h"
#include "packager/lane.h"
#include "packager/text_lane.h"

namespace packager {
namespace {

constexpr base::Micros kHoldAllowance = 350 * base::kMillisecond;
// A picture that stays for less is no outage: a network that stalls, an encoder that connects again.
constexpr base::Micros kLeastOutage = 350 * base::kMillisecond;
// How far the key frames of a source without a constant rate may lie before their splices: 1/100 s.
constexpr std::int64_t kJittersASecond = 100;

bool is_text(const RenditionSpec& spec) { return spec.track.kind() == media::Kind::kText; }

/// The lead: a copied video rendition, whose key frames are given, else any video, else the first that is no text.
std::uint32_t choose_lead(const std::vector<RenditionSpec>& specs) {
  const auto index = [&specs](auto&& wanted) {
    return static_cast<std::uint32_t>(std::find_if(specs.begin(), specs.end(), wanted) - specs.begin());
  };
  const auto is_video = [](const RenditionSpec& spec) { return spec.track.kind() == media::Kind::kVideo; };
  const std::uint32_t copied = index([&](const RenditionSpec& spec) { return is_video(spec) && !spec.encoded; });
  if (copied < specs.size()) return copied;
  const std::uint32_t video = index(is_video);
  return video < specs.size() ? video : index([](const RenditionSpec& spec) { return !is_text(spec); });
}

bool same_track(const media::Track& a, const media::Track& b) {
  return a.timescale == b.timescale && media::same_format(a, b);
}

bool same_labels(const RenditionSpec& a, const RenditionSpec& b) {
  return a.bandwidth == b.bandwidth && a.average_bandwidth == b.average_bandwidth && a.label == b.label &&
         a.track.language == b.track.language && a.is_default == b.is_default &&
         a.characteristics == b.characteristics && a.forced == b.forced;
}

RenditionSpec spec_of(const record::Rendition& rendition, bool encoded) {
  return {rendition.name,
          rendition.track,
          encoded,
          rendition.bandwidth,
          rendition.average_bandwidth,
          rendition.label,
          rendition.is_default,
          {rendition.held, rendition.held_ticks},
          rendition.characteristics,
          rendition.forced};
}

record::Rendition rendition_of(const RenditionSpec& spec, std::int64_t part_ticks) {
  return {spec.name,
          spec.track,
          is_text(spec) ? base::Bytes() : cmaf::write_init(spec.track),
          spec.bandwidth,
          spec.average_bandwidth,
          spec.label,
          spec.is_default,
          part_ticks,
          !spec.encoded,
          spec.still.data,
          static_cast<std::uint32_t>(spec.still.duration),
          spec.characteristics,
          spec.forced};
}

record::Position::Rendition rescaled(record::Position::Rendition at, std::int64_t timescale) {
  at.segment_start = media::rescale(at.segment_start, at.timescale, timescale);
  at.end = media::rescale(at.end, at.timescale, timescale);
  at.timescale = timescale;
  return at;
}

}  // namespace

std::vector<RenditionSpec> specs_of(const record::Presentation& known) {
  std::vector<RenditionSpec> specs;
  specs.reserve(known.renditions.size());
  for (const record::Rendition& rendition : known.renditions) {
    specs.push_back(spec_of(rendition, !rendition.copied));
  }
  return specs;
}

Packager::Packager(Options options, Listener& listener) : options_(options), listener_(listener) {
  const base::Micros gap_allowance = 2 * options_.part_target + base::kSecond / 4;
  if (options_.allowance == 0) {
    options_.allowance = options_.missing == Segmenter::Missing::kHold ? kHoldAllowance : gap_allowance;
  }
  if (options_.start_allowance == 0) options_.start_allowance = 3 * gap_allowance;
}

Packager::~Packager() = default;

void Packager::resume(record::Position position) { resume_ = std::move(position); }

void Packager::set_presentation(const std::vector<RenditionSpec>& renditions) {
  if (finished_ || std::all_of(renditions.begin(), renditions.end(), is_text)) return;
  awaited_.clear();
  if (!lanes_.empty()) {
    if (awaits_key(renditions)) {
      awaited_ = renditions;
    } else {
      update(renditions);
    }
  } else if (resume_ && resume_->known()) {
    begin_resumed(renditions);
    update(renditions);
  } else {
    begin(renditions);
  }
}

void Packager::begin(const std::vector<RenditionSpec>& specs) {
  const std::uint32_t lead = choose_lead(specs);
  const media::Track& track = specs[lead].track;
  segment_ = media::slot_length(track.timescale, track.video.frame_rate, options_.segment_target);
  presentation_.segment = segment_.seconds;
  presentation_.cuts_move = options_.cuts_move;
  specs_ = specs;
  start_cutter(lead, track);
  for (const RenditionSpec& spec : specs) add_lane(spec, 0);
  presentation_.captions = captions_.value_or(media::Captions{});
  write_presentation();
}

void Packager::begin_resumed(const std::vector<RenditionSpec>& specs) {
  const std::vector<record::Rendition> renditions = std::move(resume_->presentation.renditions);
  for (std::size_t i = 0; i < renditions.size(); ++i) {
    specs_.push_back(spec_of(renditions[i], i < specs.size() && specs[i].encoded));
  }
  presentation_.segment = resume_->presentation.segment;
  presentation_.cuts_move = resume_->presentation.cuts_move;
  presentation_.formats_from = resume_->presentation.formats_from;
  presentation_.captions = resume_->presentation.captions;
  const std::uint32_t lead = choose_lead(specs_);
  segment_.seconds = presentation_.segment;
  segment_.ticks = media::rescale(segment_.seconds.num, segment_.seconds.den, specs_[lead].track.timescale);
  start_cutter(lead, specs_[lead].track);
  for (std::size_t i = 0; i < renditions.size(); ++i) {
    const bool started = i < resume_->renditions.size() && resume_->renditions[i].started;
    if (started && resume_->renditions[i].former_format) {
      resume_former(specs_[i], renditions[i].part_ticks, resume_->renditions[i]);
      continue;
    }
    add_lane(specs_[i], renditions[i].part_ticks);
    if (!started) continue;
    const record::Position::Rendition at = rescaled(resume_->renditions[i], specs_[i].track.timescale);
    if (texts_[i] != nullptr) {
      texts_[i]->resume(at);
    } else {
      resume_lane(*lanes_[i], at);
    }
  }
  if (lead < resume_->renditions.size() && resume_->renditions[lead].started) {
    const record::Position::Rendition at = rescaled(resume_->renditions[lead], specs_[lead].track.timescale);
    cutter_->open({at.msn, at.segment_start});
    cutter_->passed(at.end);
    resume_cuts();
    keep_overrun();
  }
  outage_ = resume_->outage;
  if (outage_) {
    for (Lane* lane : media_) lane->continue_held(*outage_);
  }
  if (resume_->owed_discontinuity) listener_.on_record(record::Discontinuity{*resume_->owed_discontinuity});
  resume_.reset();
}

void Packager::resume_lane(Lane& lane, const record::Position::Rendition& at) {
  lane.resume(at.msn, at.segment_start, at.next_part, at.end, at.media);
  if (at.key_part.empty()) return;
  auto picture = cmaf::sync_sample(at.key_part);
  if (picture.ok()) lane.set_still({picture.take(), 0});
}

/// A rendition whose open segment has the previous format ends that segment in the ticks of that format, with its last
/// picture held; the new format begins at the segment that the log names. Only the time scale of the previous format is
/// known.
void Packager::resume_former(const RenditionSpec& spec, std::int64_t part_ticks,
                             const record::Position::Rendition& at) {
  RenditionSpec before = spec;
  before.track.timescale = at.timescale;
  before.track.video.frame_rate = {0, 1};
  before.still = {};
  push_lane(before, format_of(before, media::rescale(part_ticks, spec.track.timescale, at.timescale)));
  presentation_.renditions.push_back(rendition_of(spec, part_ticks));
  resume_lane(*lanes_.back(), at);
  lanes_.back()->change_format(format_of(spec, part_ticks), presentation_.formats_from);
}

/// The open segment of a resumed log may be longer than the grid allows: it then ends in all renditions where the
/// longest of them ends.
void Packager::keep_overrun() {
  const std::int64_t msn = cutter_->current().msn;
  std::int64_t end = 0;
  for (Lane* lane : media_) {
    if (lane->segmenter().opened() && lane->segmenter().msn() == msn) end = std::max(end, lane->end_on_lead());
  }
  const bool grid = cutter_->options().mode == Cutter::Mode::kGrid;
  if (grid && end > cutter_->start_of(msn + 1)) cutter_->go_to({msn + 1, end});
}

/// Renditions may be beyond such a cut already: the others follow.
void Packager::resume_cuts() {
  for (const record::MovedCut& cut : resume_->moved_cuts) {
    if (cut.msn <= cutter_->current().msn) continue;
    const std::int64_t time = media::rescale(cut.start, base::kSecond, cutter_->options().timescale);
    // The log may be another process's word: what no packager would have moved stays where it is.
    if (std::abs(cutter_->slot_of(time) - cut.msn) <= 1) cutter_->move(cut.msn, time);
  }
}

void Packager::start_cutter(std::uint32_t lead, const media::Track& track) {
  lead_ = lead;
  parts_ = std::max<std::int64_t>(
      1, media::rescale(segment_.seconds.num, segment_.seconds.den * options_.part_target, base::kSecond));
  const media::Rational even = media::reduce({segment_.seconds.num, segment_.seconds.den * parts_});
  const Format format = make_format(track, segment_.seconds, parts_, even);
  lead_part_ = format.video() ? media::reduce({format.part, format.timescale}) : even;
  cutter_.emplace(cutter_options(lead));
}

Cutter::Options Packager::cutter_options(std::uint32_t lead) const {
  const RenditionSpec& spec = specs_[lead];
  const bool copied_video = spec.track.kind() == media::Kind::kVideo && !spec.encoded;
  Cutter::Options options;
  options.mode = copied_video ? Cutter::Mode::kSource : Cutter::Mode::kGrid;
  options.timescale = spec.track.timescale;
  options.slot = media::rescale(segment_.seconds.num, segment_.seconds.den, spec.track.timescale);
  options.frame = make_format(spec.track, segment_.seconds, parts_, lead_part_).frame;
  return options;
}

/// `part_ticks` is 0 for a rendition that has no part target yet.
Format Packager::format_of(const RenditionSpec& spec, std::int64_t part_ticks) const {
  Format format = make_format(spec.track, segment_.seconds, parts_, lead_part_);
  if (part_ticks > 0) format = keep_part_target(format, part_ticks);
  format.still = spec.still;
  return format;
}

void Packager::add_lane(const RenditionSpec& spec, std::int64_t part_ticks) {
  if (is_text(spec)) return add_text(spec, part_ticks);
  const Format format = format_of(spec, part_ticks);
  push_lane(spec, format);
  presentation_.renditions.push_back(rendition_of(spec, format.part_most));
}

void Packager::add_text(const RenditionSpec& spec, std::int64_t part_ticks) {
  if (part_ticks == 0) {
    const RenditionSpec& lead = specs_[lead_];
    part_ticks = TextLane::part_target(format_of(lead, 0).part_most, lead.track.timescale);
  }
  texts_.push_back(std::make_unique<TextLane>(
      static_cast<std::uint32_t>(lanes_.size()), part_ticks,
      [this](record::Record&& record) { listener_.on_record(std::move(record)); }, counters_));
  lanes_.push_back(nullptr);
  any_text_ = true;
  presentation_.renditions.push_back(rendition_of(spec, part_ticks));
}

/// Text follows the lead part by part.
void Packager::write(std::uint32_t rendition, record::Record&& record) {
  if (!any_text_ || rendition != lead_) return listener_.on_record(std::move(record));
  listener_.on_record(record::Record(record));
  const std::int64_t timescale = lanes_[lead_]->segmenter().format().timescale;
  for (const auto& text : texts_) {
    if (text != nullptr) text->follow(record, timescale);
  }
}

void Packager::on_cue(std::uint32_t rendition, media::TextCue cue) {
  if (finished_ || rendition >= texts_.size() || texts_[rendition] == nullptr) {
    ++counters_.cues_dropped;
    return;
  }
  texts_[rendition]->put(std::move(cue));
}

/// Players load a video and an audio rendition together, and some take an event that is in both for two.
void Packager::on_event(const Event& event) {
  ++counters_.events;
  const auto is_video = [](const Lane* lane) { return lane->segmenter().format().video(); };
  const bool any_video = std::any_of(media_.begin(), media_.end(), is_video);
  bool taken = !finished_ && !media_.empty();
  for (Lane* lane : media_) {
    if (any_video == is_video(lane)) taken = lane->add_event(event) && taken;
  }
  if (!taken) ++counters_.events_dropped;
}

void Packager::push_lane(const RenditionSpec& spec, const Format& format) {
  const bool may_lag =
      !format.video() && !resume_ && !cutter_->started() && options_.missing == Segmenter::Missing::kHold;
  const Lane::Options options{
      static_cast<std::uint32_t>(lanes_.size()),
      spec.encoded,
      options_.queue,
      options_.allowance,
      may_lag ? std::max(options_.start_allowance, options_.audio_lag) : options_.start_allowance,
      options_.missing};
  lanes_.push_back(std::make_unique<Lane>(
      options, format, *cutter_,
      [this, rendition = options.rendition](record::Record&& record) { write(rendition, std::move(record)); },
      [this](std::uint32_t rendition) { listener_.on_key_wanted(rendition); }, counters_));
  media_.push_back(lanes_.back().get());
  texts_.emplace_back();
}

/// A segment of a format of which no key frame has come would be a gap: what is announced may never come, or the next
/// one be announced before it does.
bool Packager::awaits_key(const std::vector<RenditionSpec>& specs) const {
  if (!cutter_->started()) return false;
  for (std::size_t i = 0; i < std::min(specs.size(), lanes_.size()); ++i) {
    const bool copied_video = specs[i].track.kind() == media::Kind::kVideo && !specs[i].encoded;
    if (copied_video && !same_track(specs[i].track, specs_[i].track)) return true;
  }
  return false;
}

/// False where the packet is of what is awaited, and is not what it begins with.
bool Packager::settle_awaited(std::uint32_t rendition, const media::Packet& packet) {
  if (awaited_.empty() || rendition >= awaited_.size()) return true;
  const bool added = rendition >= lanes_.size();
  if (!added && same_track(awaited_[rendition].track, specs_[rendition].track)) return true;
  if (awaited_[rendition].track.kind() != media::Kind::kVideo || !packet.key) {
    ++counters_.dropped_format;
    return false;
  }
  // Should this process end before a part has it, the next one shows it.
  if (!added) awaited_[rendition].still = {packet.data, 0};
  update(std::exchange(awaited_, {}));
  return true;
}

void Packager::update(const std::vector<RenditionSpec>& specs) {
  std::vector<std::uint32_t> changed;
  bool write = captions_ && *captions_ != presentation_.captions;
  if (write) presentation_.captions = *captions_;
  for (std::uint32_t i = 0; i < specs.size(); ++i) {
    if (i < lanes_.size() && lanes_[i] != nullptr && specs[i].encoded != specs_[i].encoded) {
      specs_[i].encoded = specs[i].encoded;
      lanes_[i]->set_encoded(specs[i].encoded);
    }
    if (i >= lanes_.size()) {
      specs_.push_back(specs[i]);
      add_lane(specs[i], 0);
      write = true;
    } else if (lanes_[i] != nullptr && !same_track(specs[i].track, specs_[i].track)) {
      changed.push_back(i);
    } else if (!same_labels(specs[i], specs_[i])) {
      // The init section stays as it is, also where it has another language: a new one would be a new EXT-X-MAP.
      record::Rendition& at = presentation_.renditions[i];
      base::Bytes init = std::move(at.init);
      Still picture = std::move(specs_[i].still);
      specs_[i] = specs[i];
      if (specs[i].track.kind() == media::Kind::kVideo) specs_[i].still = std::move(picture);
      at = rendition_of(specs_[i], at.part_ticks);
      at.init = std::move(init);
      write = true;
    }
  }
  if (!changed.empty()) {
    change_formats(specs, changed);
  } else if (write) {
    write_presentation();
  }
  follow_lead_change();
}

/// New formats hold from the first segment that no rendition has begun (LL-36, CM-6).
void Packager::change_formats(const std::vector<RenditionSpec>& specs, const std::vector<std::uint32_t>& changed) {
  std::int64_t msn = 0;
  for (Lane* lane : media_) {
    if (lane->segmenter().opened()) msn = std::max(msn, lane->segmenter().msn() + 1);
  }
  for (const std::uint32_t i : changed) {
    const record::Rendition& before = presentation_.renditions[i];
    const std::int64_t part_ticks = media::rescale(before.part_ticks, before.track.timescale, specs[i].track.timescale);
    presentation_.renditions[i] = rendition_of(specs[i], part_ticks);
    specs_[i] = specs[i];
    lanes_[i]->change_format(format_of(specs[i], part_ticks), msn);
  }
  if (cutter_->started()) presentation_.formats_from = msn;
  write_presentation();
  if (cutter_->started()) listener_.on_record(record::Discontinuity{msn});
}

/// Video that joins an audio-only presentation takes the lead, a lead that changed its format may have other ticks, and
/// after a resume it may only now be known what is copied.
void Packager::follow_lead_change() {
  lead_ = choose_lead(specs_);
  const Cutter::Options options = cutter_options(lead_);
  if (options != cutter_->options()) cutter_->change_lead(options);
  segment_.ticks = options.slot;
  const Segmenter& lead = lanes_[lead_]->segmenter();
  if (cutter_->started() && lead.opened() && lead.msn() > cutter_->current().msn) {
    cutter_->go_to({lead.msn(), lanes_[lead_]->start_on_lead()});
  }
}

void Packager::on_packet(std::uint32_t rendition, media::Packet&& packet) {
  if (finished_ || !settle_awaited(rendition, packet) || rendition >= lanes_.size()) return;
  if (lanes_[rendition] == nullptr) return;
  if (rendition == lead_) {
    on_lead_packet(std::move(packet));
  } else {
    lanes_[rendition]->push(lanes_[rendition]->make_frame(std::move(packet)));
  }
  pump();
}

void Packager::on_lead_packet(media::Packet&& packet) {
  Lane& lane = *lanes_[lead_];
  Frame frame = lane.make_frame(std::move(packet));
  lane.move_late(frame);
  if (!cutter_->started()) {
    if (!frame.key) {
      ++counters_.dropped_without_key;
      return;
    }
    cutter_->open({cutter_->slot_of(frame.start), frame.start});
    listener_.on_cut(cutter_->current());
  }
  // A frame whose time is published already, as a gap, does not reach the cutter: the lane drops it.
  if (frame.start < std::max(lane.published_end_on_lead(), cutter_->current().time)) {
    lane.push(std::move(frame));
    return;
  }
  if (frame.key) key_composition_ = frame.pts - frame.start;
  delay_cut(frame);
  while (const auto cut = cutter_->cut_before(frame.start, frame.key)) listener_.on_cut(*cut);
  const std::int64_t start = frame.start;
  const std::int64_t duration = frame.duration;
  const bool key = frame.key;
  lane.push(std::move(frame));
  if (const auto cut = cutter_->cut_after(start, key, duration)) listener_.on_cut(*cut);
}

/// Players have asked for the part after the newest one of each rendition (LL-77), and segments of sound end where
/// those of the picture do (LL-40): a frame that would end the segment too early for that comes a little later, and
/// what was shown before it lasts for so long.
void Packager::delay_cut(Frame& frame) const {
  if (!cutter_->cuts_at(frame.start, frame.key)) return;
  const std::int64_t msn = cutter_->current().msn;
  std::int64_t least = frame.start;
  if (lanes_[lead_]->earliest_cut_on_lead(msn, 0) == frame.start)
    least += std::max({frame.duration, cutter_->options().frame, std::int64_t{1}});
  for (Lane* lane : media_) least = std::max(least, lane->earliest_cut_on_lead(msn, 1));
  frame.start = least;
  frame.pts = std::max(frame.pts, least);
}

Packager::MovedTo Packager::move_cut(base::Micros splice) {
  MovedTo to{CutMove::kLate, {splice, base::kSecond}};
  if (lanes_.empty() || finished_ || !cutter_->started() || !presentation_.cuts_move) return to;
  const Cutter::Options& lead = cutter_->options();
  const bool frames = lanes_[lead_]->segmenter().format().video() && lead.frame > 0;
  std::int64_t time = media::rescale(splice, base::kSecond, lead.timescale);
  if (frames) time = media::rescale(time, lead.frame, 1) * lead.frame;
  to.key = {time, lead.timescale};
  // Cuts are made by decode times, and a copied key frame may lie a little beside its place.
  if (lead.mode == Cutter::Mode::kSource)
    time -= key_composition_ + (frames ? lead.frame / 2 : lead.timescale / kJittersASecond);
  const std::int64_t msn = cutter_->nearest(time);
  if (cut_is_late(msn, time)) return to;
  to.outcome = CutMove::kCrowded;
  if (cutter_->moved(msn) || !cutter_->can_move(msn, time)) return to;
  to.outcome = CutMove::kMoved;
  cutter_->move(msn, time);
  listener_.on_record(record::MovedCut{msn, media::rescale(time, lead.timescale, base::kSecond)});
  return to;
}

/// Whether a rendition has begun segment `msn`, or published so much that what it has told players of could not come.
bool Packager::cut_is_late(std::int64_t msn, std::int64_t time) const {
  return msn <= cutter_->current().msn || std::any_of(media_.begin(), media_.end(), [&](const Lane* lane) {
           const Segmenter& at = lane->segmenter();
           return at.opened() && (at.msn() >= msn || time < lane->earliest_cut_on_lead(msn - 1, 1) ||
                                  (lane->end_on_lead() > time && at.format().video()));
         });
}

void Packager::pump() {
  lanes_[lead_]->pump();
  for (Lane* lane : media_) lane->pump();
  write_outage();
}

void Packager::tick(base::Micros utc) {
  if (lanes_.empty() || finished_ || !cutter_->started()) return;
  Lane& lead = *lanes_[lead_];
  const base::Micros lead_expected = lead.expected(utc);
  const std::int64_t until =
      media::rescale(lead_expected, base::kSecond, cutter_->options().timescale, media::Round::kDown);
  while (const auto cut = cutter_->cut_missing(until)) listener_.on_cut(*cut);
  lead.fill_missing(lead_expected, INT64_MAX);
  cutter_->passed(lead.end_on_lead());
  for (Lane* lane : media_) {
    if (lane != &lead) lane->fill_missing(lane->expected(utc), cutter_->horizon());
  }
  pump();
}

/// The rendition that has been held for the shortest time, if it is: of a copied lead that one alone. Encoders of some
/// rungs that are busy are no outage, as long as one rung has its pictures.
const Segmenter& Packager::least_held() const {
  const auto encoded_video = [this](std::size_t i) {
    return specs_[i].encoded && specs_[i].track.kind() == media::Kind::kVideo;
  };
  const Segmenter* least = &lanes_[lead_]->segmenter();
  if (!encoded_video(lead_)) return *least;
  const auto held_from = [](const Segmenter& of) {
    return of.held_since() ? media::rescale(*of.held_since(), of.format().timescale, base::kSecond) : INT64_MAX;
  };
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (!encoded_video(i)) continue;
    const Segmenter& other = lanes_[i]->segmenter();
    if (other.opened() && held_from(other) > held_from(*least)) least = &other;
  }
  return *least;
}

/// Writes markers for when video began to be held, once that has lasted, and when media came again.
void Packager::write_outage() {
  const Segmenter& video = least_held();
  const std::int64_t scale = video.format().timescale;
  const auto marker = [](base::Micros start) {
    record::Marker outage;
    outage.id = "outage-" + std::to_string(start / base::kMillisecond);
    outage.kind = record::kOutageClass;
    outage.start = start;
    return outage;
  };
  if (outage_ && !video.held_since()) {
    record::Marker over = marker(*outage_);
    over.end = media::rescale(video.newest_start(), scale, base::kSecond);
    outage_.reset();
    listener_.on_record(std::move(over));
  }
  if (outage_ || !video.held_since()) return;
  if (media::rescale(video.end() - *video.held_since(), scale, base::kSecond) < kLeastOutage) return;
  outage_ = media::rescale(*video.held_since(), scale, base::kSecond);
  listener_.on_record(marker(*outage_));
}

void Packager::finish() {
  if (finished_) return;
  if (!lanes_.empty() && cutter_->started()) {
    Lane& lead = *lanes_[lead_];
    lead.drain();
    for (Lane* lane : media_) lane->drain();
    listener_.on_record(record::Closing{});
    // All end at one time: Shaka takes the earliest end for the presentation's, and a browser refuses that duration
    // where another rendition has a frame after it.
    std::int64_t least = INT64_MIN;
    for (Lane* lane : media_) {
      if (lane != &lead) least = std::max(least, lane->least_end_on_lead());
    }
    lead.finish_lead(least);
    for (Lane* lane : media_) {
      if (lane != &lead) lane->finish(lead.segmenter().msn() - 1, lead.end_on_lead());
    }
  }
  finished_ = true;
}

std::optional<base::Micros> Packager::due() const {
  std::optional<base::Micros> least;
  for (const Lane* lane : media_) {
    const std::optional<base::Micros> due = lane->due();
    if (!due) return std::nullopt;
    least = std::min(least.value_or(*due), *due);
  }
  return least;
}

base::Micros Packager::published_end() const {
  base::Micros end = INT64_MIN;
  for (Lane* lane : media_) end = std::max(end, lane->newest());
  return end;
}

void Packager::write_presentation() { listener_.on_record(presentation_); }

}  // namespace packager
