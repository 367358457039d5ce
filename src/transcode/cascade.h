#pragma once

#include <cstddef>
#include <vector>

#include "media/time.h"
#include "transcode/av.h"
#include "transcode/rung.h"
#include "transcode/scaler.h"

namespace transcode {

/// What is done to the pictures that are made from the source, and so to all.
class CascadeFinish {
 public:
  virtual ~CascadeFinish() = default;
  /// Null: it failed.
  virtual FramePtr finish(std::size_t rung, FramePtr picture) = 0;
};

/// One picture in the sizes of all rungs, each made when first asked for, from the next larger size of the same range:
/// a small rung then reads few pixels instead of the whole source again. Thread: one at a time.
class Cascade {
 public:
  /// `source`: the colour of the track that the ladder was made for.
  explicit Cascade(const std::vector<Rung>& rungs, const media::Colour& source = {});

  /// The rungs whose pictures are made from the source, at most one of each range.
  std::vector<std::size_t> roots() const;
  /// `finish` outlives this.
  void set_finish(CascadeFinish& finish) { finish_ = &finish; }

  /// Advances to the next picture. `aspect` is that of the source's pixels where the picture does not know.
  void next(FramePtr picture, media::Rational aspect);
  /// The same picture again: what was made of it is made anew.
  void again();
  /// The picture that is there, shared, and the aspect of its pixels as given with it; null before the first.
  FramePtr source() const { return FramePtr(source_ == nullptr ? nullptr : av_frame_clone(source_.get())); }
  media::Rational aspect() const { return aspect_; }
  /// The picture in the rung's size, shared with what was given out before; null where scaling failed.
  FramePtr picture(std::size_t rung);

 private:
  static constexpr std::size_t kSource = SIZE_MAX;
  struct Step {
    Scaler scaler;
    std::size_t from = kSource;  ///< rung that it is made from
    FramePtr made;
  };
  const AVFrame* made(std::size_t rung);

  std::vector<Step> steps_;
  FramePtr source_;
  media::Rational aspect_{1, 1};
  CascadeFinish* finish_ = nullptr;
};

}  // namespace transcode
