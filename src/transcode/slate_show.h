#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "transcode/cascade.h"
#include "transcode/frame_pool.h"
#include "transcode/rung.h"
#include "transcode/slate.h"
#include "transcode/slate_course.h"
#include "transcode/slate_fade.h"
#include "transcode/slate_title.h"

namespace transcode {

/// Puts a slate in the place of the pictures of a ladder, in the sizes of all rungs, with a mix from one to the other:
/// a film or a still, a text over it, or a text over the picture of the instant at which the slate begins, darkened.
/// Where there is none of this and an operator wants a slate, that picture alone stands in its place: what is to be
/// hidden is hidden. Thread: the scaling thread's; ask(), course() and the counters any.
class SlateShow {
 public:
  struct Options {
    std::shared_ptr<Slate> slate;                  ///< null: the picture of the instant
    std::string text;                              ///< of a slate that nobody asks for; empty: none
    std::shared_ptr<const base::SharedFile> font;  ///< of texts; null: none is shown
    base::Micros after = 0;                        ///< see SlateFade; of nothing to show: kNever
  };
  /// `source`: the colour of the track that the ladder was made for.
  SlateShow(const Options& options, const std::vector<Rung>& rungs, const media::Colour& source = {});

  /// An operator wants the slate from the next picture on, with this text, or no longer.
  void ask(bool on, std::string text);
  bool asked() const { return asked_; }
  /// Nothing is seen of the feed because an operator wants that. Thread: the scaling thread's.
  bool hides_feed() const { return asked_ && fade_.share() >= 1; }

  /// Moves to the picture that is shown at `at`; `feed` has the one that would be shown without a slate.
  void next(base::Micros at, SlateFade::What what, const Cascade& feed);
  /// The picture for a rung: of `feed`, of the slate, or both mixed. Null where scaling failed.
  FramePtr picture(std::size_t rung, Cascade& feed);

  /// Where the slate's film is; off where the slate is none.
  SlateCourse course() const;

  /// True while the slate is seen.
  bool shown() const { return shown_; }
  /// How often it came to be seen.
  std::uint64_t shows() const { return shows_; }
  /// Pictures in which it was seen.
  std::uint64_t pictures() const { return pictures_; }

 private:
  void tell();
  void move(base::Micros at, bool begins, const Cascade& feed);
  FramePtr slate_picture(std::size_t rung);
  FramePtr mix(std::size_t rung, const AVFrame& feed, const AVFrame& slate);

  const std::shared_ptr<Slate> slate_;
  const std::string own_text_;
  Cascade cascade_;
  std::vector<FramePool> pools_;  ///< of mixed pictures, by rung
  SlateFade fade_;
  SlateTitle title_;
  bool loaded_ = false;  ///< the cascade has the slate's picture
  std::atomic<bool> asked_{false};
  mutable std::mutex mutex_;  // a hand-over between two threads, of the text and the course alone
  std::string asked_text_;
  SlateCourse course_;
  std::atomic<bool> shown_{false};
  std::atomic<std::uint64_t> shows_{0};
  std::atomic<std::uint64_t> pictures_{0};
};

}  // namespace transcode
