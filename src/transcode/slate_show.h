#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "transcode/cascade.h"
#include "transcode/frame_pool.h"
#include "transcode/rung.h"
#include "transcode/slate.h"
#include "transcode/slate_fade.h"

namespace transcode {

/// Puts a slate in the place of the pictures of a ladder, in the sizes of all rungs, with a mix from one to the other.
/// Where there is no slate and an operator wants one, the picture of that instant stands in its place: what is to be
/// hidden is hidden.
/// Thread: the scaling thread's; ask() and the counters any.
class SlateShow {
 public:
  /// `slate`: null for none. `after`: see SlateFade.
  SlateShow(std::shared_ptr<Slate> slate, base::Micros after, const std::vector<Rung>& rungs);

  /// An operator wants the slate from the next picture on, or no longer.
  void ask(bool on) { asked_ = on; }
  bool asked() const { return asked_; }

  /// Moves to the picture that is shown at `at`; `feed` has the one that would be shown without a slate.
  void next(base::Micros at, SlateFade::What what, const Cascade& feed);
  /// The picture for a rung: of `feed`, of the slate, or both mixed. Null where scaling failed.
  FramePtr picture(std::size_t rung, Cascade& feed);

  /// True while the slate is seen.
  bool shown() const { return shown_; }
  /// How often it came to be seen.
  std::uint64_t shows() const { return shows_; }
  /// Pictures in which it was seen.
  std::uint64_t pictures() const { return pictures_; }

 private:
  void move(base::Micros at, bool begins, const Cascade& feed);
  FramePtr mix(std::size_t rung, const AVFrame& feed, const AVFrame& slate);

  const std::shared_ptr<Slate> slate_;
  Cascade cascade_;
  std::vector<FramePool> pools_;  ///< of mixed pictures, by rung
  SlateFade fade_;
  bool loaded_ = false;  ///< the cascade has the slate's picture
  std::atomic<bool> asked_{false};
  std::atomic<bool> shown_{false};
  std::atomic<std::uint64_t> shows_{0};
  std::atomic<std::uint64_t> pictures_{0};
};

}  // namespace transcode
