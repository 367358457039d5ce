#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "captions/triplet.h"
#include "media/time.h"
#include "transcode/av.h"
#include "transcode/video_encoder.h"

namespace transcode {

/// The bounded hand-over of pictures from several decode sides to one encode side: those of the selected side pass,
/// those of the others are dropped. Calls take effect in order: after hold() nothing that was put before.
///
/// switch_to() loses nothing where both sides give pictures: the selected side's pass until the pending one puts a
/// picture that follows what has passed, and with that picture the pending side is the selected one. Whichever side is
/// ahead of the other waits in put(): the pending one at a picture between which and the last one passed the selected
/// side has another; the selected one at a picture whose time the pending side will have a picture for. What limits the
/// waiting is Patience.
/// Thread: put() and hold() from a side's own, take() from the encode side's, the rest from the owner's.
class Switch {
 public:
  using Side = std::uint32_t;
  static constexpr Side kNone = 0;

  struct LostCaptions {
    std::int64_t pts = 0;  ///< in ticks of the encode side
    std::vector<captions::Triplet> triplets;
  };
  struct Picture {
    FramePtr frame;  ///< pts in ticks of the encode side
    Origin origin;
    media::Rational aspect{1, 1};  ///< of the source's pixels, where the picture itself does not know
    media::Rational rate;          ///< pictures a second of the source; 0/1: not known
    bool late = false;             ///< the side cannot keep up
    bool catching_up = false;      ///< the side is behind, and will not be for long
    Side side = kNone;             ///< the one that put it
    bool overlap = false;          ///< another side has shown a picture of this time
    /// Captions of pictures that were not decoded, in the order in which those would have been shown, before this one.
    std::vector<LostCaptions> lost = {};
  };
  struct Hold {
    std::int64_t until = 0;  ///< Units: ticks of the encode side
    Origin origin;
    bool paused = false;  ///< the picture stays because select_after() says so, not because none comes
  };
  struct Finish {};
  using Item = std::variant<Picture, Hold, Finish>;

  struct Patience {
    base::Micros most = base::kSecond;  ///< one switch lets sides wait, from the first one on
    /// One that gave nothing for so long, or for two frames if that is longer, is not awaited.
    base::Micros quiet = 500 * base::kMillisecond;
  };
  /// `timescale`: of all pts.
  Switch(std::int64_t timescale, Patience patience);
  explicit Switch(std::int64_t timescale);

  /// A new side, not selected.
  Side add();
  /// What it puts from now on is dropped. Where it is the selected one, a pending one is selected at once, otherwise
  /// none is; where it is the pending one nothing is pending any longer.
  void remove(Side side);
  /// From the next picture on; nothing is pending any longer. Pictures that the side selected before has put already
  /// still come out.
  void select(Side side);
  /// As select(), but the side's pictures are dropped for the time of `pause` after the newest that has passed. Units:
  /// ticks. Returns where that ends; INT64_MIN where nothing has passed. A hold up to there comes out before the side's
  /// first picture.
  std::int64_t select_after(Side side, std::int64_t pause);
  /// From the picture on that follows what has passed. As select() where no side is selected.
  void switch_to(Side side);
  /// kNone: no side is. Thread: any.
  Side selected() const;
  /// The one that switch_to() named while it is not selected yet, otherwise kNone. Thread: any.
  Side pending() const;
  /// True while put() of this side waits for the other side of a switch. Thread: any.
  bool waiting(Side side) const;

  /// Waits while kQueue pictures wait. Drops the picture if the side is not selected, also while it waits. At a switch
  /// it waits for the other side.
  void put(Side side, Picture picture);
  /// Drops it if the side is not selected; with kNone, if any side is.
  void hold(Side side, Hold hold);
  /// Comes out with what comes out next. The newest kMostForced are kept.
  void force_key(std::int64_t pts);
  /// Finish comes out after all that was put. REQUIRES: neither the selected side nor a pending one puts anything any
  /// more.
  void finish();
  /// Everybody goes at once, nothing comes out any more.
  void close();

  /// The next item; waits for it. Empty once closed. `forced` is extended by what force_key() was called with.
  std::optional<Item> take(std::vector<std::int64_t>& forced);

 private:
  /// Ready, beside the one being scaled; more would only be latency.
  static constexpr std::size_t kQueue = 2;
  static constexpr std::size_t kMostForced = 256;

  using SteadyTime = std::chrono::steady_clock::time_point;
  /// How far one of the two sides of a switch is.
  struct Course {
    Side side = kNone;
    std::int64_t pts = INT64_MIN;  ///< of its newest picture
    std::int64_t step = 0;         ///< from there to its next one
    SteadyTime given;              ///< when it called put() last
  };
  Course course_of(Side side) const;
  void note(Course& course, const Picture& picture) const;
  /// When a side that gives nothing more is no longer waited for.
  SteadyTime quiet_at(const Course& course) const;
  SteadyTime patient_until();
  void put_hold(Hold hold);
  void take_over(const Course& course);
  void settle();
  void wait_for_selected(std::unique_lock<std::mutex>& lock, const Picture& picture);
  void wait_for_pending(std::unique_lock<std::mutex>& lock, std::int64_t pts);
  bool ahead_of_pending(std::int64_t pts) const;

  const std::int64_t timescale_;
  const Patience patience_;
  mutable std::mutex mutex_;  // a hand-over between threads: base/ has no queue of this policy
  std::condition_variable filled_;
  std::condition_variable changed_;  ///< there is room, or another side is selected or pending, or got further
  std::deque<Item> items_;
  std::size_t pictures_ = 0;
  std::vector<std::int64_t> forced_;
  Side newest_ = kNone;
  Course selected_;
  Course pending_;
  std::int64_t passed_ = INT64_MIN;          ///< newest pts that has passed, of any side
  Side passed_of_ = kNone;                   ///< which one put it
  std::int64_t pause_until_ = INT64_MIN;     ///< pictures of the selected side up to there are dropped
  Side held_up_ = kNone;                     ///< the side that waits for the other one
  std::optional<SteadyTime> patient_until_;  ///< of both sides of the pending switch
  bool closed_ = false;
};

}  // namespace transcode
