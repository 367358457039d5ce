#include "origin/log.h"

#include <algorithm>
#include <set>
#include <utility>

#include "cmaf/part.h"
#include "hls/multivariant.h"
#include "hls/tags.h"
#include "hls/uri.h"
#include "media/slot.h"
#include "origin/rendered.h"

namespace origin {
namespace {

// LL-111, and three parts are what a player keeps between itself and the edge.
constexpr std::uint64_t kFirstParts = 3;
constexpr std::size_t kLeastListed = 6;  // LL-26
// Limits on what a presentation may say; they keep every product of times below within 64 bits.
constexpr std::size_t kMostRenditions = 64;
constexpr std::int64_t kHighestTimescale = 100'000'000;
constexpr std::int64_t kLargestTerm = 100'000'000;
constexpr std::int64_t kLongestSegment = 60;  // Units: s.
constexpr std::int64_t kPartsASecond = 20;    // four times what LL-67 allows
constexpr std::size_t kLongestName = 64;

bool acceptable_name(const std::string& name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789_-";
  return !name.empty() && name.size() <= kLongestName && name.find_first_not_of(kAllowed) == std::string::npos;
}

bool acceptable(const record::Rendition& rendition) {
  const std::int64_t timescale = rendition.track.timescale;
  return acceptable_name(rendition.name) && timescale > 0 && timescale <= kHighestTimescale &&
         rendition.part_ticks > 0 && rendition.part_ticks <= kLongestSegment * timescale &&
         rendition.part_ticks * kPartsASecond >= timescale &&
         rendition.init.empty() == (rendition.track.kind() == media::Kind::kText);
}

bool acceptable(const record::Presentation& presentation) {
  const media::Rational n = presentation.segment;
  if (!n.known() || n.num > kLargestTerm || n.den > kLargestTerm || n.num > kLongestSegment * n.den) return false;
  if (n.num * 10 < n.den) return false;  // a tenth of a second at least, so that a window's count stays small
  const auto& renditions = presentation.renditions;
  if (renditions.empty() || renditions.size() > kMostRenditions) return false;
  std::set<std::string_view> names;
  return std::all_of(renditions.begin(), renditions.end(), [&](const record::Rendition& rendition) {
    return acceptable(rendition) && names.insert(rendition.name).second;
  });
}

bool has_media(const hls::Revision& revision) {
  return revision.started() && (!revision.open->parts.empty() || revision.closed->listed() > 0);
}

}  // namespace

/// One rendition's state between snapshots.
struct Log::Track {
  Track(std::string rendition, const hls::Window::Options& options, const hls::Discontinuities& discontinuities,
        const hls::CueLines& cues)
      : name(std::move(rendition)), window(options, discontinuities, &cues) {}

