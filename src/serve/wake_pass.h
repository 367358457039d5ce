#pragma once

#include <vector>

#include "base/clock.h"
#include "serve/channel_view.h"
#include "serve/counters.h"
#include "serve/replies.h"
#include "serve/responder.h"
#include "serve/viewer.h"

namespace serve {

/// Holds requests for objects that do not exist yet. Answers them in one pass over all waiters: when the object exists,
/// when they have waited too long, or when it is certain that it will never exist. Knows viewers, no sockets.
/// Thread: its loop's. What it is given outlives it.
class WakePass final {
 public:
  WakePass(const base::Clock& clock, Counters& counters, Errors& errors, Responder& responder)
      : clock_(clock), counters_(counters), errors_(errors), responder_(responder) {}

  /// Holds a request until `verdict.wait_for` is satisfied, at most until the channel's hold limit after `since`
  /// (steady). Answers 503 at once if too many are held already. REQUIRES: `verdict.wait_for` is set.
  void hold(Viewer& viewer, http::StreamId id, ChannelView& channel, ObjectRequest wanted, const Verdict& verdict,
            base::Micros since);
  /// The channel has a new snapshot, published at `published` (steady): answers the requests whose condition it
  /// satisfies.
  void wake(ChannelView& channel, base::Micros published);
  /// Answers the requests whose deadline has passed: 503, or 404 for a channel that never started (LL-103, LL-111).
  void expire(ChannelView& channel, base::Micros now);
  /// Answers all held requests with that error.
  void dismiss(ChannelView& channel, int status, Cause cause);

  /// The next pump() pumps this viewer, once, however often this is called. The viewer may close before that, but must
  /// not be destroyed.
  void pump_later(Viewer& viewer);
  void pump();

 private:
  void resume(Viewer& viewer);
  void turn_away(origin::Waiter& waiter, int status, Cause cause);

  const base::Clock& clock_;
  Counters& counters_;
  Errors& errors_;
  Responder& responder_;
  std::vector<Viewer*> pass_;  ///< to be pumped
};

}  // namespace serve
