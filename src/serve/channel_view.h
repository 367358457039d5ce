#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "origin/channel_snapshot.h"
#include "origin/waiters.h"
#include "serve/audience.h"
#include "serve/counters.h"
#include "serve/object_request.h"
#include "serve/replies.h"
#include "serve/shifted_playlists.h"
#include "serve/verdict.h"

namespace serve {

/// One channel as one serve loop sees it: the newest snapshot, the requests held for it, and the answers already made
/// from it, so that a crowd asking for one object shares one Reply.
/// Thread: its loop's.
class ChannelView {
 public:
  struct Options {
    std::size_t most_held = 100'000;  ///< requests held for one channel; see origin::Waiters
    /// So many of the newest segments are served even if headroom has run out; older ones are shed (see is_deep()).
    std::int64_t kept_segments = 6;
    /// An edge: of a channel that is still coming media may be asked for too, by players that have its playlists.
    bool hold_media = false;
  };

  ChannelView(const Options& options, Errors& errors)
      : waiters({.most = options.most_held}), options_(options), errors_(errors), shifted_(errors) {}

  /// Replaces the snapshot and drops answers that are no longer true. `utc` is now.
  void update(std::shared_ptr<const origin::ChannelSnapshot> snapshot, base::Micros utc);
  const origin::ChannelSnapshot& snapshot() const { return *snapshot_; }

  /// Decides on a request, anew each time. REQUIRES: update() was called.
  Verdict look_up(const ObjectRequest& wanted);
  /// The multivariant playlist with its URIs on `pathway` (Admission::Options::overflow), a server with the same paths,
  /// so that players load the rest from there; null if there is no playlist yet. It is made once, but for those of
  /// another time than the live edge's: REQUIRES: the same pathway each time, until forget_overflow().
  http::Response overflow(const std::string& pathway, const ObjectRequest& wanted);
  void forget_overflow() { overflow_ = {}; }
  /// Whether its objects are for bearers of a token alone, which caches are told. At first: no.
  void guard(bool guarded);
  /// Whether a request is for media far behind the live edge.
  bool is_deep(const ObjectRequest& wanted) const;

  origin::Waiters waiters;
  std::shared_ptr<Audience> audience;  ///< null until a player has told of itself
  base::Micros demanded = 0;           ///< steady; when an edge last said that the channel is asked for

 private:
  struct Slot {
    std::int64_t msn = -1;
    std::uint32_t part = 0;
    http::Response response;
  };
  /// Responses of one rendition that are already made. A slot is found by number (segment() and part() have the
  /// formulas), without a search, and the newest request for a slot replaces what it had: that costs only making it
  /// again. What leaves the window leaves its slot, so that no slot keeps old media in memory.
  struct CachedResponses {
    /// The default window of 60 s has 30 segments of 2 s; playlists list the parts of the newest few segments only
    /// (LL-28).
    static constexpr std::size_t kSlots = 32;
    std::shared_ptr<const origin::RenditionSnapshot> of;  ///< what they were made from
    std::array<http::Response, 12> playlists;  ///< by skip, gzip, and whether caches may keep it longer than 1 s
    std::array<http::Response, 4> iframes;     ///< likewise, by gzip and lifetime
    std::array<Slot, kSlots> parts;
    std::array<Slot, kSlots> segments;
    std::vector<std::pair<std::string, http::Response>> inits;
    std::int64_t oldest = -1;  ///< MSN of the oldest segment that can be fetched; -1: none
  };

  Verdict refuse(int status, Cause cause, int max_age = 1) { return {errors_.get(status, max_age), cause}; }
  Verdict hold(const origin::WaitCondition& wait_for, bool starting) {
    return {nullptr, Cause::kNone, wait_for, starting};
  }
  Verdict multivariant(const ObjectRequest& wanted);
  Verdict playlist(const ObjectRequest& wanted, std::uint32_t index);
  Verdict images(const ObjectRequest& wanted);
  Verdict iframes(const ObjectRequest& wanted, std::uint32_t index);
  Verdict segment(const ObjectRequest& wanted, std::uint32_t index);
  Verdict part(const ObjectRequest& wanted, std::uint32_t index);
  Verdict filed(const std::vector<hls::FiledPart>& parts, std::int64_t msn,
                const origin::RenditionSnapshot& rendition) const;
  Verdict init(const ObjectRequest& wanted, std::uint32_t index);
  Verdict missing(origin::Presence presence, std::int64_t msn, const origin::RenditionSnapshot& rendition,
                  const origin::WaitCondition& wait_for);
  http::Response make_playlist(const origin::Rendered& text, bool gzip, bool ended, int life) const;
  int playlist_life(const ObjectRequest& wanted, const origin::RenditionSnapshot& rendition) const;
  Description media(const origin::RenditionSnapshot& rendition, std::int64_t msn, std::string etag) const;
  Description playlist_text(std::string lifetime) const;
  static void drop_expired(CachedResponses& cached);

  const Options options_;
  Errors& errors_;
  bool guarded_ = false;
  std::shared_ptr<const origin::ChannelSnapshot> snapshot_;
  base::Micros updated_ = 0;                     ///< UTC
  std::array<http::Response, 2> multivariants_;  ///< plain, gzip; null until it is asked for
  std::array<http::Response, 2> images_;         ///< the image playlist, likewise
  http::Response thumbnail_;                     ///< likewise
  std::array<http::Response, 2> overflow_;       ///< likewise, with the overflow pathway's URIs
  ShiftedPlaylists shifted_;
  std::vector<CachedResponses> cached_;  ///< by index in the snapshot's renditions
};

}  // namespace serve