  std::string name;
  media::Kind kind = media::Kind::kVideo;
  std::shared_ptr<const hls::Init> init;
  hls::Window window;
  hls::Terms terms;
  bool independent_segments = true;  ///< as the multivariant playlist declares
  std::shared_ptr<const RenditionSnapshot> snapshot;
};

Log::Log(std::string channel, const Options& options)
    : options_(options), channel_(std::move(channel)), markers_(options.markers) {}

Log::~Log() = default;

void Log::apply(const record::Record& record) {
  const auto take = [this](const auto& kind) {
    if constexpr (requires { kind.msn; }) {
      if (kind.msn < floor_) {
        ++counters_.late;
        return;
      }
    }
    fold(kind);
  };
  std::visit(take, record);
}

void Log::fold(const record::Presentation& presentation) {
  if (!acceptable(presentation)) {
    ++counters_.conflicts;
    return;
  }
  if (!continues(presentation)) begin_session(presentation);
  for (std::size_t i = 0; i < presentation.renditions.size(); ++i) {
    if (i == tracks_.size()) add_track(presentation.renditions[i]);
    update(*tracks_[i], presentation.renditions[i]);
  }
  update_terms();
  streams_.clear();
  for (const record::Rendition& rendition : presentation.renditions) {
    streams_.push_back({rendition.name, rendition.track, rendition.bandwidth, rendition.average_bandwidth,
                        rendition.label, rendition.is_default, rendition.characteristics, rendition.forced});
  }
  captions_ = presentation.captions;
  render_multivariant();
  publish_all();
}

void Log::fold(const record::Part& part) {
  hls::Part made{part.duration, part.independent, false, part.data};
  if (part.stored.place.size > 0) made.filed = {part.stored.place, part.stored.hash};
  const bool video = part.rendition < tracks_.size() && tracks_[part.rendition]->kind == media::Kind::kVideo;
  if (options_.iframes && video && part.independent)
    made.key_size = part.data.empty() ? part.stored.key_size : cmaf::first_sample_end(part.data);
  add_part(part.rendition, part.msn, part.index, part.start, std::move(made), part.last);
}

void Log::fold(const record::Gap& gap) {
  add_part(gap.rendition, gap.msn, gap.index, gap.start, {gap.duration, false, true, {}}, false);
}

void Log::fold(const record::SegmentEnd& end) {
  if (end.rendition >= tracks_.size()) {
    ++counters_.conflicts;
    return;
  }
  if (!count(tracks_[end.rendition]->window.end_segment(end.msn, end.start, end.duration, end.data))) return;
  ++counters_.segments;
  publish(end.rendition);
}

void Log::fold(const record::Discontinuity& discontinuity) {
  if (!ended_) begin_formats(discontinuity.msn);
  // LL-40: in every rendition or in none. Where one has begun the segment, players have seen it without the tag.
  const bool too_late = std::any_of(tracks_.begin(), tracks_.end(),
                                    [&](const auto& track) { return track->window.begun() >= discontinuity.msn; });
  if (ended_ || too_late || !discontinuities_.add(discontinuity.msn)) {
    ++counters_.late;
    return;
  }
  ++counters_.discontinuities;
}

/// From where on the formats hold that the presentation before has announced.
void Log::begin_formats(std::int64_t msn) {
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    if (tracks_[i]->window.begin_format(msn)) publish(i);
  }
}

/// It is shown from each rendition's next part on: what a player has fetched for a part is the same for all who ask for
/// it (LL-121).
void Log::fold(const record::Marker& marker) {
  const MarkerList::Outcome outcome = markers_.apply(marker, edge_);
  if (outcome == MarkerList::Outcome::kShown) ++counters_.markers;
  if (outcome == MarkerList::Outcome::kShown && options_.markers.cue_tags) cues_.apply(marker);
  if (outcome == MarkerList::Outcome::kImpossible) ++counters_.conflicts;
}

/// Start of the first segment that any playlist lists.
base::Micros Log::oldest_listed() const {
  base::Micros oldest = INT64_MAX;
  for (const auto& track : tracks_) {
    const hls::Revision& revision = track->window.revision();
    if (!has_media(revision)) continue;
    const hls::SegmentList& closed = *revision.closed;
    const hls::Segment& first = closed.listed() > 0 ? closed.at(closed.first_listed) : *revision.open;
    oldest = std::min(oldest, first.start_utc());
  }
  return oldest == INT64_MAX ? INT64_MIN : oldest;
}

/// Those of feeds are for operators: channel::Thumbnails.
void Log::fold(const record::Thumbnail& thumbnail) {
  if (!options_.images || !thumbnail.feed.empty() || ended_) return;
  images_.add(thumbnail.at, thumbnail.jpeg);
  ++revision_;
  snapshot_ = nullptr;
}

void Log::fold(const record::Closing&) {
  for (const auto& track : tracks_) track->window.announce_end();
  publish_all();
}

void Log::fold(const record::End&) {
  if (std::exchange(ended_, true)) return;
  for (const auto& track : tracks_) track->window.end();
  images_.end();
  publish_all();
}

void Log::file_part(std::uint32_t rendition, std::int64_t msn, std::uint32_t index, base::FilePlace place) {
  if (rendition < tracks_.size()) tracks_[rendition]->window.file_part(msn, index, std::move(place));
}

