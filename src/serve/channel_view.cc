#include "serve/channel_view.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "hls/media_playlist.h"
#include "hls/multivariant.h"

namespace serve {
namespace {

using origin::Presence;

// LL-127: after the end a playlist changes no more, but the channel may come back at any time, and viewers are to see
// that. Units: s, in a CDN.
constexpr int kEndedLife = 2;

std::string quoted_hash(std::uint64_t hash) {
  std::string tag = "\"";
  for (int i = 0; i < 16; ++i, hash <<= 4) tag += "0123456789abcdef"[hash >> 60];
  return tag + '"';
}

std::string etag_of(base::View bytes) { return quoted_hash(base::hash64(bytes)); }

std::string etag_of(const std::vector<std::uint64_t>& hashes) {
  return quoted_hash(
      base::hash64({reinterpret_cast<const std::uint8_t*>(hashes.data()), hashes.size() * sizeof(std::uint64_t)}));
}

std::string etag_of(const std::vector<base::Bytes>& pieces) {
  std::vector<std::uint64_t> hashes;
  hashes.reserve(pieces.size());
  for (const base::Bytes& piece : pieces) hashes.push_back(base::hash64(piece.view()));
  return etag_of(hashes);
}

base::Micros start_of(const hls::Revision& revision, std::int64_t msn) {
  if (revision.open != nullptr && revision.open->msn == msn) return revision.open->start_utc();
  const hls::Segment* segment = revision.closed == nullptr ? nullptr : revision.closed->find(msn);
  return segment == nullptr ? 0 : segment->start_utc();
}

bool right_container(const ObjectRequest& wanted, const origin::RenditionSnapshot& rendition) {
  const bool text = rendition.kind() == media::Kind::kText;
  return (wanted.container == hls::Container::kWebVtt) == text;
}

const char* media_type(media::Kind kind) {
  switch (kind) {
    case media::Kind::kAudio: return "audio/mp4";
    case media::Kind::kText: return "text/vtt";
    case media::Kind::kVideo: break;
  }
  return "video/mp4";
}

}  // namespace

void ChannelView::update(std::shared_ptr<const origin::ChannelSnapshot> snapshot, base::Micros utc) {
  // The state decides how long caches may keep the multivariant playlist, so other responses follow from it.
  const bool same_multivariant =
      snapshot_ != nullptr && snapshot_->multivariant == snapshot->multivariant && snapshot_->state == snapshot->state;
  if (!same_multivariant) multivariants_ = overflow_ = {};
  if (snapshot_ == nullptr || snapshot_->images != snapshot->images) {
    images_ = {};
    thumbnail_ = nullptr;
  }
  shifted_.update(snapshot_.get(), *snapshot);
  snapshot_ = std::move(snapshot);
  updated_ = utc;
  cached_.resize(snapshot_->renditions.size());
  for (std::size_t i = 0; i < cached_.size(); ++i) {
    CachedResponses& cached = cached_[i];
    const auto& now = snapshot_->renditions[i];
    if (cached.of == now) continue;
    // A new session may have another rendition at this index. Otherwise parts and segments stay: their bytes never
    // change.
    const bool other = cached.of == nullptr || now == nullptr || cached.of->name() != now->name();
    if (other) cached = CachedResponses{};
    cached.of = now;
    cached.playlists = {};
    cached.iframes = {};
    drop_expired(cached);
  }
}

/// Drops responses for segments that can no longer be fetched, or not from memory.
void ChannelView::drop_expired(CachedResponses& cached) {
  const auto* closed = cached.of == nullptr ? nullptr : cached.of->revision().closed.get();
  // Answers with what memory has let go would keep it there.
  const std::int64_t oldest =
      closed == nullptr || closed->size() == 0 ? -1 : std::max(closed->at(0).msn, closed->filed_through + 1);
  if (oldest == cached.oldest) return;
  cached.oldest = oldest;
  for (auto* slots : {&cached.parts, &cached.segments})
    for (Slot& slot : *slots)
      if (slot.msn < oldest) slot = Slot{};
}

void ChannelView::guard(bool guarded) {
  if (std::exchange(guarded_, guarded) == guarded) return;
  multivariants_ = images_ = overflow_ = {};
  thumbnail_ = nullptr;
  shifted_.guard(guarded);
  for (CachedResponses& cached : cached_) {
    CachedResponses anew;
    anew.of = std::move(cached.of);
    anew.oldest = cached.oldest;
    cached = std::move(anew);
  }
}

Verdict ChannelView::look_up(const ObjectRequest& wanted) {
  if (wanted.shift != nullptr || !wanted.view.empty()) return shifted_.look_up(*snapshot_, wanted, updated_);
  if (wanted.kind == Route::Kind::kMultivariant) return multivariant(wanted);
  const bool image = wanted.kind == Route::Kind::kImages || wanted.kind == Route::Kind::kImage;
  if (image || wanted.kind == Route::Kind::kThumbnail) return images(wanted);
  const int index = snapshot_->index_of(wanted.rendition);
  const bool known = index >= 0 && cached_[static_cast<std::size_t>(index)].of != nullptr;
  if (!known) {
    // Before the first presentation nobody can say what renditions there will be.
    const bool held =
        wanted.kind == Route::Kind::kPlaylist || (options_.hold_media && snapshot_->multivariant == nullptr);
    const bool waiting = snapshot_->state == origin::State::kWaiting && held;
    return waiting ? hold(origin::WaitCondition::channel(), true)
                   : refuse(404, Cause::kAbsent, snapshot_->target_duration);
  }
  const auto i = static_cast<std::uint32_t>(index);
  const bool media = wanted.kind == Route::Kind::kSegment || wanted.kind == Route::Kind::kPart;
  if (media && !right_container(wanted, *cached_[i].of)) return refuse(404, Cause::kAbsent, snapshot_->target_duration);
  switch (wanted.kind) {
    case Route::Kind::kPlaylist: return playlist(wanted, i);
    case Route::Kind::kIframes: return iframes(wanted, i);
    case Route::Kind::kSegment: return segment(wanted, i);
    case Route::Kind::kPart: return part(wanted, i);
    case Route::Kind::kInit: return init(wanted, i);
    default: return refuse(404, Cause::kUnknownPath);
  }
}

Verdict ChannelView::multivariant(const ObjectRequest& wanted) {
  if (snapshot_->multivariant == nullptr) {
    return snapshot_->state == origin::State::kWaiting ? hold(origin::WaitCondition::channel(), true)
                                                       : refuse(404, Cause::kAbsent);
  }
  http::Response& made = multivariants_[wanted.gzip ? 1 : 0];
  if (made == nullptr) {
    const bool ended = snapshot_->state == origin::State::kEnded;
    const std::string lifetime = ended ? CacheControl::shared(kEndedLife)
                                       : CacheControl::seconds(std::max(1, snapshot_->target_duration / 2));  // CC-1
    made = make_text(*snapshot_->multivariant, wanted.gzip, playlist_text(lifetime));
  }
  return {made};
}

http::Response ChannelView::overflow(const std::string& pathway, const ObjectRequest& wanted) {
  if (snapshot_->multivariant == nullptr) return nullptr;
  const std::string base = pathway + "/live/" + snapshot_->name + "/";
  // For one second only: after it there may be headroom here again.
  const Description description = playlist_text(CacheControl::seconds(1));
  const bool gzip = wanted.gzip;
  if (wanted.shift != nullptr || !wanted.view.empty()) {
    const auto shifted = shifted_.multivariant(*snapshot_, wanted);
    if (!shifted) return nullptr;
    return make_text(origin::make_rendered(hls::rebase_multivariant(*shifted, base)), gzip, description);
  }
  if (overflow_[0] == nullptr) {
    const origin::Rendered text =
        origin::make_rendered(hls::rebase_multivariant(snapshot_->multivariant->identity.text(), base));
    overflow_ = {make_text(text, false, description), make_text(text, true, description)};
  }
  return overflow_[gzip ? 1 : 0];
}

bool ChannelView::is_deep(const ObjectRequest& wanted) const {
  if (wanted.kind != Route::Kind::kSegment && wanted.kind != Route::Kind::kPart) return false;
  const int index = snapshot_->index_of(wanted.rendition);
  const auto* rendition = index < 0 ? nullptr : cached_[static_cast<std::size_t>(index)].of.get();
  return rendition != nullptr && wanted.msn <= rendition->edge().last_complete() - options_.kept_segments;
}

/// How long a CDN may keep a playlist. Units: s.
int ChannelView::playlist_life(const ObjectRequest& wanted, const origin::RenditionSnapshot& rendition) const {
  if (rendition.ended()) return kEndedLife;
  if (!wanted.directives.msn) return 1;  // CC-2
  // CC-5: asked by number of segment alone, an answer without that whole segment makes a player spin (AMB-1).
  const bool whole = static_cast<std::int64_t>(*wanted.directives.msn) <= rendition.edge().last_complete();
  if (!wanted.directives.part && !whole) return 1;
  return hls::longest_cache_life(snapshot_->target_duration);  // CC-4
}

Verdict ChannelView::playlist(const ObjectRequest& wanted, std::uint32_t index) {
  CachedResponses& cached = cached_[index];
  const origin::RenditionSnapshot& rendition = *cached.of;
  const hls::Decision decision = rendition.decide(wanted.directives);
  switch (decision.verdict) {
    case hls::Verdict::kWait: return hold(origin::WaitCondition::playlist(index, decision), decision.msn < 0);
    case hls::Verdict::kBadRequest:
      return refuse(400, wanted.directives.malformed ? Cause::kDirectives : Cause::kTooFarAhead);  // CC-9
    case hls::Verdict::kAbsent: return refuse(404, Cause::kAbsent, snapshot_->target_duration);
    case hls::Verdict::kAnswer: break;
  }
  const int life = playlist_life(wanted, rendition);
  const std::size_t skip = static_cast<std::size_t>(wanted.directives.skip);
  http::Response& made = cached.playlists[4 * skip + (wanted.gzip ? 2u : 0u) + (life > 1 ? 1u : 0u)];
  if (made == nullptr)
    made = make_playlist(rendition.playlist(wanted.directives.skip), wanted.gzip, rendition.ended(), life);
  return {made};
}

Verdict ChannelView::images(const ObjectRequest& wanted) {
  const int target = snapshot_->target_duration;
  if (snapshot_->images == nullptr) return refuse(404, Cause::kAbsent, target);
  const origin::ImageSet& set = *snapshot_->images;
  if (wanted.kind == Route::Kind::kImage) {
    const base::Bytes* const image = set.find(wanted.msn);
    if (image == nullptr) return refuse(404, Cause::kAbsent, target);
    // Few are asked for more than once by one cache: made each time.
    return {make_media({*image},
                       {"image/jpeg", CacheControl::kImmutable, etag_of(image->view()), 0, Urgency::kPage, guarded_})};
  }
  if (wanted.kind == Route::Kind::kThumbnail) {
    if (!set.newest) return refuse(404, Cause::kAbsent);
    // A cache in front of a crowd asks once a segment, and shows one that is a segment older.
    if (thumbnail_ == nullptr)
      thumbnail_ =
          make_media({set.newest->jpeg}, {"image/jpeg", CacheControl::seconds(target), etag_of(set.newest->jpeg.view()),
                                          set.newest->at, Urgency::kPage, guarded_});
    return {thumbnail_};
  }
  if (!set.ready()) {
    // Players load it with the multivariant playlist, and some give up where it is not there.
    return snapshot_->state == origin::State::kEnded ? refuse(404, Cause::kAbsent, target)
                                                     : hold(origin::WaitCondition::images(), true);
  }
  http::Response& made = images_[wanted.gzip ? 1 : 0];
  if (made == nullptr)
    made = make_playlist(origin::make_rendered(set.text()), wanted.gzip, snapshot_->state == origin::State::kEnded,
                         snapshot_->state == origin::State::kEnded ? kEndedLife : 1);
  return {made};
}

Verdict ChannelView::iframes(const ObjectRequest& wanted, std::uint32_t index) {
  CachedResponses& cached = cached_[index];
  const origin::RenditionSnapshot& rendition = *cached.of;
  if (!rendition.has_iframes()) return refuse(404, Cause::kAbsent, snapshot_->target_duration);
  const hls::Decision decision = rendition.decide_iframes(wanted.directives);
  switch (decision.verdict) {
    case hls::Verdict::kWait:
      return hold(decision.msn < 0 ? origin::WaitCondition::playlist(index, decision)
                                   : origin::WaitCondition::segment(index, decision.msn),
                  decision.msn < 0);
    case hls::Verdict::kBadRequest:
      return refuse(400, wanted.directives.malformed ? Cause::kDirectives : Cause::kTooFarAhead);
    case hls::Verdict::kAbsent: return refuse(404, Cause::kAbsent, snapshot_->target_duration);
    case hls::Verdict::kAnswer: break;
  }
  const int life = playlist_life(wanted, rendition);
  http::Response& made = cached.iframes[(wanted.gzip ? 2u : 0u) + (life > 1 ? 1u : 0u)];
  if (made == nullptr) made = make_playlist(rendition.iframes(), wanted.gzip, rendition.ended(), life);
  return {made};
}

http::Response ChannelView::make_playlist(const origin::Rendered& text, bool gzip, bool ended, int life) const {
  const std::string lifetime = ended ? CacheControl::shared(life) : CacheControl::live(life);
  return make_text(text, gzip, playlist_text(lifetime));
}

Description ChannelView::playlist_text(std::string lifetime) const {
  return {"application/vnd.apple.mpegurl", std::move(lifetime), "", updated_, Urgency::kPlaylist, guarded_};
}

Description ChannelView::media(const origin::RenditionSnapshot& rendition, std::int64_t msn, std::string etag) const {
  const bool video = rendition.kind() == media::Kind::kVideo;
  return {media_type(rendition.kind()),
          CacheControl::kImmutable,
          std::move(etag),
          start_of(rendition.revision(), msn),
          video ? Urgency::kVideo : Urgency::kAudio,
          guarded_};
}

Verdict ChannelView::missing(Presence presence, std::int64_t msn, const origin::RenditionSnapshot& rendition,
                             const origin::WaitCondition& wait_for) {
  if (presence == Presence::kPending) return hold(wait_for, false);
  // CC-10: what may come within two segments must not stay a 404 in a cache.
  const bool near = msn <= rendition.edge().last_complete() + 2;
  return refuse(404, presence == Presence::kGap ? Cause::kGap : Cause::kAbsent, near ? 1 : snapshot_->target_duration);
}

Verdict ChannelView::segment(const ObjectRequest& wanted, std::uint32_t index) {
  Slot& slot = cached_[index].segments[static_cast<std::size_t>(wanted.msn) % CachedResponses::kSlots];
  if (slot.msn == wanted.msn && slot.response != nullptr) return {slot.response};
  const origin::RenditionSnapshot& rendition = *cached_[index].of;
  origin::SegmentObject object = rendition.segment(wanted.msn);
  if (object.presence != Presence::kFound)
    return missing(object.presence, wanted.msn, rendition, origin::WaitCondition::segment(index, wanted.msn));
  if (!object.filed.empty()) return filed(object.filed, wanted.msn, rendition);
  std::string etag = etag_of(object.pieces);
  slot = {wanted.msn, 0, make_media(std::move(object.pieces), media(rendition, wanted.msn, std::move(etag)))};
  return {slot.response};
}

/// A segment that memory has let go: made each time, since few ask for the same one at once, and it has no bytes. It
/// has the validator that it had in memory.
Verdict ChannelView::filed(const std::vector<hls::FiledPart>& parts, std::int64_t msn,
                           const origin::RenditionSnapshot& rendition) const {
  std::vector<std::uint64_t> hashes;
  std::vector<base::FilePlace> places;
  for (const hls::FiledPart& part : parts) {
    hashes.push_back(part.hash);
    places.push_back(part.place);
  }
  return {make_filed_media(std::move(places), media(rendition, msn, etag_of(hashes)))};
}

Verdict ChannelView::part(const ObjectRequest& wanted, std::uint32_t index) {
  // A segment's parts and those of its neighbours fall into different slots.
  Slot& slot =
      cached_[index].parts[(static_cast<std::size_t>(wanted.msn) * 11 + wanted.part) % CachedResponses::kSlots];
  if (slot.msn == wanted.msn && slot.part == wanted.part && slot.response != nullptr) return {slot.response};
  const origin::RenditionSnapshot& rendition = *cached_[index].of;
  origin::PartObject object = rendition.part(wanted.msn, wanted.part);
  if (object.presence != Presence::kFound)
    return missing(object.presence, wanted.msn, rendition,
                   origin::WaitCondition::object(index, wanted.msn, wanted.part));
  if (object.filed.place.size > 0)
    return {make_filed_media({object.filed.place}, media(rendition, wanted.msn, quoted_hash(object.filed.hash)))};
  std::string etag = etag_of(object.data.view());
  slot = {wanted.msn, wanted.part, make_media({std::move(object.data)}, media(rendition, wanted.msn, std::move(etag)))};
  return {slot.response};
}

Verdict ChannelView::init(const ObjectRequest& wanted, std::uint32_t index) {
  CachedResponses& cached = cached_[index];
  const origin::PartObject object = cached.of->init(wanted.file);
  if (object.presence != Presence::kFound) return refuse(404, Cause::kAbsent, snapshot_->target_duration);
  // Its name is its content's hash: what was made for the name is right for good.
  for (const auto& [file, response] : cached.inits)
    if (file == wanted.file) return {response};
  Description description = media(*cached.of, -1, etag_of(object.data.view()));
  description.urgency = Urgency::kInit;
  constexpr std::size_t kMostInits = 4;
  if (cached.inits.size() == kMostInits) cached.inits.erase(cached.inits.begin());
  cached.inits.emplace_back(wanted.file, make_media({object.data}, description));
  return {cached.inits.back().second};
}

}  // namespace serve
