#pragma once

#include <vector>

#include "base/clock.h"
#include "serve/channel_view.h"
#include "serve/counters.h"
#include "serve/replies.h"
#include "serve/responder.h"
#include "serve/viewer.h"

namespace serve {

/// Holds requests for what does not exist yet and answers them in one pass over all who wait: when it has come, when
/// they have waited too long, or when it will never come. Knows viewers, no sockets.
/// Thread: its loop's. What it is given outlives it.
class WakePass final {
 public:
  WakePass(const base::Clock& clock, Counters& counters, Errors& errors, Responder& responder)
      : clock_(clock), counters_(counters), errors_(errors), responder_(responder) {}

  /// Holds a request until what `verdict` waits for is there, at most the channel's hold limit after `since` (steady).
  /// 503 at once if too many are held already. REQUIRES: the verdict has a wish.
  void hold(Viewer& viewer, http::StreamId id, ChannelView& channel, Ask ask, const Verdict& verdict,
            base::Micros since);
  /// The channel has a new snapshot, published at `published` (steady): answers whoever waited for what it brought.
  void wake(ChannelView& channel, base::Micros published);
  /// Answers those whose time is over: 503, or 404 for a channel that never started (LL-103, LL-111).
  void expire(ChannelView& channel, base::Micros now);
  /// Answers everyone with that error.
  void dismiss(ChannelView& channel, int status, Cause cause);

  /// Has the viewer pumped by the next pump(), once however often it is named. It may close before, but must not be
  /// destroyed.
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