void Log::end_reading(const hls::FetchFiled& fetch) {
  reading_ = false;
  for (const auto& track : tracks_) track->window.load_open(fetch);
  publish_all();
}

std::shared_ptr<const ChannelSnapshot> Log::snapshot() {
  if (snapshot_ != nullptr) return snapshot_;
  auto snapshot = std::make_shared<ChannelSnapshot>();
  snapshot->name = channel_;
  snapshot->state = state();
  snapshot->revision = revision_;
  snapshot->target_duration = target_duration_;
  snapshot->multivariant = multivariant_;
  snapshot->views = views_;
  if (options_.images) snapshot->images = images_.set();
  snapshot->renditions.reserve(tracks_.size());
  for (const auto& track : tracks_) snapshot->renditions.push_back(track->snapshot);
  snapshot_ = std::move(snapshot);
  return snapshot_;
}

Log::Counters Log::counters() const {
  Counters counters = counters_;
  counters.markers_dropped = markers_.dropped();
  for (const auto& track : tracks_) {
    counters.filled += track->window.filled();
    counters.gaps += track->window.filled();
    counters.overlong += track->window.overlong();
  }
  return counters;
}

Log::Standing Log::standing() const {
  std::int64_t begun = INT64_MIN;
  for (const auto& track : tracks_) begun = std::max(begun, track->window.begun());
  // A session that has begun no segment yet has its discontinuity in front of the first one.
  if (begun == INT64_MIN) return {begun_before_, discontinuities_.number(begun_before_ + 1), target_duration_};
  return {begun, discontinuities_.number(begun), target_duration_};
}

void Log::resume(const Standing& standing) {
  begun_before_ = standing.begun;
  discontinuities_ = hls::Discontinuities(standing.discontinuities);
  target_duration_ = std::max(standing.target_duration, 1);
}

void Log::break_off() {
  std::int64_t begun = -1;
  for (const auto& track : tracks_) begun = std::max(begun, track->window.begun());
  if (ended_ || begun < 0) return;
  floor_ = begun + 1;
  if (discontinuities_.add(floor_)) ++counters_.discontinuities;
  for (const auto& track : tracks_) track->window.break_off(floor_);
  publish_all();
}

bool Log::continues(const record::Presentation& presentation) const {
  if (ended_ || media::reduce(presentation.segment) != segment_) return false;
  if (presentation.cuts_move != cuts_move_) return false;
  if (presentation.renditions.size() < tracks_.size()) return false;
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    if (tracks_[i]->name != presentation.renditions[i].name) return false;
  }
  return true;
}

void Log::begin_session(const record::Presentation& presentation) {
  if (segment_.known()) ++counters_.restarts;
  // What the sessions before had begun: also one that began none itself, and one of which a journal says only that.
  std::int64_t floor = segment_.known() ? begun_before_ + 1 : 0;
  ended_ = false;
  segment_ = media::reduce(presentation.segment);
  cuts_move_ = presentation.cuts_move;
  // LL-13: what players of the session before have seen stays, unless the new segments are longer.
  target_duration_ = std::max(target_duration_, hls::target_duration_for(media::longest_segment(segment_, cuts_move_)));
  std::vector<std::unique_ptr<Track>> old = std::exchange(tracks_, {});
  for (const auto& track : old)
    floor = std::max(floor, track->window.begun() == INT64_MIN ? 0 : track->window.begun() + 1);
  begun_before_ = std::max(begun_before_, floor - 1);
  if (floor > 0) discontinuities_.add(floor);  // so that players that stayed see it
  for (const record::Rendition& rendition : presentation.renditions) {
    const auto at = std::find_if(old.begin(), old.end(),
                                 [&](const auto& track) { return track != nullptr && track->name == rendition.name; });
    if (at == old.end()) {
      add_track(rendition);
    } else {
      tracks_.push_back(std::move(*at));
    }
    tracks_.back()->window.restart(floor, window_options(rendition));
  }
  for (const auto& track : old) {
    if (track != nullptr) retire(*track);
  }
}

