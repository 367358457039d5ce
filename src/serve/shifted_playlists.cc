#include "serve/shifted_playlists.h"

#include <algorithm>
#include <utility>

#include "hls/multivariant.h"

namespace serve {
namespace {

constexpr const char* kPlaylistType = "application/vnd.apple.mpegurl";
// LL-127, as of live playlists that have ended. Units: s, in a CDN.
constexpr int kCompleteLife = 2;

/// Its segments and times are what all renditions are cut by.
std::size_t reference_of(const origin::ChannelSnapshot& snapshot) {
  const auto& all = snapshot.renditions;
  const auto video =
      std::find_if(all.begin(), all.end(), [](const auto& at) { return at->kind() == media::Kind::kVideo; });
  return video == all.end() ? 0 : static_cast<std::size_t>(video - all.begin());
}

/// The channel's, or that of a view; null: there is none.
const origin::Rendered* multivariant_of(const origin::ChannelSnapshot& snapshot, const std::string& view) {
  if (view.empty()) return snapshot.multivariant.get();
  const origin::NamedView* const found = snapshot.find_view(view);
  return found == nullptr ? nullptr : found->multivariant.get();
}

bool same_whole_segments(const origin::RenditionSnapshot& a, const origin::RenditionSnapshot& b) {
  return a.revision().closed == b.revision().closed && a.ended() == b.ended() && a.date_ranges() == b.date_ranges();
}

/// CC-1 to CC-5. What is complete and no longer grows stays what it is until its segments leave the window, and they
/// can be fetched for longer than this after that (LL-123).
std::string lifetime_of(const hls::ShiftedRange& range, int target_duration) {
  if (!range.complete) return CacheControl::live(1);
  if (range.type == hls::PlaylistType::kVod) return CacheControl::seconds(hls::longest_cache_life(target_duration));
  return CacheControl::shared(kCompleteLife);
}

}  // namespace

void ShiftedPlaylists::update(const origin::ChannelSnapshot* before, const origin::ChannelSnapshot& now) {
  if (before == nullptr || made_.empty()) return;
  const bool same_multivariant = before->multivariant == now.multivariant && before->state == now.state;
  const auto is_true = [&](const Key& key) {
    if (key.kind == Route::Kind::kMultivariant) return same_multivariant;
    if (key.kind == Route::Kind::kImages) return before->images == now.images;
    const auto index = static_cast<std::size_t>(key.rendition);
    if (index >= now.renditions.size() || index >= before->renditions.size()) return false;
    return before->renditions[index]->name() == now.renditions[index]->name() &&
           same_whole_segments(*before->renditions[index], *now.renditions[index]);
  };
  made_.remove_if([&](const Made& made) { return !is_true(made.key); });
}

Verdict ShiftedPlaylists::look_up(const origin::ChannelSnapshot& snapshot, const ObjectRequest& wanted,
                                  base::Micros updated) {
  if (wanted.shift == nullptr) return view_for(snapshot, wanted, updated);
  const hls::TimeShift& shift = *wanted.shift;
  if (shift.fault != hls::ShiftFault::kNone) return refuse(shift.fault);
  if (shift.relative() && wanted.kind != Route::Kind::kMultivariant) return refuse(hls::ShiftFault::kRelative);
  if (snapshot.state == origin::State::kWaiting) return {nullptr, Cause::kNone, origin::WaitCondition::channel(), true};
  if (snapshot.renditions.empty() || snapshot.multivariant == nullptr) return refuse(404);
  const std::size_t reference = reference_of(snapshot);
  const origin::RenditionSnapshot& first = *snapshot.renditions[reference];
  const hls::Decision decision = hls::decide_whole({}, first.edge());
  if (decision.verdict == hls::Verdict::kAbsent) return refuse(404, snapshot.target_duration);
  if (decision.verdict == hls::Verdict::kWait)
    return {nullptr, Cause::kNone,
            origin::WaitCondition::playlist(static_cast<std::uint32_t>(reference), hls::decide({}, first.edge())),
            true};
  return wanted.kind == Route::Kind::kMultivariant ? multivariant_for(snapshot, wanted, first, updated)
                                                   : media_for(snapshot, wanted, reference, updated);
}

Verdict ShiftedPlaylists::multivariant_for(const origin::ChannelSnapshot& snapshot, const ObjectRequest& wanted,
                                           const origin::RenditionSnapshot& reference, base::Micros updated) {
  const hls::TimeShift shift = hls::resolve(*wanted.shift, reference.revision());
  if (shift.fault != hls::ShiftFault::kNone) return refuse(shift.fault);
  if (hls::select(reference.revision(), shift, snapshot.target_duration).kind == hls::ShiftVerdict::Kind::kAbsent)
    return refuse(404, snapshot.target_duration);
  const origin::Rendered* const all = multivariant_of(snapshot, wanted.view);
  if (all == nullptr) return refuse(404, snapshot.target_duration);
  Key key{wanted.kind, -1, wanted.gzip, {}, hls::write_query(shift), wanted.view};
  if (const http::Response* found = find(key)) return {*found};
  const origin::Rendered text = origin::make_rendered(hls::with_query(all->identity.text(), key.query));
  const std::string lifetime = CacheControl::seconds(std::max(1, snapshot.target_duration / 2));  // CC-1
  return keep(std::move(key),
              make_text(text, wanted.gzip, {kPlaylistType, lifetime, "", updated, Urgency::kPlaylist, guarded_}));
}

Verdict ShiftedPlaylists::media_for(const origin::ChannelSnapshot& snapshot, const ObjectRequest& wanted,
                                    std::size_t reference, base::Micros updated) {
  const int target = snapshot.target_duration;
  const bool images = wanted.kind == Route::Kind::kImages;
  const int index = images ? static_cast<int>(reference) : snapshot.index_of(wanted.rendition);
  if (index < 0 || (images && snapshot.images == nullptr)) return refuse(404, target);
  const origin::RenditionSnapshot& rendition = *snapshot.renditions[static_cast<std::size_t>(index)];
  if (wanted.kind == Route::Kind::kIframes && !rendition.has_iframes()) return refuse(404, target);
  const hls::Revision& decides = snapshot.renditions[reference]->revision();
  const hls::ShiftVerdict verdict = hls::select(decides, *wanted.shift, target);
  if (verdict.kind == hls::ShiftVerdict::Kind::kAbsent) return refuse(404, target);
  const bool soon = verdict.kind == hls::ShiftVerdict::Kind::kSoon;
  if (soon)
    return {nullptr, Cause::kNone,
            origin::WaitCondition::segment(static_cast<std::uint32_t>(reference), decides.open->msn)};

  Key key{wanted.kind, index, wanted.gzip, verdict.range, "", ""};
  if (const http::Response* found = find(key)) return {*found};
  std::optional<origin::Rendered> text;
  if (images) {
    if (auto made = snapshot.images->text(verdict.range)) text = origin::make_rendered(std::move(*made));
  } else {
    text = wanted.kind == Route::Kind::kIframes ? rendition.iframes(verdict.range) : rendition.playlist(verdict.range);
  }
  if (!text) {
    const bool coming = !rendition.ended() && rendition.edge().last_complete() < verdict.range.first;
    if (!coming || images) return refuse(404, target);
    return {nullptr, Cause::kNone,
            origin::WaitCondition::segment(static_cast<std::uint32_t>(index), verdict.range.first)};
  }
  return keep(std::move(key), make_text(*text, wanted.gzip,
                                        {kPlaylistType, lifetime_of(verdict.range, target), "", updated,
                                         Urgency::kPlaylist, guarded_}));
}

Verdict ShiftedPlaylists::view_for(const origin::ChannelSnapshot& snapshot, const ObjectRequest& wanted,
                                   base::Micros updated) {
  if (snapshot.multivariant == nullptr && snapshot.state == origin::State::kWaiting)
    return {nullptr, Cause::kNone, origin::WaitCondition::channel(), true};
  const origin::NamedView* const found_view = snapshot.find_view(wanted.view);
  if (found_view == nullptr || found_view->multivariant == nullptr) return refuse(404, snapshot.target_duration);
  if (wanted.kind == Route::Kind::kPlaylist) return plain_for(snapshot, wanted, found_view->view, updated);
  Key key{wanted.kind, -1, wanted.gzip, {}, "", wanted.view};
  if (const http::Response* found = find(key)) return {*found};
  const std::string lifetime = snapshot.state == origin::State::kEnded
                                   ? CacheControl::shared(kCompleteLife)
                                   : CacheControl::seconds(std::max(1, snapshot.target_duration / 2));  // CC-1
  const Description description{kPlaylistType, lifetime, "", updated, Urgency::kPlaylist, guarded_};
  const origin::Rendered& whole = *found_view->multivariant;
  if (found_view->view.low_latency) return keep(std::move(key), make_text(whole, wanted.gzip, description));
  const origin::Rendered text = origin::make_rendered(hls::with_query(whole.identity.text(), "view=" + wanted.view));
  return keep(std::move(key), make_text(text, wanted.gzip, description));
}

/// A media playlist of whole segments; those of a low-latency view are the channel's own, under their own URL.
Verdict ShiftedPlaylists::plain_for(const origin::ChannelSnapshot& snapshot, const ObjectRequest& wanted,
                                    const hls::View& view, base::Micros updated) {
  const int index = snapshot.index_of(wanted.rendition);
  if (index < 0 || view.low_latency) return refuse(404, snapshot.target_duration);
  const origin::RenditionSnapshot& rendition = *snapshot.renditions[static_cast<std::size_t>(index)];
  const auto number = static_cast<std::uint32_t>(index);
  const hls::Decision decision = hls::decide_whole(wanted.directives, rendition.edge());
  const bool first = decision.msn < 0;
  switch (decision.verdict) {
    case hls::Verdict::kWait:
      return {nullptr, Cause::kNone,
              first ? origin::WaitCondition::playlist(number, decision)
                    : origin::WaitCondition::segment(number, decision.msn),
              first};
    case hls::Verdict::kBadRequest:
      return {errors_.get(400), wanted.directives.malformed ? Cause::kDirectives : Cause::kTooFarAhead};
    case hls::Verdict::kAbsent: return refuse(404, snapshot.target_duration);
    case hls::Verdict::kAnswer: break;
  }
  Key key{wanted.kind, index, wanted.gzip, {}, "", wanted.view};
  if (const http::Response* found = find(key)) return {*found};
  const auto text = rendition.whole_playlist(view);
  if (!text) return refuse(404, snapshot.target_duration);
  const std::string lifetime = rendition.ended() ? CacheControl::shared(kCompleteLife) : CacheControl::live(1);
  return keep(std::move(key),
              make_text(*text, wanted.gzip, {kPlaylistType, lifetime, "", updated, Urgency::kPlaylist, guarded_}));
}

std::optional<std::string> ShiftedPlaylists::multivariant(const origin::ChannelSnapshot& snapshot,
                                                          const ObjectRequest& wanted) {
  ObjectRequest plain;
  plain.kind = Route::Kind::kMultivariant;
  plain.view = wanted.view;
  if (wanted.shift != nullptr) plain.shift = std::make_unique<hls::TimeShift>(*wanted.shift);
  const Verdict verdict = look_up(snapshot, plain, 0);
  if (verdict.response == nullptr || verdict.response->status() != 200) return std::nullopt;
  return std::string(verdict.response->body().front().text());
}

const http::Response* ShiftedPlaylists::find(const Key& key) {
  const auto at = std::find_if(made_.begin(), made_.end(), [&](const Made& made) { return made.key == key; });
  if (at == made_.end()) return nullptr;
  made_.splice(made_.begin(), made_, at);
  return &made_.front().response;
}

Verdict ShiftedPlaylists::keep(Key key, http::Response response) {
  if (made_.size() == kMost) made_.pop_back();
  made_.push_front({std::move(key), std::move(response)});
  return {made_.front().response};
}

}  // namespace serve
