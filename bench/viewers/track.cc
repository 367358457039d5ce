#include "viewers/track.h"

#include <algorithm>
#include <utility>

#include "viewers/engine.h"
#include "viewers/viewer.h"

namespace viewers {
namespace {

// What dates of renditions may differ by: a frame of 25 frames/s, half of it.
constexpr Micros kTolerance = 20 * base::kMillisecond;

}  // namespace

Track::Track(Engine& engine, TrackOwner& owner, ExchangeOwner& exchange_owner, std::size_t index)
    : playlist(exchange_owner), media(exchange_owner), engine_(engine), owner_(owner), index_(index) {
  playlist.keep = Exchange::Keep::kBody;
}

void Track::open(Rendition& rendition, Manners manners) {
  rendition_ = &rendition;
  manners_ = manners;
  blocking_ = false;
  playlist.path = rendition.path();
  owner_.ask_for(playlist);
}

void Track::close() {
  rendition_ = nullptr;
  list_ = nullptr;
  begun_ = false;
  switched_at_ = 0;
  init_.clear();
  hinted_.clear();
  fetching_ = Fetch::kNothing;
}

void Track::switch_to(Rendition& rendition) {
  if (list_ == nullptr || !begun_ || list_->ended || &rendition == rendition_) return;
  if (media.in_flight()) return;  // as players do: what is under way is finished first; the next tick tries again
  const SegmentLines* segment = list_->segment(next_.msn);
  switched_at_ = segment != nullptr ? segment->part_start(static_cast<std::size_t>(next_.part)) : list_->edge();
  playlist.cancel();
  playlist.path = rendition.path();
  blocking_ = false;
  for (const RenditionReport& report : list_->reports) {
    if (resolve(rendition_->path(), report.uri, engine_.options.url.authority) != rendition.path()) continue;
    wanted_ = report.last;
    blocking_ = true;
    playlist.path = blocking_path(rendition.path(), wanted_, PartDirective::kGiven, Skip::kNo);
  }
  rendition_ = &rendition;
  list_ = nullptr;
  begun_ = false;
  hinted_.clear();
  engine_.tally.add(Count::kSwitches);
  owner_.ask_for(playlist);
}

void Track::on_first_byte(const Exchange& exchange) {
  if (rendition_ == nullptr) return;
  if (&exchange == &playlist && blocking_) {
    engine_.tally.rounds[{rendition_->id(), wanted_}].see(exchange.first_byte());
  } else if (&exchange == &media && (fetching_ == Fetch::kPart || fetching_ == Fetch::kHint)) {
    engine_.tally.rounds[{rendition_->id(), fetched_at_}].see(exchange.first_byte());
  }
}

void Track::on_good(Exchange& exchange) {
  if (rendition_ == nullptr) return;
  if (&exchange == &playlist) {
    on_playlist();
  } else {
    on_media();
  }
}

void Track::on_refused(Exchange& exchange) {
  if (&exchange == &playlist) {
    // CL-22: without directives from here on, as Media3 does on 400 and 503.
    blocking_ = false;
    if (rendition_ != nullptr) playlist.path = rendition_->path();
    return owner_.ask_for_later(exchange, base::kSecond);
  }
  const Fetch what = std::exchange(fetching_, Fetch::kNothing);
  if (what == Fetch::kInit) return owner_.ask_for_later(exchange, base::kSecond);
  if (what == Fetch::kHint) return;  // the next playlist tells what there is
  next_ = what == Fetch::kSegment ? Position{fetched_at_.msn + 1, 0} : Position{fetched_at_.msn, fetched_at_.part + 1};
  fetch();
}

bool Track::drops_hint(const Exchange& exchange) {
  hint_dropped_ = &exchange == &media && fetching_ == Fetch::kHint && exchange.head().status == 404;
  if (hint_dropped_) engine_.tally.add_always(Count::kHintsDropped);
  return hint_dropped_;
}

void Track::on_playlist() {
  const auto& reading = rendition_->read(playlist.hash(), playlist.body(), list_);
  engine_.tally.add(Count::kPlaylists);
  if (reading.delta) engine_.tally.add(Count::kDeltas);
  if (!reading.fault.empty()) owner_.report(reading.fault, playlist, reading.what);
  if (reading.list == nullptr) return owner_.ask_for_later(playlist, base::kSecond);
  const bool first = list_ == nullptr;
  const bool goes_on = advanced(*reading.list);
  list_ = reading.list;
  check_hint();
  if (blocking_) sample_playlist();
  if (first) {
    live_from_ = list_->end();
    if (switched_at_ != 0) {
      begin_at(std::exchange(switched_at_, 0));
    } else {
      owner_.on_first_list();
    }
  }
  if (list_->ended) {
    engine_.tally.add_always(Count::kEnded);
  } else if (goes_on) {
    reload();
  } else {
    // CL-4: an answer without news makes a player poll.
    blocking_ = false;
    playlist.path = rendition_->path();
    owner_.ask_for_later(playlist, list_->target / 2);
  }
  fetch();
}

/// Compares the answer with what was asked for and with what was known. False where it brings nothing new.
bool Track::advanced(const MediaPlaylist& list) {
  if (list.ended) return true;
  const Position known = list_ == nullptr ? Position{-1, 0} : list_->end();
  const bool back = list_ != nullptr && (list.end() < known || list.media_sequence < list_->media_sequence);
  const bool satisfied = !blocking_ || list.contains(wanted_);
  if (back || (!satisfied && list.end() <= known)) {
    owner_.report(kStaleFault, playlist,
                  "ends at " + std::to_string(list.end().msn) + "." + std::to_string(list.end().part) +
                      ", the one before at " + std::to_string(known.msn) + "." + std::to_string(known.part));
  } else if (!satisfied) {
    owner_.report(kMissingPartFault, playlist, "the part that was asked for is not in it");
  }
  return list_ == nullptr || list.end() > known;
}

void Track::sample_playlist() {
  if (list_->newest() != wanted_) return;
  Tally& tally = engine_.tally;
  tally.add(Count::kWoken);
  Round& round = tally.rounds[{rendition_->id(), wanted_}];
  round.see(playlist.first_byte());
  round.add(Moment::kPlaylistFirst, playlist.first_byte());
  round.add(Moment::kPlaylistLast, playlist.last_byte());
  if (list_->dated) {
    tally.add(Span::kPlaylistLate, utc_now() - (playlist.last_byte() - playlist.first_byte()) - list_->edge());
  }
}

/// LL-77: what was hinted at is what is listed.
void Track::check_hint() {
  if (hinted_.empty()) return;
  const SegmentLines* segment = list_->segment(hinted_at_.msn);
  const auto index = static_cast<std::size_t>(hinted_at_.part);
  if (segment == nullptr || index >= segment->parts.size()) return;
  const std::string listed = resolve(rendition_->path(), segment->parts[index].uri, engine_.options.url.authority);
  if (hint_dropped_ && listed == hinted_) owner_.report("status_404", media, "was hinted at, refused, and listed then");
  hint_dropped_ = false;
  if (listed != hinted_) owner_.report(kProtocolFault, playlist, "lists " + listed + ", hinted at was " + hinted_);
}

void Track::reload() {
  wanted_ = list_->end();
  blocking_ = list_->can_block;
  if (!blocking_) {
    playlist.path = rendition_->path();
    return owner_.ask_for_later(playlist, list_->target / 2);
  }
  const bool by_segment = (manners_.avplayer && wanted_.part == 0) || list_->part_target == 0;
  const bool skip = manners_.skip && list_->skip_until > 0;
  playlist.path =
      blocking_path(rendition_->path(), wanted_, by_segment ? PartDirective::kLeftOut : PartDirective::kGiven,
                    skip ? Skip::kYes : Skip::kNo);
  owner_.ask_for(playlist);
}

Position Track::locate(Micros time) const {
  const SegmentLines* holder = &list_->segments.front();
  for (const SegmentLines& segment : list_->segments) {
    if (segment.start <= time + kTolerance) holder = &segment;
  }
  Position at{holder->msn, 0};
  for (std::size_t i = 0; i < holder->parts.size(); ++i) {
    if (holder->part_start(i) > time + kTolerance) break;
    if (holder->parts[i].independent) at.part = static_cast<std::int64_t>(i);
  }
  return at;
}

void Track::begin_at(Micros playhead) {
  next_ = locate(playhead);
  begun_ = true;
}

void Track::fetch() {
  while (begun_ && !media.in_flight() && fetching_ == Fetch::kNothing && step()) {
  }
}

/// Starts a fetch, or moves next_ over what need not be fetched. False where there is nothing to do now.
bool Track::step() {
  if (next_.msn < list_->segments.front().msn) {
    owner_.report(kMissingPartFault, playlist, "segment " + std::to_string(next_.msn) + " left before it was fetched");
    next_ = {list_->segments.front().msn, 0};
  }
  const SegmentLines* segment = list_->segment(next_.msn);
  if (segment == nullptr) {
    fetch_hint();
    return false;
  }
  const std::string init =
      segment->map.empty() ? std::string() : resolve(rendition_->path(), segment->map, engine_.options.url.authority);
  if (init != init_) {
    init_ = init;
    start_fetch(Fetch::kInit, segment->map, next_, 0);
    return false;
  }
  const auto index = static_cast<std::size_t>(next_.part);
  if (index < segment->parts.size()) {
    const PartLine& part = segment->parts[index];
    if (!part.gap) {
      start_fetch(Fetch::kPart, part.uri, next_, segment->part_start(index + 1));
      return false;
    }
    owner_.on_media(index_, segment->part_start(index + 1), steady_now());
    ++next_.part;
    return true;
  }
  if (!segment->closed()) {
    fetch_hint();
    return false;
  }
  if (segment->parts.empty() && !segment->gap) {
    start_fetch(Fetch::kSegment, segment->uri, {segment->msn, 0}, segment->start + segment->duration);
    return false;
  }
  owner_.on_media(index_, segment->start + segment->duration, steady_now());
  next_ = {segment->msn + 1, 0};
  return true;
}

void Track::fetch_hint() {
  if (!manners_.avplayer || list_->hint.empty() || list_->ended || next_ != list_->end()) return;
  if (resolve(rendition_->path(), list_->hint, engine_.options.url.authority) == hinted_) return;
  start_fetch(Fetch::kHint, list_->hint, next_, list_->edge() + list_->part_target);
}

void Track::start_fetch(Fetch what, const std::string& uri, Position at, Micros end) {
  media.path = resolve(rendition_->path(), uri, engine_.options.url.authority);
  fetching_ = what;
  fetched_at_ = at;
  fetched_end_ = end;
  if (what == Fetch::kHint) {
    hinted_ = media.path;
    hinted_at_ = at;
    hint_dropped_ = false;
  }
  owner_.ask_for(media);
}

void Track::on_media() {
  const Fetch what = std::exchange(fetching_, Fetch::kNothing);
  owner_.compare(media, what == Fetch::kInit ? ObjectKind::kInit : ObjectKind::kMedia);
  if (what == Fetch::kInit) return fetch();
  engine_.tally.add(what == Fetch::kSegment ? Count::kSegments : Count::kParts);
  if (what != Fetch::kSegment && fetched_at_ >= live_from_) {
    if (what == Fetch::kHint) engine_.tally.add(Count::kWoken);
    sample_media();
  }
  next_ = what == Fetch::kSegment ? Position{fetched_at_.msn + 1, 0} : Position{fetched_at_.msn, fetched_at_.part + 1};
  owner_.on_media(index_, fetched_end_, media.last_byte());
  fetch();
}

void Track::sample_media() {
  Tally& tally = engine_.tally;
  Round& round = tally.rounds[{rendition_->id(), fetched_at_}];
  round.see(media.first_byte());
  round.add(Moment::kPartFirst, media.first_byte());
  round.add(Moment::kPartLast, media.last_byte());
  if (list_ != nullptr && list_->dated) tally.add(Span::kPartLate, utc_now() - fetched_end_);
}

}  // namespace viewers
