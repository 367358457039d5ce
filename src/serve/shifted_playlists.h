#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>

#include "base/clock.h"
#include "hls/time_shift.h"
#include "origin/channel_snapshot.h"
#include "serve/object_request.h"
#include "serve/replies.h"
#include "serve/verdict.h"

namespace serve {

/// The answers to requests for a channel's playlists of another time than the live edge's (hls::TimeShift), and of its
/// views (hls::View), on one serve loop. What a time lists is decided by the first video rendition, for all renditions
/// alike.
///
/// Bound: kMost answers are kept, each until its rendition has another closed segment; beyond that the one that was
/// asked for longest ago is dropped, and made again when it is asked for. Requests for the same segments share one.
/// Thread: its loop's.
class ShiftedPlaylists {
 public:
  static constexpr std::size_t kMost = 32;

  explicit ShiftedPlaylists(Errors& errors) : errors_(errors) {}

  /// Drops answers that are no longer true. `before`: null at first.
  void update(const origin::ChannelSnapshot* before, const origin::ChannelSnapshot& now);
  /// See ChannelView::guard. What was made is dropped.
  void guard(bool guarded) {
    guarded_ = guarded;
    made_.clear();
  }
  /// Decides on a request. `updated`: UTC, when the snapshot came. REQUIRES: wanted.shift or wanted.view is set.
  Verdict look_up(const origin::ChannelSnapshot& snapshot, const ObjectRequest& wanted, base::Micros updated);
  /// The multivariant playlist that a request is for; nothing where look_up() refuses or holds it.
  std::optional<std::string> multivariant(const origin::ChannelSnapshot& snapshot, const ObjectRequest& wanted);

  std::size_t kept() const { return made_.size(); }

 private:
  /// What an answer depends on beside the snapshot.
  struct Key {
    Route::Kind kind = Route::Kind::kNone;
    int rendition = -1;  ///< index; -1: none
    bool gzip = false;
    hls::ShiftedRange range;
    std::string query;  ///< kMultivariant only
    std::string view;   ///< likewise, and of a view's own media playlists

    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Made {
    Key key;
    http::Response response;
  };

  Verdict refuse(int status, int max_age = 1) { return {errors_.get(status, max_age), Cause::kAbsent}; }
  Verdict refuse(hls::ShiftFault fault) { return {errors_.get(400, hls::explain(fault)), Cause::kTimeShift}; }
  Verdict multivariant_for(const origin::ChannelSnapshot& snapshot, const ObjectRequest& wanted,
                           const origin::RenditionSnapshot& reference, base::Micros updated);
  Verdict media_for(const origin::ChannelSnapshot& snapshot, const ObjectRequest& wanted, std::size_t reference,
                    base::Micros updated);
  Verdict view_for(const origin::ChannelSnapshot& snapshot, const ObjectRequest& wanted, base::Micros updated);
  Verdict plain_for(const origin::ChannelSnapshot& snapshot, const ObjectRequest& wanted, const hls::View& view,
                    base::Micros updated);
  const http::Response* find(const Key& key);
  Verdict keep(Key key, http::Response response);

  Errors& errors_;
  bool guarded_ = false;
  std::list<Made> made_;  ///< those asked for last come first
};

}  // namespace serve