void Log::retire(const Track& track) {
  counters_.filled += track.window.filled();
  counters_.gaps += track.window.filled();
  counters_.overlong += track.window.overlong();
}

hls::Window::Options Log::window_options(const record::Rendition& rendition) const {
  // Players and delta updates use the newest segments alone.
  const base::Micros least =
      media::rescale(static_cast<std::int64_t>(kLeastListed) * segment_.num, segment_.den, base::kSecond);
  const base::Micros memory = options_.memory == 0 ? 0 : std::max(options_.memory, least);
  hls::Window::Options options{segment_, target_duration_, listed(), memory, deflate_block};
  options.key_frames = options_.iframes && rendition.track.kind() == media::Kind::kVideo;
  return options;
}

void Log::add_track(const record::Rendition& rendition) {
  tracks_.push_back(
      std::make_unique<Track>(rendition.name, window_options(rendition), discontinuities_, cues_.lines()));
}

void Log::update(Track& track, const record::Rendition& rendition) {
  track.kind = rendition.track.kind();
  const bool text = track.kind == media::Kind::kText;
  if (text) {
    track.init = nullptr;
  } else if (track.init == nullptr || track.init->data != rendition.init) {
    track.init = std::make_shared<const hls::Init>(hls::Init{hls::init_uri(rendition.init.view()), rendition.init});
  }
  track.window.set_format({track.init, rendition.track.timescale, rendition.part_ticks,
                           text ? hls::Container::kWebVtt : hls::Container::kFmp4});
}

/// Segments that a playlist lists: by count, so that all renditions list the same slots.
std::size_t Log::listed() const {
  const std::int64_t slots =
      media::rescale(options_.window, base::kSecond * segment_.num, segment_.den, media::Round::kUp);
  return std::max(kLeastListed, static_cast<std::size_t>(std::max<std::int64_t>(slots, 0)));
}

void Log::update_terms() {
  std::int64_t longest = 0;
  for (const auto& track : tracks_) longest = std::max(longest, track->window.part_target());
  const std::int64_t skip_until = 6 * target_duration_ * hls::kDecimalUnit;  // LL-72
  const std::int64_t window =
      media::rescale(static_cast<std::int64_t>(listed()) * segment_.num, segment_.den, hls::kDecimalUnit);
  for (const auto& track : tracks_) {
    track->terms.target_duration = target_duration_;
    track->terms.part_target = track->window.part_target();
    track->terms.part_hold_back = 3 * longest;  // LL-70
    track->terms.skip_until = window > skip_until ? skip_until : 0;
  }
}

/// LL-48 is said of what is listed now: a segment that starts without a key frame takes it back for as long as it
/// stays.
void Log::render_multivariant() {
  const bool independent = std::all_of(tracks_.begin(), tracks_.end(),
                                       [](const auto& track) { return track->window.independent_segments(); });
  media::Captions captions = captions_;
  // Pictures without any room for captions have none. Where playlists say nothing, Shaka Player 5.2 looks for captions
  // by itself, in a young channel in the open segment, for which it has no address, and throws.
  if (captions.services.empty() && !captions.carried) captions.none = true;
  // A segment that ends at a splice may have half the length.
  const hls::Stills stills{
      options_.iframes, options_.images, {segment_.num, cuts_move_ ? 2 * segment_.den : segment_.den}};
  std::string text = hls::render_multivariant(streams_, independent, captions, options_.audio_only, stills);
  if (multivariant_ != nullptr && multivariant_->identity.text() == text) return;  // MV-28
  multivariant_ = std::make_shared<const Rendered>(make_rendered(std::move(text)));
  render_views(independent, captions, stills);
}

