#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "media/time.h"
#include "transcode/av.h"
#include "transcode/video_encoder.h"

namespace transcode {

/// The bounded hand-over of pictures from several decode sides to one encode side: those of the selected side pass,
/// those of the others are dropped. Calls take effect in order: after hold() nothing that was put before.
/// Thread: put() and hold() from a side's own, take() from the encode side's, the rest from the owner's.
class Switch {
 public:
  using Side = std::uint32_t;
  static constexpr Side kNone = 0;

  struct Picture {
    FramePtr frame;  ///< pts in ticks of the encode side
    Origin origin;
    media::Rational aspect{1, 1};  ///< of the source's pixels, where the picture itself does not know
    media::Rational rate;          ///< pictures a second of the source; 0/1: not known
    bool late = false;             ///< the side cannot keep up
  };
  struct Hold {
    std::int64_t until = 0;  ///< Units: ticks of the encode side
    Origin origin;
  };
  struct Finish {};
  using Item = std::variant<Picture, Hold, Finish>;

  /// A new side, not selected.
  Side add();
  /// From the next picture on. Pictures that the side selected before has put already still come out.
  void select(Side side);
  /// Thread: any.
  bool selected(Side side) const;

  /// Waits while kQueue pictures wait. Drops the picture if the side is not selected, also while it waits.
  void put(Side side, Picture picture);
  /// Drops it if the side is not selected; kNone is selected where no side is.
  void hold(Side side, Hold hold);
  /// Comes out with what comes out next. The newest kMostForced are kept.
  void force_key(std::int64_t pts);
  /// Nothing is put any more.
  void finish();
  /// Everybody goes at once, nothing comes out any more.
  void close();

  /// The next item; waits for it. Empty once closed. `forced` is extended by what force_key() was called with.
  std::optional<Item> take(std::vector<std::int64_t>& forced);

 private:
  /// One being scaled and one ready keep the encode side busy; more would only be latency.
  static constexpr std::size_t kQueue = 2;
  static constexpr std::size_t kMostForced = 256;

  mutable std::mutex mutex_;  // a hand-over between threads: base/ has no queue of this policy
  std::condition_variable filled_;
  std::condition_variable emptied_;
  std::deque<Item> items_;
  std::size_t pictures_ = 0;
  std::vector<std::int64_t> forced_;
  Side newest_ = kNone;
  Side selected_ = kNone;
  bool closed_ = false;
};

}  // namespace transcode