/// What they are made from is told by the whole multivariant playlist, too: they change with it alone.
void Log::render_views(bool independent, const media::Captions& captions, const hls::Stills& stills) {
  if (options_.views.empty()) return;
  auto views = std::make_shared<std::vector<NamedView>>();
  for (const hls::View& view : options_.views) {
    const std::vector<hls::Stream> streams = hls::streams_of(view, streams_);
    views->push_back({view, nullptr});
    if (streams.empty()) continue;
    std::string text = hls::render_multivariant(streams, independent, captions, options_.audio_only, stills);
    views->back().multivariant = std::make_shared<const Rendered>(make_rendered(std::move(text)));
  }
  views_ = std::move(views);
}

void Log::add_part(std::uint32_t rendition, std::int64_t msn, std::uint32_t index, std::int64_t start, hls::Part part,
                   bool last) {
  if (rendition >= tracks_.size()) {
    ++counters_.conflicts;
    return;
  }
  const bool gap = part.gap;
  const std::int64_t duration = part.duration;
  if (options_.markers.cue_tags) begin_cues(rendition, msn, start, part.duration);
  if (!count(tracks_[rendition]->window.add_part(msn, index, start, std::move(part), last))) return;
  ++(gap ? counters_.gaps : counters_.parts);
  edge_ =
      std::max(edge_, media::rescale(start + duration, tracks_[rendition]->window.timescale_of(msn), base::kSecond));
  publish(rendition);
}

/// The first rendition that begins a segment decides what stands in front of it in all of them.
void Log::begin_cues(std::uint32_t rendition, std::int64_t msn, std::int64_t start, std::int64_t duration) {
  const hls::Window& window = tracks_[rendition]->window;
  if (window.begun() < msn && window.plausible(msn, start, duration))
    cues_.begin(msn, media::rescale(start, window.timescale_of(msn), base::kSecond));
}

bool Log::count(hls::Outcome outcome) {
  if (outcome == hls::Outcome::kLate) ++counters_.late;
  if (outcome == hls::Outcome::kConflict) ++counters_.conflicts;
  return outcome == hls::Outcome::kAdded || outcome == hls::Outcome::kFilled;
}

/// Makes a rendition's next revision. Its reports are taken now, not when a snapshot is, so that the text depends on
/// the records alone (LL-86).
void Log::publish(std::size_t index) {
  Track& track = *tracks_[index];
  if (options_.images && is_first_video(index)) images_.follow(track.window.revision(), target_duration_);
  if (reading_) return;
  const bool independent = track.window.independent_segments();
  if (independent != track.independent_segments) {
    track.independent_segments = independent;
    render_multivariant();
  }
  RenditionSnapshot::Contents contents;
  contents.name = track.name;
  contents.kind = track.kind;
  contents.revision = track.window.revision();
  contents.terms = track.terms;
  contents.date_ranges = markers_.lines({oldest_listed(), edge_, track.terms.skip_until * hls::kDecimalMicros});
  contents.iframes = options_.iframes && track.kind == media::Kind::kVideo;
  contents.ready = track.window.media_parts() >= (ended_ ? 1 : kFirstParts);
  for (const auto& other : tracks_) {
    if (other.get() == &track || !has_media(other->window.revision())) continue;
    contents.reports.push_back(hls::report_of(other->name, other->window.revision()));  // LL-84
  }
  track.snapshot = std::make_shared<const RenditionSnapshot>(std::move(contents));
  ++revision_;
  snapshot_ = nullptr;
}

bool Log::is_first_video(std::size_t index) const {
  const auto first = std::find_if(tracks_.begin(), tracks_.end(),
                                  [](const auto& track) { return track->kind == media::Kind::kVideo; });
  return static_cast<std::size_t>(first - tracks_.begin()) == index;
}

void Log::publish_all() {
  for (std::size_t i = 0; i < tracks_.size(); ++i) publish(i);
  ++revision_;
  snapshot_ = nullptr;
}

State Log::state() const {
  if (ended_) return State::kEnded;
  const bool live =
      std::any_of(tracks_.begin(), tracks_.end(), [](const auto& track) { return track->snapshot->ready(); });
  return live ? State::kLive : State::kWaiting;
}

}  // namespace origin
